#include "vta/loop/interpret.h"

#include <map>

#include "vta/base/error.h"
#include "vta/base/requantize.h"
#include "vta/isa/instruction.h"
#include "vta/loop/bytecode.h"

namespace vta::loop {

namespace {

// Where a buffer's elements lie in somebody's storage.
struct View {
  Value* data = nullptr;
  std::vector<int64_t> strides = {};
};

int32_t requantise(const std::array<int32_t, 4>& a) {
  const isa::Requantise r = isa::unpack_requantise(a[3]);
  return requantize(a[0], {.bias = a[1],
                           .factor = a[2],
                           .shift = r.shift,
                           .zero_point = r.zero_point,
                           .clip_min = r.clip_min,
                           .clip_max = r.clip_max,
                           .wide = r.wide});
}

// A region's elements in the order of its extents other than 1, which step(point) counts through.
class Points {
 public:
  explicit Points(std::vector<int64_t> extents) : extents_(std::move(extents)) {
    std::erase(extents_, 1);
    point_.assign(extents_.size(), 0);
  }
  const std::vector<int64_t>& point() const { return point_; }
  bool next() {
    for (size_t d = point_.size(); d-- > 0;) {
      if (++point_[d] < extents_[d]) return true;
      point_[d] = 0;
    }
    return false;
  }

 private:
  std::vector<int64_t> extents_, point_;
};

bool is_inside(const BufferNode& buffer, const std::vector<int64_t>& indices) {
  for (size_t d = 0; d < indices.size(); ++d) {
    if (indices[d] < 0 || indices[d] >= buffer.shape[d]) return false;
  }
  return true;
}

// The functions that have been compiled, by name of the intrinsic.
class Library {
 public:
  explicit Library(const Intrinsics& intrinsics) : intrinsics_(intrinsics) {}
  const Bytecode& find(const std::string& name) {
    const auto compiled = compiled_.find(name);
    if (compiled != compiled_.end()) return compiled->second;
    const auto found = intrinsics_.find(name);
    require(found != intrinsics_.end(), "there is no intrinsic '{}'", name);
    return compiled_.emplace(name, compile(found->second)).first->second;
  }

 private:
  const Intrinsics& intrinsics_;
  std::map<std::string, Bytecode> compiled_;
};

// Executes one function's bytecode.
class Machine {
 public:
  Machine(const Bytecode& code, Library& library)
      : code_(code),
        library_(library),
        registers_(code.registers),
        views_(code.buffers.size()),
        storage_(code.buffers.size()) {}

  void set_buffer(size_t parameter, View view) { views_[parameter] = std::move(view); }
  void set_scalar(size_t i, Value value) { registers_[code_.scalars[i]] = value; }

  void run() {
    using Code = Operation::Code;
    const size_t end = code_.operations.size();
    for (size_t at = 0; at < end;) {
      const Operation& o = code_.operations[at++];
      Value& dst = registers_[o.dst];
      switch (o.code) {
        case Code::kAffine:
          dst.integer = affine(o);
          break;
        case Code::kAdd:
          dst.integer = wrap(o.type, sum(integer(o.a), integer(o.b)));
          break;
        case Code::kSub:
          dst.integer = wrap(o.type, sum(integer(o.a), product(integer(o.b), -1)));
          break;
        case Code::kMul:
          dst.integer = wrap(o.type, product(integer(o.a), integer(o.b)));
          break;
        case Code::kBinary:
          dst = apply(o.op, o.type, registers_[o.a], registers_[o.b]);
          break;
        case Code::kConvert:
          dst = convert(o.type, o.from, registers_[o.a]);
          break;
        case Code::kFloatCall:
          dst = apply_function(code_.functions[o.first], o.type, registers_[o.a]);
          break;
        case Code::kFma:
          dst = fma(o);
          break;
        case Code::kRequantise:
          dst.integer = requantise(o);
          break;
        case Code::kLoad:
          dst = element(o);
          break;
        case Code::kStore:
          element(o) = registers_[o.a];
          break;
        case Code::kJump:
          at = o.target;
          break;
        case Code::kJumpIfZero:
          if (integer(o.a) == 0) at = o.target;
          break;
        case Code::kBegin:
          dst.integer = 0;
          break;
        case Code::kNext:
          if (++dst.integer < o.immediate) at = o.target;
          break;
        case Code::kCheckIter:
          if (dst.integer < 0 || dst.integer >= o.immediate) fail_iter(o, dst.integer);
          break;
        case Code::kAlloc:
          alloc(o.buffer);
          break;
        case Code::kCopy:
          copy(code_.copies[o.first]);
          break;
        case Code::kIntrinsic:
          call(code_.intrinsics[o.first]);
          break;
      }
    }
  }

 private:
  int64_t integer(uint32_t reg) const { return registers_[reg].integer; }

  static int64_t sum(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  }
  static int64_t product(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
  }
  int64_t affine(const Operation& o) const {
    int64_t result = o.immediate;
    for (uint32_t i = o.first; i < o.first + o.count; ++i) {
      const Bytecode::Term& t = code_.terms[i];
      result = sum(result, product(integer(t.reg), t.coefficient));
    }
    return result;
  }

  Value fma(const Operation& o) const {
    const auto operand = [&](uint32_t i) { return registers_[code_.operands[o.first + i]].real; };
    return multiply_add(o.type, operand(0), operand(1), operand(2));
  }
  int64_t requantise(const Operation& o) const {
    std::array<int32_t, 4> a{};
    for (uint32_t i = 0; i < 4; ++i) {
      a[i] = static_cast<int32_t>(integer(code_.operands[o.first + i]));
    }
    return loop::requantise(a);
  }

  Value& element(const Operation& o) {
    const BufferNode& b = *code_.buffers[o.buffer];
    const View& v = views_[o.buffer];
    int64_t offset = 0;
    for (size_t d = 0; d < b.shape.size(); ++d) {
      const int64_t index = integer(code_.operands[o.first + d]);
      if (index < 0 || index >= b.shape[d]) fail_index(b, values(o.first, b.shape.size()));
      offset += index * v.strides[d];
    }
    return v.data[offset];
  }

  [[noreturn]] static void fail_index(const BufferNode& b, const std::vector<int64_t>& indices) {
    fail("{}[{}] is outside [{}]", b.name, fmt::join(indices, ", "), fmt::join(b.shape, ", "));
  }
  [[noreturn]] void fail_iter(const Operation& o, int64_t value) const {
    const Bytecode::Iter& i = code_.iters[o.first];
    fail("block {}: {} is {}, must be from 0 to {}", i.block, i.variable, value, i.extent - 1);
  }

  std::vector<int64_t> values(uint32_t first, size_t count) const {
    std::vector<int64_t> result;
    for (size_t d = 0; d < count; ++d) result.push_back(integer(code_.operands[first + d]));
    return result;
  }

  void alloc(uint32_t buffer) {
    const BufferNode& b = *code_.buffers[buffer];
    storage_[buffer].assign(static_cast<size_t>(b.elements()), {.integer = 0});
    views_[buffer] = {storage_[buffer].data(), b.dense_or_strides()};
  }

  void copy(const Bytecode::Move& n) {
    const BufferNode& to = *code_.buffers[n.to.buffer];
    const BufferNode& from = *code_.buffers[n.from.buffer];
    Points points(n.to.extent);
    do {
      const std::vector<int64_t> target = place(n.to, points.point());
      if (!is_inside(to, target)) continue;
      const std::vector<int64_t> source = place(n.from, points.point());
      const Value value =
          is_inside(from, source) ? at(n.from.buffer, source) : Value{.integer = n.padding};
      at(n.to.buffer, target) = convert(to.type, from.type, value);
    } while (points.next());
  }
  // The indices of a region's point.
  std::vector<int64_t> place(const Bytecode::Place& r, const std::vector<int64_t>& point) const {
    std::vector<int64_t> indices = values(r.first, r.extent.size());
    size_t k = 0;
    for (size_t d = 0; d < indices.size(); ++d) indices[d] += r.extent[d] == 1 ? 0 : point[k++];
    return indices;
  }
  Value& at(uint32_t buffer, const std::vector<int64_t>& indices) {
    const View& v = views_[buffer];
    int64_t offset = 0;
    for (size_t d = 0; d < indices.size(); ++d) offset += indices[d] * v.strides[d];
    return v.data[offset];
  }

  void call(const Bytecode::Call& n) {
    const Bytecode& meaning = library_.find(n.name);
    require(meaning.parameters == n.regions.size(), "{} takes {} regions, got {}", n.name,
            meaning.parameters, n.regions.size());
    require(meaning.scalars.size() == n.scalars.size(), "{} takes {} scalars, got {}", n.name,
            meaning.scalars.size(), n.scalars.size());
    Machine callee(meaning, library_);
    for (size_t i = 0; i < n.regions.size(); ++i) {
      callee.set_buffer(i, view(n.name, n.regions[i], *meaning.buffers[i]));
    }
    for (size_t i = 0; i < n.scalars.size(); ++i) callee.set_scalar(i, registers_[n.scalars[i]]);
    callee.run();
  }

  // A region as a buffer of the parameter's shape.
  View view(const std::string& name, const Bytecode::Place& r, const BufferNode& parameter) const {
    const BufferNode& buffer = *code_.buffers[r.buffer];
    const View& base = views_[r.buffer];
    View result{base.data, {}};
    std::vector<int64_t> strides, extents;
    for (size_t d = 0; d < r.extent.size(); ++d) {
      const int64_t begin = integer(code_.operands[r.first + d]);
      require(begin >= 0 && begin + r.extent[d] <= buffer.shape[d],
              "{}: the region of {} is from {} to {} in dimension {}, which has {}", name,
              buffer.name, begin, begin + r.extent[d] - 1, d, buffer.shape[d]);
      result.data += begin * base.strides[d];
      if (r.extent[d] == 1) continue;
      strides.push_back(base.strides[d]);
      extents.push_back(r.extent[d]);
    }
    size_t d = 0;
    for (const int64_t extent : parameter.shape) {
      if (extent == 1) {
        result.strides.push_back(0);
        continue;
      }
      require(d < extents.size() && extents[d] == extent,
              "{}: a region of {}, [{}], does not have the shape of {}, [{}]", name, buffer.name,
              fmt::join(extents, ", "), parameter.name, fmt::join(parameter.shape, ", "));
      result.strides.push_back(strides[d++]);
    }
    require(d == extents.size(), "{}: a region of {} has more dimensions than {}", name,
            buffer.name, parameter.name);
    return result;
  }

  const Bytecode& code_;
  Library& library_;
  std::vector<Value> registers_;
  std::vector<View> views_;
  std::vector<std::vector<Value>> storage_;  // of buffers that are allocated here
};

}  // namespace

void interpret(const Function& function, std::span<Array*> arguments, const Intrinsics& intrinsics,
               std::span<const Value> scalars) {
  require(
      arguments.size() == function.parameters.size() && scalars.size() == function.scalars.size(),
      "{} takes {} buffers and {} scalars, got {} and {}", function.name,
      function.parameters.size(), function.scalars.size(), arguments.size(), scalars.size());
  const Bytecode code = compile(function);
  Library library(intrinsics);
  Machine machine(code, library);
  for (size_t i = 0; i < arguments.size(); ++i) {
    const BufferNode& b = *function.parameters[i];
    require(std::ssize(arguments[i]->values) == b.elements(),
            "{}: the storage of {} has {} elements, must have {}", function.name, b.name,
            arguments[i]->values.size(), b.elements());
    machine.set_buffer(i, {arguments[i]->values.data(), b.dense_or_strides()});
  }
  for (size_t i = 0; i < scalars.size(); ++i) machine.set_scalar(i, scalars[i]);
  machine.run();
}

}  // namespace vta::loop

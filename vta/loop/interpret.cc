#include "vta/loop/interpret.h"

#include <cmath>
#include <unordered_map>

#include "vta/base/error.h"
#include "vta/base/requantize.h"
#include "vta/isa/instruction.h"

namespace vta::loop {

namespace {

// Where a buffer's elements lie in somebody's storage.
struct View {
  std::vector<Value>* storage;
  int64_t offset;
  std::vector<int64_t> strides;
};

double rounded(Type type, double value) {
  return type.bits == 32 ? static_cast<float>(value) : value;
}

int64_t floor_div(int64_t a, int64_t b) {
  require(b != 0, "division by zero");
  if (b == -1) return static_cast<int64_t>(-static_cast<uint64_t>(a));
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

int64_t floor_mod(int64_t a, int64_t b) {
  require(b != 0, "division by zero");
  if (b == -1) return 0;
  const int64_t m = a % b;
  return m != 0 && (m < 0) != (b < 0) ? m + b : m;
}

int64_t shift(BinaryOp op, Type type, int64_t a, int64_t amount) {
  require(amount >= 0, "a shift by {}, must not be negative", amount);
  if (op == BinaryOp::kShl) {
    return amount >= type.bits ? 0 : static_cast<int64_t>(static_cast<uint64_t>(a) << amount);
  }
  const int64_t limit = type.kind == Type::Kind::kInt && a < 0 ? -1 : 0;
  if (amount >= type.bits) return limit;
  return type.kind == Type::Kind::kInt ? a >> amount
                                       : static_cast<int64_t>(static_cast<uint64_t>(a) >> amount);
}

// u64 is kept in an int64_t's bits.
bool less(Type type, int64_t a, int64_t b) {
  return type.kind == Type::Kind::kInt ? a < b
                                       : static_cast<uint64_t>(a) < static_cast<uint64_t>(b);
}

int64_t unsigned_or_floor(BinaryOp op, Type type, int64_t a, int64_t b) {
  if (type.kind == Type::Kind::kInt) {
    return op == BinaryOp::kFloorDiv ? floor_div(a, b) : floor_mod(a, b);
  }
  require(b != 0, "division by zero");
  const auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
  return static_cast<int64_t>(op == BinaryOp::kFloorDiv ? x / y : x % y);
}

int64_t apply_integer(BinaryOp op, Type type, int64_t a, int64_t b) {
  const auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
  switch (op) {
    case BinaryOp::kAdd:
      return static_cast<int64_t>(x + y);
    case BinaryOp::kSub:
      return static_cast<int64_t>(x - y);
    case BinaryOp::kMul:
      return static_cast<int64_t>(x * y);
    case BinaryOp::kFloorDiv:
    case BinaryOp::kFloorMod:
      return unsigned_or_floor(op, type, a, b);
    case BinaryOp::kMin:
      return less(type, b, a) ? b : a;
    case BinaryOp::kMax:
      return less(type, a, b) ? b : a;
    case BinaryOp::kAnd:
      return a & b;
    case BinaryOp::kOr:
      return a | b;
    case BinaryOp::kXor:
      return a ^ b;
    case BinaryOp::kShl:
    case BinaryOp::kShr:
      return shift(op, type, a, b);
    case BinaryOp::kEq:
      return a == b ? 1 : 0;
    case BinaryOp::kNe:
      return a != b ? 1 : 0;
    case BinaryOp::kLt:
      return less(type, a, b) ? 1 : 0;
    case BinaryOp::kLe:
      return less(type, b, a) ? 0 : 1;
    case BinaryOp::kDiv:
      break;
  }
  return 0;
}

Value apply_float(BinaryOp op, Type type, double a, double b) {
  switch (op) {
    case BinaryOp::kAdd:
      return {.real = rounded(type, a + b)};
    case BinaryOp::kSub:
      return {.real = rounded(type, a - b)};
    case BinaryOp::kMul:
      return {.real = rounded(type, a * b)};
    case BinaryOp::kDiv:
      return {.real = rounded(type, a / b)};
    case BinaryOp::kMin:
      return {.real = b < a ? b : a};
    case BinaryOp::kMax:
      return {.real = a < b ? b : a};
    case BinaryOp::kEq:
      return {.integer = a == b ? 1 : 0};
    case BinaryOp::kNe:
      return {.integer = a != b ? 1 : 0};
    case BinaryOp::kLt:
      return {.integer = a < b ? 1 : 0};
    case BinaryOp::kLe:
      return {.integer = a <= b ? 1 : 0};
    default:
      return {.integer = 0};  // not for floats: binary() refuses them
  }
}

double apply_function(const std::string& name, double x) {
  if (name == "exp") return std::exp(x);
  if (name == "log") return std::log(x);
  if (name == "sqrt") return std::sqrt(x);
  if (name == "tanh") return std::tanh(x);
  if (name == "erf") return std::erf(x);
  if (name == "floor") return std::floor(x);
  return std::nearbyint(x);
}

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

class Interpreter {
 public:
  explicit Interpreter(const Intrinsics& intrinsics) : intrinsics_(intrinsics) {}

  void call(const Function& f, std::vector<View> views, std::span<const Value> scalars) {
    require(views.size() == f.parameters.size() && scalars.size() == f.scalars.size(),
            "{} takes {} buffers and {} scalars, got {} and {}", f.name, f.parameters.size(),
            f.scalars.size(), views.size(), scalars.size());
    for (size_t i = 0; i < views.size(); ++i) views_[f.parameters[i].get()] = std::move(views[i]);
    for (size_t i = 0; i < scalars.size(); ++i) vars_[f.scalars[i].id()] = scalars[i];
    run(f.body);
  }

 private:
  void run(const Stmt& s) {
    if (!s) return;
    match(s, [this](const auto& node) { execute(node); });
  }

  void execute(const For& n) {
    for (int64_t i = 0; i < n.extent; ++i) {
      vars_[n.var.id()] = {.integer = i};
      run(n.body);
    }
  }
  void execute(const Store& n) {
    const Value value = eval(n.value);
    at(n.buffer, n.indices) = value;
  }
  void execute(const If& n) {
    if (eval(n.condition).integer != 0) run(n.then);
  }
  void execute(const Seq& n) {
    for (const Stmt& s : n.statements) run(s);
  }
  void execute(const Alloc& n) {
    Array storage(*n.buffer);
    views_[n.buffer.get()] = {&storage.values, 0, n.buffer->dense_or_strides()};
    run(n.body);
    views_.erase(n.buffer.get());
  }

  void execute(const Copy& n) {
    const std::vector<int64_t> to_begin = eval_all(n.to.begin), from_begin = eval_all(n.from.begin);
    std::vector<int64_t> extents = n.to.extent;
    std::erase(extents, 1);
    std::vector<int64_t> at_point(extents.size(), 0);
    do {
      const std::vector<int64_t> to = place(n.to, to_begin, at_point);
      const std::vector<int64_t> from = place(n.from, from_begin, at_point);
      if (!inside(*n.to.buffer, to)) continue;
      element(n.to.buffer, to) =
          inside(*n.from.buffer, from)
              ? convert(n.to.buffer->type, n.from.buffer->type, element(n.from.buffer, from))
              : Value{.integer = 0};
    } while (next(at_point, extents));
  }

  void execute(const Intrinsic& n) {
    const auto found = intrinsics_.find(n.name);
    require(found != intrinsics_.end(), "there is no intrinsic '{}'", n.name);
    const Function& meaning = found->second;
    require(meaning.parameters.size() == n.regions.size(), "{} takes {} regions, got {}", n.name,
            meaning.parameters.size(), n.regions.size());
    std::vector<View> views;
    for (size_t i = 0; i < n.regions.size(); ++i) {
      views.push_back(view(n.name, n.regions[i], *meaning.parameters[i]));
    }
    std::vector<Value> scalars;
    for (const Expr& e : n.scalars) scalars.push_back(eval(e));
    Interpreter(intrinsics_).call(meaning, std::move(views), scalars);
  }

  void execute(const Block& n) {
    const bool runs = !n.predicate || eval(n.predicate).integer != 0;
    if (!runs) return;
    bool first = true;
    std::vector<int64_t> values;
    for (const BlockIter& i : n.iters) {
      const int64_t value = eval(i.binding).integer;
      require(value >= 0 && value < i.extent, "block {}: {} is {}, must be from 0 to {}", n.name,
              i.var.name(), value, i.extent - 1);
      values.push_back(value);
      first &= i.kind == BlockIter::Kind::kSpatial || value == 0;
    }
    for (size_t i = 0; i < values.size(); ++i) vars_[n.iters[i].var.id()] = {.integer = values[i]};
    if (first) run(n.init);
    run(n.body);
  }

  // A region as a buffer of the parameter's shape.
  View view(const std::string& name, const Region& r, const BufferNode& parameter) {
    const View& base = views_.at(r.buffer.get());
    View result{base.storage, base.offset, {}};
    std::vector<int64_t> strides, extents;
    for (size_t d = 0; d < r.begin.size(); ++d) {
      const int64_t begin = eval(r.begin[d]).integer;
      require(begin >= 0 && begin + r.extent[d] <= r.buffer->shape[d],
              "{}: the region of {} is from {} to {} in dimension {}, which has {}", name,
              r.buffer->name, begin, begin + r.extent[d] - 1, d, r.buffer->shape[d]);
      result.offset += begin * base.strides[d];
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
              "{}: a region of {}, [{}], does not have the shape of {}, [{}]", name, r.buffer->name,
              fmt::join(extents, ", "), parameter.name, fmt::join(parameter.shape, ", "));
      result.strides.push_back(strides[d++]);
    }
    require(d == extents.size(), "{}: a region of {} has more dimensions than {}", name,
            r.buffer->name, parameter.name);
    return result;
  }

  // The indices of a region's point, given along the extents other than 1.
  static std::vector<int64_t> place(const Region& r, std::vector<int64_t> begin,
                                    const std::vector<int64_t>& point) {
    size_t k = 0;
    for (size_t d = 0; d < begin.size(); ++d) begin[d] += r.extent[d] == 1 ? 0 : point[k++];
    return begin;
  }
  static bool next(std::vector<int64_t>& point, const std::vector<int64_t>& extents) {
    for (size_t d = point.size(); d-- > 0;) {
      if (++point[d] < extents[d]) return true;
      point[d] = 0;
    }
    return false;
  }
  static bool inside(const BufferNode& buffer, const std::vector<int64_t>& indices) {
    for (size_t d = 0; d < indices.size(); ++d) {
      if (indices[d] < 0 || indices[d] >= buffer.shape[d]) return false;
    }
    return true;
  }

  std::vector<int64_t> eval_all(const std::vector<Expr>& list) {
    std::vector<int64_t> values;
    for (const Expr& e : list) values.push_back(eval(e).integer);
    return values;
  }

  Value& at(const Buffer& buffer, const std::vector<Expr>& indices) {
    return element(buffer, eval_all(indices));
  }

  Value& element(const Buffer& buffer, const std::vector<int64_t>& indices) {
    require(inside(*buffer, indices), "{}[{}] is outside [{}]", buffer->name,
            fmt::join(indices, ", "), fmt::join(buffer->shape, ", "));
    const View& v = views_.at(buffer.get());
    int64_t offset = v.offset;
    for (size_t d = 0; d < indices.size(); ++d) offset += indices[d] * v.strides[d];
    return (*v.storage)[static_cast<size_t>(offset)];
  }

  Value eval(const Expr& e) {
    return match(
        e, [](const IntConstant& n) { return Value{.integer = n.value}; },
        [](const FloatConstant& n) { return Value{.real = n.value}; },
        [this](const Var& n) { return vars_.at(n.id()); },
        [this](const Binary& n) {
          const Value a = eval(n.a);
          return apply(n.op, n.a.type(), a, eval(n.b));
        },
        [this](const Select& n) {
          return eval(n.condition).integer != 0 ? eval(n.yes) : eval(n.no);
        },
        [&](const Cast& n) { return convert(e.type(), n.a.type(), eval(n.a)); },
        [this](const Load& n) { return at(n.buffer, n.indices); },
        [&](const Call& n) {
          if (n.function != "requantise") {
            return Value{
                .real = rounded(e.type(), apply_function(n.function, eval(n.arguments[0]).real))};
          }
          std::array<int32_t, 4> a{};
          for (size_t i = 0; i < a.size(); ++i) {
            a[i] = static_cast<int32_t>(eval(n.arguments[i]).integer);
          }
          return Value{.integer = requantise(a)};
        });
  }

  const Intrinsics& intrinsics_;
  std::unordered_map<uint64_t, Value> vars_;
  std::unordered_map<const BufferNode*, View> views_;
};

}  // namespace

Value apply(BinaryOp op, Type type, Value a, Value b) {
  if (type.is_float()) return apply_float(op, type, a.real, b.real);
  const bool compares =
      op == BinaryOp::kEq || op == BinaryOp::kNe || op == BinaryOp::kLt || op == BinaryOp::kLe;
  const int64_t result = apply_integer(op, type, a.integer, b.integer);
  return {.integer = compares ? result : wrap(type, result)};
}

Value convert(Type to, Type from, Value value) {
  if (to.is_bool()) return {.integer = from.is_float() ? value.real != 0 : value.integer != 0};
  if (to.is_float()) {
    if (from.is_float()) return {.real = rounded(to, value.real)};
    const bool is_large = from == Type{Type::Kind::kUInt, 64};
    if (to.bits == 32) {
      return {.real = is_large ? static_cast<float>(static_cast<uint64_t>(value.integer))
                               : static_cast<float>(value.integer)};
    }
    return {.real = is_large ? static_cast<double>(static_cast<uint64_t>(value.integer))
                             : static_cast<double>(value.integer)};
  }
  if (!from.is_float()) return {.integer = wrap(to, value.integer)};
  const double whole = std::trunc(value.real);
  const double limit = std::ldexp(1.0, to.kind == Type::Kind::kInt ? to.bits - 1 : to.bits);
  const double low = to.kind == Type::Kind::kInt ? -limit : 0;
  require(whole >= low && whole < limit, "{} does not fit {}", value.real, to_string(to));
  if (to == Type{Type::Kind::kUInt, 64}) {
    return {.integer = static_cast<int64_t>(static_cast<uint64_t>(whole))};
  }
  return {.integer = static_cast<int64_t>(whole)};
}

void interpret(const Function& function, std::span<Array*> arguments, const Intrinsics& intrinsics,
               std::span<const Value> scalars) {
  require(arguments.size() == function.parameters.size(), "{} takes {} buffers, got {}",
          function.name, function.parameters.size(), arguments.size());
  std::vector<View> views;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const BufferNode& b = *function.parameters[i];
    require(std::ssize(arguments[i]->values) == b.elements(),
            "{}: the storage of {} has {} elements, must have {}", function.name, b.name,
            arguments[i]->values.size(), b.elements());
    views.push_back({&arguments[i]->values, 0, b.dense_or_strides()});
  }
  Interpreter(intrinsics).call(function, std::move(views), scalars);
}

}  // namespace vta::loop

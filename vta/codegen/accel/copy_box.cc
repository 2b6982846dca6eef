#include "vta/codegen/accel/copy_box.h"

#include <algorithm>

#include "vta/base/error.h"

namespace vta::codegen::accel {

namespace {

using isa::MemoryType;

// A region at known loop variables.
struct Place {
  const loop::BufferNode* buffer;
  std::vector<int64_t> begin;
  std::vector<int64_t> extent;

  Place(const loop::Region& r, const Environment& values)
      : buffer(r.buffer.get()), extent(r.extent) {
    for (const loop::Expr& e : r.begin) begin.push_back(values.value(e));
  }
  // Its dimensions of extents other than 1, which correspond to those of the other region.
  std::vector<size_t> long_dims() const {
    std::vector<size_t> dims;
    for (size_t d = 0; d < extent.size(); ++d) {
      if (extent[d] != 1) dims.push_back(d);
    }
    return dims;
  }
  void cut(size_t d, int64_t first, int64_t count) {
    begin[d] += first;
    extent[d] = count;
  }
};

// Leaves out what is outside the buffer of `to`; false where nothing is left.
bool clip(Place& to, Place& from) {
  const std::vector<size_t> dims = to.long_dims(), others = from.long_dims();
  for (size_t d = 0; d < to.extent.size(); ++d) {
    const int64_t first = std::max<int64_t>(0, -to.begin[d]);
    const int64_t end = std::min(to.extent[d], to.buffer->shape[d] - to.begin[d]);
    if (end <= first) return false;
    const auto at = std::ranges::find(dims, d);
    if (at == dims.end()) continue;
    from.cut(others[static_cast<size_t>(at - dims.begin())], first, end - first);
    to.cut(d, first, end - first);
  }
  return true;
}

class BoxMaker {
 public:
  BoxMaker(const loop::Copy& copy, const loop::Function& function, const hw::Config& config,
           const Environment& values, const Scratchpads& places)
      : is_load_(copy.from.buffer->scope == loop::Scope::kGlobal),
        to_(copy.to, values),
        from_(copy.from, values),
        function_(function),
        config_(config),
        padding_(copy.padding),
        layout_(places.place(is_load_ ? copy.to.buffer : copy.from.buffer)) {}

  std::optional<Box> make() {
    Box box{memory(), layout_.base, {parameter(), 0}, {}};
    const std::vector<size_t> pairs = sram().long_dims(), others = dram().long_dims();
    if (!clip(to_, from_)) return std::nullopt;
    add_scratchpad(box, pairs);
    add_dram(box, {others.begin(), others.begin() + static_cast<int64_t>(box.axes.size())});
    box.pad_min = padding_ != 0 && is_padded(box);
    if (box.pad_min && !can_pad(box.memory)) {
      refuse("padding of {} must be 0, or the least of inputs", padding_);
    }
    return box;
  }

 private:
  const Place& dram() const { return is_load_ ? from_ : to_; }
  const Place& sram() const { return is_load_ ? to_ : from_; }

  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
    fail("copy between {} and {}: {}", dram().buffer->name, sram().buffer->name,
         fmt::format(format, std::forward<Args>(args)...));
  }

  static bool is_padded(const Box& box) {
    return std::ranges::any_of(box.axes,
                               [](const BoxAxis& a) { return a.before > 0 || a.after > 0; });
  }
  bool can_pad(MemoryType memory) const {
    return memory == MemoryType::kInp && padding_ == config_.least_input();
  }

  int parameter() const {
    const auto it = std::ranges::find(function_.parameters, dram().buffer, &loop::Buffer::get);
    if (it == function_.parameters.end()) refuse("{} is no parameter", dram().buffer->name);
    return static_cast<int>(it - function_.parameters.begin());
  }

  MemoryType memory() const {
    const loop::Type narrow{loop::Type::Kind::kInt, config_.out_bits};
    const bool same = dram().buffer->type == sram().buffer->type;
    const hw::Memory scratchpad = layout_.layout.memory;
    if (is_load_ && same) {
      return scratchpad == hw::Memory::kInp   ? MemoryType::kInp
             : scratchpad == hw::Memory::kWgt ? MemoryType::kWgt
                                              : MemoryType::kAcc;
    }
    if (scratchpad == hw::Memory::kAcc && dram().buffer->type == narrow) {
      return is_load_ ? MemoryType::kAcc8 : MemoryType::kOut;
    }
    refuse("the DMA does not move {} {} {}", to_string(dram().buffer->type),
           is_load_ ? "to" : "from", to_string(sram().buffer->type));
  }

  // An axis for each of `dims`, those of an element aside.
  void add_scratchpad(Box& box, const std::vector<size_t>& dims) {
    const Place& r = sram();
    const std::vector<int64_t>& strides = layout_.layout.strides;
    for (size_t d = 0; d < r.extent.size(); ++d) {
      const int64_t size = r.buffer->shape[d];
      if (r.begin[d] < 0 || r.begin[d] + r.extent[d] > size) {
        refuse("{} to {} in dimension {} of {}, which has {}", r.begin[d],
               r.begin[d] + r.extent[d] - 1, d, r.buffer->name, size);
      }
      if (d >= strides.size()) {
        if (r.extent[d] != size)
          refuse("{} of an element's {} in dimension {}", r.extent[d], size, d);
        element_ *= size;
        continue;
      }
      box.sram += r.begin[d] * strides[d];
      if (std::ranges::find(dims, d) != dims.end()) {
        box.axes.push_back({.size = r.extent[d], .sram = strides[d]});
      }
    }
  }

  // The axes' sides in DRAM: dimensions `dims`. What is outside the buffer there is padding.
  void add_dram(Box& box, const std::vector<size_t>& dims) {
    const Place& r = dram();
    const std::vector<int64_t> strides = r.buffer->dense_or_strides();
    int64_t scalar = 0;  // of the first element that is moved
    int64_t dense = 1;   // scalars of the element in the dimensions seen so far
    bool is_outside = false;
    for (size_t d = strides.size(); d-- > 0;) {
      const int64_t size = r.buffer->shape[d];
      const int64_t first = std::clamp<int64_t>(r.begin[d], 0, size);
      const int64_t last = std::clamp<int64_t>(r.begin[d] + r.extent[d], first, size);
      if (last == first) {
        is_outside = true;
      } else {
        scalar += first * strides[d];
      }
      const auto at = std::ranges::find(dims, d);
      if (at != dims.end()) {
        BoxAxis& a = box.axes[static_cast<size_t>(at - dims.begin())];
        a.dram = in_elements(strides[d]);
        a.before = std::min(first, r.begin[d] + r.extent[d]) - r.begin[d];
        a.size = last - first;
        a.after = r.extent[d] - a.before - a.size;
      } else if (r.extent[d] != 1) {
        if (last - first != r.extent[d] || strides[d] != dense) {
          refuse("an element is not dense in dimension {} of {}", d, r.buffer->name);
        }
        dense *= r.extent[d];
      }
    }
    if (is_outside) {  // all of it is padding
      box.axes.push_back({.size = 0, .before = 1, .sram = 1});
    } else {
      box.dram.element = in_elements(scalar);
    }
  }

  int64_t in_elements(int64_t scalars) const {
    if (scalars % element_ != 0) {
      refuse("{} is not a multiple of an element of {} in {}", scalars, element_,
             dram().buffer->name);
    }
    return scalars / element_;
  }

  const bool is_load_;
  Place to_, from_;
  const loop::Function& function_;
  const hw::Config& config_;
  const int64_t padding_;
  const Scratchpads::Place& layout_;
  int64_t element_ = 1;  // scalars
};

}  // namespace

std::optional<Box> box_of(const loop::Copy& copy, const loop::Function& function,
                          const hw::Config& config, const Environment& values,
                          const Scratchpads& places) {
  return BoxMaker(copy, function, config, values, places).make();
}

}  // namespace vta::codegen::accel

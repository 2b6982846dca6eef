#include "vta/codegen/accel/copy_box.h"

#include <algorithm>

#include "vta/base/error.h"

namespace vta::codegen::accel {

namespace {

using isa::MemoryType;

class BoxMaker {
 public:
  BoxMaker(const loop::Copy& copy, const loop::Function& function, const hw::Config& config,
           const Environment& values, const Scratchpads& places)
      : is_load_(copy.from.buffer->scope == loop::Scope::kGlobal),
        dram_(is_load_ ? copy.from : copy.to),
        sram_(is_load_ ? copy.to : copy.from),
        function_(function),
        config_(config),
        values_(values),
        place_(places.place(sram_.buffer)) {}

  std::optional<Box> make() {
    Box box{memory(), place_.base, {parameter(), 0}, {}};
    add_scratchpad_axes(box);
    return add_dram(box) ? std::optional(box) : std::nullopt;
  }

 private:
  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
    fail("copy between {} and {}: {}", dram_.buffer->name, sram_.buffer->name,
         fmt::format(format, std::forward<Args>(args)...));
  }

  int parameter() const {
    const auto it = std::ranges::find(function_.parameters, dram_.buffer);
    if (it == function_.parameters.end()) refuse("{} is no parameter", dram_.buffer->name);
    return static_cast<int>(it - function_.parameters.begin());
  }

  MemoryType memory() const {
    const loop::Type narrow{loop::Type::Kind::kInt, config_.out_bits};
    const bool same = dram_.buffer->type == sram_.buffer->type;
    const bool is_acc = place_.layout.memory == hw::Memory::kAcc;
    if (is_load_ && same) {
      return is_acc                                     ? MemoryType::kAcc
             : place_.layout.memory == hw::Memory::kInp ? MemoryType::kInp
                                                        : MemoryType::kWgt;
    }
    if (is_acc && dram_.buffer->type == narrow) {
      return is_load_ ? MemoryType::kAcc8 : MemoryType::kOut;
    }
    refuse("the DMA does not move {} {} {}", to_string(dram_.buffer->type),
           is_load_ ? "to" : "from", to_string(sram_.buffer->type));
  }

  size_t leading() const { return place_.layout.strides.size(); }

  void add_scratchpad_axes(Box& box) {
    for (size_t d = 0; d < sram_.begin.size(); ++d) {
      const int64_t begin = values_.value(sram_.begin[d]), extent = sram_.extent[d];
      const int64_t size = sram_.buffer->shape[d];
      if (begin < 0 || begin + extent > size) {
        refuse("{} to {} in dimension {} of {}, which has {}", begin, begin + extent - 1, d,
               sram_.buffer->name, size);
      }
      if (d >= leading()) {
        if (extent != size) refuse("{} of an element's {} in dimension {}", extent, size, d);
        element_ *= extent;
        element_dims_ += extent != 1 ? 1 : 0;
        continue;
      }
      box.sram += begin * place_.layout.strides[d];
      if (extent != 1) box.axes.push_back({.size = extent, .sram = place_.layout.strides[d]});
    }
  }

  // Fills in the axes' sides in DRAM, and clips them at the buffer's edges.
  bool add_dram(Box& box) {
    const std::vector<int64_t> strides = dram_.buffer->dense_or_strides();
    int64_t scalar = 0;  // of the first element that is moved
    int64_t dense = 1;   // scalars of the element in the dimensions seen so far
    size_t axis = box.axes.size();
    size_t element_dims = element_dims_;
    bool is_outside = false;
    for (size_t d = strides.size(); d-- > 0;) {
      const int64_t begin = values_.value(dram_.begin[d]), extent = dram_.extent[d];
      const int64_t size = dram_.buffer->shape[d];
      const int64_t first = std::clamp<int64_t>(begin, 0, size);
      const int64_t last = std::clamp<int64_t>(begin + extent, first, size);
      if (last == first) {
        is_outside = true;
      } else {
        scalar += first * strides[d];
      }
      if (extent == 1) {
        if (last == first && !is_load_) return false;
        continue;
      }
      if (element_dims > 0) {
        --element_dims;
        if (last - first != extent || strides[d] != dense) {
          refuse("an element is not dense in dimension {} of {}", d, dram_.buffer->name);
        }
        dense *= extent;
        continue;
      }
      BoxAxis& a = box.axes[--axis];
      a.dram = in_elements(strides[d]);
      const int64_t before = std::min(first, begin + extent) - begin;
      if (is_load_) {
        a.before = std::max<int64_t>(0, before);
        a.after = extent - a.before - (last - first);
      } else {
        box.sram += std::max<int64_t>(0, before) * a.sram;
      }
      a.size = last - first;
      if (a.size == 0 && !is_load_) return false;
    }
    box.dram.element = is_outside ? 0 : in_elements(scalar);
    if (is_outside && box.axes.empty()) box.axes.push_back({.size = 0, .before = 1, .sram = 1});
    if (is_outside) box.axes.front().before = box.axes.front().extent();
    if (is_outside) box.axes.front().size = box.axes.front().after = 0;
    return true;
  }

  int64_t in_elements(int64_t scalars) const {
    if (scalars % element_ != 0) {
      refuse("{} is not a multiple of an element of {} in {}", scalars, element_,
             dram_.buffer->name);
    }
    return scalars / element_;
  }

  const bool is_load_;
  const loop::Region& dram_;
  const loop::Region& sram_;
  const loop::Function& function_;
  const hw::Config& config_;
  const Environment& values_;
  const Scratchpads::Place& place_;
  int64_t element_ = 1;      // scalars
  size_t element_dims_ = 0;  // of extents other than 1
};

}  // namespace

std::optional<Box> box_of(const loop::Copy& copy, const loop::Function& function,
                          const hw::Config& config, const Environment& values,
                          const Scratchpads& places) {
  return BoxMaker(copy, function, config, values, places).make();
}

}  // namespace vta::codegen::accel

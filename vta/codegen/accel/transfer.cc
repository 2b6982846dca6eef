#include "vta/codegen/accel/transfer.h"

#include <algorithm>
#include <optional>

#include "vta/codegen/accel/field_limit.h"

namespace vta::codegen::accel {

namespace {

bool follows_densely(const BoxAxis& outer, const BoxAxis& inner) {
  return inner.before == 0 && inner.after == 0 && outer.sram == inner.size * inner.sram &&
         (outer.size <= 1 || outer.dram == inner.size * inner.dram);
}

// Without axes of one element, and neighbours that are dense on both sides as one.
std::vector<BoxAxis> merged(const std::vector<BoxAxis>& axes) {
  std::vector<BoxAxis> result;
  for (const BoxAxis& axis : axes) {
    if (axis.extent() == 1) continue;
    if (!result.empty() && follows_densely(result.back(), axis)) {
      BoxAxis& outer = result.back();
      outer = {outer.size * axis.size, outer.before * axis.size, outer.after * axis.size, axis.dram,
               axis.sram};
    } else {
      result.push_back(axis);
    }
  }
  return result;
}

class TransferMaker {
 public:
  TransferMaker(const isa::Encoding& encoding, std::vector<Task>& to) : to_(to) {
    const auto limit = [&](std::string_view field) {
      return field_limit(encoding, isa::Opcode::kLoad, field);
    };
    size_ = limit("x_size");
    rows_ = limit("y_size");
    stride_ = limit("x_stride");
    pad_x_ = limit("x_pad_before");
    pad_y_ = limit("y_pad_before");
  }

  void move(const Box& box) {
    const bool is_zero =
        std::ranges::any_of(box.axes, [](const BoxAxis& a) { return a.size == 0; });
    if (is_zero) return fill(box);
    const std::vector<BoxAxis> axes = merged(box.axes);
    // The instruction's row, and its rows: those of the innermost axes that fit.
    size_t used = axes.size();
    BoxAxis x{.dram = 1, .sram = 1}, y{.dram = 0, .sram = 1};
    if (used > 0 && axes[used - 1].dram == 1 && axes[used - 1].sram == 1) x = axes[--used];
    if (used > 0 && axes[used - 1].sram == x.extent() && axes[used - 1].dram <= stride_) {
      y = axes[--used];
    }
    if (used > 0) return by_index({box.memory, box.sram, box.dram, axes, box.pad_min});
    if (const auto cut = too_long(y, rows_, pad_y_)) return split(box, {y, x}, 0, *cut);
    if (const auto cut = too_long(x, size_, pad_x_)) return split(box, {y, x}, 1, *cut);
    to_.push_back(Transfer{box.memory,
                           box.sram,
                           box.dram,
                           {.rows = y.size,
                            .row_size = x.size,
                            .row_stride = y.size > 1 ? y.dram : x.size,
                            .pad_top = y.before,
                            .pad_bottom = y.after,
                            .pad_left = x.before,
                            .pad_right = x.after,
                            .pad_min = box.pad_min}});
  }

 private:
  // Where to cut an axis that the fields do not hold: the number of indices before the cut.
  static std::optional<int64_t> too_long(const BoxAxis& a, int64_t size, int64_t pad) {
    if (a.before > pad) return a.before;
    if (a.after > pad) return a.before + a.size;
    if (a.size > size) return a.before + size;
    return std::nullopt;
  }

  // The box without its first axis, at each of that axis's indices.
  void by_index(const Box& box) {
    const BoxAxis& outer = box.axes.front();
    Box inner{box.memory, box.sram, box.dram, {box.axes.begin() + 1, box.axes.end()}, box.pad_min};
    for (int64_t i = -outer.before; i < outer.size + outer.after; ++i) {
      if (i >= 0 && i < outer.size) {
        move(inner);
        inner.dram.element += outer.dram;
      } else {
        fill(inner);
      }
      inner.sram += outer.sram;
    }
  }

  void split(const Box& box, std::vector<BoxAxis> axes, size_t which, int64_t cut) {
    const BoxAxis whole = axes[which];
    const auto part = [&](int64_t begin, int64_t end) {
      const int64_t first = std::clamp(begin, whole.before, whole.before + whole.size);
      const int64_t last = std::clamp(end, first, whole.before + whole.size);
      const int64_t before = std::min(first, end) - begin;
      axes[which] = {last - first, before, end - begin - before - (last - first), whole.dram,
                     whole.sram};
      move({box.memory,
            box.sram + begin * whole.sram,
            {box.dram.buffer, box.dram.element + (first - whole.before) * whole.dram},
            axes,
            box.pad_min});
    };
    part(0, cut);
    part(cut, whole.extent());
  }

  // Rows of padding only.
  void fill(const Box& box) {
    std::vector<BoxAxis> axes = box.axes;
    for (BoxAxis& a : axes) a = {a.extent(), 0, 0, 0, a.sram};
    axes = merged(axes);
    const bool has_row = !axes.empty() && axes.back().sram == 1;
    const int64_t count = has_row ? axes.back().size : 1;
    if (has_row) axes.pop_back();
    fill_rows(box, axes, count);
  }

  void fill_rows(Box box, const std::vector<BoxAxis>& axes, int64_t count) {
    if (axes.empty()) {
      for (; count > 0; count -= size_, box.sram += size_) {
        to_.push_back(Transfer{
            box.memory,
            box.sram,
            box.dram,
            {.rows = 0, .row_size = std::min(count, size_), .pad_top = 1, .pad_min = box.pad_min}});
      }
      return;
    }
    for (int64_t i = 0; i < axes.front().size; ++i, box.sram += axes.front().sram) {
      fill_rows(box, {axes.begin() + 1, axes.end()}, count);
    }
  }

  std::vector<Task>& to_;
  int64_t size_, rows_, stride_, pad_x_, pad_y_;
};

}  // namespace

void append_transfers(const Box& box, const isa::Encoding& encoding, std::vector<Task>& to) {
  TransferMaker(encoding, to).move(box);
}

}  // namespace vta::codegen::accel

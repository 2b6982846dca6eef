#include "vta/sim/timed/bursts.h"

#include <algorithm>
#include <bit>

namespace vta::sim::timed {

Transfer transfer_of(const isa::Instruction& i, const hw::Config& config) {
  const auto bytes = static_cast<uint64_t>(config.element_bytes(dram_element(i.memory)));
  return {.address = i.dram_base * bytes,
          .row_bytes = i.x_size * bytes,
          .stride_bytes = i.x_stride * bytes,
          .rows = i.y_size,
          .element_shift = std::countr_zero(bytes)};
}

Bursts::Bursts(const Transfer& transfer, int beat_shift)
    : beat_shift_(beat_shift),
      element_shift_(transfer.element_shift),
      address_(transfer.address),
      row_bytes_(transfer.row_bytes),
      stride_bytes_(transfer.stride_bytes),
      rows_left_(transfer.moves() ? transfer.rows : 0) {
  if (rows_left_ > 0) begin_row();
}

void Bursts::begin_row() {
  beat_ = address_ >> beat_shift_;
  last_beat_ = (address_ + row_bytes_ - 1) >> beat_shift_;
  form_burst();
}

void Bursts::form_burst() {
  const uint64_t end = std::min(last_beat_ + 1, (beat_ / kBurstBeats + 1) * kBurstBeats);
  burst_ = {.beats = end - beat_};
  if (element_shift_ >= beat_shift_) return;
  const auto elements = [&](uint64_t beat) {
    const uint64_t from = std::max(address_, beat << beat_shift_);
    const uint64_t to = std::min(address_ + row_bytes_, (beat + 1) << beat_shift_);
    return (to - from) >> element_shift_;
  };
  burst_.first = elements(beat_);
  burst_.middle = uint64_t{1} << (beat_shift_ - element_shift_);
  burst_.last = elements(end - 1);
}

void Bursts::pop() {
  beat_ += burst_.beats;
  if (beat_ <= last_beat_) {
    form_burst();
    return;
  }
  address_ += stride_bytes_;
  if (--rows_left_ > 0) begin_row();
}

}  // namespace vta::sim::timed

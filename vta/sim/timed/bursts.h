// The bursts of a LOAD or STORE: rows in order, each split by itself where the beat number is a
// multiple of 16.
#pragma once

#include <cstdint>

#include "vta/hw/config.h"
#include "vta/isa/instruction.h"

namespace vta::sim::timed {

inline constexpr uint64_t kBurstBeats = 16;

// What moves over the bus, in bytes.
struct Transfer {
  uint64_t address = 0;
  uint64_t row_bytes = 0;
  uint64_t stride_bytes = 0;
  uint64_t rows = 0;
  int element_shift = 0;  // log2 of an element's bytes

  bool moves() const { return rows > 0 && row_bytes > 0; }
};
Transfer transfer_of(const isa::Instruction& instruction, const hw::Config& config);

// Cycles that a unit which takes one element a cycle, or one beat of a larger one, spends on each
// beat of a burst: its elements, or 1. Beats between the first and the last have equally many.
struct Burst {
  uint64_t beats = 0;
  uint64_t first = 1;
  uint64_t middle = 1;
  uint64_t last = 1;  // where there is more than one beat

  // Of the first `count` beats.
  uint64_t cycles(uint64_t count) const {
    if (count == 0) return 0;
    if (count == beats && beats > 1) return first + (beats - 2) * middle + last;
    return first + (count - 1) * middle;
  }
  uint64_t cycles() const { return cycles(beats); }
};

class Bursts {
 public:
  Bursts() = default;
  Bursts(const Transfer& transfer, int beat_shift);

  bool done() const { return rows_left_ == 0; }
  const Burst& front() const { return burst_; }
  void pop();

 private:
  void begin_row();
  void form_burst();

  int beat_shift_ = 0;  // log2 of a beat's bytes
  int element_shift_ = 0;
  uint64_t address_ = 0;  // of the row
  uint64_t row_bytes_ = 0;
  uint64_t stride_bytes_ = 0;
  uint64_t rows_left_ = 0;
  uint64_t beat_ = 0;       // where the burst begins
  uint64_t last_beat_ = 0;  // of the row
  Burst burst_;
};

}  // namespace vta::sim::timed

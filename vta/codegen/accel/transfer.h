// DMA: the fewest LOADs or STOREs for a copy between a box of DRAM and a box of a scratchpad.
#pragma once

#include <vector>

#include "vta/codegen/accel/task.h"
#include "vta/isa/field.h"

namespace vta::codegen::accel {

// One dimension of the boxes, in elements: `size` are moved; a LOAD pads before and after.
struct BoxAxis {
  int64_t size = 1;
  int64_t before = 0;
  int64_t after = 0;
  int64_t dram = 0;  // distance in DRAM
  int64_t sram = 0;  // distance in the scratchpad

  int64_t extent() const { return before + size + after; }
};

struct Box {
  isa::MemoryType memory;
  int64_t sram = 0;            // the first element, padding included
  runtime::Address dram = {};  // the first element that is moved
  std::vector<BoxAxis> axes;   // outermost first
  bool pad_min = false;        // padding is the least integers, not zeros
};

// Appends them. Dimensions that are dense on both sides become one long row; the two innermost ones
// that the instruction can express become its rows; others one instruction for each index.
void append_transfers(const Box& box, const isa::Encoding& encoding, std::vector<Task>& to);

}  // namespace vta::codegen::accel

// Configurations for tests of convolutions: arrays of every proportion, with room for small layers.
#pragma once

#include <vector>

#include "vta/hw/config.h"

namespace vta::ops::accel {

// Square, wide outputs, wide inputs, and two rows of a batch with weights of 4 bits; with depthwise
// taps but where inputs are wide.
inline std::vector<hw::Config> small_arrays() {
  hw::Config square = hw::load_config("tiny");
  square.inp_buffer = square.wgt_buffer = 32 << 10;
  square.acc_buffer = 64 << 10;
  square.depthwise_taps = 3;
  hw::Config wide_outputs = square, wide_inputs = square, two_rows = square;
  wide_outputs.block_out = wide_outputs.alu_lanes = wide_outputs.requantise_lanes = 8;
  wide_inputs.block_in = 8;
  wide_inputs.depthwise_taps = 0;
  two_rows.batch = 2;
  two_rows.wgt_bits = 4;
  for (const hw::Config& c : {square, wide_outputs, wide_inputs, two_rows}) {
    hw::validate(c, "test");
  }
  return {square, wide_outputs, wide_inputs, two_rows};
}

}  // namespace vta::ops::accel

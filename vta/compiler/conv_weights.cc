#include "vta/compiler/conv_weights.h"

namespace vta::compiler {

GroupMerge merge_groups(int64_t in_channels, int64_t out_channels, int64_t groups,
                        const Packing& packing) {
  const int64_t in_per_group = in_channels / groups;
  const int64_t out_per_group = out_channels / groups;
  for (int64_t merge = 1; merge < groups; ++merge) {
    const int64_t in = merge * in_per_group;
    const int64_t out = merge * out_per_group;
    if (in % packing.block != 0 || out % packing.block != 0) continue;
    // A last merged group with fewer groups in it is fine only where it still is one block.
    const bool single_block = in == packing.block && out == packing.block;
    if (groups % merge != 0 && !single_block) continue;
    return {merge, ceil_div(groups, merge), in / packing.block, out / packing.block};
  }
  return {groups, 1, packing.blocks(in_channels), packing.blocks(out_channels)};
}

Tensor expand_weights(const Tensor& weights, int64_t node_groups, const GroupMerge& merge,
                      const Packing& packing) {
  const int64_t out_channels = weights.shape()[0];
  const int64_t in_per_group = weights.shape()[1];
  const int64_t taps = weights.shape()[2] * weights.shape()[3];
  const int64_t out_per_group = out_channels / node_groups;
  const int64_t columns = merge.in_blocks * packing.block;
  Tensor result(DType::kInt8, {merge.groups * merge.out_blocks * packing.block, columns,
                               weights.shape()[2], weights.shape()[3]});
  const auto from = weights.as<int8_t>();
  const auto to = result.as<int8_t>();
  for (int64_t o = 0; o < out_channels; ++o) {
    const int64_t first_column = (o / out_per_group) % merge.merge * in_per_group;
    for (int64_t i = 0; i < in_per_group * taps; ++i) {
      to[static_cast<size_t>((o * columns + first_column) * taps + i)] =
          from[static_cast<size_t>(o * in_per_group * taps + i)];
    }
  }
  return result;
}

Tensor tap_weights(const Tensor& weights, const ops::accel::TapRuns& runs,
                   const hw::Config& config) {
  const int64_t channels = weights.shape()[0], rows = weights.shape()[2],
                columns = weights.shape()[3], taps = config.depthwise_taps;
  const Packing packing(config);
  Tensor result(DType::kInt8,
                {packing.blocks(channels) * packing.block, config.block_in, rows, runs.count});
  const auto from = weights.as<int8_t>();
  const auto to = result.as<int8_t>();
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t run = 0; run < runs.count; ++run) {
        const int64_t seen = run == 0 ? 0 : taps - runs.step;  // taps that the run before has
        for (int64_t t = seen; t < taps; ++t) {
          const int64_t at = ((c * config.block_in + t) * rows + row) * runs.count + run;
          to[static_cast<size_t>(at)] =
              from[static_cast<size_t>((c * rows + row) * columns + run * runs.step + t)];
        }
      }
    }
  }
  return result;
}

}  // namespace vta::compiler

// A convolution node's weights as the GEMM array wants them: whole blocks of channels.
#pragma once

#include "vta/base/tensor.h"
#include "vta/compiler/packing.h"
#include "vta/ops/accel/depthwise_conv2d.h"

namespace vta::compiler {

// How the groups of a convolution become groups of whole channel blocks: `merge` neighbouring
// groups become one, whose weights are zero between channels of different groups. A depthwise
// convolution becomes diagonal tiles.
struct GroupMerge {
  int64_t merge = 1;      // groups of the node in one merged group
  int64_t groups = 1;     // merged groups
  int64_t in_blocks = 1;  // channel blocks of a merged group
  int64_t out_blocks = 1;
};
GroupMerge merge_groups(int64_t in_channels, int64_t out_channels, int64_t groups,
                        const Packing& packing);

// i8 [O][C / group][KH][KW] to i8 [groups * out_blocks * block][in_blocks * block][KH][KW].
Tensor expand_weights(const Tensor& weights, int64_t node_groups, const GroupMerge& merge,
                      const Packing& packing);

// A depthwise convolution's, i8 [C][1][KH][KW], for ops::accel::depthwise_conv2d: i8 [whole blocks
// of channels][block_in][KH][runs], where the second index counts taps.
Tensor tap_weights(const Tensor& weights, const ops::accel::TapRuns& runs,
                   const hw::Config& config);

}  // namespace vta::compiler

// The packed layout of tensors in device memory: blocks of the size of a scratchpad element, so
// that a LOAD of consecutive elements is one run of bytes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vta/base/tensor.h"
#include "vta/hw/config.h"

namespace vta::module {

// A tensor of shape [N, C, S…] becomes [N/rows][C/columns][S…][rows][columns], with N and C rounded
// up to multiples and zeros in what that adds. The scalars are `bits` wide, two's complement;
// narrower than a byte, the first lies in a byte's low bits. For activations (N x C x H x W, or N x
// C) rows are the batch; for weights (O x I x KH x KW, or O x I) rows are output channels.
struct BlockLayout {
  int rows = 1;
  int columns = 16;
  int bits = 8;
  bool operator==(const BlockLayout&) const = default;
};

// The layouts of which a block is one inp, out or wgt element of the configuration.
BlockLayout input_layout(const hw::Config& config);
BlockLayout output_layout(const hw::Config& config);
BlockLayout weight_layout(const hw::Config& config);

// Bytes that a tensor of that shape takes. Throws Error when the rank is below 2, the shape holds
// no element, or the layout is not one that a configuration has.
uint64_t packed_bytes(const Shape& shape, const BlockLayout& layout);

// An i8 tensor to device bytes. Throws Error as packed_bytes does, for another element type, and
// for a value that does not fit `bits`, with its index.
std::vector<uint8_t> pack(const Tensor& tensor, const BlockLayout& layout);
inline std::vector<uint8_t> pack_weights(const Tensor& weights, const hw::Config& config) {
  return pack(weights, weight_layout(config));
}

// Device bytes to the i8 tensor; what pads the blocks is ignored. Throws Error as packed_bytes
// does, and when `bytes` has another size than that.
Tensor unpack(std::span<const uint8_t> bytes, const Shape& shape, const BlockLayout& layout);

}  // namespace vta::module

// The scratchpads of the fast functional simulator, in the layout of its kernels, and the transfers
// between them and DRAM. Ranges are the caller's to check (check_instruction).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vta/isa/field.h"
#include "vta/sim/dram.h"
#include "vta/sim/kernels.h"

namespace vta::sim {

// Zeroed bytes at an address that is a multiple of 64, as vector loads like it.
class AlignedBytes {
 public:
  explicit AlignedBytes(size_t bytes) : lines_((bytes + sizeof(Line) - 1) / sizeof(Line)) {}
  uint8_t* data() { return lines_.data()->bytes; }

 private:
  struct alignas(64) Line {
    uint8_t bytes[64];
  };
  std::vector<Line> lines_;
};

class FunctionalMemory {
 public:
  FunctionalMemory(const hw::Config& config, const Kernels& kernels);

  // Return the bytes read, written.
  uint64_t load(const isa::Instruction& instruction, const Dram& dram);
  uint64_t store(const isa::Instruction& instruction, Dram& dram);

  const isa::MicroOp* uops() const { return uops_.data(); }
  const uint8_t* inputs(uint64_t element) { return inputs_.data() + element * input_bytes(); }
  const uint8_t* weights(uint64_t element) { return weights_.data() + element * weight_bytes_; }
  // As they came, for DEPTHWISE: an inp element's batch x block_in scalars; a wgt element's first
  // taps of all outputs, [depthwise_taps][block_out].
  const int8_t* plain_inputs(uint64_t element) const {
    return plain_inputs_.data() + element * batch_ * block_in_;
  }
  const int8_t* taps(uint64_t element) const { return taps_.data() + element * tap_scalars(); }
  int32_t* accumulators(uint64_t element) {
    return reinterpret_cast<int32_t*>(accumulators_.data()) + element * element_lanes();
  }

  const GemmShape& shape() const { return shape_; }
  size_t row_lanes() const { return shape_.chunks * kChunkLanes; }
  size_t element_lanes() const { return row_lanes() * batch_; }

 private:
  // `count` elements from `sram` on: zeros, an instruction's padding, or from packed DRAM bytes.
  void clear(isa::MemoryType type, uint64_t sram, uint64_t count);
  void pad(const isa::Instruction& load, uint64_t sram, uint64_t count);
  void fill(isa::MemoryType type, uint64_t sram, uint64_t count, const uint8_t* bytes);
  void fill_uops(uint64_t sram, uint64_t count, const uint8_t* bytes);
  void fill_inputs(uint64_t sram, uint64_t count, const uint8_t* bytes);
  void pack_inputs(const int8_t* scalars, uint64_t sram, uint64_t count);
  void fill_weights(uint64_t sram, uint64_t count, const uint8_t* bytes);
  void fill_accumulators(uint64_t sram, uint64_t count, const uint8_t* bytes);
  void fill_accumulators_narrow(uint64_t sram, uint64_t count, const uint8_t* bytes);
  void narrow(uint64_t sram, uint64_t count, uint8_t* bytes);

  // `count` scalars of `bits` bits as bytes: `packed` itself for 8 bits, else unpacked into
  // scratch.
  const int8_t* unpack(const uint8_t* packed, size_t count, int bits);
  // Bytes of one inp, acc element in the kernels' layout.
  size_t input_bytes() const { return batch_ * shape_.depth * kernels_.input_scalar_bytes; }
  size_t tap_scalars() const { return static_cast<size_t>(config_.depthwise_taps) * block_out_; }
  size_t accumulator_bytes() const { return element_lanes() * sizeof(int32_t); }

  hw::Config config_;
  isa::Encoding encoding_;
  const Kernels& kernels_;
  size_t batch_;
  size_t block_in_;
  size_t block_out_;
  GemmShape shape_;
  size_t weight_chunk_bytes_;
  size_t weight_bytes_;  // of one element
  std::vector<isa::MicroOp> uops_;
  AlignedBytes inputs_;
  AlignedBytes weights_;
  AlignedBytes accumulators_;
  std::vector<int8_t> plain_inputs_;  // with depthwise taps only, as taps_
  std::vector<int8_t> taps_;
  std::vector<int8_t> scratch_;
  std::vector<int8_t> tile_;  // one chunk of weights, 16 x depth
};

}  // namespace vta::sim

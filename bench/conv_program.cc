#include "bench/conv_program.h"

#include <algorithm>
#include <random>

namespace vta::bench {

namespace {

using hw::Memory;
using isa::Instruction;
using isa::MemoryType;
using isa::MicroOp;
using isa::Opcode;

constexpr uint32_t kBlock = 16;
constexpr uint32_t kTaps = 9;
constexpr uint32_t kRecord = 3;  // accumulator vectors of a requantise record

// Byte addresses in DRAM.
constexpr uint64_t kInstructions = 0x100'0000;
constexpr uint64_t kMicroOps = 0x200'0000;
constexpr uint64_t kInputs = 0x300'0000;
constexpr uint64_t kWeights = 0x400'0000;
constexpr uint64_t kRecords = 0x500'0000;
constexpr uint64_t kOutputs = 0x600'0000;

uint32_t largest_power_of_two(uint32_t limit, uint32_t max) {
  uint32_t power = 1;
  while (power * 2 <= limit && power * 2 <= max) power *= 2;
  return power;
}

struct Tiling {
  uint32_t rows;  // of the picture
  uint32_t in_blocks;
  uint32_t out_blocks;
};

Tiling choose_tiling(const ConvLayer& layer, const hw::Config& config) {
  const auto depth = [&](Memory memory) { return static_cast<uint32_t>(config.depth(memory)); };
  Tiling tiling{.rows = layer.size, .in_blocks = 1, .out_blocks = 1};
  while (tiling.rows * layer.size > depth(Memory::kAcc) / 2) tiling.rows /= 2;
  while (layer.size % tiling.rows != 0) --tiling.rows;
  tiling.out_blocks = largest_power_of_two(
      depth(Memory::kAcc) / (tiling.rows * layer.size + kRecord), layer.out_channels / kBlock);
  tiling.in_blocks =
      largest_power_of_two(std::min(depth(Memory::kInp) / ((tiling.rows + 2) * (layer.size + 2)),
                                    depth(Memory::kWgt) / (tiling.out_blocks * kTaps)),
                           layer.in_channels / kBlock);
  return tiling;
}

class ConvProgram {
 public:
  ConvProgram(const ConvLayer& layer, const hw::Config& config)
      : layer_(layer), config_(config), tiling_(choose_tiling(layer, config)) {}

  sim::Trace build() {
    push({.opcode = Opcode::kLoad,
          .memory = MemoryType::kUop,
          .dram_base = static_cast<uint32_t>(kMicroOps / 4),
          .y_size = 1,
          .x_size = static_cast<uint32_t>(micro_ops().size())});
    for (uint32_t out = 0; out < layer_.out_channels / kBlock; out += tiling_.out_blocks) {
      for (uint32_t y = 0; y < layer_.size; y += tiling_.rows) emit_tile(out, y);
    }
    push({.opcode = Opcode::kFinish, .pop_next = true});
    return to_trace();
  }

 private:
  uint32_t pixels() const { return tiling_.rows * layer_.size; }

  void push(const Instruction& instruction) { program_.push_back(instruction); }

  void emit_tile(uint32_t out, uint32_t y) {
    push({.opcode = Opcode::kLoad,
          .pop_next = out + y > 0,  // the store of the tile before
          .memory = MemoryType::kAcc,
          .sram_base = tiling_.out_blocks * pixels(),
          .dram_base = static_cast<uint32_t>(kRecords / 64) + out * kRecord,
          .y_size = 1,
          .x_size = tiling_.out_blocks * kRecord});
    for (uint32_t in = 0; in < layer_.in_channels / kBlock; in += tiling_.in_blocks) {
      load_weights(out, in, out + y + in > 0);
      for (uint32_t i = 0; i < tiling_.in_blocks; ++i) {
        load_input(in, i, y, i + 1 == tiling_.in_blocks);
      }
      if (in == 0) push(overwrite());
      push(multiply(in == 0));
    }
    Instruction requantise = epilogue(Opcode::kAlu);
    requantise.alu_op = hw::AluOp::kRequantise;
    requantise.push_next = true;
    push(requantise);
    for (uint32_t block = 0; block < tiling_.out_blocks; ++block) store(out, block, y);
  }

  void load_weights(uint32_t out, uint32_t in, bool waits) {
    const uint32_t in_blocks = layer_.in_channels / kBlock;
    push({.opcode = Opcode::kLoad,
          .pop_next = waits,  // until the multiplication before has read its operands
          .memory = MemoryType::kWgt,
          .dram_base = static_cast<uint32_t>(kWeights / 256) + (out * in_blocks + in) * kTaps,
          .y_size = tiling_.out_blocks,
          .x_size = tiling_.in_blocks * kTaps,
          .x_stride = in_blocks * kTaps});
  }

  void load_input(uint32_t in, uint32_t block, uint32_t y, bool is_last) {
    const bool is_top = y == 0;
    const bool is_bottom = y + tiling_.rows == layer_.size;
    const uint32_t row = (in + block) * layer_.size + y - (is_top ? 0 : 1);
    push({.opcode = Opcode::kLoad,
          .push_next = is_last,
          .memory = MemoryType::kInp,
          .sram_base = block * (tiling_.rows + 2) * (layer_.size + 2),
          .dram_base = static_cast<uint32_t>(kInputs / 16) + row * layer_.size,
          .y_size = tiling_.rows + (is_top ? 0 : 1) + (is_bottom ? 0 : 1),
          .x_size = layer_.size,
          .x_stride = layer_.size,
          .y_pad_before = is_top ? 1U : 0U,
          .y_pad_after = is_bottom ? 1U : 0U,
          .x_pad_before = 1,
          .x_pad_after = 1});
  }

  // The first tap of the first block: nothing has to be there before.
  Instruction overwrite() const {
    Instruction first = multiply(false);
    first.push_prev = false;
    first.uop_end = 2 * tiling_.out_blocks;
    first.overwrite = true;
    return first;
  }

  // All taps of all blocks, or those that overwrite() leaves.
  Instruction multiply(bool after_overwrite) const {
    return {.opcode = Opcode::kGemm,
            .pop_prev = !after_overwrite,
            .push_prev = true,
            .uop_begin = (after_overwrite ? 2 : 1) * tiling_.out_blocks,
            .uop_end = static_cast<uint32_t>(micro_ops().size()),
            .iter_out = tiling_.rows,
            .iter_in = layer_.size,
            .dst_factor_out = layer_.size,
            .dst_factor_in = 1,
            .src_factor_out = layer_.size + 2,
            .src_factor_in = 1};
  }

  // Over all accumulators of the tile; src is the block's requantise record.
  Instruction epilogue(Opcode opcode) const {
    return {.opcode = opcode,
            .uop_begin = 0,
            .uop_end = tiling_.out_blocks,
            .iter_out = 1,
            .iter_in = pixels(),
            .dst_factor_in = 1};
  }

  void store(uint32_t out, uint32_t block, uint32_t y) {
    push({.opcode = Opcode::kStore,
          .pop_prev = block == 0,
          .push_prev = block + 1 == tiling_.out_blocks,
          .memory = MemoryType::kOut,
          .sram_base = block * pixels(),
          .dram_base = static_cast<uint32_t>(kOutputs / 16) +
                       ((out + block) * layer_.size + y) * layer_.size,
          .y_size = 1,
          .x_size = pixels()});
  }

  // First those of the epilogue, one for each block; then the multiplication's, the first tap of
  // the first block before all others.
  std::vector<MicroOp> micro_ops() const {
    std::vector<MicroOp> uops;
    for (uint32_t out = 0; out < tiling_.out_blocks; ++out) {
      uops.push_back({.dst = out * pixels(), .src = tiling_.out_blocks * pixels() + out * kRecord});
    }
    for (uint32_t out = 0; out < tiling_.out_blocks; ++out) uops.push_back(micro_op(out, 0, 0));
    for (uint32_t out = 0; out < tiling_.out_blocks; ++out) {
      for (uint32_t in = 0; in < tiling_.in_blocks; ++in) {
        for (uint32_t tap = in == 0 ? 1 : 0; tap < kTaps; ++tap) {
          uops.push_back(micro_op(out, in, tap));
        }
      }
    }
    return uops;
  }

  MicroOp micro_op(uint32_t out, uint32_t in, uint32_t tap) const {
    return {.dst = out * pixels(),
            .src = (in * (tiling_.rows + 2) + tap / 3) * (layer_.size + 2) + tap % 3,
            .wgt = (out * tiling_.in_blocks + in) * kTaps + tap};
  }

  std::vector<uint8_t> random_bytes(uint64_t count) {
    std::vector<uint8_t> bytes(count);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random_());
    return bytes;
  }

  std::vector<uint8_t> records() {
    std::vector<int32_t> words;
    for (uint32_t block = 0; block < layer_.out_channels / kBlock; ++block) {
      for (uint32_t n = 0; n < kBlock; ++n) words.push_back(static_cast<int32_t>(random_() % 4096));
      for (uint32_t n = 0; n < kBlock; ++n)
        words.push_back(0x4000'0000 + static_cast<int32_t>(random_() >> 3));
      words.insert(words.end(), kBlock, isa::pack_requantise({.shift = -11, .zero_point = 3}));
    }
    std::vector<uint8_t> bytes;
    for (const int32_t word : words) {
      for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<uint8_t>(word >> (8 * i)));
    }
    return bytes;
  }

  sim::Trace to_trace() {
    const isa::Encoding encoding(config_);
    std::vector<uint8_t> instructions;
    std::vector<uint8_t> uops;
    for (const Instruction& instruction : program_) encoding.encode(instruction, instructions);
    for (const MicroOp& uop : micro_ops()) encoding.encode(uop, uops);
    const uint64_t area = uint64_t{layer_.size} * layer_.size;
    return {.name = layer_.name,
            .origin = "benchmark",
            .config = config_,
            .insn_addr = kInstructions,
            .insn_count = program_.size(),
            .segments = {{kInstructions, instructions},
                         {kMicroOps, uops},
                         {kInputs, random_bytes(area * layer_.in_channels)},
                         {kWeights,
                          random_bytes(uint64_t{kTaps} * layer_.in_channels * layer_.out_channels)},
                         {kRecords, records()}},
            .outputs = {{kOutputs, std::vector<uint8_t>(area * layer_.out_channels)}}};
  }

  ConvLayer layer_;
  hw::Config config_;
  Tiling tiling_;
  std::vector<Instruction> program_;
  std::minstd_rand random_{1};
};

}  // namespace

sim::Trace conv_program(const ConvLayer& layer) {
  return ConvProgram(layer, hw::load_config("default")).build();
}

}  // namespace vta::bench

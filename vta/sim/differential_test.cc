// Random legal programs: every simulator leaves the same bytes in all of DRAM, and counts the same,
// as the reference interpreter does, whatever order its seed draws.
#include <gtest/gtest.h>

#include <random>

#include "vta/isa/assembly.h"
#include "vta/sim/test_machine.h"

namespace vta::sim {
namespace {

using hw::AluOp;
using hw::Memory;
using isa::Instruction;
using isa::MemoryType;
using isa::Opcode;
using isa::Unit;

constexpr uint64_t kDramBytes = 1 << 20;
constexpr uint64_t kUopAddress = 1 << 18;   // below: the program
constexpr uint64_t kDataAddress = 1 << 19;  // to the end: random bytes, read and written
constexpr int kInstructions = 60;

// Programs whose units take turns, in program order, by tokens.
class Generator {
 public:
  Generator(const hw::Config& config, uint64_t seed) : config_(config), random_(seed) {}

  void write_to(Dram& dram, uint64_t& count) {
    const isa::Encoding encoding(config_);
    for (uint8_t& byte : dram.at(kDataAddress, kDramBytes - kDataAddress)) {
      byte = static_cast<uint8_t>(random_());
    }
    std::vector<uint8_t> bytes;
    for (uint32_t i = 0; i < depth(Memory::kUop); ++i) {
      encoding.encode({.dst = below(depth(Memory::kAcc) / 2),
                       .src = below(std::min(depth(Memory::kInp), depth(Memory::kAcc)) / 2),
                       .wgt = i % 3 == 0 ? 0 : below(depth(Memory::kWgt) / 2)},
                      bytes);
    }
    std::copy(bytes.begin(), bytes.end(), dram.at(kUopAddress, bytes.size()).begin());
    bytes.clear();
    for (const Instruction& instruction : program()) encoding.encode(instruction, bytes);
    count = bytes.size() / static_cast<uint64_t>(encoding.instruction_bytes());
    std::copy(bytes.begin(), bytes.end(), dram.at(0, bytes.size()).begin());
  }

 private:
  uint32_t below(uint32_t limit) {
    return limit == 0 ? 0 : static_cast<uint32_t>(random_() % limit);
  }
  uint32_t depth(Memory memory) const { return static_cast<uint32_t>(config_.depth(memory)); }

  std::vector<Instruction> program() {
    std::vector<Instruction> result = {load(MemoryType::kUop), load(MemoryType::kAcc)};
    for (int i = 0; i < kInstructions; ++i) append(result, random_instruction());
    for (int i = 0; i < 4; ++i) append(result, store());
    append(result, {.opcode = Opcode::kFinish});
    return result;
  }

  // A token from the instruction before, through compute if it must.
  static void append(std::vector<Instruction>& program, Instruction next) {
    const Unit from = unit_of(program.back());
    const Unit to = unit_of(next);
    if (from != Unit::kCompute && to != Unit::kCompute && from != to) {
      append(program, {.opcode = Opcode::kLoad});
      append(program, next);
      return;
    }
    if (from != to) {
      (from < to ? program.back().push_next : program.back().push_prev) = true;
      (from < to ? next.pop_prev : next.pop_next) = true;
    }
    program.push_back(next);
  }

  Instruction random_instruction() {
    constexpr MemoryType kTypes[] = {MemoryType::kUop, MemoryType::kInp, MemoryType::kWgt,
                                     MemoryType::kAcc, MemoryType::kAcc8};
    switch (below(6)) {
      case 0:
      case 1:
        return load(kTypes[below(5)]);
      case 2:
        return store();
      case 3:
      case 4:
        return gemm();
      default:
        return alu();
    }
  }

  Instruction load(MemoryType type) {
    Instruction i = transfer(Opcode::kLoad, type);
    if (below(2) == 0 && i.y_size * i.x_size < 200) {
      i.y_pad_before = below(3);
      i.y_pad_after = below(3);
      i.x_pad_before = below(3);
      i.x_pad_after = below(3);
    }
    const uint32_t elements =
        (i.y_pad_before + i.y_size + i.y_pad_after) * (i.x_pad_before + i.x_size + i.x_pad_after);
    const uint32_t room = depth(scratchpad(type));
    if (elements > room) return load(type);
    i.sram_base = below(room - elements + 1);
    return i;
  }

  Instruction store() {
    Instruction i = transfer(Opcode::kStore, MemoryType::kOut);
    i.sram_base = below(depth(Memory::kAcc) - i.y_size * i.x_size + 1);
    return i;
  }

  Instruction transfer(Opcode opcode, MemoryType type) {
    const auto bytes = static_cast<uint32_t>(config_.element_bytes(dram_element(type)));
    const uint64_t begin = type == MemoryType::kUop ? kUopAddress : kDataAddress;
    const auto room = type == MemoryType::kUop
                          ? depth(Memory::kUop)
                          : static_cast<uint32_t>((kDramBytes - kDataAddress) / bytes);
    Instruction i{.opcode = opcode, .memory = type};
    i.y_size = below(6);
    i.x_size = below(std::min(room, depth(scratchpad(type))) / 12);
    i.x_stride = i.x_size + below(3);
    i.dram_base = static_cast<uint32_t>(begin / bytes) + below(room - 6 * (i.x_stride + 1));
    return i;
  }

  void add_loops(Instruction& i, uint32_t src_depth) {
    i.uop_begin = below(depth(Memory::kUop) / 2);
    i.uop_end = i.uop_begin + below(20);
    i.iter_out = below(5);
    i.iter_in = 1 + below(9);
    const auto factor = [&](uint32_t room) { return below(4) == 0 ? 0 : below(room / 2 / 16); };
    i.dst_factor_out = factor(depth(Memory::kAcc));
    i.dst_factor_in = factor(depth(Memory::kAcc));
    i.src_factor_out = factor(src_depth);
    i.src_factor_in = factor(src_depth);
  }

  Instruction gemm() {
    const bool depthwise = config_.depthwise_taps > 0 && below(4) == 0;
    Instruction i{.opcode = depthwise ? Opcode::kDepthwise : Opcode::kGemm};
    add_loops(i, depth(Memory::kInp) - 16);
    i.reset = below(5) == 0;
    i.overwrite = below(4) == 0;
    i.wgt_factor_out = below(2) * below(depth(Memory::kWgt) / 32);
    i.wgt_factor_in = below(2) * below(depth(Memory::kWgt) / 32);
    return i;
  }

  Instruction alu() {
    Instruction i{.opcode = Opcode::kAlu};
    add_loops(i, depth(Memory::kAcc) - 16);
    i.alu_op = config_.alu_ops[below(static_cast<uint32_t>(config_.alu_ops.size()))];
    i.use_imm = i.alu_op != AluOp::kRequantise && below(2) == 0;
    const bool is_shift = i.alu_op == AluOp::kShr;
    i.imm = is_shift ? static_cast<int32_t>(below(80)) - 40 : static_cast<int16_t>(random_());
    return i;
  }

  hw::Config config_;
  std::mt19937_64 random_;
};

hw::Config shaped(int batch, int block_in, int block_out, int inp, int wgt, int out) {
  hw::Config c = hw::load_config("default");
  c.name = fmt::format("{}x{}x{}i{}w{}o{}", batch, block_in, block_out, inp, wgt, out);
  c.batch = batch;
  c.block_in = block_in;
  c.block_out = block_out;
  c.depthwise_taps = block_in >= 3 && block_out >= block_in ? 3 : 0;
  c.inp_bits = inp;
  c.wgt_bits = wgt;
  c.out_bits = out;
  c.uop_buffer = 256 * c.element_bytes(Memory::kUop);
  c.inp_buffer = 128 * c.element_bytes(Memory::kInp);
  c.wgt_buffer = 64 * c.element_bytes(Memory::kWgt);
  c.acc_buffer = 256 * c.element_bytes(Memory::kAcc);
  c.uop_buffer = 256 * c.element_bytes(Memory::kUop);
  c.alu_lanes = c.requantise_lanes = batch * block_out;
  hw::validate(c, c.name);
  return c;
}

std::vector<hw::Config> configs() {
  std::vector<hw::Config> result = {shaped(4, 8, 8, 8, 8, 8),   shaped(2, 16, 2, 8, 4, 4),
                                    shaped(8, 2, 4, 4, 8, 2),   shaped(1, 4, 8, 2, 2, 4),
                                    shaped(2, 32, 16, 4, 4, 8), shaped(1, 64, 32, 8, 2, 8),
                                    shaped(8, 2, 64, 8, 8, 4),  shaped(1, 16, 16, 8, 8, 8)};
  for (const hw::Preset& preset : hw::presets()) {
    hw::Config c = preset.make();
    const std::string name = c.name;
    c = shaped(c.batch, c.block_in, c.block_out, c.inp_bits, c.wgt_bits, c.out_bits);
    c.name = name;
    result.push_back(c);
  }
  result.push_back(hw::load_config("tiny"));
  return result;
}

struct Outcome {
  std::vector<uint8_t> bytes;
  Counters counters;
};

Outcome outcome(const hw::Config& config, uint64_t seed, Simulator& simulator) {
  Dram dram(kDramBytes);
  uint64_t count = 0;
  Generator(config, seed).write_to(dram, count);
  const Counters counters = simulator.run(dram, 0, count);
  const auto bytes = dram.at(0, kDramBytes);
  return {{bytes.begin(), bytes.end()}, counters};
}

class Differential : public testing::TestWithParam<hw::Config> {};

std::string test_name(const testing::TestParamInfo<hw::Config>& info) {
  std::string name = fmt::format("{}_{}", info.index, info.param.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Configs, Differential, testing::ValuesIn(configs()), test_name);

TEST_P(Differential, AllSimulatorsAgree) {
  uint64_t macs = 0;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    const auto expected = outcome(GetParam(), seed, *make_reference(GetParam(), 0));
    macs += expected.counters.gemm_macs;
    const auto drawn = outcome(GetParam(), seed, *make_reference(GetParam(), seed));
    EXPECT_TRUE(drawn.bytes == expected.bytes) << "order of seed " << seed;
    for (const std::string& name : test_simulators()) {
      const auto got = outcome(GetParam(), seed, *make_test_simulator(name, GetParam()));
      const auto at = std::mismatch(got.bytes.begin(), got.bytes.end(), expected.bytes.begin());
      EXPECT_EQ(at.first - got.bytes.begin(), static_cast<int64_t>(kDramBytes))
          << name << " differs from the reference here, program of seed " << seed;
      EXPECT_TRUE(got.counters == expected.counters) << name;
    }
  }
  EXPECT_GT(macs, 0);
}

}  // namespace
}  // namespace vta::sim

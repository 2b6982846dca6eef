// A machine for tests: a DRAM, a program that is written one instruction at a time, and any of the
// simulators to run it on. Data that a LOAD brings is placed in DRAM as it is asked for.
#pragma once

#include <string>
#include <vector>

#include "vta/base/error.h"
#include "vta/sim/functional.h"
#include "vta/sim/scalars.h"
#include "vta/sim/simulator.h"

namespace vta::sim {

// Names of the simulators that this CPU runs: "ref", "portable", …, "simde", the VNNI kernels
// translated by SIMDe, and "tsim".
std::vector<std::string> test_simulators();
// These, and those that have faults but no values.
std::vector<std::string> fault_simulators();
std::unique_ptr<Simulator> make_test_simulator(const std::string& name, const hw::Config& config);

class TestMachine {
 public:
  static constexpr uint64_t kProgram = 0;
  static constexpr uint64_t kData = 0x1'0000;

  explicit TestMachine(hw::Config config) : config_(std::move(config)), encoding_(config_) {}

  const hw::Config& config() const { return config_; }
  Dram& dram() { return dram_; }
  void push(const isa::Instruction& instruction) { program_.push_back(instruction); }

  // LOAD of `scalars` (a whole number of elements) to the scratchpad from element `sram` on.
  void load(isa::MemoryType type, uint32_t sram, const std::vector<int32_t>& scalars) {
    const int bits = scalar_bits(type);
    std::vector<uint8_t> bytes(scalars.size() * static_cast<size_t>(bits) / 8);
    for (size_t k = 0; k < scalars.size(); ++k) write_scalar(bytes.data(), k, bits, scalars[k]);
    load_bytes(type, sram, bytes);
  }
  // To the start of the micro-op buffer.
  void load_uops(const std::vector<isa::MicroOp>& uops) {
    std::vector<uint8_t> bytes;
    for (const isa::MicroOp& uop : uops) encoding_.encode(uop, bytes);
    load_bytes(isa::MemoryType::kUop, 0, bytes);
  }

  // A GEMM or ALU instruction over the first `uops` micro-ops, once.
  isa::Instruction over(isa::Opcode opcode, uint32_t uops) const {
    return {.opcode = opcode, .uop_end = uops, .iter_out = 1, .iter_in = 1};
  }
  void alu(hw::AluOp op, uint32_t uops) {
    isa::Instruction i = over(isa::Opcode::kAlu, uops);
    i.alu_op = op;
    push(i);
  }
  void alu_immediate(hw::AluOp op, int32_t imm, uint32_t uops) {
    isa::Instruction i = over(isa::Opcode::kAlu, uops);
    i.alu_op = op;
    i.use_imm = true;
    i.imm = imm;
    push(i);
  }

  // STORE of `count` elements; the address where they go.
  uint64_t store(uint32_t sram, uint32_t count) {
    const auto bytes = static_cast<uint64_t>(config_.element_bytes(hw::Memory::kOut));
    const uint64_t address = take(bytes * count);
    push({.opcode = isa::Opcode::kStore,
          .memory = isa::MemoryType::kOut,
          .sram_base = sram,
          .dram_base = static_cast<uint32_t>(address / bytes),
          .y_size = 1,
          .x_size = count});
    return address;
  }

  Counters run(Simulator& simulator) {
    push({.opcode = isa::Opcode::kFinish});
    std::vector<uint8_t> bytes;
    for (const isa::Instruction& instruction : program_) encoding_.encode(instruction, bytes);
    std::copy(bytes.begin(), bytes.end(), dram_.at(kProgram, bytes.size()).begin());
    const uint64_t count = program_.size();
    program_.clear();
    return simulator.run(dram_, kProgram, count);
  }

  // Runs, then reads all 32 bits of an accumulator element, which a STORE alone does not show: runs
  // again and stores it four times, shifted right by 8 in between. Needs 8-bit outputs.
  std::vector<int32_t> run_and_read(Simulator& simulator, uint32_t element) {
    run(simulator);
    const auto lanes = static_cast<size_t>(config_.batch * config_.block_out);
    std::vector<uint32_t> words(lanes);
    load_uops({{.dst = element}});
    std::vector<uint64_t> addresses;
    for (int byte = 0; byte < 4; ++byte) {
      addresses.push_back(store(element, 1));
      alu_immediate(hw::AluOp::kShr, 8, 1);
    }
    run(simulator);
    for (size_t byte = 0; byte < 4; ++byte) {
      const auto bytes = dram_.at(addresses[byte], lanes);
      for (size_t n = 0; n < lanes; ++n) words[n] |= uint32_t{bytes[n]} << (8 * byte);
    }
    return {words.begin(), words.end()};
  }

 private:
  int scalar_bits(isa::MemoryType type) const {
    switch (type) {
      case isa::MemoryType::kInp:
        return config_.inp_bits;
      case isa::MemoryType::kWgt:
        return config_.wgt_bits;
      case isa::MemoryType::kAcc:
        return config_.acc_bits;
      default:
        return config_.out_bits;
    }
  }

  void load_bytes(isa::MemoryType type, uint32_t sram, const std::vector<uint8_t>& bytes) {
    const auto element = static_cast<uint64_t>(config_.element_bytes(dram_element(type)));
    const uint64_t address = take(bytes.size());
    std::copy(bytes.begin(), bytes.end(), dram_.at(address, bytes.size()).begin());
    push({.opcode = isa::Opcode::kLoad,
          .memory = type,
          .sram_base = sram,
          .dram_base = static_cast<uint32_t>(address / element),
          .y_size = 1,
          .x_size = static_cast<uint32_t>(bytes.size() / element)});
  }

  // Fresh DRAM at an address that is a multiple of every element's size.
  uint64_t take(uint64_t bytes) {
    const auto alignment = static_cast<uint64_t>(config_.dram_alignment());
    const uint64_t address = next_;
    next_ += (bytes + alignment - 1) / alignment * alignment;
    return address;
  }

  hw::Config config_;
  isa::Encoding encoding_;
  Dram dram_{1 << 20};
  uint64_t next_ = kData;
  std::vector<isa::Instruction> program_;
};

}  // namespace vta::sim

// Random legal programs for tests of time: transfers of all shapes, loops of all lengths, tokens
// between units that run far ahead of one another. Their accesses may race, which time does not
// see.
#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "vta/isa/field.h"
#include "vta/sim/dram.h"

namespace vta::sim {

class TimedRandomProgram {
 public:
  static constexpr uint64_t kDramBytes = 1 << 20;
  static constexpr uint64_t kUopAddress = 1 << 18;
  static constexpr uint64_t kDataAddress = 1 << 19;

  TimedRandomProgram(const hw::Config& config, uint64_t seed, int instructions)
      : config_(config), random_(seed), style_(below(6)) {
    program_.push_back(transfer(isa::Opcode::kLoad, isa::MemoryType::kUop));
    for (int i = 0; i < instructions; ++i) program_.push_back(random_instruction());
    program_.push_back({.opcode = isa::Opcode::kFinish});
    add_tokens();
  }

  const std::vector<isa::Instruction>& instructions() const { return program_; }

  // Micro-ops and instructions; the address of these.
  uint64_t write_to(Dram& dram) {
    const isa::Encoding encoding(config_);
    std::vector<uint8_t> bytes;
    for (uint32_t i = 0; i < depth(hw::Memory::kUop); ++i) encoding.encode(micro_op(), bytes);
    std::copy(bytes.begin(), bytes.end(), dram.at(kUopAddress, bytes.size()).begin());
    bytes.clear();
    for (const isa::Instruction& instruction : program_) encoding.encode(instruction, bytes);
    const uint64_t address = 64 * uint64_t{below(64)};
    std::copy(bytes.begin(), bytes.end(), dram.at(address, bytes.size()).begin());
    return address;
  }

 private:
  using Instruction = isa::Instruction;
  using MemoryType = isa::MemoryType;
  using Opcode = isa::Opcode;

  uint32_t below(uint32_t limit) {
    return limit == 0 ? 0 : static_cast<uint32_t>(random_() % limit);
  }
  bool one_in(uint32_t n) { return below(n) == 0; }
  uint32_t depth(hw::Memory memory) const { return static_cast<uint32_t>(config_.depth(memory)); }

  isa::MicroOp micro_op() {
    const uint32_t dst = one_in(2) ? below(4) : below(depth(hw::Memory::kAcc) / 2);
    const uint32_t sources = std::min(depth(hw::Memory::kInp), depth(hw::Memory::kAcc)) / 2;
    return {.dst = dst,
            .src = one_in(2) ? below(2) * 8 : below(sources),
            .wgt = below(depth(hw::Memory::kWgt) / 2)};
  }

  // Programs have a style: all kinds alike, or mostly one.
  Instruction random_instruction() {
    constexpr MemoryType kTypes[] = {MemoryType::kInp, MemoryType::kWgt, MemoryType::kUop,
                                     MemoryType::kAcc, MemoryType::kAcc8};
    uint32_t kind = below(9);
    if (style_ > 0 && one_in(2)) kind = style_ == 5 ? 5 + below(2) : 2 * (style_ - 1);
    switch (kind) {
      case 0:
      case 1:
        return transfer(Opcode::kLoad, kTypes[below(2)]);
      case 2:
        return transfer(Opcode::kLoad, kTypes[2 + below(3)]);
      case 3:
      case 4:
        return transfer(Opcode::kStore, MemoryType::kOut);
      case 5:
      case 6:
        return gemm();
      default:
        return alu();
    }
  }

  Instruction transfer(Opcode opcode, MemoryType type) {
    const auto bytes = static_cast<uint32_t>(config_.element_bytes(dram_element(type)));
    const bool is_uop = type == MemoryType::kUop;
    const uint32_t dram_room = is_uop ? depth(hw::Memory::kUop)
                                      : static_cast<uint32_t>((kDramBytes - kDataAddress) / bytes);
    const uint32_t sram_room = depth(scratchpad(type));
    Instruction i{.opcode = opcode, .memory = type};
    do {
      i.y_size = one_in(3) ? 1 : below(one_in(4) ? 40 : 7);
      i.x_size = one_in(3) ? below(5) : below(1 + sram_room / (one_in(3) ? 1 : 12));
      i.x_stride = one_in(10) ? 0 : i.x_size + below(one_in(2) ? 3 : 40);
      if (opcode == Opcode::kLoad && one_in(2)) {
        i.y_pad_before = below(3) * below(3);
        i.y_pad_after = below(3);
        i.x_pad_before = below(4) * below(2);
        i.x_pad_after = below(2);
        i.pad_min = one_in(2);
      }
    } while (size(i) > sram_room || i.y_size * (i.x_stride + 1) + i.x_size > dram_room);
    i.sram_base = below(sram_room - size(i) + 1);
    i.dram_base = static_cast<uint32_t>((is_uop ? kUopAddress : kDataAddress) / bytes) +
                  below(dram_room - i.y_size * (i.x_stride + 1) - i.x_size + 1);
    return i;
  }
  static uint32_t size(const Instruction& i) {
    return (i.y_pad_before + i.y_size + i.y_pad_after) *
           (i.x_pad_before + i.x_size + i.x_pad_after);
  }

  void add_loops(Instruction& i, uint32_t src_depth) {
    i.uop_begin = below(depth(hw::Memory::kUop) / 2);
    i.uop_end = one_in(10) ? below(i.uop_begin + 1) : i.uop_begin + below(one_in(3) ? 30 : 5);
    i.iter_out = below(5);
    i.iter_in = below(one_in(3) ? 12 : 4);
    const auto factor = [&](uint32_t room) { return one_in(3) ? 0 : below(room / 2 / 16); };
    i.dst_factor_out = factor(depth(hw::Memory::kAcc));
    i.dst_factor_in = factor(depth(hw::Memory::kAcc));
    i.src_factor_out = factor(src_depth);
    i.src_factor_in = factor(src_depth);
  }

  Instruction gemm() {
    const bool depthwise = config_.depthwise_taps > 0 && one_in(4);
    Instruction i{.opcode = depthwise ? Opcode::kDepthwise : Opcode::kGemm};
    add_loops(i, depth(hw::Memory::kInp) - 16);
    i.reset = one_in(5);
    i.overwrite = one_in(4);
    return i;
  }

  Instruction alu() {
    Instruction i{.opcode = Opcode::kAlu};
    add_loops(i, depth(hw::Memory::kAcc) - 16);
    const auto ops = static_cast<uint32_t>(config_.alu_ops.size());
    i.alu_op = one_in(3) ? config_.alu_ops.back() : config_.alu_ops[below(ops)];
    i.use_imm = i.alu_op != hw::AluOp::kRequantise && one_in(2);
    i.imm = static_cast<int16_t>(random_());
    return i;
  }

  // Every taken token was given before, in program order, and no queue ever holds many: neither a
  // deadlock nor an overflow.
  void add_tokens() {
    constexpr int kMost = 12;
    const uint32_t often = 1 + below(5);
    std::array<int, 3> from_prev{};
    std::array<int, 3> from_next{};
    for (Instruction& i : program_) {
      const auto unit = static_cast<size_t>(unit_of(i));
      const auto take = [&](std::array<int, 3>& queue) {
        const bool takes = queue[unit] > 0 && (one_in(often) || queue[unit] > kMost / 2);
        queue[unit] -= takes ? 1 : 0;
        return takes;
      };
      const auto give = [&](std::array<int, 3>& queue, size_t to) {
        const bool gives = queue[to] < kMost && one_in(often);
        queue[to] += gives ? 1 : 0;
        return gives;
      };
      if (unit > 0) i.pop_prev = take(from_prev);
      if (unit < 2) i.pop_next = take(from_next);
      if (unit > 0) i.push_prev = give(from_next, unit - 1);
      if (unit < 2) i.push_next = give(from_prev, unit + 1);
    }
  }

  hw::Config config_;
  std::mt19937_64 random_;
  uint32_t style_;
  std::vector<Instruction> program_;
};

}  // namespace vta::sim

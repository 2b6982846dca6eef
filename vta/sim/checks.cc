#include "vta/sim/checks.h"

#include <algorithm>

#include "vta/isa/assembly.h"

namespace vta::sim {

namespace {

using isa::Instruction;
using isa::MemoryType;
using isa::Opcode;
using isa::Unit;

// Bytes that there are and that have an address.
uint64_t capacity_of(const hw::Config& config, const Dram& dram) {
  return std::min(dram.capacity(), config.memory_bytes());
}

void check_finish(const Site& site, uint64_t count) {
  const bool is_finish = site.instruction.opcode == Opcode::kFinish;
  if (is_finish && site.index + 1 < count) {
    fault(site, fmt::format("finish before the last of {} instructions", count));
  }
  if (!is_finish && site.index + 1 == count) {
    fault(site, "the program ends here without finish");
  }
}

void check_neighbours(const Site& site) {
  const Instruction& i = site.instruction;
  const Unit unit = unit_of(i);
  if (unit == Unit::kLoad && (i.pop_prev || i.push_prev)) {
    fault(site, "the load unit has no previous unit: pop_prev and push_prev must be 0");
  }
  if (unit == Unit::kStore && (i.pop_next || i.push_next)) {
    fault(site, "the store unit has no next unit: pop_next and push_next must be 0");
  }
}

void check_memory_type(const Site& site) {
  const Instruction& i = site.instruction;
  const bool legal =
      i.opcode == Opcode::kStore ? i.memory == MemoryType::kOut : i.memory != MemoryType::kOut;
  if (legal) return;
  fault(site, fmt::format("{} cannot move memory type {}, must be {}", opcode_name(i.opcode),
                          memory_name(i.memory),
                          i.opcode == Opcode::kStore ? "out" : "uop, wgt, inp, acc or acc8"));
}

void check_no_padding(const Site& site) {
  const Instruction& i = site.instruction;
  if ((i.y_pad_before | i.y_pad_after | i.x_pad_before | i.x_pad_after) == 0) return;
  fault(site, "store with padding: all four pads must be 0");
}

void check_scratchpad_range(const Site& site, const hw::Config& config) {
  const Instruction& i = site.instruction;
  const uint64_t elements = padded_rows(i) * padded_columns(i);
  const auto depth = static_cast<uint64_t>(config.depth(scratchpad(i.memory)));
  if (i.sram_base + elements <= depth) return;
  fault(site, fmt::format("{} elements [{}, {}) end beyond the scratchpad's depth of {}",
                          memory_name(i.memory), i.sram_base, i.sram_base + elements, depth));
}

void check_dram_range(const Site& site, const hw::Config& config, const Dram& dram) {
  const Instruction& i = site.instruction;
  if (i.y_size == 0 || i.x_size == 0) return;
  const uint64_t end = dram_address(i, config, i.y_size - 1, i.x_size);
  const uint64_t capacity = capacity_of(config, dram);
  if (end <= capacity) return;
  fault(site, fmt::format("DRAM bytes [{:#x}, {:#x}) end beyond the capacity of {:#x}",
                          dram_address(i, config, 0, 0), end, capacity));
}

void check_memory(const Site& site, const hw::Config& config, const Dram& dram) {
  if (site.instruction.opcode == Opcode::kStore) check_no_padding(site);
  // What moves nothing only carries tokens, with whatever memory type.
  if (padded_rows(site.instruction) * padded_columns(site.instruction) == 0) return;
  check_memory_type(site);
  check_scratchpad_range(site, config);
  check_dram_range(site, config, dram);
}

void check_micro_op_range(const Site& site, const hw::Config& config) {
  const auto depth = static_cast<uint64_t>(config.depth(hw::Memory::kUop));
  if (site.instruction.uop_end <= depth) return;
  fault(site, fmt::format("uop_end {} is beyond the micro-op buffer's depth of {}",
                          site.instruction.uop_end, depth));
}

void check_alu(const Site& site, const hw::Config& config) {
  const Instruction& i = site.instruction;
  const std::string_view name = hw::kAluOpNames[static_cast<size_t>(i.alu_op)];
  if (!config.has(i.alu_op)) {
    fault(site, fmt::format("the configuration has no ALU operation {}", name));
  }
  if (i.alu_op == hw::AluOp::kRequantise && i.use_imm) {
    fault(site, "rqt takes no immediate: use_imm must be 0");
  }
}

void check_index(const Site& site, const hw::Config& config, hw::Memory memory,
                 std::string_view name, uint64_t index) {
  const auto depth = static_cast<uint64_t>(config.depth(memory));
  if (index < depth) return;
  fault(site, fmt::format("{} index {} is beyond the {} scratchpad's depth of {}", name, index,
                          hw::kMemoryNames[static_cast<size_t>(memory)], depth));
}

}  // namespace

void fault(const Site& site, const std::string& what) {
  throw Fault(site.index, fmt::format("instruction {} ({}): {}", site.index,
                                      isa::to_string(site.instruction), what));
}

void check_program(const isa::Encoding& encoding, const Dram& dram, uint64_t address,
                   uint64_t count) {
  const auto bytes = static_cast<uint64_t>(encoding.instruction_bytes());
  if (count == 0) throw Fault(0, "the program is empty, must end with finish");
  const uint64_t capacity = capacity_of(encoding.config(), dram);
  if (address > capacity || count > (capacity - address) / bytes) {
    throw Fault(0, fmt::format("the program, {} instructions at {:#x}, ends beyond the DRAM's "
                               "capacity of {:#x} bytes",
                               count, address, capacity));
  }
}

Instruction fetch_instruction(const isa::Encoding& encoding, const Dram& dram, uint64_t address,
                              uint64_t count, uint64_t index) {
  const auto bytes = static_cast<uint64_t>(encoding.instruction_bytes());
  Instruction instruction;
  try {
    instruction = encoding.decode(dram.at(address + index * bytes, bytes));
  } catch (const Error& error) {
    throw Fault(index, fmt::format("instruction {}: {}", index, error.what()));
  }
  const Site site{index, instruction};
  check_finish(site, count);
  check_neighbours(site);
  return instruction;
}

void token_overflow(const Site& site, isa::Unit from, isa::Unit to, int64_t depth) {
  fault(site, fmt::format("the token queue from {} to {} already holds {} tokens, its depth",
                          unit_name(from), unit_name(to), depth));
}

void check_instruction(const Site& site, const hw::Config& config, const Dram& dram) {
  if (site.instruction.is_memory()) check_memory(site, config, dram);
  if (site.instruction.has_micro_ops()) check_micro_op_range(site, config);
  if (site.instruction.opcode == Opcode::kAlu) check_alu(site, config);
}

Indices indices_of(const Instruction& i, const isa::MicroOp& uop, uint64_t outer, uint64_t inner) {
  return {.dst = uop.dst + outer * i.dst_factor_out + inner * i.dst_factor_in,
          .src = uop.src + outer * i.src_factor_out + inner * i.src_factor_in,
          .wgt = uop.wgt + outer * i.wgt_factor_out + inner * i.wgt_factor_in};
}

void check_micro_op(const Site& site, const hw::Config& config, const Indices& at) {
  const Instruction& i = site.instruction;
  check_index(site, config, hw::Memory::kAcc, "dst", at.dst);
  if (i.multiplies()) {
    check_index(site, config, hw::Memory::kInp, "src", at.src);
    if (i.opcode == Opcode::kDepthwise) {
      const int last = config.depthwise_inputs() - 1;
      check_index(site, config, hw::Memory::kInp, fmt::format("src + {}", last),
                  at.src + static_cast<uint64_t>(last));
    }
    check_index(site, config, hw::Memory::kWgt, "wgt", at.wgt);
  }
  if (i.opcode == Opcode::kAlu && !i.use_imm) {
    check_index(site, config, hw::Memory::kAcc, "src", at.src);
    if (i.alu_op == hw::AluOp::kRequantise) {
      check_index(site, config, hw::Memory::kAcc, "src + 2", at.src + 2);
    }
  }
}

// The largest of each index: factors are not negative, so the last iteration has it. Only when it
// is out of range does the first bad micro-op matter, as the specification would meet it.
void check_micro_ops(const Site& site, const hw::Config& config, const isa::MicroOp* uops) {
  const Instruction& i = site.instruction;
  if (micro_op_count(i) == 0) return;
  isa::MicroOp max;
  for (uint32_t u = i.uop_begin; u < i.uop_end; ++u) {
    max.dst = std::max(max.dst, uops[u].dst);
    max.src = std::max(max.src, uops[u].src);
    max.wgt = std::max(max.wgt, uops[u].wgt);
  }
  try {
    check_micro_op(site, config, indices_of(i, max, i.iter_out - 1, i.iter_in - 1));
  } catch (const Fault&) {
    for_each_micro_op(i, uops, [&](const Indices& at) { check_micro_op(site, config, at); });
  }
}

uint64_t micro_op_count(const Instruction& i) {
  if (i.uop_begin >= i.uop_end) return 0;
  return uint64_t{i.iter_out} * i.iter_in * (i.uop_end - i.uop_begin);
}

uint64_t padded_rows(const Instruction& i) {
  return uint64_t{i.y_pad_before} + i.y_size + i.y_pad_after;
}

uint64_t padded_columns(const Instruction& i) {
  return uint64_t{i.x_pad_before} + i.x_size + i.x_pad_after;
}

uint64_t dram_address(const Instruction& i, const hw::Config& config, uint64_t row,
                      uint64_t column) {
  const auto bytes = static_cast<uint64_t>(config.element_bytes(dram_element(i.memory)));
  return (i.dram_base + row * i.x_stride + column) * bytes;
}

}  // namespace vta::sim

#include "vta/sim/timed/plan.h"

#include <algorithm>

#include "vta/sim/checks.h"

namespace vta::sim::timed {

namespace {

using isa::Instruction;
using isa::Opcode;

uint64_t pad_cycles(const Instruction& i) {
  const bool has_pads = (i.y_pad_before | i.y_pad_after | i.x_pad_before | i.x_pad_after) != 0;
  if (!has_pads || padded_rows(i) * padded_columns(i) == 0) return 0;
  const uint64_t ends = std::max(1U, i.x_pad_before + i.x_pad_after);
  return (i.y_pad_before + i.y_pad_after) * padded_columns(i) + i.y_size * ends;
}

// The bounds of the micro-ops that a LOAD of uop writes: of several rows the buffer's end.
UopRange written(const Instruction& i, const hw::Config& config) {
  if (padded_rows(i) * padded_columns(i) == 0) return {i.sram_base, i.sram_base};
  if (padded_rows(i) == 1) return {i.sram_base, i.sram_base + padded_columns(i)};
  return {i.sram_base, static_cast<uint64_t>(config.depth(hw::Memory::kUop))};
}

}  // namespace

Planner::Planner(const hw::Config& config) : config_(config), requantise_(config) {}

Plan Planner::plan(uint64_t index, const Instruction& i, const isa::MicroOp* uops) {
  Plan plan{.index = static_cast<uint32_t>(index),
            .unit = unit_of(i),
            .pop_prev = i.pop_prev,
            .pop_next = i.pop_next,
            .push_prev = i.push_prev,
            .push_next = i.push_next};
  switch (i.opcode) {
    case Opcode::kLoad:
      plan.kind = Plan::Kind::kLoad;
      plan.transfer = transfer_of(i, config_);
      plan.pad_cycles = pad_cycles(i);
      plan.is_uop_load = i.memory == isa::MemoryType::kUop;
      plan.uops = written(i, config_);
      break;
    case Opcode::kStore:
      plan.kind = Plan::Kind::kStore;
      plan.transfer = transfer_of(i, config_);
      break;
    case Opcode::kGemm:
    case Opcode::kDepthwise:
    case Opcode::kAlu:
      plan_exec(plan, i, uops);
      break;
    case Opcode::kFinish:
      break;
  }
  return plan;
}

void Planner::plan_exec(Plan& plan, const Instruction& i, const isa::MicroOp* uops) {
  const uint64_t micro_ops = micro_op_count(i);
  const auto vector_cycles =
      static_cast<uint64_t>(config_.batch * config_.block_out / config_.alu_lanes);
  plan.uops = {i.uop_begin, i.uop_end};
  plan.kind = Plan::Kind::kArray;
  if (micro_ops == 0) {
    plan.slots = 1;
  } else if (i.uses_array()) {
    plan.slots = micro_ops;
  } else if (i.alu_op != hw::AluOp::kRequantise) {
    plan.slots = micro_ops * (vector_cycles + (i.use_imm ? 0 : 1));
  } else {
    plan.kind = Plan::Kind::kRequantise;
    plan.acceptance = requantise_.acceptance(i, uops);
  }
}

}  // namespace vta::sim::timed

#include "vta/sim/bounds.h"

#include <cmath>

namespace vta::sim {

namespace {

uint64_t micro_ops_of(const isa::Instruction& i) {
  if (i.uop_begin >= i.uop_end) return 0;
  return uint64_t{i.iter_out} * i.iter_in * (i.uop_end - i.uop_begin);
}

uint64_t vector_of(const hw::Config& config) {
  return static_cast<uint64_t>(config.batch) * static_cast<uint64_t>(config.block_out);
}

}  // namespace

Counters work_of(const hw::Config& config, std::span<const isa::Instruction> instructions) {
  Counters work{.instructions = instructions.size()};
  for (const isa::Instruction& i : instructions) {
    if (i.is_memory()) {
      const auto bytes = uint64_t{i.y_size} * i.x_size *
                         static_cast<uint64_t>(config.element_bytes(dram_element(i.memory)));
      (i.opcode == isa::Opcode::kLoad ? work.dram_read_bytes : work.dram_write_bytes) += bytes;
    } else if (i.multiplies()) {
      work.gemm_macs += micro_ops_of(i) * static_cast<uint64_t>(config.macs_per_cycle());
    } else if (i.opcode == isa::Opcode::kAlu) {
      work.alu_ops += micro_ops_of(i) * vector_of(config);
    }
  }
  return work;
}

Bounds bounds_of(const hw::Config& config, std::span<const isa::Instruction> instructions) {
  const Counters work = work_of(config, instructions);
  const isa::Encoding encoding(config);
  const uint64_t fetched =
      instructions.size() * static_cast<uint64_t>(encoding.instruction_bytes());
  const auto transfer = [&](uint64_t bytes) {
    return static_cast<uint64_t>(
        std::ceil(static_cast<double>(bytes) / config.memory_bytes_per_cycle));
  };
  Bounds bounds{
      .mac = work.gemm_macs / static_cast<uint64_t>(config.macs_per_cycle()),
      .dram = transfer(work.dram_read_bytes + work.dram_write_bytes + fetched),
      .issue = std::max<uint64_t>(transfer(fetched), instructions.size()),
  };
  for (const isa::Instruction& i : instructions) {
    if (i.opcode != isa::Opcode::kAlu) continue;
    const int lanes =
        i.alu_op == hw::AluOp::kRequantise ? config.requantise_lanes : config.alu_lanes;
    bounds.alu += micro_ops_of(i) * (vector_of(config) / static_cast<uint64_t>(lanes));
  }
  return bounds;
}

}  // namespace vta::sim

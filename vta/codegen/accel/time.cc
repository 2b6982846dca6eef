#include "vta/codegen/accel/time.h"

#include <algorithm>

namespace vta::codegen::accel {

Timed time_of(const runtime::RelocatableProgram& program, std::span<const int64_t> buffer_bytes,
              const hw::Config& config) {
  const auto align = [&](uint64_t bytes) {
    const auto unit = static_cast<uint64_t>(config.dram_alignment());
    return (bytes + unit - 1) / unit * unit;
  };
  const isa::Encoding encoding(config);
  std::vector<uint8_t> uops;
  for (const isa::MicroOp& uop : program.uops) encoding.encode(uop, uops);
  uint64_t next = align(1);
  std::map<int, uint64_t> addresses = {{runtime::RelocatableProgram::kUopBuffer, next}};
  next = align(next + uops.size());
  for (size_t b = 0; b < buffer_bytes.size(); ++b) {
    addresses[static_cast<int>(b)] = next;
    next = align(next + static_cast<uint64_t>(buffer_bytes[b]));
  }
  Timed result{runtime::place(program, config, addresses), {}, {}, 0};
  const std::vector<uint8_t> instructions = isa::encode_instructions(result.program);

  sim::Dram dram(uint64_t{1} << 30);
  const auto copy = [&](uint64_t to, const std::vector<uint8_t>& from) {
    std::ranges::copy(from, dram.at(to, from.size()).begin());
  };
  copy(addresses.at(runtime::RelocatableProgram::kUopBuffer), uops);
  copy(next, instructions);
  const auto simulator = sim::make_timed(config, {.values = false});
  simulator->run(dram, next, result.program.instructions.size());
  result.timing = simulator->timing();
  result.bounds = sim::bounds_of(config, result.program.instructions);
  result.macs = sim::work_of(config, result.program.instructions).gemm_macs;
  return result;
}

std::vector<int64_t> parameter_bytes(const loop::Function& function) {
  std::vector<int64_t> bytes;
  for (const loop::Buffer& b : function.parameters) {
    bytes.push_back((b->elements() * b->type.bits + 7) / 8);
  }
  return bytes;
}

}  // namespace vta::codegen::accel

#include "vta/sim/replay.h"

#include <algorithm>
#include <chrono>

#include "vta/isa/assembly.h"
#include "vta/sim/checks.h"

namespace vta::sim {

namespace {

bool covers(const isa::Instruction& store, const hw::Config& config, uint64_t address) {
  if (store.opcode != isa::Opcode::kStore || store.x_size == 0) return false;
  for (uint64_t y = 0; y < store.y_size; ++y) {
    if (address >= dram_address(store, config, y, 0) &&
        address < dram_address(store, config, y, store.x_size)) {
      return true;
    }
  }
  return false;
}

void find_writer(const Trace& trace, Difference& difference) {
  Dram dram;  // the run may have changed the program
  place_segments(trace, dram);
  const isa::Encoding encoding(trace.config);
  const auto bytes = static_cast<uint64_t>(encoding.instruction_bytes());
  for (uint64_t index = trace.insn_count; index-- > 0;) {
    const auto instruction = encoding.decode(dram.at(trace.insn_addr + index * bytes, bytes));
    if (!covers(instruction, trace.config, difference.address)) continue;
    difference.writer = index;
    difference.writer_text = isa::to_string(instruction);
    return;
  }
}

std::optional<Difference> first_difference(const Trace& trace, const Dram& dram) {
  for (const auto& block : trace.outputs) {
    const auto got = dram.at(block.address, block.bytes.size());
    const auto [it, expected] = std::ranges::mismatch(got, block.bytes);
    if (it == got.end()) continue;
    Difference difference{.address = block.address + static_cast<uint64_t>(it - got.begin()),
                          .got = *it,
                          .expected = *expected,
                          .writer = {},
                          .writer_text = {}};
    find_writer(trace, difference);
    return difference;
  }
  return std::nullopt;
}

}  // namespace

Replay replay(const Trace& trace, Simulator& simulator) {
  Dram dram;
  place_segments(trace, dram);
  Replay result;
  const auto start = std::chrono::steady_clock::now();
  result.counters = simulator.run(dram, trace.insn_addr, trace.insn_count);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.difference = first_difference(trace, dram);
  return result;
}

std::string to_string(const Difference& d) {
  const std::string writer =
      d.writer ? fmt::format("written by instruction {} ({})", *d.writer, d.writer_text)
               : "which no store covers";
  return fmt::format("first difference at {:#x}: got {:#04x}, expected {:#04x}, {}", d.address,
                     d.got, d.expected, writer);
}

}  // namespace vta::sim

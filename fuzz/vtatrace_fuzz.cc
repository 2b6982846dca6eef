// Bytes as a recorded program: an Error, or one that comes back from being written. Running it, the
// two functional simulators leave the same bytes or end in the same fault.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "vta/base/error.h"
#include "vta/sim/simulator.h"
#include "vta/sim/trace.h"

namespace {

using vta::isa::Program;
using vta::sim::Dram;
using vta::sim::Trace;

constexpr uint64_t kDramBytes = 1 << 18;
constexpr int64_t kMaxScratchpadBytes = 1 << 20;
constexpr size_t kMaxInstructions = 1000;
constexpr uint64_t kMaxWork = 2'000'000;  // multiply-accumulates and bytes

// Every step of the loops or rows as if it were in range.
uint64_t work_of(const vta::isa::Instruction& i, const vta::hw::Config& config) {
  if (i.is_memory()) {
    const auto bytes = static_cast<uint64_t>(config.element_bytes(dram_element(i.memory)));
    return uint64_t{i.y_pad_before + i.y_size + i.y_pad_after} *
           (i.x_pad_before + i.x_size + i.x_pad_after) * bytes;
  }
  if (!i.has_micro_ops() || i.uop_end <= i.uop_begin) return 0;
  return uint64_t{i.iter_out} * i.iter_in * (i.uop_end - i.uop_begin) *
         static_cast<uint64_t>(config.macs_per_cycle());
}

bool is_small(const Program& program) {
  if (program.instructions.size() > kMaxInstructions) return false;
  if (program.config.sram_bytes() > kMaxScratchpadBytes) return false;
  uint64_t work = 0;
  return std::ranges::all_of(program.instructions, [&](const auto& instruction) {
    work += work_of(instruction, program.config);
    return work <= kMaxWork;
  });
}

struct Outcome {
  std::string fault;
  vta::sim::Counters counters;
};

Outcome run(const Trace& trace, Dram& dram, vta::sim::Simulator& simulator) {
  place_segments(trace, dram);
  try {
    return {"", simulator.run(dram, trace.insn_addr, trace.insn_count)};
  } catch (const vta::sim::Fault& fault) {
    return {fault.what(), {}};
  }
}

void compare_simulators(const Trace& trace) {
  Dram expected_dram(kDramBytes);
  Dram got_dram(kDramBytes);
  const Outcome expected = run(trace, expected_dram, *vta::sim::make_reference(trace.config));
  const Outcome got = run(trace, got_dram, *vta::sim::make_functional(trace.config));
  if (got.fault != expected.fault || got.counters != expected.counters) std::abort();
  if (!expected.fault.empty()) return;
  if (!std::ranges::equal(got_dram.at(0, kDramBytes), expected_dram.at(0, kDramBytes))) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const Trace trace = vta::sim::parse_trace({data, size});
    const std::vector<uint8_t> written = vta::sim::format_trace(trace);
    if (vta::sim::format_trace(vta::sim::parse_trace(written)) != written) std::abort();
    if (is_small(vta::sim::program_of(trace))) compare_simulators(trace);
  } catch (const vta::Error&) {
  }
  return 0;
}

#include "vta/fuzz/device.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "vta/base/error.h"
#include "vta/isa/assembly.h"
#include "vta/rtlsim/rtl.h"

namespace vta::fuzz {

namespace {

// Pages outside the image's blocks that hold memory and are not zero: what a device wrote where it
// should not have.
std::vector<uint64_t> stray_pages(const MemoryMap& map, sim::Dram& dram) {
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const auto bytes = dram.at(map.low_end, map.high - map.low_end);
  std::vector<unsigned char> resident(bytes.size() / page);
  require(mincore(bytes.data(), bytes.size(), resident.data()) == 0, "mincore failed");
  std::vector<uint64_t> strays;
  for (size_t p = 0; p < resident.size(); ++p) {
    if ((resident[p] & 1) == 0) continue;
    const auto content = bytes.subspan(p * page, page);
    if (std::ranges::any_of(content, [](uint8_t byte) { return byte != 0; })) {
      strays.push_back(map.low_end + p * page);
    }
  }
  return strays;
}

void place(const Image& image, sim::Dram& dram) {
  for (const auto& block : image) {
    std::ranges::copy(block.bytes, dram.at(block.address, block.bytes.size()).begin());
  }
}

void run_before(const Case& c, sim::Simulator& simulator) {
  sim::Dram dram(c.program.config.memory_bytes());
  place(image_of(c), dram);
  try {
    simulator.run(dram, c.address, c.size());
  } catch (const sim::Fault&) {  // the next run starts afresh
  }
}

std::optional<std::string> bytes_differ(const Outcome& right, const Outcome& other) {
  for (size_t b = 0; b < right.after.size(); ++b) {
    const auto& expected = right.after[b].bytes;
    const auto& got = other.after[b].bytes;
    const auto [at, is] = std::ranges::mismatch(expected, got);
    if (at == expected.end()) continue;
    return fmt::format("byte {:#x} is {:#04x}, not {:#04x}",
                       right.after[b].address + static_cast<uint64_t>(at - expected.begin()), *is,
                       *at);
  }
  if (other.strays != right.strays) {
    return fmt::format("{} pages are written that nothing should write, the first at {:#x}",
                       other.strays.size(), other.strays.empty() ? 0 : other.strays[0]);
  }
  return std::nullopt;
}

std::optional<std::string> counters_differ(const sim::Counters& right, const sim::Counters& other) {
  if (other == right) return std::nullopt;
  const auto text = [](const sim::Counters& c) {
    return fmt::format("{} instructions, {} MACs, {} ALU operations, {} bytes read, {} written",
                       c.instructions, c.gemm_macs, c.alu_ops, c.dram_read_bytes,
                       c.dram_write_bytes);
  };
  return fmt::format("counts {}, not {}", text(other), text(right));
}

// The first instruction whose times differ tells more than the sum, so it comes first.
std::optional<std::string> cycles_differ(const isa::Program& program, const sim::Timing& right,
                                         const sim::Timing& other) {
  if (right.instructions.size() != other.instructions.size()) {
    return fmt::format("{} instructions have times, not {}", other.instructions.size(),
                       right.instructions.size());
  }
  for (size_t i = 0; i < right.instructions.size(); ++i) {
    const auto& [start, end] = right.instructions[i];
    const auto& [other_start, other_end] = other.instructions[i];
    if (start == other_start && end == other_end) continue;
    return fmt::format("instruction {} ({}) is in cycles {} to {}, not {} to {}", i,
                       i < program.instructions.size() ? to_string(program.instructions[i]) : "",
                       other_start, other_end, start, end);
  }
  if (right.cycles != other.cycles) {
    return fmt::format("{} cycles, not {}", other.cycles, right.cycles);
  }
  for (size_t u = 0; u < sim::kTimedUnitNames.size(); ++u) {
    for (size_t cause = 0; cause < sim::kCauseNames.size(); ++cause) {
      if (right.attribution[u][cause] == other.attribution[u][cause]) continue;
      return fmt::format("{} has {} cycles of {}, not {}", sim::kTimedUnitNames[u],
                         other.attribution[u][cause], sim::kCauseNames[cause],
                         right.attribution[u][cause]);
    }
  }
  return std::nullopt;
}

std::string fault_text(const Outcome& outcome) {
  if (outcome.fault) return fmt::format("a fault at {} ({})", *outcome.fault, outcome.error);
  return outcome.error.empty() ? "no fault" : fmt::format("'{}'", outcome.error);
}

std::optional<std::string> fault_differs(const Case& c, const Outcome& outcome) {
  if (outcome.fault == c.fault && (c.fault || outcome.error.empty())) return std::nullopt;
  return fmt::format("{}, must be {}", fault_text(outcome),
                     c.fault ? fmt::format("a fault at {} ({})", *c.fault, c.broken) : "no fault");
}

}  // namespace

Device device(const std::string& name) {
  if (name == "ref") return {name, [](const auto& config) { return sim::make_reference(config); }};
  if (name == "fsim") {
    return {name, [](const auto& config) { return sim::make_functional(config); }};
  }
  if (name == "tsim") return {name, [](const auto& config) { return sim::make_timed(config); }};
  if (name == "rtl") return {name, [](const auto& config) { return rtlsim::make_rtl(config); }};
  fail("'{}' is not a device: ref, fsim, tsim, rtl", name);
}

Outcome run(const Case& c, const Device& device) {
  sim::Dram dram(c.program.config.memory_bytes());
  Outcome outcome;
  outcome.after = image_of(c);
  place(outcome.after, dram);
  const auto simulator = device.make(c.program.config);
  if (c.before) run_before(*c.before, *simulator);
  try {
    outcome.counters = simulator->run(dram, c.address, c.size());
    if (const auto* timed = dynamic_cast<const sim::TimedSimulator*>(simulator.get())) {
      outcome.timing = timed->timing();
    }
  } catch (const sim::Fault& fault) {
    outcome.fault = fault.instruction();
    outcome.error = fault.what();
  } catch (const Error& error) {
    outcome.error = error.what();
  }
  for (auto& block : outcome.after) {
    std::ranges::copy(dram.at(block.address, block.bytes.size()), block.bytes.begin());
  }
  outcome.strays = stray_pages(memory_map(c.program.config), dram);
  return outcome;
}

std::optional<Difference> compare(const Case& c, const std::vector<Device>& devices,
                                  const std::vector<Outcome>& outcomes) {
  std::optional<size_t> timed;
  std::optional<Difference> cycles;
  for (size_t k = 0; k < outcomes.size(); ++k) {
    const Outcome& outcome = outcomes[k];
    auto differs = fault_differs(c, outcome);
    const bool defined = !c.fault && !(c.before && c.before->fault);
    if (!differs && defined) differs = bytes_differ(outcomes[0], outcome);
    if (!differs && !c.fault) differs = counters_differ(outcomes[0].counters, outcome.counters);
    if (differs) {
      return Difference{false, k == 0 ? fmt::format("{}: {}", devices[k].name, *differs)
                                      : fmt::format("{} beside {}: {}", devices[k].name,
                                                    devices[0].name, *differs)};
    }
    if (!outcome.timing) continue;
    if (timed && !cycles) {
      const auto text = cycles_differ(c.program, *outcomes[*timed].timing, *outcome.timing);
      if (text) {
        cycles = Difference{
            true, fmt::format("{} beside {}: {}", devices[k].name, devices[*timed].name, *text)};
      }
    }
    if (!timed) timed = k;
  }
  return cycles;
}

}  // namespace vta::fuzz

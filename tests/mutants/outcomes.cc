#include "tests/mutants/outcomes.h"

#include <fmt/format.h>

#include "vta/fuzz/generate.h"
#include "vta/fuzz/suite.h"

namespace vta {

namespace {

constexpr uint64_t kFirstSeed = 1'000'000;  // others than those of the suite

class Digest {
 public:
  void add(uint64_t value) {
    hash_ ^= value;
    hash_ *= 0x100000001b3;
    hash_ ^= hash_ >> 29;
  }
  uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 0xcbf29ce484222325;
};

uint64_t bytes_of(const fuzz::Outcome& outcome) {
  Digest digest;
  for (const auto& block : outcome.after) {
    for (const uint8_t byte : block.bytes) digest.add(byte);
  }
  for (const uint64_t page : outcome.strays) digest.add(page);
  return digest.value();
}

uint64_t times_of(const sim::Timing& timing) {
  Digest digest;
  digest.add(timing.cycles);
  for (const auto& unit : timing.attribution) {
    for (const uint64_t cycles : unit) digest.add(cycles);
  }
  for (const auto& instruction : timing.instructions) {
    digest.add(instruction.start);
    digest.add(instruction.end);
  }
  return digest.value();
}

}  // namespace

std::string Programs::outcome(uint64_t k) const {
  const hw::Config& config = configs[k % configs.size()];
  const fuzz::Case c = fuzz::generate(config, kFirstSeed + k / configs.size());
  const fuzz::Outcome outcome = run(c, fuzz::device(device));
  if (outcome.fault) return fmt::format("fault at {}", *outcome.fault);
  if (!outcome.error.empty()) return "error";
  const sim::Counters& n = outcome.counters;
  return fmt::format("bytes {:x} counts {} {} {} {} {} times {:x}", bytes_of(outcome),
                     n.instructions, n.gemm_macs, n.alu_ops, n.dram_read_bytes, n.dram_write_bytes,
                     outcome.timing ? times_of(*outcome.timing) : 0);
}

Programs programs_for(const std::string& device) {
  const auto suite = fuzz::suite();
  if (device == "rtl") return {device, {suite[3]}};
  return {device, {suite[0], suite[2], suite[3], suite[5]}};
}

}  // namespace vta

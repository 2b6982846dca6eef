// The cycle-exact model: values first, from an executor, which also meets the faults; then the time
// of what was executed.
#include <limits>

#include "vta/sim/executor.h"
#include "vta/sim/functional.h"
#include "vta/sim/timed/machine.h"
#include "vta/sim/timing.h"
#include "vta/sim/units.h"

namespace vta::sim {

namespace {

// Which token is too many is a question of time, which timed::run answers: execution runs ahead of
// it.
hw::Config with_any_number_of_tokens(hw::Config config) {
  config.token_queue_depth = std::numeric_limits<int>::max();
  return config;
}

class Timed : public TimedSimulator {
 public:
  Timed(const hw::Config& config, TimedOptions options)
      : config_(config),
        encoding_(with_any_number_of_tokens(config)),
        executor_(options.values ? make_functional_executor(config, kernels_of(best_simd_level()))
                                 : make_micro_op_executor(config)),
        planner_(config) {}

  Counters run(Dram& dram, uint64_t address, uint64_t count) override {
    timing_ = {};
    program_.clear();
    Counters counters;
    run_units(encoding_, dram, address, count, /*seed=*/0, [&](const Site& site) {
      executor_->execute(site, dram, counters);
      if (program_.size() <= site.index) program_.resize(site.index + 1);
      program_[site.index] = planner_.plan(site.index, site.instruction, executor_->uops());
    });
    try {
      timing_ = timed::run(config_, address, program_);
    } catch (const timed::TokenOverflow& overflow) {
      report(overflow, dram, address);
    }
    return counters;
  }

  const Timing& timing() const override { return timing_; }

 private:
  [[noreturn]] void report(const timed::TokenOverflow& overflow, const Dram& dram,
                           uint64_t address) const {
    const auto bytes = static_cast<uint64_t>(encoding_.instruction_bytes());
    const auto giver = encoding_.decode(dram.at(address + overflow.giver * bytes, bytes));
    token_overflow({overflow.giver, giver}, overflow.from, overflow.to, config_.token_queue_depth);
  }

  hw::Config config_;
  isa::Encoding encoding_;
  std::unique_ptr<Executor> executor_;
  timed::Planner planner_;
  std::vector<timed::Plan> program_;
  Timing timing_;
};

}  // namespace

std::unique_ptr<TimedSimulator> make_timed(const hw::Config& config, TimedOptions options) {
  return std::make_unique<Timed>(config, options);
}

}  // namespace vta::sim

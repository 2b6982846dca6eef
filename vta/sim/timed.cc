// The cycle-exact model: values first, from an executor, which also meets the faults; then the time
// of what was executed.
#include "vta/sim/executor.h"
#include "vta/sim/functional.h"
#include "vta/sim/timing.h"
#include "vta/sim/units.h"

namespace vta::sim {

namespace {

class Timed : public TimedSimulator {
 public:
  Timed(const hw::Config& config, TimedOptions options)
      : encoding_(config),
        executor_(options.values ? make_functional_executor(config, kernels_of(best_simd_level()))
                                 : make_micro_op_executor(config)) {}

  Counters run(Dram& dram, uint64_t address, uint64_t count) override {
    timing_ = {};
    Counters counters;
    run_units(encoding_, dram, address, count, /*seed=*/0,
              [&](const Site& site) { executor_->execute(site, dram, counters); });
    timing_.instructions.resize(count);
    return counters;
  }

  const Timing& timing() const override { return timing_; }

 private:
  isa::Encoding encoding_;
  std::unique_ptr<Executor> executor_;
  Timing timing_;
};

}  // namespace

std::unique_ptr<TimedSimulator> make_timed(const hw::Config& config, TimedOptions options) {
  return std::make_unique<Timed>(config, options);
}

}  // namespace vta::sim

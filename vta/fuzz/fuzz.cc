#include "vta/fuzz/fuzz.h"

#include <fmt/format.h>

#include <chrono>

#include "vta/base/file.h"
#include "vta/fuzz/generate.h"
#include "vta/fuzz/shrink.h"

namespace vta::fuzz {

namespace {

using Clock = std::chrono::steady_clock;

struct Result {
  std::vector<Outcome> outcomes;
  std::optional<Difference> difference;
};

Result run_all(const Case& c, const std::vector<Device>& devices) {
  Result result;
  for (const Device& device : devices) result.outcomes.push_back(run(c, device));
  result.difference = compare(c, devices, result.outcomes);
  return result;
}

class Campaign {
 public:
  explicit Campaign(const Options& options) : options_(options), start_(Clock::now()) {}

  Report run() {
    // Configurations take turns, so that a run that stops early has seen them all.
    for (uint64_t k = 0; k < options_.count && !is_over(); ++k) {
      for (const hw::Config& config : options_.configs) {
        if (!is_over()) program(config, options_.seed + k);
      }
    }
    report_.seconds = seconds();
    return std::move(report_);
  }

 private:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  bool is_over() const {
    return (options_.seconds > 0 && seconds() >= options_.seconds) ||
           report_.found.size() >= options_.most_found;
  }

  void program(const hw::Config& config, uint64_t seed) {
    const Case c = generate(config, seed);
    const Result result = run_all(c, options_.devices);
    ++report_.programs;
    report_.instructions += c.size();
    if (c.fault) ++report_.broken;
    std::optional<sim::Timing> timing;
    for (const Outcome& outcome : result.outcomes) {
      if (outcome.timing && !timing) timing = outcome.timing;
    }
    if (timing) report_.cycles += timing->cycles;
    report_.coverage.add(Observation(c, timing));
    if (!result.difference) return;
    ++(result.difference->in_cycles ? report_.cycle_differences : report_.differences);
    keep(config, seed, c, *result.difference);
  }

  void keep(const hw::Config& config, uint64_t seed, const Case& c, const Difference& difference) {
    Found found{
        .config = config.name, .seed = seed, .difference = difference, .shrunk = c, .file = {}};
    if (options_.shrink) {
      found.shrunk = shrink(c, [&](const Case& smaller) {
        const auto other = run_all(smaller, options_.devices).difference;
        return other && other->in_cycles == difference.in_cycles;
      });
      found.difference = *run_all(found.shrunk, options_.devices).difference;
    }
    if (!options_.folder.empty()) {
      const std::string name = fmt::format("{}_{}", config.name, seed);
      found.file = options_.folder / (name + ".vtatrace");
      const Outcome right = fuzz::run(found.shrunk, options_.devices[0]);
      write_file(found.file, format_trace(trace_of(found.shrunk, name,
                                                   fmt::format("vta fuzz, seed {}: {}", seed,
                                                               found.difference.message),
                                                   right.after)));
    }
    report_.found.push_back(std::move(found));
  }

  const Options& options_;
  Clock::time_point start_;
  Report report_;
};

}  // namespace

Report fuzz(const Options& options) {
  return Campaign(options).run();
}

}  // namespace vta::fuzz

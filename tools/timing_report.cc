#include "tools/timing_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

namespace vta::tools {

namespace {

struct NamedBound {
  std::string_view name;
  uint64_t cycles;
};

std::array<NamedBound, 4> by_name(const sim::Bounds& bounds) {
  return {
      {{"mac", bounds.mac}, {"alu", bounds.alu}, {"dram", bounds.dram}, {"issue", bounds.issue}}};
}

double percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

void check_attribution(const sim::Timing& timing) {
  for (size_t unit = 0; unit < timing.attribution.size(); ++unit) {
    const auto& causes = timing.attribution[unit];
    const uint64_t sum = std::accumulate(causes.begin(), causes.end(), uint64_t{0});
    require(sum == timing.cycles, "the causes of unit {} account for {} of {} cycles",
            sim::kTimedUnitNames[unit], sum, timing.cycles);
  }
}

std::string attribution_table(const sim::Timing& timing) {
  std::string text = fmt::format("{:<14}", "cause");
  for (const auto& unit : sim::kTimedUnitNames) text += fmt::format(" {:>20}", unit);
  text += '\n';
  for (size_t cause = 0; cause < sim::kCauseNames.size(); ++cause) {
    std::string row = fmt::format("{:<14}", sim::kCauseNames[cause]);
    bool any = false;
    for (const auto& causes : timing.attribution) {
      const uint64_t cycles = causes[cause];
      any = any || cycles != 0;
      row += cycles == 0
                 ? fmt::format(" {:>20}", "")
                 : fmt::format(" {:>12} {:>5.1f} %", cycles, percent(cycles, timing.cycles));
    }
    if (any) text += row + '\n';
  }
  return text;
}

}  // namespace

std::string format_timing(const sim::Timing& timing, const sim::Bounds& bounds) {
  std::string text = fmt::format("{:<14} {:>20}\n", "cycles", timing.cycles);
  const auto named = by_name(bounds);
  for (const NamedBound& bound : named) {
    text += fmt::format("  {:<12} {:>12} {:>5.1f} %\n", bound.name, bound.cycles,
                        percent(bound.cycles, timing.cycles));
  }
  const auto largest = *std::ranges::max_element(named, {}, &NamedBound::cycles);
  const uint64_t gap = timing.cycles - std::min(timing.cycles, largest.cycles);
  text += fmt::format("{:<14} {:>12} {:>5.1f} % above the bound of {}\n", "gap", gap,
                      percent(gap, largest.cycles), largest.name);
  check_attribution(timing);
  return text + '\n' + attribution_table(timing);
}

void add_timing(nlohmann::ordered_json& json, const sim::Timing& timing,
                const sim::Bounds& bounds) {
  json["cycles"] = timing.cycles;
  for (const NamedBound& bound : by_name(bounds)) json["bounds"][bound.name] = bound.cycles;
  check_attribution(timing);
  for (size_t unit = 0; unit < timing.attribution.size(); ++unit) {
    auto& causes = json["attribution"][sim::kTimedUnitNames[unit]];
    for (size_t cause = 0; cause < sim::kCauseNames.size(); ++cause) {
      causes[sim::kCauseNames[cause]] = timing.attribution[unit][cause];
    }
  }
}

}  // namespace vta::tools

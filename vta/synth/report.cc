#include "vta/synth/report.h"

#include <fmt/format.h>

namespace vta::synth {

namespace {

std::string used_of(std::string_view what, int64_t used, int64_t all) {
  const double percent =
      all == 0 ? 0.0 : 100.0 * static_cast<double>(used) / static_cast<double>(all);
  return fmt::format("{:<16}{:>12} of {:>10}{:>7.1f} %\n", what, used, all, percent);
}

// Standard cells and, apart, the RAMs' boxes.
std::pair<int64_t, int64_t> count_boxes(const Cells& cells) {
  std::pair<int64_t, int64_t> counts;
  for (const auto& [type, count] : cells) {
    (type.starts_with("vta_") ? counts.second : counts.first) += count;
  }
  return counts;
}

}  // namespace

std::optional<bool> Report::fits() const {
  if (!used || !available) return std::nullopt;
  return used->luts <= available->luts && used->ffs <= available->ffs &&
         used->dsps <= available->dsps && used->bram_bits <= available->bram_bits;
}

std::string to_text(const Report& report, const hw::Config& config) {
  std::string text =
      fmt::format("{} on {} ({})\n", config.name, report.family->what, report.family->name);
  if (report.used) {
    const auto add = [&](std::string_view what, int64_t Resources::*kind) {
      const int64_t used = (*report.used).*kind;
      text += report.available ? used_of(what, used, (*report.available).*kind)
                               : fmt::format("{:<16}{:>12}\n", what, used);
    };
    add("LUTs", &Resources::luts);
    add("flip-flops", &Resources::ffs);
    add("DSP blocks", &Resources::dsps);
    add("block RAM bits", &Resources::bram_bits);
  }
  if (const auto fits = report.fits()) {
    text += fmt::format("{} {}\n", *fits ? "fits" : "does not fit", config.board->name);
  }
  if (report.area_um2) {
    const auto [cells, boxes] = count_boxes(report.cells);
    text += fmt::format("cells           {:>12}, and {} RAMs\n", cells, boxes);
    text += fmt::format("cell area       {:>12.0f} um2 without the RAMs\n", *report.area_um2);
  }
  if (report.longest_path_ns) {
    text += fmt::format("longest path    {:>12.2f} ns before layout ({:.0f} MHz)\n",
                        *report.longest_path_ns, 1000.0 / *report.longest_path_ns);
  }
  for (const auto& [kind, count] : report.placed) {
    text += used_of(kind, count.used, count.available);
  }
  if (report.fmax_mhz) {
    text +=
        fmt::format("Fmax            {:>12.1f} MHz, placed and routed; {} the clock of {} MHz\n",
                    *report.fmax_mhz, *report.fmax_mhz >= config.clock_mhz ? "meets" : "misses",
                    config.clock_mhz);
  }
  return text;
}

}  // namespace vta::synth

// The small preset placed and routed on its board's part, to a bitstream: what it takes of the
// part, and how fast it is. The tools give the same for the same seed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/golden.h"
#include "vta/synth/synth.h"

namespace vta {
namespace {

TEST(Placement, OfTheSmallPresetMeetsItsClock) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "vta_placement_hx8k";
  const hw::Config config = hw::load_config("hx8k");
  const synth::Report report =
      synth::synthesise(config, *synth::family_of(config), {.folder = folder, .place = true});
  ASSERT_TRUE(report.fmax_mhz.has_value());
  EXPECT_GE(*report.fmax_mhz, config.clock_mhz);
  EXPECT_GT(std::filesystem::file_size(report.bitstream), 100'000U);
  std::string text;
  for (const auto& [kind, count] : report.placed) {
    text += fmt::format("{} {} of {}\n", kind, count.used, count.available);
  }
  text += fmt::format("Fmax {:.2f} MHz\n", *report.fmax_mhz);
  expect_golden("tests/golden/hx8k_placed.txt", text);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace vta

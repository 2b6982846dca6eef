// The small preset placed and routed on its board's part, to a bitstream: what it takes of the part,
// and how fast it is. The tools give the same for the same seed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/golden.h"
#include "vta/base/file.h"
#include "vta/synth/synth.h"

namespace vta {
namespace {

TEST(Placement, OfTheSmallPresetMeetsItsClock) {
  const TempFolder folder;
  const hw::Config config = hw::load_config("hx8k");
  const synth::Report report = synth::synthesise(
      config, *synth::family_of(config), {.folder = folder.path(), .place = true});
  ASSERT_TRUE(report.fmax_mhz.has_value());
  EXPECT_GE(*report.fmax_mhz, config.clock_mhz);
  EXPECT_GT(std::filesystem::file_size(report.bitstream), 100'000U);
  std::string text;
  for (const auto& [kind, count] : report.placed) {
    text += fmt::format("{} {} of {}\n", kind, count.used, count.available);
  }
  expect_golden("tests/golden/hx8k_placed.txt", text + fmt::format("Fmax {:.2f} MHz\n", *report.fmax_mhz));
}

}  // namespace
}  // namespace vta

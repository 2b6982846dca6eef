// A preset all the way to a bitstream: what it takes of the part, exactly, and its clock. The tools
// are deterministic, so that a change of area or Fmax shows in the golden file.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/golden.h"
#include "vta/hw/config.h"
#include "vta/synth/synth.h"

namespace vta::synth {
namespace {

TEST(Place, Hx8kMeetsItsClock) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "vta_place_hx8k";
  const hw::Config config = hw::load_config("hx8k");
  const Report report =
      synthesise(config, find_family("ice40"), {.folder = folder, .place = true});
  EXPECT_TRUE(report.fits());
  ASSERT_TRUE(report.fmax_mhz);
  EXPECT_GE(*report.fmax_mhz, config.clock_mhz);
  EXPECT_GT(std::filesystem::file_size(report.bitstream), 100'000);
  std::string text = fmt::format("LUT4 {}\nflip-flops {}\n", report.used->luts, report.used->ffs);
  for (const auto& [kind, cells] : report.placed) {
    text += fmt::format("{} {} of {}\n", kind, cells.used, cells.available);
  }
  text += fmt::format("Fmax {:.0f} MHz\n", *report.fmax_mhz);
  expect_golden("vta/synth/golden/hx8k.txt", text);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace vta::synth

// What `vta synth` says of presets: each fits its board and is as in the golden file, so that a
// change of area, or of the standard cells' longest path, shows. `make test` looks at hx8k, the
// others are minutes each: `make synth`.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/golden.h"
#include "vta/synth/synth.h"

namespace vta::synth {
namespace {

struct Design {
  std::string preset;
  std::string family;

  std::string name() const { return fmt::format("{}_{}", preset, family); }
};

void PrintTo(const Design& design, std::ostream* out) {
  *out << design.name();
}

const std::vector<Design> kDesigns = {{"hx8k", "osu018"},
                                      {"tiny", "osu018"},
                                      {"pynq", "xc7"},
                                      {"de10nano", "cyclonev"},
                                      {"ultra96", "xcup"}};

class Area : public testing::TestWithParam<Design> {};

INSTANTIATE_TEST_SUITE_P(Presets, Area, testing::ValuesIn(kDesigns),
                         [](const auto& design) { return design.param.name(); });

TEST_P(Area, IsWithinTheBoardAndAsBefore) {
  const Design& design = GetParam();
  const auto folder =
      std::filesystem::path(testing::TempDir()) / fmt::format("vta_area_{}", design.name());
  const hw::Config config = hw::load_config(design.preset);
  const Report report = synthesise(config, find_family(design.family), {.folder = folder});
  EXPECT_NE(report.fits(), false);
  expect_golden(fmt::format("vta/synth/golden/{}.txt", design.name()), to_text(report, config));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace vta::synth

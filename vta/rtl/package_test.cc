#include "vta/rtl/package.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/golden.h"
#include "vta/rtl/register_map.h"

namespace vta::rtl {
namespace {

using testing::HasSubstr;

TEST(Package, GoldenTextOfEachPreset) {
  for (const hw::Preset& preset : hw::presets()) {
    expect_golden(fmt::format("vta/rtl/golden/{}/vta_pkg.sv", preset.name),
                  package_text(preset.make()));
  }
}

TEST(RegisterMap, HasAPage) {
  expect_golden(
      "docs/registers.md",
      "# Registers\n\nThe accelerator's registers, at byte addresses of its AXI4-Lite port; "
      "written by "
      "`rtl_test --update` from\n`vta/rtl/register_map.cc`. The constant ones are the capability "
      "record: a driver reads them before it runs\nanything. `vta rtl` writes the same as a C "
      "header, with the "
      "configuration's values.\n\n" +
          register_markdown());
}

TEST(Package, FollowsTheConfiguration) {
  hw::Config c = hw::load_config("default");
  EXPECT_THAT(package_text(c), HasSubstr("  localparam int TREE_STAGES = 2;\n"));
  c.block_in = 32;
  c.depthwise_taps = 0;
  c.inp_buffer *= 2;
  c.wgt_buffer *= 2;
  c.alu_ops.pop_back();
  const std::string text = package_text(c);
  EXPECT_THAT(text, HasSubstr("  localparam int TREE_STAGES = 3;\n"));
  EXPECT_THAT(text, HasSubstr("  localparam int INP_W = 256;\n"));
  EXPECT_THAT(text, HasSubstr("  localparam int HAS_REQUANTISE = 0;\n"));
  EXPECT_THAT(text, HasSubstr("  localparam logic [31:0] VALUE_OPERATIONS = 32'h071f3f1f;\n"));
}

}  // namespace
}  // namespace vta::rtl

// What is read from the tools' output, and how cells count.
#include "vta/synth/synth.h"

#include <gtest/gtest.h>

#include "vta/base/error.h"

namespace vta::synth {
namespace {

TEST(Synth, CellsAreReadFromTheStatistics) {
  const Cells cells = parse_stat(
      "\n=== vta ===\n\n   Number of wires: 10\n   Number of cells: 7\n"
      "     SB_DFF                          3\n     SB_DFFE                         2\n"
      "     SB_LUT4                         2\n\n");
  EXPECT_EQ(cells, (Cells{{"SB_DFF", 3}, {"SB_DFFE", 2}, {"SB_LUT4", 2}}));
  EXPECT_THROW(parse_stat("nothing"), Error);
}

TEST(Synth, CellsCountAsTheFamilyTakesThem) {
  EXPECT_EQ(find_family("ice40").count({{"SB_DFFE", 2}, {"SB_LUT4", 5}, {"SB_RAM40_4K", 1}}),
            (Resources{5, 2, 0, 4096}));
  EXPECT_EQ(find_family("ecp5").count({{"LUT4", 4}, {"CCU2C", 3}, {"TRELLIS_DPR16X4", 1}}),
            (Resources{16, 0, 0, 0}));
  EXPECT_EQ(find_family("xc7").count({{"LUT6", 4}, {"RAM32M", 2}, {"FDRE", 3}, {"RAMB36E1", 1}}),
            (Resources{12, 3, 0, 36864}));
  EXPECT_EQ(find_family("cyclonev")
                .count({{"MISTRAL_ALUT6", 1}, {"MISTRAL_ALUT2", 3}, {"MISTRAL_MUL9X9", 4}}),
            (Resources{3, 0, 2, 0}));
}

TEST(Synth, AReportSaysWhetherTheBoardHoldsTheDesign) {
  Report report;
  report.family = &find_family("ice40");
  report.used = Resources{7690, 4000, 0, 8192};
  report.available = Resources{7680, 7680, 0, 131072};
  EXPECT_EQ(report.fits(), false);
  EXPECT_EQ(to_text(report, hw::load_config("hx8k")),
            "hx8k on Lattice iCE40 (ice40)\n"
            "LUTs                    7690 of       7680  100.1 %\n"
            "flip-flops              4000 of       7680   52.1 %\n"
            "DSP blocks                 0 of          0    0.0 %\n"
            "block RAM bits          8192 of     131072    6.2 %\n"
            "does not fit iCE40-HX8K breakout board\n");
}

TEST(Synth, AReportOfStandardCellsCountsTheRamsApart) {
  Report report;
  report.family = &find_family("osu018");
  report.cells = {{"INVX1", 3}, {"vta_ram", 2}};
  report.area_um2 = 48;
  report.longest_path_ns = 4;
  EXPECT_EQ(report.fits(), std::nullopt);
  EXPECT_EQ(to_text(report, hw::load_config("tiny")),
            "tiny on OSU standard cells, 0.18 um (osu018)\n"
            "cells                      3, and 2 RAMs\n"
            "cell area                 48 um2 without the RAMs\n"
            "longest path            4.00 ns before layout (250 MHz)\n");
}

TEST(Synth, ABoardsFamilyIsThatOfItsPart) {
  EXPECT_EQ(family_of(hw::load_config("pynq"))->name, "xc7");
  EXPECT_EQ(family_of(hw::load_config("ultra96"))->name, "xcup");
  EXPECT_EQ(family_of(hw::load_config("de10nano"))->name, "cyclonev");
  EXPECT_EQ(family_of(hw::load_config("ulx3s"))->name, "ecp5");
  EXPECT_EQ(family_of(hw::load_config("default")), nullptr);
}

TEST(Synth, APartIsNamedToThePlacer) {
  EXPECT_EQ(ecp5_device("LFE5U-85F-6BG381C"),
            (std::vector<std::string>{"--85k", "--speed", "6", "--package", "CABGA381"}));
  try {
    ecp5_device("LFE5U-99F");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "nextpnr-ecp5 does not know the part LFE5U-99F, expected one like "
                 "LFE5U-85F-6BG381C");
  }
}

TEST(Synth, PairsOfProductsAreRefusedWhereYosysGetsThemWrong) {
  try {
    synthesise(hw::load_config("pynq"), find_family("cyclonev"), {"unused", false});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "pynq: gemm.products_per_multiplier must be 1 for cyclonev: Yosys 0.23 multiplies "
                 "by 25 bits wrongly there");
  }
}

TEST(Synth, ErrorsNameTheFamiliesAndThePlacers) {
  try {
    find_family("virtex");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(
        error.what(),
        "there is no family 'virtex' (families: ice40, ecp5, xc7, xcup, cyclonev, osu018)");
  }
  try {
    synthesise(hw::load_config("tiny"), find_family("xc7"), {"unused", true});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "xc7 has no open placer here: --place goes with ice40 and ecp5");
  }
}

}  // namespace
}  // namespace vta::synth

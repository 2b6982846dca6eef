// The command `vta` as its users meet it: what it prints and its exit status.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/tool_testing.h"
#include "vta/base/file.h"
#include "vta/isa/docs.h"

namespace vta::tools {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kProgram = R"(.config tiny
     0: load.uop dram_base=0x40 y_size=1 x_size=1
     1: load.inp push_next dram_base=0x100 y_size=1 x_size=8
     2: gemm pop_prev reset uop_end=1 iter_out=1 iter_in=8 dst_factor_in=1
     3: gemm uop_end=1 iter_out=1 iter_in=8 dst_factor_in=1 src_factor_in=1
     4: finish
.uops 0x40
  dst=0 src=0 wgt=0
)";

TEST_F(Tools, UsageErrorsAreOneLineWithStatus2) {
  expect_usage_error("", "vta: A subcommand is required; see 'vta --help'");
  expect_usage_error("hw shw", "vta: 'shw' is not one of list, show; see 'vta hw --help'");
  expect_usage_error("hw show", "vta: config is required; see 'vta hw show --help'");
  expect_usage_error("hw list --fast",
                     "vta: The following argument was not expected: --fast; see 'vta hw list "
                     "--help'");
  expect_usage_error("isa", "vta: --doc is required; see 'vta isa --help'");
  expect_usage_error("asm x.vasm", "vta: --output is required; see 'vta asm --help'");
}

TEST_F(Tools, OtherErrorsAreOneLineWithStatus1) {
  const Outcome preset = vta("hw show nonesuch");
  EXPECT_EQ(preset.status, 1);
  EXPECT_THAT(preset.err, StartsWith("vta: 'nonesuch' is neither a file nor a preset (presets: "));
  EXPECT_EQ(vta("disasm " + path("absent.vasm")).status, 1);
  write_text_file(path("bad.vasm"), ".config tiny\njump\n");
  const Outcome bad = vta("check " + path("bad.vasm"));
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.err,
              HasSubstr("bad.vasm:2:1: unknown instruction 'jump', expected one of load."));
  write_text_file(path("odd.bin"), "seventeen bytes..");
  EXPECT_THAT(vta("disasm " + path("odd.bin")).err,
              HasSubstr("odd.bin: 17 bytes are not whole instructions of 16 bytes each"));
}

TEST_F(Tools, HelpTeachesByExample) {
  for (const std::string command : {"compile", "run", "demo", "hw", "hw list", "hw show", "isa",
                                    "rtl", "asm", "disasm", "exec", "check", "fuzz"}) {
    const Outcome help = vta(command + " --help");
    EXPECT_EQ(help.status, 0) << command;
    EXPECT_THAT(help.out, HasSubstr("Examples:\n  vta " + command.substr(0, command.find(' '))));
  }
  EXPECT_THAT(vta("--version").out, StartsWith("vta "));
}

TEST_F(Tools, FuzzReportsDifferencesAndCoverage) {
  const Outcome outcome = vta("fuzz --hw least --devices ref,fsim --count 20 --json");
  EXPECT_EQ(outcome.status, 0);
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["programs"], 20);
  EXPECT_EQ(json["differences"], 0);
  EXPECT_EQ(json["cycle_differences"], 0);
  EXPECT_GT(json["coverage"]["hits"]["opcode.gemm"], 0);
  EXPECT_FALSE(json["coverage"]["missed"].empty());
  EXPECT_EQ(vta("fuzz --hw least --devices ref --count 1 --all-points").status, 1);
  expect_error("fuzz --devices ref,chip", "'chip' is not a device: ref, fsim, tsim, rtl");
  EXPECT_THAT(vta("fuzz --doc").out, HasSubstr("| `gemm.raw.distance1` |"));
}

TEST_F(Tools, HwShowsWhatFollowsFromAConfiguration) {
  EXPECT_THAT(vta("hw list").out, HasSubstr("ultra96      1x16x32"));
  const Outcome text = vta("hw show default");
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.out, HasSubstr("instruction    128 bits; micro-op 32 bits\n"));
  EXPECT_THAT(text.out, HasSubstr("wgt         262144      2097152     1024          10"));
  const auto json = nlohmann::json::parse(vta("hw show default --json").out);
  EXPECT_EQ(json["derived"]["instruction_bits"], 128);
  EXPECT_EQ(json["derived"]["fields"]["gemm"]["wgt_factor_in"], 10);
  EXPECT_EQ(json["derived"]["memories"]["acc"]["depth"], 2048);
  EXPECT_GE(nlohmann::json::parse(vta("hw list --json").out).size(), 8U);
}

TEST_F(Tools, RtlWritesWhatStandsAlone) {
  const auto json = nlohmann::json::parse(vta("rtl --hw tiny --json -o " + path("rtl")).out);
  EXPECT_EQ(json["top"], "vta");
  EXPECT_EQ(json["files"][0], "vta_pkg.sv");
  for (const auto& file : json["files"]) {
    EXPECT_NE(read_text_file(path("rtl/" + file.get<std::string>())), "") << file;
  }
  EXPECT_EQ(vta("rtl -o " + path("rtl/vta.f") + "/below").status, 1);
}

TEST_F(Tools, IsaPrintsTheReferencePage) {
  EXPECT_EQ(vta("isa --doc --hw ultra96").out, isa::isa_markdown(hw::load_config("ultra96")));
}

TEST_F(Tools, AssemblyAndItsEncodingAreTheSameProgram) {
  write_text_file(path("p.vasm"), kProgram);
  const Outcome assembled =
      vta(fmt::format("asm {} -o {} --uops {}", path("p.vasm"), path("p.bin"), path("u.bin")));
  EXPECT_EQ(assembled.status, 0) << assembled.err;
  EXPECT_EQ(std::filesystem::file_size(path("p.bin")), 5U * 16);
  EXPECT_EQ(std::filesystem::file_size(path("u.bin")), 4U);
  const Outcome back = vta(
      fmt::format("disasm {} --hw tiny --uops {} --uops-base 0x40", path("p.bin"), path("u.bin")));
  EXPECT_EQ(back.out, kProgram);
  EXPECT_EQ(vta(fmt::format("disasm {} -o {}", path("p.vasm"), path("q.vasm"))).status, 0);
  EXPECT_EQ(read_text_file(path("q.vasm")), kProgram);
}

TEST_F(Tools, CheckProvesOrNamesTheMissingToken) {
  std::string text(kProgram);
  write_text_file(path("p.vasm"), text);
  const Outcome proven = vta("check " + path("p.vasm") + " --json");
  EXPECT_EQ(proven.status, 0);
  const auto json = nlohmann::json::parse(proven.out);
  EXPECT_EQ(json["ok"], true);
  EXPECT_EQ(json["instructions"], 5);
  EXPECT_EQ(json["tokens"], 1);
  EXPECT_TRUE(json["errors"].empty() && json["warnings"].empty());

  text.replace(text.find("pop_prev "), 9, "");
  write_text_file(path("p.vasm"), text);
  const Outcome race = vta("check " + path("p.vasm"));
  EXPECT_EQ(race.status, 1);
  EXPECT_EQ(race.err, "");
  EXPECT_THAT(race.out, HasSubstr("load #1 must push_next (load->compute) and compute #3 must "
                                  "pop_prev\n"));
  const auto found = nlohmann::json::parse(vta("check " + path("p.vasm") + " --json").out);
  EXPECT_EQ(found["ok"], false);
  EXPECT_EQ(found["errors"][0]["kind"], "RAW");
  EXPECT_EQ(found["errors"][0]["instructions"], nlohmann::json({1, 3}));
  EXPECT_EQ(found["errors"][0]["memory"], "inp");
  EXPECT_EQ(found["errors"][0]["entry"], 0);
  EXPECT_EQ(found["warnings"][0]["kind"], "leftover");
}

}  // namespace
}  // namespace vta::tools

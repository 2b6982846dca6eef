// What `vta rtl` writes is read without a word by Verilator, Icarus Verilog and Yosys.
#include "vta/rtl/bundle.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

#include "vta/base/file.h"

namespace vta::rtl {
namespace {

namespace fs = std::filesystem;

hw::Config shaped(std::string name, int batch, int block_in, int block_out) {
  hw::Config c = hw::load_config("tiny");
  c.name = std::move(name);
  c.batch = batch;
  c.block_in = block_in;
  c.block_out = block_out;
  c.alu_lanes = c.requantise_lanes = batch * block_out;
  return c;
}

void set_depths(hw::Config& c, int64_t elements) {
  c.inp_buffer = elements * c.element_bytes(hw::Memory::kInp);
  c.wgt_buffer = elements * c.element_bytes(hw::Memory::kWgt);
  c.acc_buffer = elements * c.element_bytes(hw::Memory::kAcc);
  c.uop_buffer = elements * c.element_bytes(hw::Memory::kUop);
}

hw::Config smallest() {
  hw::Config c = shaped("smallest", 1, 2, 2);
  set_depths(c, 2);
  c.alu_ops = {hw::AluOp::kMin, hw::AluOp::kMax, hw::AluOp::kAdd, hw::AluOp::kShr};
  c.alu_lanes = 1;
  c.command_queue_depth = 4;
  c.token_queue_depth = 16;
  c.counter_bits = 0;
  return c;
}

hw::Config largest() {
  hw::Config c = shaped("largest", 8, 64, 64);
  set_depths(c, 1 << 16);
  c.depthwise_taps = 4;
  c.bus_bits = 512;
  c.memory_bytes_per_cycle = 64;
  c.counter_bits = 64;
  return c;
}

hw::Config narrow_types() {
  hw::Config c = shaped("narrow-types", 2, 8, 4);
  c.inp_bits = 4;
  c.wgt_bits = 2;
  c.out_bits = 2;
  set_depths(c, 128);
  c.bus_bits = 256;
  c.alu_lanes = 2;
  c.requantise_lanes = 4;
  return c;
}

hw::Config deep() {
  hw::Config c = shaped("deep", 1, 16, 8);
  c.wgt_bits = 4;
  c.products_per_multiplier = 2;
  c.acc_buffer = c.element_bytes(hw::Memory::kAcc) << 16;  // 256-bit instructions on a 64-bit bus
  c.uop_buffer = 1 << 13;
  return c;
}

class Bundle : public testing::TestWithParam<hw::Config> {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / fmt::format("vta_bundle_{}", GetParam().name);
    write_bundle(GetParam(), folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // What the tool, run in the bundle's folder, says: nothing where all is well.
  std::string output_of(const std::string& tool, const std::string& arguments) const {
    const std::string command = fmt::format("cd '{}' && ulimit -t 300 && {} {} > output 2>&1",
                                            folder_.string(), tool, arguments);
    const int status = std::system(command.c_str());
    std::string text = read_text_file(folder_ / "output");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) text += fmt::format("status {}\n", status);
    return text;
  }

  static bool installed(const std::string& tool) {
    return std::system(fmt::format("command -v {} > /dev/null", tool).c_str()) == 0;
  }

  fs::path folder_;
};

INSTANTIATE_TEST_SUITE_P(Configurations, Bundle, testing::ValuesIn([] {
                           std::vector<hw::Config> configs;
                           for (const hw::Preset& preset : hw::presets()) {
                             configs.push_back(preset.make());
                           }
                           for (hw::Config (*make)() : {smallest, largest, narrow_types, deep}) {
                             configs.push_back(make());
                             hw::validate(configs.back(), configs.back().name);
                           }
                           return configs;
                         }()),
                         [](const auto& config) {
                           std::string name = config.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(Bundle, VerilatorFindsNothingToSay) {
  if (!installed("verilator")) GTEST_SKIP() << "needs verilator";
  EXPECT_EQ(output_of("verilator", "--lint-only -Wall -f vta.f --top-module vta"), "");
  if (GetParam().macs_per_cycle() > 1024) return;  // half a minute each
  EXPECT_EQ(
      output_of("verilator", "--lint-only -Wall +define+VTA_ASSERT -f vta.f --top-module vta"), "");
}

TEST_P(Bundle, IcarusReadsIt) {
  if (!installed("iverilog")) GTEST_SKIP() << "needs iverilog";
  if (GetParam().macs_per_cycle() > 4096) GTEST_SKIP() << "takes Icarus minutes";
  // Version 11 says "sorry" of what it treats more generally than it need.
  EXPECT_EQ(output_of("iverilog", "-g2012 -t null -s vta -f vta.f 2>&1 | grep -v ' sorry: ' | cat"),
            "");
}

TEST_P(Bundle, YosysReadsIt) {
  if (!installed("yosys")) GTEST_SKIP() << "needs yosys";
  std::string script = "read_verilog -sv";
  for (const BundleFile& file : bundle(GetParam())) {
    if (file.name.ends_with(".sv")) script += " " + file.name;
  }
  write_text_file(folder_ / "check.ys", script + "\nhierarchy -check -top vta\n");
  EXPECT_EQ(output_of("yosys", "-q -s check.ys 2>&1 | grep -v 'Replacing memory' | cat"), "");
}

TEST(Bundles, HeaderIsC) {
  const fs::path folder = fs::path(testing::TempDir()) / "vta_bundle_header";
  write_bundle(hw::load_config("tiny"), folder);
  write_text_file(folder / "driver.c",
                  "#include \"vta_registers.h\"\n"
                  "typedef int address_is[VTA_REG_CONTROL == 0x40 ? 1 : -1];\n"
                  "typedef int shape_is[VTA_VALUE_SHAPE == 0x00040401u ? 1 : -1];\n"
                  "unsigned cycles = VTA_REG_COUNTER(VTA_UNIT_STORE, VTA_CAUSE_DRAINED);\n");
  EXPECT_EQ(std::system(fmt::format("cc -std=c99 -Wall -Werror -fsyntax-only '{}'",
                                    (folder / "driver.c").string())
                            .c_str()),
            0);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace vta::rtl

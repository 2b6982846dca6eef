// vta bench, through the real command.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tools/tool_testing.h"

namespace vta::tools {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using BenchCommand = Tools;

TEST_F(BenchCommand, SumsItsLayers) {
  const Outcome outcome = vta("bench resnet18 --size 64 --hw ultra96 --json");
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const json result = json::parse(outcome.out);
  EXPECT_EQ(result.at("network"), "resnet18");
  EXPECT_EQ(result.at("hw"), "ultra96");
  EXPECT_EQ(result.at("macs_on_accel"), result.at("macs"));
  uint64_t cycles = 0, macs = 0, bytes = 0;
  for (const json& layer : result.at("layers")) {
    cycles += layer.at("cycles").get<uint64_t>();
    macs += layer.at("macs").get<uint64_t>();
    bytes += layer.at("dram_bytes").get<uint64_t>();
    uint64_t uses = 0;
    for (const json& use : layer.at("uses")) uses += use.get<uint64_t>();
    EXPECT_EQ(uses, layer.at("cycles"));
  }
  EXPECT_EQ(result.at("cycles"), cycles);
  EXPECT_EQ(result.at("macs"), macs);
  EXPECT_EQ(result.at("dram_bytes"), bytes);
  // The first layer's output of 32 x 32 and 64 channels, and the pooled one, are there together.
  EXPECT_GE(result.at("activation_bytes"), 64 * (32 * 32 + 16 * 16));
  EXPECT_LT(result.at("activation_bytes"), 4 * 64 * 32 * 32);
  EXPECT_DOUBLE_EQ(result.at("utilisation").get<double>(),
                   static_cast<double>(macs) / (512.0 * static_cast<double>(cycles)));
  EXPECT_DOUBLE_EQ(result.at("fps").get<double>(), 300e6 / static_cast<double>(cycles));
}

TEST_F(BenchCommand, ShowsTheTalksFigureBesideItsOwn) {
  EXPECT_THAT(vta("bench resnet18 --size 64 --hw ultra96-w4").out,
              HasSubstr("(in the talk of 2018: 19)"));
  EXPECT_THAT(vta("bench resnet18 --size 64 --hw ultra96").out, Not(HasSubstr("talk")));
}

TEST_F(BenchCommand, TimesAModelFile) {
  const Outcome outcome = vta("bench " VTA_SOURCE_DIR "/models/fashion_resnet8.onnx");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("% of 256 MACs a cycle"));
}

TEST_F(BenchCommand, SaysWhatIsWrong) {
  expect_error("bench nothing", "nothing: not a model that this tool reads (.onnx, .tflite)");
  expect_error("bench m.onnx --size 64",
               "--size is for networks that `vta zoo list` lists, not for m.onnx");
}

}  // namespace
}  // namespace vta::tools

// vta zoo, through the real command.
#include <nlohmann/json.hpp>

#include "tests/golden.h"
#include "tools/tool_testing.h"

namespace vta::tools {
namespace {

using ZooCommand = Tools;

TEST_F(ZooCommand, ListsWhatNetworksCostBesideWhatIsPublished) {
  const Outcome outcome = vta("zoo list");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  expect_golden("tools/golden/zoo_list.txt", outcome.out);
  const auto list = nlohmann::json::parse(vta("zoo list --json").out);
  EXPECT_EQ(list.at(0).at("network"), "resnet18");
  EXPECT_EQ(list.at(0).at("parameters"), 11689512);
}

TEST_F(ZooCommand, WritesAModelThatCompiles) {
  const Outcome written =
      vta(fmt::format("zoo mobilenet_v1 --size 64 --seed 7 -o {}", path("m.onnx")));
  ASSERT_EQ(written.status, 0) << written.err;
  EXPECT_EQ(written.out, fmt::format("wrote {}: mobilenet_v1, input 1x3x64x64, 47.4 million MACs, "
                                     "4.232 million parameters\n",
                                     path("m.onnx")));
  const Outcome compiled =
      vta(fmt::format("compile {} -o {} --json", path("m.onnx"), path("m.vtam")));
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  const auto report = nlohmann::json::parse(compiled.out);
  EXPECT_EQ(report.at("macs_on_accel"), report.at("macs"));
}

TEST_F(ZooCommand, SaysWhatIsWrong) {
  expect_usage_error("zoo", "vta: NAME or list is required; see 'vta zoo --help'");
  expect_usage_error("zoo resnet18", "vta: --output is required; see 'vta zoo --help'");
  expect_error("zoo dcgan --size 64 -o " + path("d.onnx"),
               "dcgan: its input is not a picture, so it has no size");
  expect_error("zoo dcgan -o " + path("missing/d.onnx"),
               path("missing/d.onnx") + ": cannot write: No such file or directory");
}

}  // namespace
}  // namespace vta::tools

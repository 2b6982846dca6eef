// What is exported is imported as the same graph; other tests let other engines read it.
#include "vta/export/onnx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "vta/import/onnx/onnx.h"

namespace vta::exporter {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::ValueId;
using testing::HasSubstr;

void expect_round_trip(const Graph& graph) {
  const graph::GraphText expected = graph::print(graph);
  const graph::GraphText got = graph::print(import::import_onnx(export_onnx(graph), {}));
  EXPECT_EQ(got.text, expected.text);
  ASSERT_EQ(got.constants.size(), expected.constants.size());
  for (size_t i = 0; i < got.constants.size(); ++i) {
    EXPECT_EQ(*got.constants[i], *expected.constants[i]) << "#" << i;
  }
}

std::string export_error(const Graph& graph) {
  try {
    export_onnx(graph);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// Models of every kind of operator, which the fuzzer starts from.
TEST(ExportOnnx, ImportsAsTheSameGraph) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("fuzz/corpus/onnx")) {
    if (entry.path().stem() == "refused") continue;
    SCOPED_TRACE(entry.path().string());
    expect_round_trip(import::load_onnx(entry.path()));
    ++count;
  }
  EXPECT_GE(count, 8);
  expect_round_trip(import::load_onnx("models/fashion_resnet8.onnx"));
}

TEST(ExportOnnx, KeepsTypesOfConstantsAndAbsentInputs) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::kFloat32, {1, 1, 2, 2}});
  const ValueId sizes =
      graph.add_constant("sizes", Tensor::of<int64_t>({4}, std::vector<int64_t>{1, 1, 4, 4}));
  const ValueId big =
      graph.add_node("resize", "big", {x, kNoValue, kNoValue, sizes}, {{"mode", "linear"}})[0];
  const ValueId half = graph.add_node("cast", "half", {big}, {{"to", "f16"}})[0];
  const ValueId mean =
      graph.add_node("average_pool", "mean", {big},
                     {{"kernel_shape", std::vector<int64_t>{2, 2}}, {"ceil_mode", int64_t{1}}})[0];
  const ValueId low = graph.add_node("leaky_relu", "low", {mean}, {{"alpha", 0.25}})[0];
  graph.outputs = {half, low, big};
  expect_round_trip(graph);
}

TEST(ExportOnnx, RefusesWhatTheOperatorSetLacks) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::kFloat32, {1, 1, 4, 4}});
  graph.outputs = graph.add_node(
      "average_pool", "wide", {x},
      {{"kernel_shape", std::vector<int64_t>{2, 2}}, {"dilations", std::vector<int64_t>{2, 2}}});
  EXPECT_EQ(export_error(graph),
            "average_pool 'wide': dilations came with operator set 19; 17 is written");

  Graph pooled;
  const ValueId q = pooled.add_input("q", {DType::kInt8, {1, 1, 4, 4}});
  pooled.outputs =
      pooled.add_node("qmax_pool", "largest", {q}, {{"kernel_shape", std::vector<int64_t>{2, 2}}});
  EXPECT_EQ(export_error(pooled), "qmax_pool 'largest': ONNX has no such operator");
}

}  // namespace
}  // namespace vta::exporter

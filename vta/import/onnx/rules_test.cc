// Each older or newer form of an operator gives the same results as its form of opset 13 to 17,
// which the backend tests compare with ONNX's own data.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/graph/interpreter.h"
#include "vta/import/onnx/model_builder.h"

namespace vta::import {
namespace {

using ::testing::HasSubstr;

// Different values everywhere, of both signs.
Tensor ramp(const Shape& shape) {
  Tensor tensor(DType::kFloat32, shape);
  for (int64_t i = 0; i < tensor.size(); ++i) {
    tensor.as<float>()[i] = static_cast<float>(i * 37 % 101) / 7.0F - 6.0F;
  }
  return tensor;
}

// All outputs, on x = ramp(shape), of a model whose one input is x.
std::vector<Tensor> run(ModelBuilder& model, const Shape& shape) {
  std::vector<std::string> dims;
  for (const int64_t dim : shape) dims.push_back(std::to_string(dim));
  model.input("x", dims);
  const graph::Graph graph = model.import();
  const graph::NamedTensors outputs = graph::run(graph, {{"x", ramp(shape)}});
  std::vector<Tensor> result;
  for (const graph::ValueId id : graph.outputs) result.push_back(outputs.at(graph.value(id).name));
  return result;
}

void expect_same(ModelBuilder& form, ModelBuilder& opset17_form, const Shape& shape) {
  const auto got = run(form, shape);
  EXPECT_EQ(got, run(opset17_form, shape));
  ASSERT_FALSE(got.empty());
  EXPECT_NE(got[0], ramp(shape)) << "the operator must do something";
}

ModelBuilder one_node(int64_t opset, const std::string& op, std::vector<std::string> inputs = {}) {
  ModelBuilder model(opset);
  inputs.insert(inputs.begin(), "x");
  model.node(op, inputs, {"y"}).output("y");
  return model;
}

TEST(OnnxRules, ClipBoundsAsAttributes) {
  ModelBuilder old = one_node(6, "Clip").attr("min", -1.5F).attr("max", 2.0F);
  ModelBuilder now = one_node(13, "Clip", {"min", "max"});
  now.floats("min", {}, {-1.5F});
  now.floats("max", {}, {2.0F});
  expect_same(old, now, {2, 3, 4});
}

TEST(OnnxRules, SqueezeAndUnsqueezeAxesAsAttributes) {
  for (const std::string op : {"Squeeze", "Unsqueeze"}) {
    ModelBuilder old = one_node(11, op).attr("axes", std::vector<int64_t>{0, 2});
    ModelBuilder now = one_node(13, op, {"axes"});
    now.ints("axes", {0, 2});
    expect_same(old, now, {1, 3, 1, 4});
  }
}

TEST(OnnxRules, SliceBoundsAsAttributes) {
  ModelBuilder old = one_node(9, "Slice")
                         .attr("starts", std::vector<int64_t>{1, -3})
                         .attr("ends", std::vector<int64_t>{9, -1})
                         .attr("axes", std::vector<int64_t>{0, 2});
  ModelBuilder now = one_node(13, "Slice", {"starts", "ends", "axes"});
  now.ints("starts", {1, -3});
  now.ints("ends", {9, -1});
  now.ints("axes", {0, 2});
  expect_same(old, now, {3, 2, 5});
}

TEST(OnnxRules, PadsAsAttributes) {
  ModelBuilder old =
      one_node(10, "Pad").attr("pads", std::vector<int64_t>{0, 1, 2, 0}).attr("value", 3.5F);
  ModelBuilder now = one_node(13, "Pad", {"pads", "value"});
  now.ints("pads", {0, 1, 2, 0});
  now.floats("value", {}, {3.5F});
  expect_same(old, now, {2, 3});
}

TEST(OnnxRules, PadsOfSomeAxes) {
  ModelBuilder newer = one_node(18, "Pad", {"pads", "", "axes"}).attr("mode", "edge");
  newer.ints("pads", {1, 2});
  newer.ints("axes", {-1});
  ModelBuilder now = one_node(13, "Pad", {"pads"}).attr("mode", "edge");
  now.ints("pads", {0, 1, 0, 2});
  expect_same(newer, now, {2, 3});
}

TEST(OnnxRules, SplitSizesAsAttribute) {
  ModelBuilder old(11), now(13);
  old.node("Split", {"x"}, {"a", "b"}).attr("split", std::vector<int64_t>{1, 4}).attr("axis", 1L);
  now.node("Split", {"x", "split"}, {"a", "b"}).attr("axis", 1L).ints("split", {1, 4});
  expect_same(old.output("a").output("b"), now.output("a").output("b"), {2, 5});
}

TEST(OnnxRules, SplitIntoUnevenParts) {
  ModelBuilder newer(18), now(13);
  newer.node("Split", {"x"}, {"a", "b", "c"}).attr("num_outputs", 3L);
  now.node("Split", {"x", "split"}, {"a", "b", "c"}).ints("split", {3, 3, 1});
  expect_same(newer.output("a").output("c"), now.output("a").output("c"), {7, 2});
}

TEST(OnnxRules, ReductionAxesAsAttributeOrInput) {
  ModelBuilder old = one_node(11, "ReduceSum").attr("axes", std::vector<int64_t>{1});
  ModelBuilder now = one_node(13, "ReduceSum", {"axes"});
  now.ints("axes", {1});
  expect_same(old, now, {2, 3, 4});
  for (const std::string op : {"ReduceMean", "ReduceMax"}) {
    ModelBuilder newer = one_node(18, op, {"axes"}).attr("keepdims", 0L);
    newer.ints("axes", {1});
    ModelBuilder opset17 =
        one_node(17, op).attr("keepdims", 0L).attr("axes", std::vector<int64_t>{1});
    expect_same(newer, opset17, {2, 3, 4});
  }
}

TEST(OnnxRules, ReductionOfNoAxesMayBeTheIdentity) {
  ModelBuilder model = one_node(18, "ReduceMax").attr("noop_with_empty_axes", 1L);
  EXPECT_EQ(run(model, {2, 3})[0], ramp({2, 3}));
}

TEST(OnnxRules, SoftmaxOverSeveralDimensions) {
  ModelBuilder old = one_node(11, "Softmax");
  ModelBuilder now(13);
  now.ints("matrix", {2, 12});
  now.ints("shape", {2, 3, 4});
  now.node("Reshape", {"x", "matrix"}, {"m"}).node("Softmax", {"m"}, {"s"});
  now.node("Reshape", {"s", "shape"}, {"y"}).output("y");
  expect_same(old, now, {2, 3, 4});
}

TEST(OnnxRules, UpsampleAndOldResizeAreAsymmetric) {
  for (const char* mode : {"nearest", "linear"}) {
    ModelBuilder oldest = one_node(7, "Upsample")
                              .attr("mode", mode)
                              .attr("scales", std::vector<float>{1, 1, 2, 1.5F});
    ModelBuilder old = one_node(9, "Upsample", {"scales"}).attr("mode", mode);
    ModelBuilder ten = one_node(10, "Resize", {"scales"}).attr("mode", mode);
    for (ModelBuilder* form : {&oldest, &old, &ten}) {
      ModelBuilder now = one_node(13, "Resize", {"", "scales"}).attr("mode", mode);
      now.attr("coordinate_transformation_mode", "asymmetric").attr("nearest_mode", "floor");
      now.floats("scales", {4}, {1, 1, 2, 1.5F});
      if (form != &oldest) form->floats("scales", {4}, {1, 1, 2, 1.5F});
      expect_same(*form, now, {1, 2, 3, 4});
    }
  }
}

TEST(OnnxRules, ResizeOfSomeAxes) {
  ModelBuilder newer =
      one_node(18, "Resize", {"", "", "sizes"}).attr("axes", std::vector<int64_t>{3, 2});
  newer.ints("sizes", {5, 6});
  ModelBuilder now = one_node(13, "Resize", {"", "", "sizes"});
  now.ints("sizes", {1, 2, 6, 5});
  expect_same(newer, now, {1, 2, 3, 4});
}

TEST(OnnxRules, OperandsPlacedByAxis) {
  ModelBuilder old = one_node(6, "Add", {"b"}).attr("broadcast", 1L).attr("axis", 1L);
  old.floats("b", {3}, {1, 2, 3});
  ModelBuilder now = one_node(14, "Add", {"b"});
  now.floats("b", {3, 1}, {1, 2, 3});
  expect_same(old, now, {2, 3, 4});
}

TEST(OnnxRules, DropoutIsTheIdentity) {
  for (const int64_t opset : {7, 12}) {
    ModelBuilder model(opset);
    model.node("Dropout", {"x"}, {"y", "mask"}).output("y").output("mask");
    const auto outputs = run(model, {2, 2});
    EXPECT_EQ(outputs[0], ramp({2, 2}));
    const DType mask = opset < 10 ? DType::kFloat32 : DType::kBool;
    EXPECT_EQ(outputs[1], Tensor::of<uint8_t>({2, 2}, std::vector<uint8_t>(4, 1)).cast(mask));
  }
}

// A 1 x 1 x in x in image, kernel 3, dilation 1.
std::vector<int64_t> conv_pads(const char* auto_pad, int64_t in, int64_t stride) {
  ModelBuilder model(11);
  const std::string size = std::to_string(in);
  model.input("x", {"1", "1", size, size}).floats("w", {1, 1, 3, 3}, std::vector<float>(9, 1));
  model.node("Conv", {"x", "w"}, {"y"}).attr("auto_pad", auto_pad).output("y");
  model.attr("strides", std::vector<int64_t>{stride, stride});
  return model.import().nodes.at(0).ints_attr("pads");
}

TEST(OnnxRules, AutomaticPaddingOfConvolutions) {
  using Pads = std::vector<int64_t>;
  EXPECT_EQ(conv_pads("SAME_UPPER", 5, 1), (Pads{1, 1, 1, 1}));
  EXPECT_EQ(conv_pads("SAME_UPPER", 6, 2), (Pads{0, 0, 1, 1}));
  EXPECT_EQ(conv_pads("SAME_LOWER", 6, 2), (Pads{1, 1, 0, 0}));
  EXPECT_EQ(conv_pads("VALID", 6, 2), (Pads{0, 0, 0, 0}));
  EXPECT_EQ(conv_pads("SAME_UPPER", 1, 5), (Pads{1, 1, 1, 1}));
}

TEST(OnnxRules, OutputShapeOfTransposedConvolutions) {
  for (const char* auto_pad : {"SAME_UPPER", "SAME_LOWER"}) {
    ModelBuilder model(11);
    model.input("x", {"1", "1", "4"}).floats("w", {1, 1, 4}, {1, 2, 3, 4});
    model.node("ConvTranspose", {"x", "w"}, {"y"}).attr("auto_pad", auto_pad).output("y");
    model.attr("strides", std::vector<int64_t>{3});
    const graph::Graph graph = model.import();
    EXPECT_EQ(graph.value(graph.outputs[0]).type.shape, (Shape{1, 1, 12}));
    const bool upper = std::string(auto_pad) == "SAME_UPPER";  // of 13 elements, one goes
    EXPECT_EQ(graph.nodes[0].ints_attr("pads"),
              upper ? (std::vector<int64_t>{0, 1}) : (std::vector<int64_t>{1, 0}));
  }
}

TEST(OnnxRules, ShapesAreComputedAtImport) {
  ModelBuilder model(13);
  model.ints("one", {1});
  model.ints("minus", {-1});
  model.ints("zero", {0});
  model.input("x", {"n", "3", "4"});
  model.node("Shape", {"x"}, {"shape"}).node("Gather", {"shape", "zero"}, {"first"});
  model.node("Concat", {"first", "minus"}, {"wanted"}).attr("axis", 0L);
  model.node("Reshape", {"x", "wanted"}, {"y"}).output("y");
  const graph::Graph graph = model.import({.dims = {{"n", 5}}, .bind = {}, .folder = {}});
  ASSERT_EQ(graph.nodes.size(), 1u);
  EXPECT_EQ(graph.value(graph.outputs[0]).type.shape, (Shape{5, 12}));
}

TEST(OnnxRules, TrainingModeIsRefused) {
  ModelBuilder model = one_node(15, "BatchNormalization", {"s", "s", "s", "s"});
  model.attr("training_mode", 1L).input("x", {"1", "2"}).floats("s", {2}, {1, 1});
  EXPECT_THAT(model.import_error(), HasSubstr("training_mode is 1; only inference is supported"));
}

}  // namespace
}  // namespace vta::import

// Layout, meaning and errors on models of one operator, without any other engine.
#include "vta/import/tflite/tflite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/graph/interpreter.h"
#include "vta/import/tflite/model_builder.h"

namespace vta::import {
namespace {

using testing::HasSubstr;

std::string import_error(std::span<const uint8_t> bytes) {
  try {
    import_tflite(bytes);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

template <typename T>
std::vector<T> values(const Tensor& tensor) {
  return {tensor.as<T>().begin(), tensor.as<T>().end()};
}

// 1 x 1 x 2 x 2 in the file: two pixels of two channels; 1 x 2 x 1 x 2 in the graph.
TEST(Tflite, FourDimensionsBecomeChannelsFirstAndReshapeKeepsTheFilesOrder) {
  TfliteBuilder b;
  const int32_t x = b.floats("x", {1, 1, 2, 2});
  const int32_t y = b.floats("y", {1, 4});
  b.op(22, {x}, y);
  const graph::Graph graph = import_tflite(b.finish({x}, {y}));
  EXPECT_EQ(graph.value(graph.inputs[0]).type.shape, (Shape{1, 2, 1, 2}));
  // Channel 0 holds 1, 2; channel 1 holds 3, 4: pixel by pixel that is 1, 3, 2, 4.
  const Tensor input = Tensor::of<float>({1, 2, 1, 2}, std::vector<float>{1, 2, 3, 4});
  EXPECT_EQ(values<float>(graph::run(graph, {{"x", input}}).at("y")),
            (std::vector<float>{1, 3, 2, 4}));
}

// Three pixels in a row, 2x2 kernel of ones, SAME: the odd column and row are at the end.
TEST(Tflite, SamePaddingIsAtTheEnd) {
  TfliteBuilder b;
  const int32_t x = b.floats("x", {1, 1, 3, 1});
  const int32_t w = b.floats("w", {1, 2, 2, 1}, {1, 1, 1, 1});
  const int32_t y = b.floats("y", {1, 1, 3, 1});
  b.op(3, {x, w, -1}, y,
       tflite::CreateConv2DOptions(b.fbb(), tflite::Padding_SAME, 1, 1,
                                   tflite::ActivationFunctionType_RELU6));
  const graph::Graph graph = import_tflite(b.finish({x}, {y}));
  const Tensor input = Tensor::of<float>({1, 1, 1, 3}, std::vector<float>{1, 2, 5});
  EXPECT_EQ(values<float>(graph::run(graph, {{"x", input}}).at("y")),
            (std::vector<float>{3, 6, 5}));
}

// (q - 3) * 0.5 times a weight of 2 * 0.25, output scale 0.5: q_y = (q_x - 3) / 2 - 1.
TEST(Tflite, IntegerConvolutionHasItsMeaningAndItsFusedRelu) {
  TfliteBuilder b;
  const int32_t x = b.bytes("x", {1, 1, 4, 1}, 0.5F, 3);
  const int32_t w = b.bytes("w", {1, 1, 1, 1}, 0.25F, 0, {2});
  const int32_t y = b.bytes("y", {1, 1, 4, 1}, 0.5F, -1);
  b.op(3, {x, w, -1}, y,
       tflite::CreateConv2DOptions(b.fbb(), tflite::Padding_VALID, 1, 1,
                                   tflite::ActivationFunctionType_RELU));
  const graph::Graph graph = import_tflite(b.finish({x}, {y}));
  const Tensor input = Tensor::of<int8_t>({1, 1, 1, 4}, std::vector<int8_t>{3, 13, -7, 127});
  EXPECT_EQ(values<int8_t>(graph::run(graph, {{"x", input}}).at("y")),
            (std::vector<int8_t>{-1, 4, -1, 61}));
}

// As above in unsigned bytes, 128 more everywhere, and with a weight of zero point 10.
TEST(Tflite, UnsignedBytesComeInAndGoOutUnsigned) {
  TfliteBuilder b;
  const int32_t x = b.unsigned_bytes("x", {1, 1, 3, 1}, 0.5F, 131);
  const int32_t w = b.unsigned_bytes("w", {1, 1, 1, 1}, 0.25F, 10, {12});
  const int32_t y = b.unsigned_bytes("y", {1, 1, 3, 1}, 0.5F, 127);
  b.op(3, {x, w, -1}, y, tflite::CreateConv2DOptions(b.fbb(), tflite::Padding_VALID, 1, 1));
  const graph::Graph graph = import_tflite(b.finish({x}, {y}));
  const Tensor input = Tensor::of<uint8_t>({1, 1, 1, 3}, std::vector<uint8_t>{131, 141, 121});
  EXPECT_EQ(values<uint8_t>(graph::run(graph, {{"x", input}}).at("y")),
            (std::vector<uint8_t>{127, 132, 122}));
}

// Two pixels, a 1x3 kernel of 2, 4, 6, stride 2: each pixel less 3 times 0.5 * 0.25 * kernel goes
// to three outputs of scale 0.25; the middle one has both.
TEST(Tflite, IntegerTransposedConvolutionHasItsMeaning) {
  TfliteBuilder b;
  const int32_t shape = b.ints("shape", {4}, {1, 1, 5, 1});
  const int32_t w = b.bytes("w", {1, 1, 3, 1}, 0.25F, 0, {2, 4, 6});
  const int32_t x = b.bytes("x", {1, 1, 2, 1}, 0.5F, 3);
  const int32_t bias = b.ints("bias", {1}, {8}, 0.125F);
  const int32_t y = b.bytes("y", {1, 1, 5, 1}, 0.25F, -1);
  b.op(67, {shape, w, x, bias}, y,
       tflite::CreateTransposeConvOptions(b.fbb(), tflite::Padding_VALID, 2, 1));
  const graph::Graph graph = import_tflite(b.finish({x}, {y}));
  EXPECT_EQ(graph.nodes[0].op, "qconv_transpose");
  const Tensor input = Tensor::of<int8_t>({1, 1, 1, 2}, std::vector<int8_t>{5, -7});
  // Sums 4, 8, 12 - 20, -40, -60, and 8 more; halves, less 1.
  EXPECT_EQ(values<int8_t>(graph::run(graph, {{"x", input}}).at("y")),
            (std::vector<int8_t>{5, 7, -1, -17, -27}));
}

// Means of -1, 0, 0, -1 and 1, 0, 0, 1: halves go away from zero.
TEST(Tflite, AveragePoolRoundsHalvesAwayFromZero) {
  TfliteBuilder b;
  const int32_t x = b.bytes("x", {1, 1, 4, 1}, 1.0F, 0);
  const int32_t y = b.bytes("y", {1, 1, 2, 1}, 1.0F, 0);
  b.op(1, {x}, y, tflite::CreatePool2DOptions(b.fbb(), tflite::Padding_VALID, 2, 1, 2, 1));
  const graph::Graph graph = import_tflite(b.finish({x}, {y}));
  const Tensor input = Tensor::of<int8_t>({1, 1, 1, 4}, std::vector<int8_t>{-1, 0, 0, 1});
  EXPECT_EQ(values<int8_t>(graph::run(graph, {{"x", input}}).at("y")),
            (std::vector<int8_t>{-1, 1}));
}

TEST(Tflite, EveryProblemIsListedOnce) {
  TfliteBuilder b;
  const int32_t x = b.bytes("x", {1, 4}, 0.5F, 0);
  const int32_t y = b.bytes("y", {1, 4}, 0.5F, 0);
  const int32_t z = b.bytes("z", {1, 4}, 0.5F, 0);
  const int32_t t = b.bytes("t", {1, 4}, 0.5F, 0);
  b.op(59, {x}, y).op(19, {y}, z).op(14, {x}, t);
  EXPECT_EQ(
      import_error(b.finish({x}, {z, t})),
      "2 of 3 operators cannot be imported:\n"
      "  operator 0 (builtin 59): this operator is not supported\n"
      "  operator 2 (LOGISTIC): its output has scale 0.5 and zero point 0, must have 0.00390625 "
      "and -128 (as i8)");
}

TEST(Tflite, OutputMustBeWhatTheModelSays) {
  TfliteBuilder b;
  const int32_t x = b.floats("x", {1, 4});
  const int32_t y = b.floats("y", {1, 5});
  b.op(19, {x}, y);
  EXPECT_THAT(import_error(b.finish({x}, {y})),
              HasSubstr("its output is f32[1x4], but the model says f32[1x5]"));
}

TEST(Tflite, DamageIsNoticed) {
  EXPECT_EQ(import_error(std::vector<uint8_t>(20, 0)),
            "not a TensorFlow Lite model: it does not say TFL3");
  TfliteBuilder b;
  const int32_t x = b.floats("x", {1, 4});
  const int32_t y = b.floats("y", {1, 4});
  b.op(19, {x}, y);
  std::vector<uint8_t> bytes = b.finish({x}, {y});
  bytes.resize(bytes.size() / 2);
  EXPECT_THAT(import_error(bytes), HasSubstr("an offset of its"));
  TfliteBuilder wild;
  const int32_t only = wild.floats("x", {1, 4});
  wild.op(19, {7}, only);
  EXPECT_EQ(import_error(wild.finish({only}, {})),
            "operator 0 refers to tensor 7, but the model has 1");
}

}  // namespace
}  // namespace vta::import

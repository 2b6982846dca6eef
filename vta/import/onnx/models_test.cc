// Real networks: outputs against stored ones, and the text form of each graph.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "vta/base/image.h"
#include "vta/base/npy.h"
#include "vta/graph/interpreter.h"
#include "vta/graph/passes.h"
#include "vta/import/onnx/onnx.h"

namespace vta::import {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class OnnxModels : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("VTA_MODELS");
    root_ = folder != nullptr ? folder : "../shared/models";
    if (!fs::is_directory(root_)) GTEST_SKIP() << root_ << " is absent";
  }

  Tensor golden(const std::string& name) const {
    return load_npy(root_ / "golden" / (name + ".npy"));
  }

  fs::path root_;
};

void expect_near(const Tensor& got, const Tensor& expected, double tolerance) {
  ASSERT_EQ(got.shape(), expected.shape());
  ASSERT_GT(got.size(), 0);
  const auto a = got.as<float>();
  const auto b = expected.as<float>();
  double worst = 0;
  for (size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(double{a[i]} - b[i]));
  EXPECT_LE(worst, tolerance);
}

void expect_text_round_trip(const graph::Graph& graph) {
  const graph::GraphText printed = graph::print(graph);
  const graph::GraphText again = graph::print(graph::parse(printed.text, printed.constants));
  EXPECT_EQ(printed.text, again.text);
  EXPECT_EQ(printed.constants.size(), again.constants.size());
}

TEST_F(OnnxModels, Resnet20) {
  const Tensor input = golden("resnet20_cifar10.input.input");
  const OnnxOptions options{.dims = {{"batch", input.shape()[0]}}, .bind = {}, .folder = {}};
  const graph::Graph graph = load_onnx(root_ / "onnx/resnet20_cifar10.onnx", options);
  expect_near(graph::run(graph, {{"input", input}}).at("logits"),
              golden("resnet20_cifar10.output.logits"), 1e-4);
  const graph::Graph simple = graph::simplify(graph);
  expect_near(graph::run(simple, {{"input", input}}).at("logits"),
              golden("resnet20_cifar10.output.logits"), 1e-4);
  expect_text_round_trip(graph);
}

TEST_F(OnnxModels, FaceDetector) {
  const graph::Graph graph = load_onnx(root_ / "onnx/version-slim-320_simplified.onnx");
  const auto outputs =
      graph::run(graph, {{"input", golden("version-slim-320_simplified.input.input")}});
  for (const std::string name : {"scores", "boxes"}) {
    expect_near(outputs.at(name), golden("version-slim-320_simplified.output." + name), 1e-4);
  }
  expect_text_round_trip(graph);
}

// Without stored outputs: the first digits of the MNIST test set are 7, 2, 1, 0, 4, ….
TEST_F(OnnxModels, MnistDigits) {
  const graph::Graph graph = load_onnx(root_ / "onnx/mnist_cntk.onnx");
  const Tensor digits = load_image(root_ / "data/mnist/mnist_batch_20.png");
  std::vector<int64_t> answers;
  for (int64_t row = 0; row < 10; ++row) {
    Tensor image(DType::kFloat32, {1, 1, 28, 28});
    const auto pixels = digits.as<uint8_t>().subspan(row * 784, 784);
    std::ranges::copy(pixels, image.as<float>().begin());
    const auto outputs = graph::run(graph, {{graph.value(graph.inputs[0]).name, image}});
    const auto scores = outputs.begin()->second.as<float>();
    answers.push_back(std::ranges::max_element(scores) - scores.begin());
  }
  EXPECT_THAT(answers, ::testing::ElementsAre(7, 2, 1, 0, 4, 1, 4, 9, 5, 9));
  expect_text_round_trip(graph);
}

TEST_F(OnnxModels, FashionNetwork) {
  const graph::Graph graph = load_onnx(root_ / "fashion/resnet8_fashion_mnist.onnx");
  ASSERT_EQ(graph.inputs.size(), 1u);
  const graph::Value& input = graph.value(graph.inputs[0]);
  EXPECT_EQ(input.type.shape, (Shape{1, 1, 28, 28}));
  const auto convolutions = std::ranges::count(graph.nodes, "conv", &graph::Node::op);
  EXPECT_EQ(convolutions, 9);
  const auto outputs = graph::run(graph, {{input.name, Tensor(DType::kFloat32, input.type.shape)}});
  EXPECT_EQ(outputs.begin()->second.shape(), (Shape{1, 10}));
  expect_text_round_trip(graph);
}

// The stored picture is of exact arithmetic: 4-bit weights and activations between pairs.
TEST_F(OnnxModels, QuantisedGenerator) {
  const Tensor z = golden("dcgan_mnist_w4a4.input.z");
  const OnnxOptions options{.dims = {{"batch", z.shape()[0]}}, .bind = {}, .folder = {}};
  const graph::Graph graph = load_onnx(root_ / "onnx/dcgan_mnist_w4a4_qdq_minmax.onnx", options);
  expect_near(graph::run(graph, {{graph.value(graph.inputs[0]).name, z}}).begin()->second,
              golden("dcgan_mnist_w4a4.output.image"), 1e-6);
}

}  // namespace
}  // namespace vta::import

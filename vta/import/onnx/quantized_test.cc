// Quantised forms: by hand, and against ONNX Runtime with its optimisations off.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "tests/python.h"
#include "vta/base/file.h"
#include "vta/base/npy.h"
#include "vta/graph/interpreter.h"
#include "vta/import/onnx/model_builder.h"

namespace vta::import {
namespace {

namespace fs = std::filesystem;
using Proto = onnx::TensorProto;
using testing::HasSubstr;

// Integers of any type as an initialiser; no dimensions where `shape` is empty.
void integers(ModelBuilder& model, const std::string& name, int type, const Shape& shape,
              const std::vector<int>& values) {
  auto* tensor = model.proto.mutable_graph()->add_initializer();
  ModelBuilder::fill(*tensor, name, shape, type);
  for (const int value : values) tensor->add_int32_data(value);
}

std::vector<int> random_integers(int64_t count, int low, int high) {
  std::mt19937 random(17);
  std::vector<int> values;
  const auto span = static_cast<uint32_t>(high - low + 1);
  for (int64_t i = 0; i < count; ++i) values.push_back(low + static_cast<int>(random() % span));
  return values;
}

Tensor random_input(const graph::TensorType& type) {
  std::mt19937 random(23);
  Tensor tensor(type.dtype, type.shape);
  if (type.dtype == DType::kFloat32) {
    for (float& x : tensor.as<float>()) x = static_cast<float>(random() % 4001) / 1000 - 2;
  } else {
    for (uint8_t& x : tensor.bytes()) x = static_cast<uint8_t>(random());
  }
  return tensor;
}

ModelBuilder pair_model(bool is_unsigned) {
  ModelBuilder model(17);
  const int type = is_unsigned ? Proto::UINT8 : Proto::INT8;
  model.input("x", {"1", "3", "7", "9"});
  model.floats("xs", {}, {0.013F});
  integers(model, "xz", type, {}, {is_unsigned ? 117 : -9});
  integers(model, "w", Proto::INT8, {4, 3, 3, 3}, random_integers(108, -127, 127));
  model.floats("ws", {4}, {0.01F, 0.02F, 0.005F, 0.03F});
  integers(model, "wz", Proto::INT8, {4}, {0, 0, 0, 0});
  model.node("QuantizeLinear", {"x", "xs", "xz"}, {"q"})
      .node("DequantizeLinear", {"q", "xs", "xz"}, {"xd"})
      .node("DequantizeLinear", {"w", "ws", "wz"}, {"wd"})
      .attr("axis", int64_t{0})
      .node("Conv", {"xd", "wd"}, {"c"})
      .attr("pads", std::vector<int64_t>{1, 1, 1, 1})
      .node("QuantizeLinear", {"c", "ws1", "xz"}, {"y"});
  model.floats("ws1", {}, {0.11F});
  return model.output("y").output("q");
}

ModelBuilder qlinear_conv_model() {
  ModelBuilder model(17);
  model.input("x", {"1", "4", "8", "6"}, Proto::UINT8);
  model.floats("xs", {}, {0.02F});
  integers(model, "xz", Proto::UINT8, {}, {131});
  integers(model, "w", Proto::UINT8, {6, 2, 3, 3}, random_integers(108, 0, 255));
  model.floats("ws", {}, {0.013F});
  integers(model, "wz", Proto::UINT8, {}, {122});
  model.floats("ys", {}, {0.17F});
  integers(model, "yz", Proto::UINT8, {}, {99});
  integers(model, "b", Proto::INT32, {6}, random_integers(6, -3000, 3000));
  model.node("QLinearConv", {"x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"}, {"y"})
      .attr("group", int64_t{2})
      .attr("strides", std::vector<int64_t>{2, 1})
      .attr("pads", std::vector<int64_t>{1, 0, 1, 1});
  return model.output("y");
}

ModelBuilder qlinear_matmul_model() {
  ModelBuilder model(17);
  model.input("x", {"5", "16"}, Proto::INT8);
  model.floats("xs", {}, {0.02F});
  integers(model, "xz", Proto::INT8, {}, {-3});
  integers(model, "w", Proto::INT8, {16, 7}, random_integers(112, -128, 127));
  model.floats("ws", {}, {0.013F});
  integers(model, "wz", Proto::INT8, {}, {5});
  model.floats("ys", {}, {0.1F});
  integers(model, "yz", Proto::INT8, {}, {11});
  model.node("QLinearMatMul", {"x", "xs", "xz", "w", "ws", "wz", "ys", "yz"}, {"y"});
  return model.output("y");
}

ModelBuilder integer_model() {
  ModelBuilder model(17);
  model.input("x", {"1", "2", "5", "5"}, Proto::UINT8);
  integers(model, "xz", Proto::UINT8, {}, {77});
  integers(model, "w", Proto::UINT8, {3, 2, 3, 3}, random_integers(54, 0, 255));
  integers(model, "wz", Proto::UINT8, {}, {128});
  integers(model, "m", Proto::UINT8, {5, 4}, random_integers(20, 0, 255));
  model.node("ConvInteger", {"x", "w", "xz", "wz"}, {"c"})
      .node("MatMulInteger", {"x", "m", "xz", "wz"}, {"p"});
  return model.output("c").output("p");
}

class QuantisedOnnx : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::create_directories(folder_);
    if (!has_python_module("onnxruntime", folder_)) {
      GTEST_SKIP() << "PyPI's onnxruntime is absent: scripts/install_python_packages.sh "
                      "build/python installs it";
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  // Integers differ from ONNX Runtime's by one at most, and by that rarely: it scales in other
  // steps of f32.
  void compare(const ModelBuilder& model) const {
    const graph::Graph graph = model.import();
    const graph::Value& input = graph.value(graph.inputs[0]);
    const Tensor x = random_input(input.type);
    write_file(folder_ / "m.onnx", model.bytes());
    save_npy(folder_ / "x.npy", x);
    const int status = run_python({fs::absolute("vta/export/run_onnxruntime.py").string(), "m.onnx",
                                   ".", input.name + "=x.npy"},
                                  folder_);
    ASSERT_EQ(status, 0) << read_text_file(folder_ / "log");
    const auto outputs = graph::run(graph, {{input.name, x}});
    for (size_t i = 0; i < graph.outputs.size(); ++i) {
      const Tensor got = outputs.at(graph.value(graph.outputs[i]).name);
      const Tensor expected = load_npy(folder_ / fmt::format("{}.npy", i));
      ASSERT_EQ(got.dtype(), expected.dtype());
      ASSERT_EQ(got.shape(), expected.shape());
      const Tensor a = got.cast(DType::kInt64), b = expected.cast(DType::kInt64);
      int64_t different = 0;
      for (int64_t j = 0; j < a.size(); ++j) {
        const int64_t distance = std::abs(a.as<int64_t>()[j] - b.as<int64_t>()[j]);
        ASSERT_LE(distance, 1) << "output " << i << ", element " << j;
        different += distance;
      }
      EXPECT_LE(static_cast<double>(different), 0.001 * static_cast<double>(a.size()));
    }
  }

  fs::path folder_;
};

TEST_F(QuantisedOnnx, PairsOfSignedBytes) {
  compare(pair_model(false));
}
TEST_F(QuantisedOnnx, PairsOfUnsignedBytes) {
  compare(pair_model(true));
}
TEST_F(QuantisedOnnx, QLinearConv) {
  compare(qlinear_conv_model());
}
TEST_F(QuantisedOnnx, QLinearMatMul) {
  compare(qlinear_matmul_model());
}
TEST_F(QuantisedOnnx, IntegerProducts) {
  compare(integer_model());
}

// Without any other engine: 1.5 / 0.5 + 128 is 131, a half goes to the even neighbour, and what is
// out of range stays at its end.
TEST(QuantizeLinear, RoundsToEvenAndSaturates) {
  ModelBuilder model(13);
  model.input("x", {"4"}).floats("s", {}, {0.5F});
  integers(model, "z", Proto::UINT8, {}, {128});
  model.node("QuantizeLinear", {"x", "s", "z"}, {"y"}).output("y");
  const Tensor x = Tensor::of<float>({4}, std::vector<float>{1.5F, 0.25F, 0.75F, -100});
  const Tensor y = graph::run(model.import(), {{"x", x}}).at("y");
  EXPECT_EQ(std::vector<uint8_t>(y.as<uint8_t>().begin(), y.as<uint8_t>().end()),
            (std::vector<uint8_t>{131, 128, 130, 0}));
}

TEST(QuantizeLinear, RefusesWhatItCannotMean) {
  ModelBuilder model(13);
  model.input("x", {"4", "2"}).floats("s", {2}, {0.5F, 0.25F});
  model.node("QuantizeLinear", {"x", "s"}, {"y"}).output("y");
  EXPECT_THAT(model.import_error(),
              HasSubstr("y_scale has 2 elements; one for the whole tensor is supported"));
  ModelBuilder computed(13);
  computed.input("x", {"4"}).input("s", {"1"});
  computed.node("QuantizeLinear", {"x", "s"}, {"y"}).output("y");
  EXPECT_THAT(computed.import_error(), HasSubstr("y_scale"));
}

}  // namespace
}  // namespace vta::import

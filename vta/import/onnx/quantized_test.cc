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

// Bytes x and z of one shape, with scales and zero points xs, xz, zs, zz; ys and yz for what comes
// of them by operators of ONNX Runtime's own.
ModelBuilder runtime_model(bool is_unsigned) {
  ModelBuilder model(17);
  auto* import = model.proto.add_opset_import();
  import->set_domain("com.microsoft");
  import->set_version(1);
  const int type = is_unsigned ? Proto::UINT8 : Proto::INT8;
  model.input("x", {"2", "3", "20", "30"}, type);
  integers(model, "z", type, {2, 3, 20, 30},
           random_integers(3600, is_unsigned ? 0 : -128, is_unsigned ? 255 : 127));
  model.floats("xs", {}, {0.021F});
  model.floats("zs", {}, {0.033F});
  model.floats("ys", {}, {0.047F});
  integers(model, "xz", type, {}, {is_unsigned ? 117 : -9});
  integers(model, "zz", type, {}, {is_unsigned ? 130 : 4});
  integers(model, "yz", type, {}, {is_unsigned ? 90 : -40});
  return model;
}

void runtime_node(ModelBuilder& model, const std::string& op,
                  const std::vector<std::string>& inputs, const std::string& output) {
  model.node(op, inputs, {output}).output(output);
  auto* nodes = model.proto.mutable_graph()->mutable_node();
  nodes->Mutable(nodes->size() - 1)->set_domain("com.microsoft");
}

ModelBuilder runtime_elementwise_model(bool is_unsigned) {
  ModelBuilder model = runtime_model(is_unsigned);
  const std::vector<std::string> pair = {"x", "xs", "xz", "z", "zs", "zz", "ys", "yz"};
  runtime_node(model, "QLinearAdd", pair, "sum");
  runtime_node(model, "QLinearMul", pair, "product");
  runtime_node(model, "QLinearConcat", {"ys", "yz", "x", "xs", "xz", "z", "zs", "zz"}, "whole");
  model.attr("axis", int64_t{1});
  const std::vector<std::string> one = {"x", "xs", "xz", "ys", "yz"};
  runtime_node(model, "QLinearLeakyRelu", one, "leaky");
  model.attr("alpha", 0.1F);
  runtime_node(model, "QLinearSigmoid", one, "sigmoid");
  runtime_node(model, "QLinearGlobalAveragePool", one, "mean");
  return model;
}

ModelBuilder runtime_gemm_model() {
  ModelBuilder model = runtime_model(false);
  model.input("a", {"8", "40"}, Proto::INT8);
  integers(model, "b", Proto::INT8, {250, 40}, random_integers(10000, -127, 127));
  integers(model, "c", Proto::INT32, {250}, random_integers(250, -3000, 3000));
  model.floats("gs", {}, {1.3F});
  integers(model, "bz", Proto::INT8, {}, {0});
  runtime_node(model, "QGemm", {"a", "xs", "xz", "b", "zs", "bz", "c", "gs", "yz"}, "y");
  model.attr("transB", int64_t{1});
  model.proto.mutable_graph()->mutable_input()->DeleteSubrange(0, 1);
  return model;
}

// What dynamic quantisation writes for a dense layer and a convolution.
ModelBuilder dynamic_model() {
  ModelBuilder model(17);
  model.input("x", {"1", "2", "20", "30"});
  integers(model, "w", Proto::UINT8, {3, 2, 3, 3}, random_integers(54, 0, 255));
  integers(model, "wz", Proto::UINT8, {}, {128});
  integers(model, "m", Proto::INT8, {30, 4}, random_integers(120, -128, 127));
  model.node("DynamicQuantizeLinear", {"x"}, {"q", "s", "z"})
      .node("ConvInteger", {"q", "w", "z", "wz"}, {"c"})
      .node("MatMulInteger", {"q", "m", "z"}, {"p"});
  return model.output("q").output("z").output("c").output("p");
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
TEST_F(QuantisedOnnx, RuntimesOwnOfSignedBytes) {
  compare(runtime_elementwise_model(false));
}
TEST_F(QuantisedOnnx, RuntimesOwnOfUnsignedBytes) {
  compare(runtime_elementwise_model(true));
}
TEST_F(QuantisedOnnx, RuntimesOwnDenseLayer) {
  compare(runtime_gemm_model());
}
TEST_F(QuantisedOnnx, DynamicallyQuantised) {
  compare(dynamic_model());
}

// Zeros have step 1, as ONNX Runtime's.
TEST(DynamicQuantizeLinear, ZerosStayZeros) {
  ModelBuilder model(13);
  model.input("x", {"3"}).node("DynamicQuantizeLinear", {"x"}, {"y", "s", "z"});
  model.output("y").output("s").output("z");
  const auto outputs = graph::run(model.import(), {{"x", Tensor(DType::kFloat32, {3})}});
  EXPECT_EQ(outputs.at("y").as<uint8_t>()[2], 0);
  EXPECT_EQ(outputs.at("s").as<float>()[0], 1);
  EXPECT_EQ(outputs.at("z").as<uint8_t>()[0], 0);
}

TEST(RuntimesOwn, OnlyInItsDomain) {
  ModelBuilder model(13);
  model.input("x", {"4"}).node("QLinearAdd", {"x", "x"}, {"y"}).output("y");
  EXPECT_THAT(model.import_error(), HasSubstr("(QLinearAdd): this operator is not supported"));
  model.proto.mutable_graph()->mutable_node(0)->set_op_type("Add");
  model.proto.mutable_graph()->mutable_node(0)->set_domain("com.microsoft");
  EXPECT_THAT(model.import_error(),
              HasSubstr("(Add): this operator is not supported of the domain 'com.microsoft'"));
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

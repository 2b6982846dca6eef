// The zoo's networks through ONNX files: ONNX Runtime computes what the graph's interpreter does.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <random>

#include "tests/python.h"
#include "vta/base/file.h"
#include "vta/base/npy.h"
#include "vta/export/onnx.h"
#include "vta/graph/interpreter.h"
#include "vta/zoo/zoo.h"

namespace vta::zoo {
namespace {

namespace fs = std::filesystem;

class OnnxRuntime : public testing::TestWithParam<Network> {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / fmt::format("onnxruntime_{}", GetParam().name);
    fs::create_directories(folder_);
    if (!has_python_module("onnxruntime", folder_)) {
      GTEST_SKIP() << "PyPI's onnxruntime is absent: scripts/install_python_packages.sh "
                      "build/python installs it";
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

Tensor random_tensor(const Shape& shape) {
  std::mt19937 random(9);
  std::normal_distribution<float> normal;
  Tensor tensor(DType::kFloat32, shape);
  for (float& value : tensor.as<float>()) value = normal(random);
  return tensor;
}

// Sums are taken in another order and in single precision.
void expect_near(const Tensor& got, const Tensor& expected) {
  ASSERT_EQ(got.shape(), expected.shape());
  double largest = 0;
  for (const float value : expected.as<float>())
    largest = std::max(largest, std::abs(double{value}));
  for (int64_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(got.as<float>()[i], expected.as<float>()[i], 5e-5 * largest) << "element " << i;
  }
}

TEST_P(OnnxRuntime, ComputesTheSame) {
  const graph::Graph network =
      build(GetParam().name, {.seed = 4, .size = 4 * GetParam().size_step});
  const graph::Value& input = network.value(network.inputs[0]);
  const Tensor x = random_tensor(input.type.shape);
  exporter::save_onnx(folder_ / "m.onnx", network);
  save_npy(folder_ / "x.npy", x);
  const int status = run_python({fs::absolute("vta/export/run_onnxruntime.py").string(), "m.onnx",
                                 ".", input.name + "=x.npy"},
                                folder_);
  ASSERT_EQ(status, 0) << read_text_file(folder_ / "log");
  const auto outputs = graph::run(network, {{input.name, x}});
  for (size_t i = 0; i < network.outputs.size(); ++i) {
    expect_near(outputs.at(network.value(network.outputs[i]).name),
                load_npy(folder_ / fmt::format("{}.npy", i)));
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, OnnxRuntime,
                         testing::ValuesIn(networks().begin(), networks().end()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace vta::zoo

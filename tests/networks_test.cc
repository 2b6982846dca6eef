// Real trained networks, whole: compiled, run on the fast simulator, and compared with the float
// interpreter on real inputs. The files are test data outside the repository (VTA_MODELS).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "vta/base/image.h"
#include "vta/base/npy.h"
#include "vta/base/tensor_testing.h"
#include "vta/compiler/compile.h"
#include "vta/graph/passes.h"
#include "vta/import/onnx/onnx.h"
#include "vta/module/executor.h"
#include "vta/runtime/device.h"

namespace vta {
namespace {

namespace fs = std::filesystem;

fs::path models() {
  const char* folder = std::getenv("VTA_MODELS");
  return folder != nullptr ? folder : "../shared/models";
}

// Rows `first`, `first + 1`, … of a tensor as network inputs of batch 1.
std::vector<graph::NamedTensors> rows(const Tensor& all, const graph::Value& input, int64_t count) {
  std::vector<graph::NamedTensors> result;
  for (int64_t i = 0; i < std::min(count, all.shape()[0]); ++i) {
    Tensor row(input.type.dtype, input.type.shape);
    const size_t bytes = row.bytes().size();
    std::ranges::copy(all.bytes().subspan(static_cast<size_t>(i) * bytes, bytes),
                      row.bytes().begin());
    result.push_back({{input.name, std::move(row)}});
  }
  return result;
}

struct Agreement {
  double worst_cosine = 1;
  compiler::CompileReport report;
};

Agreement run_network(const graph::Graph& network, const std::vector<graph::NamedTensors>& inputs) {
  const hw::Config config = hw::load_config("default");
  const compiler::Compiled compiled = compiler::compile_network(network, inputs, config);
  const auto device = runtime::make_device("fsim", config);
  module::Executor executor(compiled.module, *device);
  Agreement agreement;
  agreement.report = compiled.report;
  for (const graph::NamedTensors& input : inputs) {
    const auto expected = graph::run(network, input);
    for (const auto& [name, tensor] : executor.run(input)) {
      agreement.worst_cosine = std::min(agreement.worst_cosine, cosine(tensor, expected.at(name)));
    }
  }
  return agreement;
}

class Networks : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(models())) GTEST_SKIP() << models() << " is absent";
  }

  static graph::Graph load(const std::string& file) {
    return graph::simplify(import::load_onnx(models() / file));
  }
  static const graph::Value& input_of(const graph::Graph& network) {
    return network.value(network.inputs[0]);
  }
  static void expect_close(const Agreement& agreement) {
    EXPECT_GE(agreement.worst_cosine, 0.99);
    EXPECT_EQ(agreement.report.macs_on_accelerator(), agreement.report.macs());
  }
};

TEST_F(Networks, ResNet20OnCifar) {
  const graph::Graph network = load("onnx/resnet20_cifar10.onnx");
  const Tensor pictures = load_npy(models() / "golden/resnet20_cifar10.input.input.npy");
  expect_close(run_network(network, rows(pictures, input_of(network), 16)));
}

TEST_F(Networks, FaceDetector) {
  const graph::Graph network = load("onnx/version-slim-320_simplified.onnx");
  const Tensor picture = load_npy(models() / "golden/version-slim-320_simplified.input.input.npy");
  expect_close(run_network(network, rows(picture, input_of(network), 1)));
}

TEST_F(Networks, MnistOfCntk) {
  const graph::Graph network = load("onnx/mnist_cntk.onnx");
  const Tensor digits = load_image(models() / "data/mnist/mnist_batch_20.png");  // one a row
  const int64_t channels = digits.shape()[2];
  Tensor values(DType::kFloat32, {32, 784});
  for (int64_t i = 0; i < values.size(); ++i) {
    values.as<float>()[static_cast<size_t>(i)] =
        digits.as<uint8_t>()[static_cast<size_t>(i * channels)];
  }
  expect_close(run_network(network, rows(values, input_of(network), 32)));
}

TEST_F(Networks, ResNet8OnFashionMnist) {
  const graph::Graph network = load("fashion/resnet8_fashion_mnist.onnx");
  const Tensor digits = load_image(models() / "data/mnist/mnist_batch_20.png");
  const int64_t channels = digits.shape()[2];
  Tensor values(DType::kFloat32, {16, 784});
  for (int64_t i = 0; i < values.size(); ++i) {
    values.as<float>()[static_cast<size_t>(i)] =
        static_cast<float>(digits.as<uint8_t>()[static_cast<size_t>(i * channels)]) / 255.0F;
  }
  expect_close(run_network(network, rows(values, input_of(network), 16)));
}

}  // namespace
}  // namespace vta

// Every layer of small models of every kind of operator and of real ones, element by element,
// against LiteRT's reference kernels.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "tests/python.h"
#include "vta/base/file.h"
#include "vta/base/npy.h"
#include "vta/graph/interpreter.h"
#include "vta/graph/passes.h"
#include "vta/import/tflite/model.h"
#include "vta/import/tflite/operator_importer.h"
#include "vta/import/tflite/tflite.h"

namespace vta::import {
namespace {

namespace fs = std::filesystem;

class LiteRt : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("VTA_MODELS");
    const fs::path root = folder != nullptr ? folder : "../shared/models";
    const bool own = fs::exists("fuzz/corpus/tflite/" + GetParam() + ".tflite");
    model_ =
        fs::absolute((own ? fs::path("fuzz/corpus") : root) / "tflite" / (GetParam() + ".tflite"));
    if (!fs::exists(model_)) GTEST_SKIP() << model_ << " is absent";
    folder_ = fs::path(testing::TempDir()) / ("litert_" + GetParam());
    fs::create_directories(folder_);
    if (!has_python_module("ai_edge_litert", folder_)) {
      GTEST_SKIP() << "PyPI's ai-edge-litert is absent: scripts/install_python_packages.sh "
                      "build/python installs it";
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  void run_litert(int seed) const {
    const int status = run_python({fs::absolute("vta/import/tflite/litert.py").string(),
                                   model_.string(), folder_.string(), std::to_string(seed)},
                                  folder_);
    ASSERT_EQ(status, 0) << read_text_file(folder_ / "log");
  }

  // What LiteRT has in the tensor, in the graph's layout and types; `raw` keeps unsigned bytes.
  Tensor computed(size_t index, bool raw = false) const {
    const Tensor tensor = load_npy(folder_ / fmt::format("{}.npy", index));
    const bool is_signed = raw || tensor.dtype() != DType::kUInt8;
    return channels_first(is_signed ? tensor : signed_bytes(tensor));
  }

  fs::path model_, folder_;
};

// Integers are equal. Floats are near: sums are taken in another order and precision.
void expect_equal(const Tensor& got, const Tensor& expected, const std::string& name) {
  ASSERT_EQ(got.shape(), expected.shape()) << name;
  ASSERT_EQ(got.dtype(), expected.dtype()) << name;
  if (got.dtype() != DType::kFloat32) {
    const Tensor a = got.cast(DType::kInt64), b = expected.cast(DType::kInt64);
    int64_t different = 0;
    for (int64_t i = 0; i < a.size(); ++i) {
      different += a.as<int64_t>()[i] != b.as<int64_t>()[i] ? 1 : 0;
    }
    EXPECT_EQ(different, 0) << "of " << a.size() << " elements of '" << name << "'";
    return;
  }
  double scale = 1e-3;
  for (const float value : expected.as<float>()) scale = std::max(scale, std::abs(double{value}));
  for (int64_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(got.as<float>()[i], expected.as<float>()[i], 1e-5 * scale) << name;
  }
}

TEST_P(LiteRt, ComputesEveryLayerAlike) {
  const TfliteModel model = parse_tflite(read_file(model_));
  std::map<std::string, size_t> tensors;
  for (const TfliteOperator& op : model.operators) {
    for (const int32_t index : op.outputs) tensors[model.tensors[index].name] = index;
  }
  const graph::Graph graph = load_tflite(model_);
  for (const int seed : {1, 2}) {
    run_litert(seed);
    if (HasFatalFailure()) return;
    graph::NamedTensors inputs;
    for (const int32_t index : model.inputs) {
      inputs[model.tensors[index].name] = computed(index, true);
    }
    size_t compared = 0;
    const auto observe = [&](graph::ValueId id, const Tensor& tensor) {
      const auto found = tensors.find(graph.value(id).name);
      if (found == tensors.end()) return;
      expect_equal(tensor, computed(found->second, tensor.dtype() == DType::kUInt8), found->first);
      ++compared;
    };
    graph::run(graph, inputs, observe);
    EXPECT_EQ(compared, model.operators.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Models, LiteRt,
                         testing::Values("float", "int8", "uint8", "transposed_int8",
                                         "transposed_uint8", "ad01_int8", "kws_dscnn_int8",
                                         "mobilenet_v1_0.25_128_quant",
                                         "mobilenet_v2_1.0_224_quant", "resnet8_cifar10_fp32",
                                         "resnet8_cifar10_int8", "vww_96_int8"),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           for (char& c : name) c = c == '.' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace vta::import

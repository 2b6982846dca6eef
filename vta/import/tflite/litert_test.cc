// Every layer of small models of every kind of operator and of real ones, element by element,
// against LiteRT's reference kernels.
#include <gtest/gtest.h>

#include <algorithm>
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
#include "vta/import/tflite/model_builder.h"
#include "vta/import/tflite/operator_importer.h"
#include "vta/import/tflite/tflite.h"

namespace vta::import {
namespace {

namespace fs = std::filesystem;

class LiteRt : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    open_folder();
    const char* folder = std::getenv("VTA_MODELS");
    const fs::path root = folder != nullptr ? folder : "../shared/models";
    const bool own = fs::exists("fuzz/corpus/tflite/" + GetParam() + ".tflite");
    model_ =
        fs::absolute((own ? fs::path("fuzz/corpus") : root) / "tflite" / (GetParam() + ".tflite"));
    if (!fs::exists(model_)) GTEST_SKIP() << model_ << " is absent";
  }
  void TearDown() override { fs::remove_all(folder_); }

  void open_folder() {
    std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    std::ranges::replace(name, '/', '_');
    folder_ = fs::path(testing::TempDir()) / ("litert_" + name);
    fs::create_directories(folder_);
    if (!has_python_module("ai_edge_litert", folder_)) {
      GTEST_SKIP() << "PyPI's ai-edge-litert is absent: scripts/install_python_packages.sh "
                      "build/python installs it";
    }
  }

  void run_litert(int seed) const {
    const int status = run_python({fs::absolute("vta/import/tflite/litert.py").string(),
                                   model_.string(), folder_.string(), std::to_string(seed)},
                                  folder_);
    ASSERT_EQ(status, 0) << read_text_file(folder_ / "log");
  }

  // Of model_, on two random inputs.
  void compare_layers() const;

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

void LiteRt::compare_layers() const {
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

TEST_P(LiteRt, ComputesEveryLayerAlike) {
  compare_layers();
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

// Operators that the models above have not, each on x (and y) at once. The parameter is the type.
class LiteRtOperators : public LiteRt {
 protected:
  void SetUp() override {
    open_folder();
    model_ = folder_ / "operators.tflite";
  }

  int32_t tensor(const std::string& name, const std::vector<int32_t>& shape, float scale,
                 int64_t zero_point) {
    if (GetParam() == "float") return b_.floats(name, shape);
    if (GetParam() == "int8") return b_.bytes(name, shape, scale, zero_point);
    return b_.unsigned_bytes(name, shape, scale, zero_point + 128);
  }

  void compare(const std::vector<int32_t>& inputs, const std::vector<int32_t>& outputs) {
    write_file(model_, b_.finish(inputs, outputs));
    compare_layers();
  }

  TfliteBuilder b_;
};

TEST_P(LiteRtOperators, Activations) {
  const std::vector<int32_t> shape = {1, 8, 9, 7};
  const int32_t x = tensor("x", shape, 0.043F, -13);
  const int32_t relu = tensor("relu", shape, 0.031F, -120);
  const int32_t relu6 = tensor("relu6", shape, 0.0235F, -128);
  const int32_t relu1 = tensor("relu1", shape, 0.008F, 3);
  const int32_t leaky = tensor("leaky", shape, 0.029F, -60);
  const int32_t swish = tensor("swish", shape, 0.027F, -112);
  const int32_t logistic = tensor("logistic", shape, 1.0F / 256, -128);
  const int32_t tanh = tensor("tanh", shape, 1.0F / 128, 0);
  b_.op(19, {x}, relu).op(21, {x}, relu6).op(20, {x}, relu1).op(117, {x}, swish);
  b_.op(14, {x}, logistic).op(28, {x}, tanh);
  b_.op(98, {x}, leaky, tflite::CreateLeakyReluOptions(b_.fbb(), 0.13F));
  compare({x}, {relu, relu6, relu1, leaky, swish, logistic, tanh});
}

// Fine steps, whose factor exceeds 1, and coarse ones.
TEST_P(LiteRtOperators, ActivationsOfOtherScales) {
  const std::vector<int32_t> shape = {1, 8, 9, 7};
  std::vector<int32_t> inputs, outputs;
  for (const float scale : {0.0011F, 0.37F}) {
    const auto name = [&](const char* what) { return fmt::format("{}{}", what, scale); };
    inputs.push_back(tensor(name("x"), shape, scale, 21));
    outputs.push_back(tensor(name("swish"), shape, 1.1F * scale, -40));
    b_.op(117, {inputs.back()}, outputs.back());
    outputs.push_back(tensor(name("logistic"), shape, 1.0F / 256, -128));
    b_.op(14, {inputs.back()}, outputs.back());
    outputs.push_back(tensor(name("tanh"), shape, 1.0F / 128, 0));
    b_.op(28, {inputs.back()}, outputs.back());
    outputs.push_back(tensor(name("relu"), shape, 0.3F * scale, -128));
    b_.op(19, {inputs.back()}, outputs.back());
    outputs.push_back(tensor(name("leaky"), shape, 0.4F * scale, 5));
    b_.op(98, {inputs.back()}, outputs.back(), tflite::CreateLeakyReluOptions(b_.fbb(), 0.3F));
  }
  compare(inputs, outputs);
}

TEST_P(LiteRtOperators, Products) {
  const std::vector<int32_t> shape = {1, 8, 9, 7};
  const int32_t x = tensor("x", shape, 0.043F, -13);
  const int32_t y = tensor("y", shape, 0.021F, 9);
  const int32_t row = tensor("row", {1, 1, 1, 7}, 1.0F / 256, -128);
  const int32_t plain = tensor("plain", shape, 0.06F, -5);
  const int32_t clipped = tensor("clipped", shape, 0.03F, -128);
  const int32_t scaled = tensor("scaled", shape, 0.02F, 4);
  const auto options = [&](tflite::ActivationFunctionType activation) {
    return tflite::CreateMulOptions(b_.fbb(), activation);
  };
  b_.op(18, {x, y}, plain, options(tflite::ActivationFunctionType_NONE));
  b_.op(18, {x, y}, clipped, options(tflite::ActivationFunctionType_RELU6));
  b_.op(18, {x, row}, scaled, options(tflite::ActivationFunctionType_NONE));
  compare({x, y, row}, {plain, clipped, scaled});
}

TEST_P(LiteRtOperators, Means) {
  const int32_t x = tensor("x", {1, 7, 7, 40}, 0.043F, -13);
  const int32_t axes = b_.ints("axes", {2}, {1, 2});
  const int32_t same = tensor("same", {1, 1, 1, 40}, 0.043F, -13);
  const int32_t fine = tensor("fine", {1, 1, 1, 40}, 0.004F, 20);
  const int32_t flat = tensor("flat", {1, 40}, 0.005F, -20);
  b_.op(40, {x, axes}, same, tflite::CreateReducerOptions(b_.fbb(), true));
  b_.op(40, {x, axes}, fine, tflite::CreateReducerOptions(b_.fbb(), true));
  b_.op(40, {x, axes}, flat, tflite::CreateReducerOptions(b_.fbb(), false));
  compare({x}, {same, fine, flat});
}

TEST_P(LiteRtOperators, Concatenations) {
  const bool differ = GetParam() == "uint8";  // the other kernel refuses that
  const int32_t x = tensor("x", {1, 8, 9, 7}, 0.043F, -13);
  const int32_t y = tensor("y", {1, 8, 9, 5}, differ ? 0.031F : 0.043F, differ ? 20 : -13);
  const int32_t both = tensor("both", {1, 8, 9, 12}, 0.043F, -13);
  b_.op(2, {x, y}, both, tflite::CreateConcatenationOptions(b_.fbb(), 3));
  compare({x, y}, {both});
}

// LiteRT's kernel for unsigned bytes computes in float; the importer refuses that.
TEST_P(LiteRtOperators, BilinearResizing) {
  const int32_t x = tensor("x", {1, 5, 6, 3}, 0.043F, -13);
  std::vector<int32_t> outputs;
  for (const int32_t height : {11, 10, 3}) {
    const int32_t sizes = b_.ints(fmt::format("sizes{}", height), {2}, {height, 9});
    for (const auto& [corners, centers] : {std::pair(false, false), {true, false}, {false, true}}) {
      outputs.push_back(tensor(fmt::format("y{}", outputs.size()), {1, height, 9, 3}, 0.043F, -13));
      b_.op(23, {x, sizes}, outputs.back(),
            tflite::CreateResizeBilinearOptions(b_.fbb(), 0, 0, corners, centers));
    }
  }
  if (GetParam() == "uint8") {
    EXPECT_THROW(import_tflite(b_.finish({x}, outputs)), Error);
  } else {
    compare({x}, outputs);
  }
}

TEST_P(LiteRtOperators, Padding) {
  const int32_t x = tensor("x", {1, 4, 5, 3}, 0.043F, -13);
  const int32_t pads = b_.ints("pads", {4, 2}, {0, 0, 1, 2, 3, 0, 0, 0});
  const int32_t y = tensor("y", {1, 7, 8, 3}, 0.043F, -13);
  b_.op(34, {x, pads}, y);
  compare({x}, {y});
}

INSTANTIATE_TEST_SUITE_P(Of, LiteRtOperators, testing::Values("float", "int8", "uint8"),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace vta::import

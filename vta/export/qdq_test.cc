// Integer networks between quantize and dequantize: the floats mean what the integers did, for the
// graph's own interpreter, read back from a file, and for ONNX Runtime.
#include "vta/export/qdq.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>

#include "tests/python.h"
#include "vta/base/file.h"
#include "vta/base/npy.h"
#include "vta/export/integer_scales.h"
#include "vta/export/onnx.h"
#include "vta/graph/interpreter.h"
#include "vta/graph/passes.h"
#include "vta/import/onnx/onnx.h"
#include "vta/quantize/adopt_qdq.h"
#include "vta/quantize/quantize.h"

namespace vta::exporter {
namespace {

namespace fs = std::filesystem;
using graph::Graph;
using graph::kNoValue;
using graph::ValueId;
using testing::HasSubstr;
using Attributes = std::map<std::string, graph::Attribute>;

Tensor random_tensor(const Shape& shape, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  Tensor tensor(DType::kFloat32, shape);
  for (float& value : tensor.as<float>()) value = normal(random);
  return tensor;
}

// Every operator with an integer form, among them a residual, a clip at both ends and a concat.
Graph float_network() {
  Graph g;
  const Attributes same = {{"pads", std::vector<int64_t>{1, 1, 1, 1}}};
  const auto constant = [&](const Shape& shape, uint32_t seed) {
    return g.add_constant("w", random_tensor(shape, seed));
  };
  const auto add = [&](const std::string& op, std::vector<ValueId> inputs, Attributes a = {}) {
    return g.add_node(op, op, std::move(inputs), std::move(a))[0];
  };
  const ValueId x = g.add_input("x", {DType::kFloat32, {1, 3, 12, 12}});
  const ValueId a =
      add("relu", {add("conv", {x, constant({8, 3, 3, 3}, 1), constant({8}, 2)}, same)});
  const ValueId b = add("conv", {a, constant({8, 1, 3, 3}, 3)},
                        {{"pads", std::vector<int64_t>{1, 1, 1, 1}}, {"group", int64_t{8}}});
  const ValueId low = g.add_constant("low", Tensor::scalar(-1.0F));
  const ValueId high = g.add_constant("high", Tensor::scalar(20.0F));
  const ValueId sum = add("clip", {add("add", {a, b}), low, high});
  const ValueId pooled =
      add("max_pool", {sum},
          {{"kernel_shape", std::vector<int64_t>{2, 2}}, {"strides", std::vector<int64_t>{2, 2}}});
  const ValueId wide = add("conv_transpose", {pooled, constant({8, 6, 2, 2}, 4)},
                           {{"strides", std::vector<int64_t>{2, 2}}});
  const ValueId mean =
      add("average_pool", {wide},
          {{"kernel_shape", std::vector<int64_t>{2, 2}}, {"strides", std::vector<int64_t>{2, 2}}});
  const ValueId flat =
      add("flatten",
          {add("global_average_pool", {add("concat", {mean, pooled}, {{"axis", int64_t{1}}})})});
  g.outputs = {
      add("gemm", {flat, constant({10, 14}, 5), constant({10}, 6)}, {{"transB", int64_t{1}}})};
  return graph::simplify(g);
}

constexpr int kInputs = 32;

graph::NamedTensors input(const Graph& graph, uint32_t seed) {
  const graph::Value& x = graph.value(graph.inputs[0]);
  return {{x.name, random_tensor(x.type.shape, seed)}};
}

Graph quantized(const Graph& network) {
  std::vector<graph::NamedTensors> samples;
  for (uint32_t i = 0; i < 8; ++i) samples.push_back(input(network, 100 + i));
  return quantize::quantize(network, quantize::calibrate(network, samples));
}

std::vector<Graph> networks() {
  return {float_network(), graph::simplify(import::load_onnx("models/fashion_resnet8.onnx"))};
}

Tensor output(const Graph& graph, const graph::NamedTensors& in) {
  return graph::run(graph, in).begin()->second;
}

ptrdiff_t best(const Tensor& answers) {
  return std::ranges::max_element(answers.as<float>()) - answers.as<float>().begin();
}

// Answers of two networks, in steps of the last dequantize.
class Agreement {
 public:
  explicit Agreement(const Graph& integer) {
    for (const graph::Node& node : integer.nodes) {
      if (node.op == "dequantize") step_ = node.float_attr("scale");
    }
  }

  void add(const Tensor& got, const Tensor& expected) {
    ASSERT_EQ(got.shape(), expected.shape());
    const auto a = got.as<float>(), b = expected.as<float>();
    for (size_t i = 0; i < a.size(); ++i) {
      const double steps = std::abs(a[i] - b[i]) / step_;
      largest = std::max(largest, steps);
      ++elements;
      if (steps > 0.5) ++different;
    }
  }

  double largest = 0;
  int elements = 0, different = 0;

 private:
  double step_ = 1;
};

// The node alone, between quantize and dequantize at the scales that it has in its network.
Graph alone(const Graph& network, const graph::Node& node, const std::vector<Affine>& affine) {
  const auto meaning = [&](ValueId id) {
    const Affine& a = affine[static_cast<size_t>(id)];
    return Attributes{{"scale", a.scale}, {"zero_point", a.zero_point}};
  };
  Graph g;
  std::vector<ValueId> inputs;
  for (const ValueId id : node.inputs) {
    const graph::Value& value = network.value(id);
    if (value.constant != nullptr) {
      inputs.push_back(g.add_constant(value.name, *value.constant));
    } else {
      const ValueId x = g.add_input("x", {DType::kFloat32, value.type.shape});
      inputs.push_back(g.add_node("quantize", "q", {x}, meaning(id))[0]);
    }
  }
  const ValueId y = g.add_node(node.op, node.name, inputs, node.attributes)[0];
  g.outputs = g.add_node("dequantize", "result", {y}, meaning(node.outputs[0]));
  return g;
}

// A requantisation rounds twice, so that some sums end in the other neighbour: few of those that it
// scales down far, and up to half of the small numbers of rescalings and averages.
TEST(Qdq, EachOperatorMeansWhatItsIntegersDo) {
  for (const Graph& network : networks()) {
    const Graph integer = quantized(network);
    const std::vector<Affine> affine = integer_scales(integer);
    for (const graph::Node& node : integer.nodes) {
      if (integer.value(node.outputs[0]).type.dtype != DType::kInt8) continue;
      if (node.op == "quantize") continue;
      SCOPED_TRACE(fmt::format("{} '{}'", node.op, node.name));
      const Graph single = alone(integer, node, affine);
      const Graph pairs = to_qdq(single).graph;
      Agreement agreement(single);
      for (uint32_t i = 0; i < 4; ++i) {
        graph::NamedTensors in;
        for (const ValueId id : single.inputs) {
          const graph::Value& value = single.value(id);
          in.emplace(value.name,
                     random_tensor(value.type.shape, 10 * i + static_cast<uint32_t>(id)));
        }
        agreement.add(output(pairs, in), output(single, in));
      }
      EXPECT_LE(agreement.largest, 1.01);
      const bool is_small = node.op == "qrescale" || node.op.ends_with("average_pool");
      if (is_small) continue;
      EXPECT_LE(agreement.different, 1 + agreement.elements / 50) << "of " << agreement.elements;
    }
  }
}

// Layer behind layer the roundings add up, to two steps of the answers.
TEST(Qdq, GivesTheAnswersOfTheIntegers) {
  for (const Graph& network : networks()) {
    const Graph integer = quantized(network);
    const QdqGraph pairs = to_qdq(integer);
    Agreement agreement(integer);
    for (uint32_t i = 0; i < kInputs; ++i) {
      const auto in = input(network, i);
      agreement.add(output(pairs.graph, in), output(integer, in));
      EXPECT_EQ(best(output(pairs.graph, in)), best(output(integer, in)));
    }
    EXPECT_LE(agreement.largest, 2.01);
  }
}

TEST(Qdq, IsReadBackAsTheIntegerNetwork) {
  for (const Graph& network : networks()) {
    const Graph integer = quantized(network);
    const QdqGraph pairs = to_qdq(integer);
    const Graph read = import::import_onnx(export_onnx(pairs.graph, pairs.constants), {});
    const Graph adopted = quantize::adopt_qdq(read);
    EXPECT_EQ(std::ranges::count(adopted.nodes, "qconv", &graph::Node::op),
              std::ranges::count(integer.nodes, "qconv", &graph::Node::op));
    Agreement through_floats(integer), through_integers(integer);
    for (uint32_t i = 0; i < kInputs; ++i) {
      const auto in = input(network, i);
      through_floats.add(output(read, in), output(pairs.graph, in));
      through_integers.add(output(adopted, in), output(integer, in));
    }
    EXPECT_EQ(through_floats.different, 0);
    EXPECT_LE(through_integers.largest, 1.01);
    EXPECT_LE(through_integers.different, through_integers.elements / 20);
  }
}

TEST(Qdq, OnnxRuntimeComputesTheSame) {
  const fs::path folder = fs::path(testing::TempDir()) / "qdq_onnxruntime";
  fs::create_directories(folder);
  if (!has_python_module("onnxruntime", folder)) {
    GTEST_SKIP() << "PyPI's onnxruntime is absent: scripts/install_python_packages.sh "
                    "build/python installs it";
  }
  const Graph network = graph::simplify(import::load_onnx("models/fashion_resnet8.onnx"));
  const Graph integer = quantized(network);
  const QdqGraph pairs = to_qdq(integer);
  save_onnx(folder / "m.onnx", pairs.graph, pairs.constants);
  Agreement agreement(integer);
  for (uint32_t i = 0; i < 3; ++i) {
    const auto in = input(network, i);
    save_npy(folder / "x.npy", in.begin()->second);
    const int status = run_python({fs::absolute("vta/export/run_onnxruntime.py").string(), "m.onnx",
                                   ".", in.begin()->first + "=x.npy"},
                                  folder);
    ASSERT_EQ(status, 0) << read_text_file(folder / "log");
    agreement.add(load_npy(folder / "0.npy"), output(pairs.graph, in));
    EXPECT_EQ(best(load_npy(folder / "0.npy")), best(output(integer, in)));
  }
  EXPECT_LE(agreement.largest, 1.01);
  fs::remove_all(folder);
}

std::string error_of(const Graph& graph) {
  try {
    to_qdq(graph);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Qdq, RefusesWhatHasNoSuchForm) {
  Graph g;
  const ValueId q = g.add_input("q", {DType::kInt8, {1, 1, 4, 4}});
  g.outputs =
      g.add_node("qmax_pool", "largest", {q}, {{"kernel_shape", std::vector<int64_t>{2, 2}}});
  EXPECT_THAT(error_of(g), HasSubstr("input 'q' is i8[1x1x4x4], must be floats"));

  Graph padded;
  const ValueId x = padded.add_input("x", {DType::kFloat32, {1, 4}});
  const ValueId bytes = padded.add_node("quantize", "bytes", {x}, {{"scale", 0.5}})[0];
  const ValueId twice = padded.add_node("add", "twice", {bytes, bytes})[0];
  padded.outputs = {twice};
  EXPECT_EQ(error_of(padded), "add 'twice': has no form between quantize and dequantize");
}

}  // namespace
}  // namespace vta::exporter

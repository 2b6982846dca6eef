// ONNX's own backend tests (Debian package libonnx-testdata): every case whose operators are
// supported is imported, run and compared with the stored outputs, within ONNX's own tolerances:
// once by the graph's reference kernels, once by the operators' tensor expressions.
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <set>

#include "vta/base/file.h"
#include "vta/graph/interpreter.h"
#include "vta/import/onnx/onnx.h"
#include "vta/import/onnx/proto.h"
#include "vta/import/onnx/rules.h"
#include "vta/ops/express.h"
#include "vta/ops/ops_testing.h"

namespace vta::import {
namespace {

namespace fs = std::filesystem;

constexpr double kRelativeTolerance = 1e-3;  // the defaults of onnx.backend.test.runner
constexpr double kAbsoluteTolerance = 1e-7;
constexpr size_t kMinCases = 471;  // as many as ran when this was written
constexpr size_t kMinCasesOfExpressions = 447;
constexpr int64_t kMaxIterations = 400'000;

// What is not supported of supported operators, and data that is wrong, by a part of the case's
// name, where $ is the name's end.
struct Feature {
  std::string_view part;
  std::string_view reason;
};
constexpr Feature kUnsupportedFeatures[] = {
    {"cubic", "cubic interpolation"},
    {"STRING", "strings"},
    {"identity_opt", "optional types"},
    {"identity_sequence", "sequence types"},
    {"training_mode", "training mode"},
    {"training_dropout$", "training mode"},
    {"training_dropout_default", "training mode"},
    {"training_dropout_mask", "training mode"},
    {"maxpool_with_argmax", "MaxPool's second output, Indices"},
    {"FLOAT_to_BFLOAT16", "stored bf16 outputs that are cut off instead of rounded to nearest"},
    {"test_quantizelinear_axis", "quantising with a scale for each index"},
    {"castlike_BFLOAT16_to_FLOAT_expanded", "a stored input of another shape than the model's"},
};

// The operands that decide about shapes, scales and zero points: they are bound as constants.
bool must_be_constant(const std::string& op, int index) {
  static const std::map<std::string, std::set<int>> kOperands = {
      {"ConstantOfShape", {0}},
      {"Dropout", {1, 2}},
      {"Expand", {1}},
      {"Pad", {1}},
      {"ReduceSum", {1}},
      {"Reshape", {1}},
      {"Resize", {1, 2, 3}},
      {"Slice", {1, 2, 3, 4}},
      {"Split", {1}},
      {"Squeeze", {1}},
      {"Tile", {1}},
      {"Unsqueeze", {1}},
      {"Upsample", {1}},
      {"QuantizeLinear", {1, 2}},
      {"DequantizeLinear", {1, 2}},
      {"ConvInteger", {2, 3}},
      {"MatMulInteger", {2, 3}},
      {"QLinearConv", {1, 2, 4, 5, 6, 7}},
      {"QLinearMatMul", {1, 2, 4, 5, 6, 7}},
  };
  const auto found = kOperands.find(op);
  return found != kOperands.end() && found->second.contains(index);
}

template <typename Proto>
Proto parse_file(const fs::path& path) {
  const std::vector<uint8_t> bytes = read_file(path);
  Proto proto;
  if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    fail("{} does not parse", path.string());
  }
  return proto;
}

// Why the case cannot be imported; empty when it can.
std::string left_out_reason(const std::string& name, const onnx::ModelProto& model) {
  std::set<std::string> missing;
  for (const auto& node : model.graph().node()) {
    if (!node.domain().empty()) return "domain " + node.domain();
    if (find_rule(node.op_type()) == nullptr) missing.insert(node.op_type());
  }
  if (!missing.empty()) return fmt::format("operator {}", fmt::join(missing, ", "));
  for (const Feature& feature : kUnsupportedFeatures) {
    if ((name + '$').find(feature.part) != std::string::npos) return std::string(feature.reason);
  }
  return "";
}

std::set<std::string> constant_inputs(const onnx::GraphProto& graph) {
  std::set<std::string> names;
  for (const auto& node : graph.node()) {
    for (int i = 0; i < node.input_size(); ++i) {
      if (must_be_constant(node.op_type(), i)) names.insert(node.input(i));
    }
  }
  return names;
}

// The package stores bf16 as the u16 of the same bits.
Tensor load_value(const fs::path& path, const onnx::ValueInfoProto& declared) {
  const auto proto = parse_file<onnx::TensorProto>(path);
  const Tensor value = decode_tensor(proto, path.parent_path());
  if (decode_dtype(declared.type().tensor_type().elem_type()) != DType::kBFloat16) return value;
  Tensor bits(DType::kBFloat16, value.shape());
  std::ranges::copy(value.bytes(), bits.bytes().begin());
  return bits;
}

// Empty when the tensors agree, else the first difference.
std::string difference(const Tensor& got, const Tensor& expected) {
  if (got.dtype() != expected.dtype() || got.shape() != expected.shape()) {
    return fmt::format("got {} {}, expected {} {}", dtype_name(got.dtype()), to_string(got.shape()),
                       dtype_name(expected.dtype()), to_string(expected.shape()));
  }
  if (got == expected) return "";
  const Tensor wide_got = got.cast(DType::kFloat64);
  const Tensor wide_expected = expected.cast(DType::kFloat64);
  const auto a = wide_got.as<double>();
  const auto b = wide_expected.as<double>();
  for (size_t i = 0; i < a.size(); ++i) {
    const bool same =
        a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i])) ||
        std::abs(a[i] - b[i]) <= kAbsoluteTolerance + kRelativeTolerance * std::abs(b[i]);
    if (!same) return fmt::format("element {}: got {}, expected {}", i, a[i], b[i]);
  }
  return "";
}

// What executes a graph: its outputs from its inputs. Throws NotCovered for what it does not claim.
using Execute = graph::NamedTensors (*)(const graph::Graph&, const graph::NamedTensors&);
struct NotCovered {
  std::string reason;
};

graph::NamedTensors run_reference(const graph::Graph& graph, const graph::NamedTensors& inputs) {
  return graph::run(graph, inputs);
}

// How often innermost statements run.
int64_t iterations(const loop::Stmt& s) {
  int64_t count = 0;
  if (const auto* n = loop::as<loop::For>(s)) return n->extent * iterations(n->body);
  if (const auto* n = loop::as<loop::Alloc>(s)) return iterations(n->body);
  const auto* sequence = loop::as<loop::Seq>(s);
  if (sequence == nullptr) return 1;
  for (const loop::Stmt& part : sequence->statements) count += iterations(part);
  return count;
}

// Node by node from the lowered expressions.
graph::NamedTensors run_expressions(const graph::Graph& graph, const graph::NamedTensors& inputs) {
  for (const graph::Node& node : graph.nodes) {
    try {
      const loop::Function f = ops::lower(graph, node).function;
      if (iterations(f.body) > kMaxIterations) throw NotCovered{"too much for an interpreter"};
    } catch (const Error& error) {
      throw NotCovered{error.what()};
    }
  }
  std::map<graph::ValueId, Tensor> values;
  for (const graph::ValueId id : graph.inputs) {
    values.emplace(id, inputs.at(graph.value(id).name));
  }
  const auto tensor = [&](graph::ValueId id) -> const Tensor* {
    if (id == graph::kNoValue) return nullptr;
    return graph.constant(id) != nullptr ? graph.constant(id) : &values.at(id);
  };
  for (const graph::Node& node : graph.nodes) {
    std::vector<const Tensor*> arguments;
    for (const graph::ValueId id : node.inputs) arguments.push_back(tensor(id));
    std::vector<Tensor> results = ops::interpret_node(graph, node, arguments);
    for (size_t i = 0; i < results.size(); ++i) values.emplace(node.outputs[i], results[i]);
  }
  graph::NamedTensors outputs;
  for (const graph::ValueId id : graph.outputs) {
    outputs.emplace(graph.value(id).name, *tensor(id));
  }
  return outputs;
}

// Throws Error where the case cannot be imported or run, or an output differs.
void run_data_set(Execute execute, const fs::path& model_path, const onnx::GraphProto& proto,
                  const fs::path& data) {
  const std::set<std::string> constants = constant_inputs(proto);
  std::set<std::string> initializers;
  for (const auto& tensor : proto.initializer()) initializers.insert(tensor.name());
  OnnxOptions options;
  graph::NamedTensors inputs;
  for (int i = 0; i < proto.input_size(); ++i) {
    const std::string& name = proto.input(i).name();
    if (initializers.contains(name)) continue;
    const Tensor value = load_value(data / fmt::format("input_{}.pb", i), proto.input(i));
    (constants.contains(name) ? options.bind : inputs).emplace(name, value);
  }
  const graph::Graph graph = load_onnx(model_path, options);
  const graph::NamedTensors outputs = execute(graph, inputs);
  for (int i = 0; i < proto.output_size(); ++i) {
    const std::string& name = proto.output(i).name();
    const Tensor expected = load_value(data / fmt::format("output_{}.pb", i), proto.output(i));
    const std::string problem = difference(outputs.at(name), expected);
    require(problem.empty(), "output '{}': {}", name, problem);
  }
}

struct Tally {
  size_t run = 0;
  size_t passed = 0;
  size_t left_out = 0;
  std::map<std::string, std::vector<std::string>> left_out_by_reason;

  void leave_out(const std::string& name, const std::string& reason) {
    ++left_out;
    left_out_by_reason[reason].push_back(name);
  }
};

void run_case(Execute execute, const fs::path& folder, Tally& tally) {
  const std::string name =
      fmt::format("{}/{}", folder.parent_path().filename().string(), folder.filename().string());
  const fs::path model_path = folder / "model.onnx";
  std::string reason = "the package holds no model, only where to download it";
  onnx::ModelProto model;
  if (fs::exists(model_path)) {
    model = parse_file<onnx::ModelProto>(model_path);
    reason = left_out_reason(name, model);
  }
  if (!reason.empty()) return tally.leave_out(name, reason);
  ++tally.run;
  try {
    size_t data_sets = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (!entry.is_directory()) continue;
      run_data_set(execute, model_path, model.graph(), entry.path());
      ++data_sets;
    }
    require(data_sets > 0, "has no data");
    ++tally.passed;
  } catch (const NotCovered& left_out) {
    --tally.run;
    tally.leave_out(name, left_out.reason);
  } catch (const std::exception& error) {
    ADD_FAILURE() << name << ": " << error.what();
  }
}

constexpr const char* kRoot = "/usr/share/libonnx-testdata/data";

void run_all(Execute execute, size_t at_least) {
  std::set<fs::path> folders;  // sorted
  for (const auto& kind : fs::directory_iterator(kRoot)) {
    for (const auto& entry : fs::directory_iterator(kind.path())) folders.insert(entry.path());
  }
  Tally tally;
  for (const fs::path& folder : folders) run_case(execute, folder, tally);

  for (const auto& [reason, names] : tally.left_out_by_reason) {
    std::cout << fmt::format("left out, {}: {}\n", reason, fmt::join(names, " "));
  }
  std::cout << fmt::format("ONNX backend cases: {} run, {} passed, {} left out\n", tally.run,
                           tally.passed, tally.left_out);
  EXPECT_EQ(tally.passed, tally.run);
  EXPECT_GE(tally.run, at_least);
}

TEST(OnnxBackend, EveryCaseOfSupportedOperatorsAgrees) {
  if (!fs::is_directory(kRoot)) GTEST_SKIP() << "libonnx-testdata is not installed";
  run_all(run_reference, kMinCases);
}

TEST(OnnxBackend, EveryCaseAgreesThroughTensorExpressions) {
  if (!fs::is_directory(kRoot)) GTEST_SKIP() << "libonnx-testdata is not installed";
  run_all(run_expressions, kMinCasesOfExpressions);
}

}  // namespace
}  // namespace vta::import

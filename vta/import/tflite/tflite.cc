#include "vta/import/tflite/tflite.h"

#include <fmt/format.h>

#include <set>

#include "vta/base/file.h"
#include "vta/import/tflite/rules.h"

namespace vta::import {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::ValueId;

class ModelImporter {
 public:
  explicit ModelImporter(TfliteModel model)
      : model_(std::move(model)), values_(model_.tensors.size(), kNoValue) {}

  Graph run() {
    graph_.name = model_.name.empty() ? "graph" : model_.name;
    for (const int32_t index : model_.inputs) add_input(index);
    for (size_t i = 0; i < model_.operators.size(); ++i) add_operator(model_.operators[i], i);
    if (!problems_.empty()) fail_with_problems();
    for (const int32_t index : model_.outputs) add_output(index);
    graph::verify(graph_);
    return std::move(graph_);
  }

 private:
  // q - 128 of unsigned bytes is what quantising them with scale 1 and zero point -128 gives.
  void add_input(int32_t index) {
    const TfliteTensor& tensor = model_.tensors[index];
    require(values_[index] == kNoValue, "tensor '{}' is an input twice", tensor.name);
    require(tensor.problem.empty(), "input '{}': {}", tensor.name, tensor.problem);
    const ValueId input =
        graph_.add_input(tensor.name, {tensor.dtype, channels_first(tensor.shape)});
    values_[index] = input;
    if (tensor.dtype != DType::kUInt8) return;
    const ValueId floats =
        graph_.add_node("cast", tensor.name + "/float", {input}, {{"to", "f32"}})[0];
    values_[index] = graph_.add_node("quantize", tensor.name + "/signed", {floats},
                                     {{"scale", 1.0}, {"zero_point", int64_t{-128}}})[0];
  }

  void add_output(int32_t index) {
    const TfliteTensor& tensor = model_.tensors[index];
    const ValueId value = values_[index];
    require(value != kNoValue, "output '{}' is not produced by any operator", tensor.name);
    if (tensor.dtype != DType::kUInt8) {
      graph_.outputs.push_back(value);
      return;
    }
    graph_.rename(value, tensor.name + "/signed");
    const ValueId floats = graph_.add_node("dequantize", tensor.name + "/float", {value},
                                           {{"scale", 1.0}, {"zero_point", int64_t{-128}}})[0];
    const ValueId bytes = graph_.add_node("cast", tensor.name, {floats}, {{"to", "u8"}})[0];
    graph_.value(bytes).name = tensor.name;  // which the signed form gave up
    graph_.outputs.push_back(bytes);
  }

  // What depends on an operator with a problem is left out, so that each is reported once.
  void add_operator(const TfliteOperator& op, size_t index) {
    const TfliteRule* rule = find_tflite_rule(op.code);
    const std::string name = rule != nullptr           ? std::string(rule->name)
                             : !op.custom_code.empty() ? op.custom_code
                                                       : fmt::format("builtin {}", op.code);
    try {
      require(rule != nullptr, "this operator is not supported");
      if (!has_inputs(op)) return mark_missing(op);
      OperatorImporter importer(graph_, values_, model_, op);
      rule->apply(importer);
    } catch (const Error& error) {
      problems_.push_back(fmt::format("operator {} ({}): {}", index, name, error.what()));
      mark_missing(op);
    }
  }

  bool has_inputs(const TfliteOperator& op) const {
    for (const int32_t index : op.inputs) {
      if (index < 0) continue;
      const TfliteTensor& tensor = model_.tensors[index];
      require(tensor.problem.empty(), "tensor '{}': {}", tensor.name, tensor.problem);
      if (missing_.contains(index)) return false;
    }
    for (const int32_t index : op.outputs) {
      const TfliteTensor& tensor = model_.tensors[index];
      require(tensor.problem.empty(), "tensor '{}': {}", tensor.name, tensor.problem);
    }
    return true;
  }

  void mark_missing(const TfliteOperator& op) {
    missing_.insert(op.outputs.begin(), op.outputs.end());
  }

  [[noreturn]] void fail_with_problems() const {
    constexpr size_t kMaxListed = 100;
    std::string list;
    for (size_t i = 0; i < problems_.size() && i < kMaxListed; ++i) list += "\n  " + problems_[i];
    if (problems_.size() > kMaxListed) {
      list += fmt::format("\n  and {} more", problems_.size() - kMaxListed);
    }
    fail("{} of {} operators cannot be imported:{}", problems_.size(), model_.operators.size(),
         list);
  }

  TfliteModel model_;
  Graph graph_;
  std::vector<ValueId> values_;
  std::set<int32_t> missing_;  // outputs of operators that could not be imported
  std::vector<std::string> problems_;
};

}  // namespace

Graph import_tflite(std::span<const uint8_t> bytes) {
  return ModelImporter(parse_tflite(bytes)).run();
}

Graph load_tflite(const std::filesystem::path& path) {
  const std::vector<uint8_t> bytes = read_file(path);
  try {
    return import_tflite(bytes);
  } catch (const Error& error) {
    fail("{}: {}", path.string(), error.what());
  }
}

}  // namespace vta::import

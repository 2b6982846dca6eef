#include "vta/import/onnx/onnx.h"

#include <fmt/ranges.h>

#include <set>

#include "vta/base/file.h"
#include "vta/import/onnx/node_importer.h"
#include "vta/import/onnx/proto.h"
#include "vta/import/onnx/rules.h"

namespace vta::import {
namespace {

using graph::Graph;
using graph::TensorType;
using graph::ValueId;

class ModelImporter {
 public:
  ModelImporter(OnnxModel model, const OnnxOptions& options)
      : model_(std::move(model)), options_(options) {}

  Graph run() {
    graph_.name = model_.name.empty() ? "graph" : model_.name;
    for (auto& [name, tensor] : model_.initializers) {
      define(name, graph_.add_constant(name, std::move(tensor)));
    }
    for (const OnnxInput& input : model_.inputs) add_input(input);
    check_options();
    for (size_t i = 0; i < model_.nodes.size(); ++i) add_node(model_.nodes[i], i);
    if (!problems_.empty()) fail_with_problems();
    add_outputs();
    settle_names();
    graph::verify(graph_);
    return std::move(graph_);
  }

 private:
  void define(const std::string& name, ValueId id) {
    require(!name.empty() && values_.emplace(name, id).second,
            "value '{}' has more than one producer", name);
  }

  std::optional<int64_t> option(const std::string& key) {
    const auto found = options_.dims.find(key);
    if (key.empty() || found == options_.dims.end()) return std::nullopt;
    used_dims_.insert(key);
    return found->second;
  }

  int64_t resolve(const OnnxInput& input, size_t axis) {
    const OnnxDim& dim = input.dims[axis];
    if (dim.size && *dim.size >= 0) return *dim.size;
    const std::string place = fmt::format("{}.{}", input.name, axis);
    auto size = option(dim.name);
    if (!size) size = option(place);
    if (!size && axis == 0) size = option("batch").value_or(1);
    require(size.has_value(),
            "input '{}': the size of dimension {}{} is open; give it with --dim {}=N", input.name,
            axis, dim.name.empty() ? "" : fmt::format(" ('{}')", dim.name),
            dim.name.empty() ? place : dim.name);
    return *size;
  }

  void add_input(const OnnxInput& input) {
    TensorType type{input.dtype, {}};
    for (size_t axis = 0; axis < input.dims.size(); ++axis) {
      type.shape.push_back(resolve(input, axis));
    }
    try {
      element_count(type.shape);
    } catch (const Error& error) {
      fail("input '{}': {}", input.name, error.what());
    }
    const auto bound = options_.bind.find(input.name);
    if (bound == options_.bind.end()) {
      define(input.name, graph_.add_input(input.name, type));
      return;
    }
    const TensorType given{bound->second.dtype(), bound->second.shape()};
    require(given == type, "input '{}' is {}, but the value bound to it is {}", input.name,
            to_string(type), to_string(given));
    define(input.name, graph_.add_constant(input.name, bound->second));
  }

  void check_options() const {
    std::set<std::string> known;
    for (const OnnxInput& input : model_.inputs) {
      for (const OnnxDim& dim : input.dims) {
        if (!dim.name.empty()) known.insert(dim.name);
      }
      require(!input.name.empty(), "an input has no name");
    }
    for (const auto& [name, size] : options_.dims) {
      require(used_dims_.contains(name) || name == "batch",
              "--dim {}: no input has an open dimension of that name; the model's are: {}", name,
              known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
    }
    for (const auto& [name, tensor] : options_.bind) {
      require(values_.contains(name), "cannot bind '{}': the model has no such input", name);
    }
  }

  // Nodes whose operator is not supported, and nodes after a problem, leave no values: what depends
  // on them is skipped, so that each problem is reported once.
  void add_node(const OnnxNode& node, size_t index) {
    const std::string label =
        node.name.empty() ? fmt::format("node {}", index) : fmt::format("node '{}'", node.name);
    try {
      const Rule* rule = find_rule(node.op_type);
      require(node.domain.empty() || node.domain == kMicrosoft,
              "operators of the domain '{}' are not supported", node.domain);
      require(rule != nullptr && rule->domain == node.domain, "this operator is not supported{}",
              node.domain.empty() ? "" : fmt::format(" of the domain '{}'", node.domain));
      if (!has_inputs(node)) {
        missing_.insert(node.outputs.begin(), node.outputs.end());
        return;
      }
      NodeImporter importer(graph_, values_, node, name_of(node), model_.opset);
      rule->apply(importer, std::string(rule->op));
      importer.finish();
    } catch (const Error& error) {
      problems_.push_back(fmt::format("{} ({}): {}", label, node.op_type, error.what()));
      missing_.insert(node.outputs.begin(), node.outputs.end());
    }
  }

  bool has_inputs(const OnnxNode& node) const {
    bool complete = true;
    for (const std::string& name : node.inputs) {
      if (name.empty() || values_.contains(name)) continue;
      require(missing_.contains(name), "input '{}' is not produced by anything before it", name);
      complete = false;
    }
    return complete;
  }

  static std::string name_of(const OnnxNode& node) {
    if (!node.name.empty()) return node.name;
    for (const std::string& output : node.outputs) {
      if (!output.empty()) return output;
    }
    return node.op_type;
  }

  [[noreturn]] void fail_with_problems() const {
    constexpr size_t kMaxListed = 100;
    std::string list;
    for (size_t i = 0; i < problems_.size() && i < kMaxListed; ++i) list += "\n  " + problems_[i];
    if (problems_.size() > kMaxListed) {
      list += fmt::format("\n  and {} more", problems_.size() - kMaxListed);
    }
    fail("{} of {} nodes cannot be imported (operator set {}):{}", problems_.size(),
         model_.nodes.size(), model_.opset, list);
  }

  void add_outputs() {
    for (const std::string& name : model_.outputs) {
      const auto found = values_.find(name);
      require(found != values_.end(), "output '{}' is not produced by any node", name);
      graph_.outputs.push_back(found->second);
    }
  }

  // A value of ours that took the name of one of the model's gives it back.
  void settle_names() {
    std::map<std::string, ValueId> holders;
    for (size_t i = 0; i < graph_.values.size(); ++i) {
      holders.emplace(graph_.values[i].name, static_cast<ValueId>(i));
    }
    for (const auto& [name, id] : values_) {
      if (graph_.value(id).name == name) continue;
      const auto holder = holders.find(name);
      const bool taken = holder != holders.end() && graph_.value(holder->second).name == name;
      if (taken) graph_.rename(holder->second, name + "/value");
      graph_.value(id).name = name;
    }
  }

  OnnxModel model_;
  const OnnxOptions& options_;
  Graph graph_;
  ValuesByName values_;
  std::set<std::string> used_dims_;
  std::set<std::string> missing_;  // outputs of nodes that could not be imported
  std::vector<std::string> problems_;
};

}  // namespace

Graph import_onnx(std::span<const uint8_t> bytes, const OnnxOptions& options) {
  return ModelImporter(parse_model(bytes, options.folder), options).run();
}

Graph load_onnx(const std::filesystem::path& path, OnnxOptions options) {
  if (options.folder.empty()) {
    options.folder = std::filesystem::absolute(path).parent_path();
  }
  const std::vector<uint8_t> bytes = read_file(path);
  try {
    return import_onnx(bytes, options);
  } catch (const Error& error) {
    fail("{}: {}", path.string(), error.what());
  }
}

}  // namespace vta::import

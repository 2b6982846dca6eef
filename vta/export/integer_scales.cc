// Operators say how scales of two of their values compare. Those are edges; a scale that is known
// is carried along them.
#include "vta/export/integer_scales.h"

#include <cmath>
#include <set>

namespace vta::exporter {
namespace {

using graph::Graph;
using graph::Node;
using graph::ValueId;

// Operators that move elements, with as many inputs as there may be.
bool is_movement(const std::string& op) {
  static const std::set<std::string> kOps = {
      "qmax_pool", "reshape", "flatten", "transpose",      "squeeze",
      "unsqueeze", "slice",   "expand",  "depth_to_space", "space_to_depth",
      "identity",  "tile",    "concat",  "resize"};
  return kOps.contains(op);
}

double multiplier(const Node& node, const std::string& prefix) {
  return std::ldexp(static_cast<double>(node.int_attr(prefix + "factor")),
                    static_cast<int>(node.int_attr(prefix + "shift")) - 31);
}

class Scales {
 public:
  explicit Scales(const Graph& graph)
      : graph_(graph), affine_(graph.values.size()), edges_(graph.values.size()) {}

  std::vector<Affine> run() {
    for (const Node& node : graph_.nodes) relate(node);
    for (const Node& node : graph_.nodes) {
      if (node.op == "quantize") spread(node.outputs[0], node.float_attr("scale"));
    }
    for (const Node& node : graph_.nodes) {
      if (node.op == "dequantize") spread(node.inputs[0], node.float_attr("scale"));
    }
    for (const Node& node : graph_.nodes) {
      for (const ValueId id : node.outputs) {
        if (is_bytes(id)) spread(id, 1);
      }
    }
    return std::move(affine_);
  }

 private:
  struct Edge {
    ValueId to;
    double ratio;  // its scale over this one's
  };

  bool is_bytes(ValueId id) const {
    return id != graph::kNoValue && graph_.value(id).type.dtype == DType::kInt8;
  }
  Affine& affine(ValueId id) { return affine_[static_cast<size_t>(id)]; }

  void relate(ValueId a, ValueId b, double ratio) {
    edges_[static_cast<size_t>(a)].push_back({b, ratio});
    edges_[static_cast<size_t>(b)].push_back({a, 1 / ratio});
  }

  void relate(const Node& node) {
    const ValueId y = node.outputs[0];
    if (!is_bytes(y)) return;
    const ValueId x = node.inputs[0];
    if (is_movement(node.op)) {
      affine(y).zero_point = affine(x).zero_point;
      for (const ValueId id : node.inputs) {
        if (is_bytes(id)) relate(id, y, 1);
      }
      return;
    }
    if (node.op == "qadd") {
      const double a = multiplier(node, "a_"), b = multiplier(node, "b_");
      relate(x, node.inputs[1], b / a);
      const double unit = std::ldexp(1.0, static_cast<int>(node.int_attr("left_shift")));
      relate(x, y, 1 / (a * multiplier(node, "") * unit));
    } else if (node.op == "qaverage_pool" || node.op == "qglobal_average_pool") {
      relate(x, y, 1 / node.float_attr("scale"));
    } else if (node.op == "qrescale") {
      relate(x, y, 1 / multiplier(node, ""));
    } else {
      require(node.op == "quantize" || node.op == "qconv" || node.op == "qconv_transpose" ||
                  node.op == "qgemm",
              "{} '{}': has no form between quantize and dequantize", node.op, node.name);
    }
    affine(y).zero_point = node.int_attr("zero_point");
  }

  void spread(ValueId first, double scale) {
    if (affine(first).scale != 0) return;
    affine(first).scale = scale;
    for (std::vector<ValueId> reached = {first}; !reached.empty();) {
      const ValueId from = reached.back();
      reached.pop_back();
      for (const Edge& edge : edges_[static_cast<size_t>(from)]) {
        if (affine(edge.to).scale != 0) continue;
        affine(edge.to).scale = affine(from).scale * edge.ratio;
        reached.push_back(edge.to);
      }
    }
  }

  const Graph& graph_;
  std::vector<Affine> affine_;
  std::vector<std::vector<Edge>> edges_;
};

}  // namespace

std::vector<Affine> integer_scales(const Graph& graph) {
  return Scales(graph).run();
}

}  // namespace vta::exporter

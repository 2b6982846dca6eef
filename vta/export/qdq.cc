// One walk over the integer graph: inputs become floats by dequantize, the floating-point operator
// follows, then the clip of the requantisation where bytes do not end there anyway, then quantize.
#include "vta/export/qdq.h"

#include <cmath>

#include "vta/export/integer_scales.h"
#include "vta/graph/op.h"

namespace vta::exporter {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;
using Attributes = std::map<std::string, graph::Attribute>;

class Writer {
 public:
  explicit Writer(const Graph& source)
      : source_(source), affine_(integer_scales(source)), mapped_(source.values.size(), kNoValue) {
    result_.graph.name = source.name;
  }

  QdqGraph run() {
    for (const ValueId id : source_.inputs) {
      require(!is_bytes(id), "input '{}' is {}, must be floats that a quantize reads",
              source_.value(id).name, to_string(source_.value(id).type));
      map(id) = graph().add_input(source_.value(id).name, source_.value(id).type);
    }
    for (const Node& node : source_.nodes) write(node);
    for (const ValueId id : source_.outputs) {
      require(!is_bytes(id), "output '{}' is {}, must be floats of a dequantize",
              source_.value(id).name, to_string(source_.value(id).type));
      graph().outputs.push_back(mapped(id));
      const std::string& name = source_.value(id).name;
      for (size_t i = 0; i < graph().values.size(); ++i) {
        if (graph().values[i].name != name) continue;
        graph().rename(static_cast<ValueId>(i), name + ".inner");
      }
      graph().value(graph().outputs.back()).name = name;
    }
    graph::verify(graph());
    return std::move(result_);
  }

 private:
  void write(const Node& node) {
    const ValueId y = node.outputs[0];
    if (node.op == "quantize" || node.op == "dequantize" || !is_bytes(y)) {
      std::vector<ValueId> inputs;
      for (const ValueId id : node.inputs) inputs.push_back(id == kNoValue ? id : mapped(id));
      const auto outputs =
          graph().add_node(node.op, node.name, inputs, node.attributes, node.outputs.size());
      for (size_t i = 0; i < outputs.size(); ++i) map(node.outputs[i]) = outputs[i];
    } else if (node.op == "qconv" || node.op == "qconv_transpose" || node.op == "qgemm") {
      quantize_to(node, weighted(node));
    } else if (node.op == "qrescale") {
      quantize_to(node, floats(node.inputs[0]));
    } else {
      std::vector<ValueId> inputs;
      for (const ValueId id : node.inputs) inputs.push_back(id == kNoValue ? id : floats(id));
      const std::string op = node.op.starts_with("q") ? node.op.substr(1) : node.op;
      quantize_to(node, graph().add_node(op, node.name, inputs, attributes_of(op, node))[0]);
    }
  }

  // The product, with integer weights of one scale for each output channel.
  ValueId weighted(const Node& node) {
    const bool transpose = node.op == "qconv_transpose";
    require(!transpose || node.int_attr("group") == 1,
            "qconv_transpose '{}': {} groups have no scale for each channel in this form",
            node.name, transpose ? node.int_attr("group") : 1);
    const Tensor* const parts[] = {source_.constant(node.input(1)), source_.constant(node.input(2)),
                                   source_.constant(node.input(3)),
                                   source_.constant(node.input(4))};
    for (const Tensor* part : parts) {
      require(part != nullptr, "{} '{}': weights, bias, factor and shift must be constants",
              node.op, node.name);
    }
    const double x = affine(node.inputs[0]).scale, y = affine(node.outputs[0]).scale;
    Tensor w_scales(DType::kFloat32, parts[1]->shape()), b_scales = w_scales;
    for (size_t c = 0; c < w_scales.as<float>().size(); ++c) {
      const double ratio = std::ldexp(static_cast<double>(parts[2]->as<int32_t>()[c]),
                                      parts[3]->as<int32_t>()[c] - 31);
      w_scales.as<float>()[c] = static_cast<float>(ratio * y / x);
      b_scales.as<float>()[c] = static_cast<float>(ratio * y);
    }
    const std::string op = node.op.substr(1);
    Attributes attributes = attributes_of(op, node);
    if (op == "gemm") attributes = {{"transB", int64_t{1}}};
    const std::vector<ValueId> inputs = {
        floats(node.inputs[0]),
        constant(node.name + ".weight",
                 {*parts[0], w_scales, transpose ? 1 : 0, node.int_attr("w_zero_point")}),
        constant(node.name + ".bias", {*parts[1], b_scales})};
    return graph().add_node(op, node.name, inputs, attributes)[0];
  }

  ValueId constant(std::string name, QuantizedConstant quantized) {
    Tensor values = quantized.values.cast(DType::kFloat32);
    const Shape& shape = values.shape();
    int64_t inner = 1;
    for (size_t i = static_cast<size_t>(quantized.axis) + 1; i < shape.size(); ++i) {
      inner *= shape[i];
    }
    const auto scales = quantized.scales.as<float>();
    const auto zero = static_cast<float>(quantized.zero_point);
    for (int64_t i = 0; i < values.size(); ++i) {
      float& value = values.as<float>()[static_cast<size_t>(i)];
      value = (value - zero) * scales[static_cast<size_t>(i / inner) % scales.size()];
    }
    const ValueId id = graph().add_constant(std::move(name), std::move(values));
    result_.constants.emplace(id, std::move(quantized));
    return id;
  }

  // What the floating-point operator has of the integer one's attributes.
  static Attributes attributes_of(const std::string& op, const Node& node) {
    Attributes result;
    for (const auto& def : graph::find_op(op)->attributes) {
      if (const auto it = node.attributes.find(def.name); it != node.attributes.end()) {
        result.insert(*it);
      }
    }
    return result;
  }

  void quantize_to(const Node& node, ValueId x) {
    const Affine& y = affine(node.outputs[0]);
    if (node.attributes.contains("clip_min")) {
      const int64_t low = node.int_attr("clip_min"), high = node.int_attr("clip_max");
      if (low == y.zero_point && high == 127) {
        if (low != -128) x = graph().add_node("relu", node.name + ".relu", {x})[0];
      } else if (low != -128 || high != 127) {
        const auto limit = [&](const char* name, int64_t q) {
          const double value = y.scale * static_cast<double>(q - y.zero_point);
          return graph().add_constant(node.name + name, Tensor::scalar(static_cast<float>(value)));
        };
        x = graph().add_node("clip", node.name + ".clip",
                             {x, limit(".min", low), limit(".max", high)})[0];
      }
    }
    map(node.outputs[0]) =
        graph().add_node("quantize", node.name + ".quantize", {x}, meaning(y))[0];
  }

  // Each reader dequantises for itself, so that engines find whole groups.
  ValueId floats(ValueId id) {
    if (!is_bytes(id)) return mapped(id);
    return graph().add_node("dequantize", source_.value(id).name + ".dequantize", {mapped(id)},
                            meaning(affine(id)))[0];
  }

  static Attributes meaning(const Affine& affine) {
    return {{"scale", affine.scale}, {"zero_point", affine.zero_point}};
  }

  bool is_bytes(ValueId id) const { return source_.value(id).type.dtype == DType::kInt8; }
  const Affine& affine(ValueId id) const { return affine_[static_cast<size_t>(id)]; }
  Graph& graph() { return result_.graph; }
  ValueId& map(ValueId id) { return mapped_[static_cast<size_t>(id)]; }
  ValueId mapped(ValueId id) {
    if (map(id) == kNoValue) {
      const graph::Value& value = source_.value(id);
      map(id) = graph().add_constant(value.name, *value.constant);
    }
    return map(id);
  }

  const Graph& source_;
  const std::vector<Affine> affine_;
  std::vector<ValueId> mapped_;
  QdqGraph result_;
};

}  // namespace

QdqGraph to_qdq(const Graph& graph) {
  return Writer(graph).run();
}

}  // namespace vta::exporter

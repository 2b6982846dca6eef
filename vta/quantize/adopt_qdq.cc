// Takes the pairs out, noting what the values between them mean and which weights were integers;
// the float network that is left goes through `quantize` with just those.
#include "vta/quantize/adopt_qdq.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "vta/graph/passes.h"
#include "vta/quantize/quantize.h"

namespace vta::quantize {

namespace {

using graph::Graph;
using graph::Node;
using graph::ValueId;

// The values that signed bytes of this scale and zero point can have.
Range range_of(double scale, double zero) {
  return {.min = scale * (-128 - zero), .max = scale * (127 - zero)};
}
Range range_of(const Node& node) {
  return range_of(node.float_attr("scale"), static_cast<double>(node.int_attr("zero_point")));
}

bool same(const Range& a, const Range& b) {
  return a.min == b.min && a.max == b.max;
}

class PairRemover {
 public:
  explicit PairRemover(const Graph& source)
      : source_(source), producers_(graph::producers(source)), mapped_(source.values.size()) {
    target_.name = source.name;
  }

  Graph run() {
    for (const ValueId id : source_.inputs) {
      map(id) = target_.add_input(source_.value(id).name, source_.value(id).type);
    }
    for (const Node& node : source_.nodes) {
      if (!remove_pair(node)) copy(node);
    }
    for (const ValueId id : source_.outputs) target_.outputs.push_back(named_output(id));
    if (ranges_.empty()) return source_;
    return integer_network();
  }

 private:
  // Signed bytes, and the range of the values that a node makes of them.
  struct Dequantised {
    ValueId steps;
    Range range;
  };

  std::optional<Dequantised> dequantised_by(const Node& node) const {
    if (node.op == "dequantize") return Dequantised{node.input(0), range_of(node)};
    // Unsigned bytes, as they are imported: (f32(u8(steps + 128)) - zero) * scale.
    if (node.op != "mul" || scalar(node.input(1)) == nullptr) return std::nullopt;
    const Node* floats = producer(node.input(0));
    float zero = 0;
    if (floats != nullptr && floats->op == "sub" && scalar(floats->input(1)) != nullptr) {
      zero = scalar(floats->input(1))->as<float>()[0];
      floats = producer(floats->input(0));
    }
    const Node* bytes =
        floats != nullptr && floats->op == "cast" ? producer(floats->input(0)) : nullptr;
    const Node* raised =
        bytes != nullptr && bytes->op == "cast" ? producer(bytes->input(0)) : nullptr;
    if (raised == nullptr || raised->op != "dequantize" || raised->float_attr("scale") != 1 ||
        raised->int_attr("zero_point") != -128) {
      return std::nullopt;
    }
    return Dequantised{raised->input(0),
                       range_of(scalar(node.input(1))->as<float>()[0], double{zero} - 128)};
  }

  const Tensor* scalar(ValueId id) const {
    const Tensor* constant = source_.constant(id);
    return constant != nullptr && constant->size() == 1 && constant->dtype() == DType::kFloat32
               ? constant
               : nullptr;
  }

  bool remove_pair(const Node& node) {
    const std::optional<Dequantised> dequantised = dequantised_by(node);
    if (!dequantised) return false;
    const std::optional<ValueId> value = on_steps(dequantised->steps, dequantised->range);
    if (value) map(node.outputs[0]) = *value;
    return value.has_value();
  }

  // The value of the target that is these steps times the scale: what was quantised to them, past
  // operators that only move them or take the largest.
  std::optional<ValueId> on_steps(ValueId steps, const Range& range) {
    static const std::set<std::string> kMovements = {"flatten", "max_pool",  "reshape",
                                                     "squeeze", "transpose", "unsqueeze"};
    const Node* node = producer(steps);
    if (node == nullptr) return std::nullopt;
    if (kMovements.contains(node->op) && node->outputs.size() == 1) {
      const std::optional<ValueId> before = on_steps(node->input(0), range);
      if (!before) return std::nullopt;
      std::vector<ValueId> inputs = {*before};
      for (size_t i = 1; i < node->inputs.size(); ++i) {
        inputs.push_back(node->has_input(i) ? target_of(node->input(i)) : graph::kNoValue);
      }
      return target_.add_node(node->op, node->name, inputs, node->attributes)[0];
    }
    if (node->op != "quantize" || !same(range_of(*node), range)) return std::nullopt;
    ValueId value = target_of(node->input(0));
    if (target_.constant(value) != nullptr) return std::nullopt;
    const auto other = ranges_.find(target_.value(value).name);
    if (other != ranges_.end() && !same(other->second, range)) {
      // It is on other steps already: between them stands a clip without limits.
      value = target_.add_node("clip", node->name, {value})[0];
    }
    ranges_[target_.value(value).name] = range;
    return value;
  }

  void copy(const Node& node) {
    std::vector<ValueId> inputs;
    for (const ValueId id : node.inputs) {
      inputs.push_back(id == graph::kNoValue ? id : target_of(id));
    }
    const auto results =
        target_.add_node(node.op, node.name, inputs, node.attributes, node.outputs.size());
    for (size_t i = 0; i < results.size(); ++i) {
      map(node.outputs[i]) = results[i];
      target_.rename(results[i], source_.value(node.outputs[i]).name);
    }
    if (node.op == "conv" || node.op == "conv_transpose" || node.op == "gemm") {
      if (auto weights = integer_weights(node)) {
        weights_.emplace(target_.nodes.back().name, std::move(*weights));
      }
    }
  }

  // An output keeps its name, which an identity brings where the pair that had it is gone.
  ValueId named_output(ValueId id) {
    const std::string& wanted = source_.value(id).name;
    const ValueId value = target_of(id);
    const std::string has = target_.value(value).name;
    if (has == wanted) return value;
    const ValueId named = target_.add_node("identity", wanted, {value})[0];
    target_.rename(named, wanted);
    const auto range = ranges_.find(has);
    if (range != ranges_.end()) ranges_[target_.value(named).name] = range->second;
    return named;
  }

  // -- weights --------------------------------------------------------------------------------

  // Constant integers less their zero points, as floats: a cast, with or without a subtraction.
  std::optional<Tensor> centred(ValueId id) const {
    const Node* node = producer(id);
    if (node == nullptr) return std::nullopt;
    if (node->op == "cast") {
      const Tensor* constant = source_.constant(node->input(0));
      const bool bytes = constant != nullptr &&
                         (constant->dtype() == DType::kInt8 || constant->dtype() == DType::kUInt8);
      return bytes ? std::optional(constant->cast(DType::kFloat32)) : std::nullopt;
    }
    if (node->op != "sub") return std::nullopt;
    std::optional<Tensor> values = centred(node->input(0));
    const Tensor* zero = source_.constant(node->input(1));
    if (!values || zero == nullptr || zero->size() != 1) return std::nullopt;
    for (float& value : values->as<float>()) value -= zero->as<float>()[0];
    return values;
  }

  std::optional<IntegerWeights> integer_weights(const Node& layer) const {
    const Node* node = producer(layer.input(1));
    if (node == nullptr) return std::nullopt;
    const bool exchange =
        layer.op == "conv_transpose" || (layer.op == "gemm" && layer.int_attr("transB") == 0);
    if (layer.op == "conv_transpose" && layer.int_attr("group") != 1) return std::nullopt;
    if (node->op == "dequantize" && node->int_attr("zero_point") == 0) {
      const Tensor* constant = source_.constant(node->input(0));
      if (constant == nullptr) return std::nullopt;
      return rows_of(constant->cast(DType::kFloat32), {node->float_attr("scale")}, exchange);
    }
    if (node->op != "mul") return std::nullopt;
    const std::optional<Tensor> values = centred(node->input(0));
    const Tensor* scales = source_.constant(node->input(1));
    if (!values || scales == nullptr) return std::nullopt;
    const auto s = scales->as<float>();
    return rows_of(*values, {s.begin(), s.end()}, exchange);
  }

  // As vta::quantize has them: a row for each output channel, which is the second dimension of
  // `values` where `exchange` says so.
  static std::optional<IntegerWeights> rows_of(const Tensor& values, std::vector<double> scales,
                                               bool exchange) {
    Shape shape = values.shape();
    if (shape.size() < 2 || values.size() == 0) return std::nullopt;
    if (exchange) std::swap(shape[0], shape[1]);
    const auto rows = static_cast<size_t>(shape[0]), columns = static_cast<size_t>(shape[1]);
    const size_t window = values.as<float>().size() / (rows * columns);
    if (scales.size() == 1) scales.resize(rows, scales[0]);
    if (scales.size() != rows) return std::nullopt;
    IntegerWeights result{.values = Tensor(DType::kInt8, shape), .scales = std::move(scales)};
    for (size_t i = 0; i < values.as<float>().size(); ++i) {
      const float value = values.as<float>()[i];
      if (!(std::fabs(value) <= 127)) return std::nullopt;
      const size_t cell = i / window;
      const size_t to = exchange ? (cell % rows * columns + cell / rows) * window + i % window : i;
      result.values.as<int8_t>()[to] = static_cast<int8_t>(value);
    }
    return result;
  }

  // -------------------------------------------------------------------------------------------

  Graph integer_network() const {
    const Graph simple = graph::simplify(target_);
    std::vector<Range> ranges(simple.values.size());
    for (size_t id = 0; id < ranges.size(); ++id) {
      const auto found = ranges_.find(simple.values[id].name);
      if (found != ranges_.end()) ranges[id] = found->second;
    }
    return quantize(simple, ranges, {.weights = weights_, .only_given_ranges = true});
  }

  const Node* producer(ValueId id) const {
    const int32_t index = id == graph::kNoValue ? -1 : producers_[static_cast<size_t>(id)];
    return index < 0 ? nullptr : &source_.nodes[static_cast<size_t>(index)];
  }

  std::optional<ValueId>& map(ValueId id) { return mapped_[static_cast<size_t>(id)]; }

  ValueId target_of(ValueId id) {
    if (!map(id)) map(id) = target_.add_constant(source_.value(id).name, *source_.constant(id));
    return *map(id);
  }

  const Graph& source_;
  const std::vector<int32_t> producers_;
  Graph target_;
  std::vector<std::optional<ValueId>> mapped_;
  std::map<std::string, Range> ranges_;  // by the name of a value of the target
  WeightsByNode weights_;
};

}  // namespace

Graph adopt_qdq(const Graph& graph) {
  return PairRemover(graph).run();
}

}  // namespace vta::quantize

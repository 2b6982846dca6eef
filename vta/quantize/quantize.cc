// One walk over the float graph in topological order. Each float value gets an int8 form, a float
// form, or both, in the new graph; a form that is missing where it is needed is made by a quantize
// or dequantize node. Each operator that has an integer counterpart is one method of Rewriter.
#include "vta/quantize/quantize.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "vta/base/requantize.h"
#include "vta/graph/ops/movement.h"
#include "vta/graph/passes.h"
#include "vta/quantize/integer_ratio.h"
#include "vta/quantize/weighted_layer.h"

namespace vta::quantize {

namespace {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;
using Attributes = std::map<std::string, graph::Attribute>;

constexpr int64_t kMin = -128;
constexpr int64_t kMax = 127;

// As TFLite's ADD: operands are shifted left so far before they are brought to a common scale.
constexpr int kAddLeftShift = 20;

struct Clip {
  double min = -INFINITY;
  double max = INFINITY;
};

// What integers q mean: scale * (q - zero_point).
struct Affine {
  double scale = 1;
  int64_t zero_point = 0;
  bool operator==(const Affine&) const = default;

  graph::Attribute zero() const { return zero_point; }
  // The limits as integers, and the zero point: what every requantising operator has.
  Attributes clip(const Clip& clip) const {
    const auto limit = [&](double value) {
      const double q = std::nearbyint(value / scale) + static_cast<double>(zero_point);
      return static_cast<int64_t>(
          std::clamp(q, static_cast<double>(kMin), static_cast<double>(kMax)));
    };
    return {{"zero_point", zero()}, {"clip_min", limit(clip.min)}, {"clip_max", limit(clip.max)}};
  }
};

// The multipliers of a qadd with operands of the scales a and b. Where weights have 8 bits the
// operands are multiplied by integers, which the accelerator's GEMM array does.
Attributes scales_of_sum(double a, double b, double sum, int weight_bits) {
  const auto attributes = [](int left_shift, QuantizedMultiplier x, QuantizedMultiplier y,
                             QuantizedMultiplier out) -> Attributes {
    return {{"left_shift", int64_t{left_shift}}, {"a_factor", int64_t{x.factor}},
            {"a_shift", int64_t{x.shift}},       {"b_factor", int64_t{y.factor}},
            {"b_shift", int64_t{y.shift}},       {"factor", int64_t{out.factor}},
            {"shift", int64_t{out.shift}}};
  };
  const auto ratio = weight_bits == 8 ? integer_ratio(a, b) : std::nullopt;
  if (ratio) {
    return attributes(0, exact_multiplier(ratio->a), exact_multiplier(ratio->b),
                      quantize_multiplier(ratio->unit / sum));
  }
  const double common = 2 * std::max(a, b);
  return attributes(kAddLeftShift, quantize_multiplier(a / common), quantize_multiplier(b / common),
                    quantize_multiplier(common / (sum * (1 << kAddLeftShift))));
}

// The forms of one value of the float graph in the new one.
struct Forms {
  ValueId floating = kNoValue;
  ValueId integer = kNoValue;
  Affine affine;  // of the integer form
};

// Whether the operator only moves elements, so that it works on the integer form as it stands. The
// first input is the data; the others are constants.
bool moves_elements(const Node& node) {
  static const std::set<std::string> kOps = {
      "reshape", "flatten",        "transpose",      "squeeze",  "unsqueeze", "slice",
      "expand",  "depth_to_space", "space_to_depth", "identity", "tile"};
  const bool is_nearest =
      node.op == "resize" && node.string_attr("mode") == "nearest" &&
      node.string_attr("coordinate_transformation_mode") != "tf_crop_and_resize";
  return is_nearest || kOps.contains(node.op);
}

class Rewriter {
 public:
  Rewriter(const Graph& source, const std::vector<Range>& ranges, const QuantizeOptions& options)
      : source_(source),
        ranges_(ranges),
        options_(options),
        forms_(source.values.size()),
        consumers_(graph::consumers(source)) {
    target_.name = source.name;
  }

  Graph run() {
    for (const ValueId id : source_.inputs) {
      forms(id).floating = target_.add_input(source_.value(id).name, source_.value(id).type);
    }
    for (size_t i = 0; i < source_.nodes.size(); ++i) {
      if (!fused_.contains(i)) rewrite(source_.nodes[i]);
    }
    for (const ValueId id : source_.outputs) target_.outputs.push_back(floating(id));
    restore_output_names();
    return graph::eliminate_dead_code(target_);
  }

 private:
  void rewrite(const Node& node) {
    const bool done = has_meanings(node) && rewrite_to_integers(node);
    if (!done) keep(node);
  }

  bool rewrite_to_integers(const Node& node) {
    return (node.op == "conv" && conv(node)) ||
           (node.op == "conv_transpose" && conv_transpose(node)) ||
           (node.op == "gemm" && gemm(node)) || (node.op == "add" && add(node)) ||
           (node.op == "max_pool" && max_pool(node)) ||
           (node.op == "average_pool" && average_pool(node, "qaverage_pool")) ||
           (node.op == "global_average_pool" && average_pool(node, "qglobal_average_pool")) ||
           ((node.op == "relu" || node.op == "clip") && rescale(node)) ||
           (node.op == "concat" && concat(node)) || (moves_elements(node) && movement(node));
  }

  // Whether the operator's integer form would have the steps that are given, where just those are
  // to be used: at its inputs, of its weights, and at its output or that of the clip which it takes
  // in.
  bool has_meanings(const Node& node) {
    if (!options_.only_given_ranges) return true;
    for (const ValueId id : node.inputs) {
      if (id == kNoValue || source_.constant(id) != nullptr || !is_float(id)) continue;
      if (forms(id).integer == kNoValue && !has_range(id)) return false;
      integer(id);
    }
    const bool weighted = node.op == "conv" || node.op == "conv_transpose" || node.op == "gemm";
    if (weighted && !options_.weights.contains(node.name)) return false;
    if (node.op == "concat") return has_range(node.outputs[0]);
    if (node.op == "max_pool" || moves_elements(node)) {
      const ValueId input = node.input(0), output = node.outputs[0];
      return !has_range(output) || same_steps(affine_of(output), forms(input).affine);
    }
    const std::optional<size_t> clip = clip_behind(node);
    return has_range(clip ? source_.nodes[*clip].outputs[0] : node.outputs[0]);
  }

  bool has_range(ValueId id) const {
    const Range& range = ranges_[static_cast<size_t>(id)];
    return range.max > range.min;
  }

  static bool same_steps(const Affine& a, const Affine& b) {
    return a.zero_point == b.zero_point && std::fabs(a.scale - b.scale) <= 1e-6 * a.scale;
  }

  // -- operators with an integer form ---------------------------------------------------------

  bool conv(const Node& node) {
    const auto layer = weighted_layer(source_, node);
    if (!layer) return false;
    if (node.has_input(2) && source_.constant(node.input(2)) == nullptr) return false;
    Attributes attributes;
    for (const char* key : {"strides", "pads", "dilations", "group"}) {
      attributes[key] = node.attributes.at(key);
    }
    emit_weighted("qconv", node, layer->rows, std::move(attributes));
    return true;
  }

  // As qconv sees the weights, output channels come first.
  bool conv_transpose(const Node& node) {
    const Tensor* weights = source_.constant(node.input(1));
    if (weights == nullptr || weights->rank() != 4) return false;
    if (node.has_input(2) && source_.constant(node.input(2)) == nullptr) return false;
    const int64_t group = node.int_attr("group");
    emit_weighted("qconv_transpose", node, graph::exchange_channels(*weights, group),
                  node.attributes,
                  [&](const Tensor& rows) { return graph::exchange_channels(rows, group); });
    return true;
  }

  bool gemm(const Node& node) {
    const auto layer = weighted_layer(source_, node);
    if (!layer || !bias_of(source_, node, layer->channels())) return false;
    emit_weighted("qgemm", node, layer->rows, {});
    return true;
  }

  bool add(const Node& node) {
    const ValueId a = node.input(0);
    const ValueId b = node.input(1);
    if (source_.constant(a) != nullptr || source_.constant(b) != nullptr) return false;
    if (source_.value(a).type != source_.value(b).type || !is_float(a)) return false;
    if (forms(a).integer == kNoValue && forms(b).integer == kNoValue) return false;
    const ValueId x = integer(a);
    const ValueId y = integer(b);
    const auto [output, clip] = fuse_clip(node);
    const Affine affine = affine_of(output);
    Attributes attributes = affine.clip(clip);
    attributes.merge(scales_of_sum(forms(a).affine.scale, forms(b).affine.scale, affine.scale,
                                   options_.weight_bits));
    attributes["a_zero_point"] = forms(a).affine.zero();
    attributes["b_zero_point"] = forms(b).affine.zero();
    set_integer(output, target_.add_node("qadd", node.name, {x, y}, attributes)[0], affine);
    return true;
  }

  // The largest of quantised values is the quantised largest: their meaning stays.
  bool max_pool(const Node& node) {
    const ValueId input = node.input(0);
    if (forms(input).integer == kNoValue || node.outputs.size() != 1 || rank_of(input) != 4) {
      return false;
    }
    const auto result = target_.add_node("qmax_pool", node.name, {integer(input)}, node.attributes);
    set_integer(node.outputs[0], result[0], forms(input).affine);
    return true;
  }

  bool average_pool(const Node& node, const std::string& op) {
    const ValueId input = node.input(0);
    if (forms(input).integer == kNoValue || rank_of(input) != 4) return false;
    const auto [output, clip] = fuse_clip(node);
    const Affine affine = affine_of(output);
    Attributes attributes = node.attributes;
    attributes.merge(affine.clip(clip));
    attributes["x_zero_point"] = forms(input).affine.zero();
    attributes["scale"] = forms(input).affine.scale / affine.scale;
    set_integer(output, target_.add_node(op, node.name, {integer(input)}, attributes)[0], affine);
    return true;
  }

  // A Relu or Clip that nothing before it could take in.
  bool rescale(const Node& node) {
    const ValueId input = node.input(0);
    const std::optional<Clip> clip = clip_of(node);
    if (forms(input).integer == kNoValue || !clip) return false;
    const ValueId output = node.outputs[0];
    const Affine affine = affine_of(output);
    set_integer(output, rescaled(input, affine, *clip, node.name), affine);
    return true;
  }

  // The parts are brought to the scale and zero point of the whole.
  bool concat(const Node& node) {
    const auto has_integer = [&](ValueId id) { return forms(id).integer != kNoValue; };
    const auto can_have = [&](ValueId id) {
      return is_float(id) && source_.constant(id) == nullptr;
    };
    if (std::ranges::none_of(node.inputs, has_integer) ||
        !std::ranges::all_of(node.inputs, can_have)) {
      return false;
    }
    const ValueId output = node.outputs[0];
    const Affine affine = affine_of(output);
    std::vector<ValueId> parts;
    for (const ValueId id : node.inputs) {
      const ValueId part = integer(id);
      parts.push_back(
          forms(id).affine == affine
              ? part
              : rescaled(id, affine, {}, fmt::format("{}.part{}", node.name, parts.size())));
    }
    set_integer(output, target_.add_node("concat", node.name, parts, node.attributes)[0], affine);
    return true;
  }

  bool movement(const Node& node) {
    const ValueId input = node.input(0);
    if (forms(input).integer == kNoValue || node.outputs.size() != 1) return false;
    std::vector<ValueId> inputs = {integer(input)};
    for (size_t i = 1; i < node.inputs.size(); ++i) {
      if (node.has_input(i) && source_.constant(node.input(i)) == nullptr) return false;
      inputs.push_back(node.has_input(i) ? floating(node.input(i)) : kNoValue);
    }
    const auto result = target_.add_node(node.op, node.name, inputs, node.attributes);
    set_integer(node.outputs[0], result[0], forms(input).affine);
    return true;
  }

  void keep(const Node& node) {
    std::vector<ValueId> inputs;
    for (const ValueId id : node.inputs) inputs.push_back(id == kNoValue ? id : floating(id));
    const auto results =
        target_.add_node(node.op, node.name, inputs, node.attributes, node.outputs.size());
    for (size_t i = 0; i < results.size(); ++i) forms(node.outputs[i]).floating = results[i];
  }

  // -- pieces ---------------------------------------------------------------------------------

  // The integer form of a value in another one, clipped.
  ValueId rescaled(ValueId id, const Affine& affine, const Clip& clip, const std::string& name) {
    const ValueId input = integer(id);
    const auto ratio = quantize_multiplier(forms(id).affine.scale / affine.scale);
    Attributes attributes = affine.clip(clip);
    attributes["x_zero_point"] = forms(id).affine.zero();
    attributes["factor"] = int64_t{ratio.factor};
    attributes["shift"] = int64_t{ratio.shift};
    return target_.add_node("qrescale", name, {input}, attributes)[0];
  }

  // qconv, qconv_transpose and qgemm: weights (first dimension: output channels) to integers with a
  // scale per channel, bias in units of the accumulator, requantisation per channel. `layout`
  // brings the weights into the operator's order.
  void emit_weighted(
      const std::string& op, const Node& node, const Tensor& rows, Attributes attributes,
      const std::function<Tensor(const Tensor&)>& layout = [](const Tensor& w) { return w; }) {
    const ValueId x = integer(node.input(0));
    const double x_scale = forms(node.input(0)).affine.scale;
    const auto [output, clip] = fuse_clip(node);
    const Affine affine = affine_of(output);
    const Tensor bias = *bias_of(source_, node, rows.shape()[0]);
    const IntegerWeights weights = integer_weights(node, rows, bias, x_scale);
    const int64_t channels = rows.shape()[0];
    Tensor biases(DType::kInt32, {channels});
    Tensor factors(DType::kInt32, {channels});
    Tensor shifts(DType::kInt32, {channels});
    for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
      const double w_scale = weights.scales[c];
      const auto ratio = quantize_multiplier(x_scale * w_scale / affine.scale);
      biases.as<int32_t>()[c] =
          static_cast<int32_t>(std::nearbyint(bias.as<float>()[c] / (x_scale * w_scale)));
      factors.as<int32_t>()[c] = ratio.factor;
      shifts.as<int32_t>()[c] = ratio.shift;
    }
    attributes.merge(affine.clip(clip));
    attributes["x_zero_point"] = forms(node.input(0)).affine.zero();
    const std::vector<ValueId> inputs = {
        x, target_.add_constant(node.name + ".weight", layout(weights.values)),
        target_.add_constant(node.name + ".bias", std::move(biases)),
        target_.add_constant(node.name + ".factor", std::move(factors)),
        target_.add_constant(node.name + ".shift", std::move(shifts))};
    set_integer(output, target_.add_node(op, node.name, inputs, attributes)[0], affine);
  }

  // Those given, or the nearest. A bias far larger than its channel's weights would not fit the
  // accumulator: it sets the scale then.
  IntegerWeights integer_weights(const Node& node, const Tensor& rows, const Tensor& bias,
                                 double x_scale) const {
    std::vector<double> least_scales;
    for (const float b : bias.as<float>()) {
      least_scales.push_back(std::fabs(double{b}) / x_scale / (1 << 30));
    }
    const auto given = options_.weights.find(node.name);
    if (given != options_.weights.end() &&
        std::ranges::equal(least_scales, given->second.scales, std::ranges::less_equal())) {
      return given->second;
    }
    return round_to_nearest(rows, options_.weight_bits, least_scales);
  }

  // If all that reads the node's output is one Relu or Clip, takes that in: its output and its
  // limits.
  std::pair<ValueId, Clip> fuse_clip(const Node& node) {
    const std::optional<size_t> index = clip_behind(node);
    if (!index) return {node.outputs[0], Clip{}};
    fused_.insert(*index);
    return {source_.nodes[*index].outputs[0], *clip_of(source_.nodes[*index])};
  }

  // The node that fuse_clip takes in. One that stands between steps of its own stays.
  std::optional<size_t> clip_behind(const Node& node) const {
    const ValueId output = node.outputs[0];
    const auto& readers = consumers_[static_cast<size_t>(output)];
    if (readers.size() != 1 || is_output(output)) return std::nullopt;
    if (options_.only_given_ranges && has_range(output)) return std::nullopt;
    const auto index = static_cast<size_t>(readers[0]);
    return clip_of(source_.nodes[index]) ? std::optional(index) : std::nullopt;
  }

  std::optional<Clip> clip_of(const Node& node) const {
    if (node.op == "relu") return Clip{.min = 0};
    if (node.op != "clip") return std::nullopt;
    Clip clip;
    for (const size_t i : {size_t{1}, size_t{2}}) {
      if (!node.has_input(i)) continue;
      const Tensor* limit = source_.constant(node.input(i));
      if (limit == nullptr || limit->size() != 1) return std::nullopt;
      (i == 1 ? clip.min : clip.max) = limit->cast(DType::kFloat64).as<double>()[0];
    }
    return clip;
  }

  // -- forms ----------------------------------------------------------------------------------

  Forms& forms(ValueId id) { return forms_[static_cast<size_t>(id)]; }

  bool is_float(ValueId id) const { return source_.value(id).type.dtype == DType::kFloat32; }
  size_t rank_of(ValueId id) const { return source_.value(id).type.shape.size(); }
  bool is_output(ValueId id) const { return std::ranges::count(source_.outputs, id) > 0; }

  // All 256 steps over the value's range. A value that is zero in all samples still needs a scale.
  Affine affine_of(ValueId id) const {
    const Range& range = ranges_[static_cast<size_t>(id)];
    if (range.max == range.min) return {};
    const double scale = (range.max - range.min) / static_cast<double>(kMax - kMin);
    const double zero = static_cast<double>(kMin) - range.min / scale;
    return {.scale = scale, .zero_point = static_cast<int64_t>(std::nearbyint(zero))};
  }

  void set_integer(ValueId id, ValueId integer_form, const Affine& affine) {
    forms(id).integer = integer_form;
    forms(id).affine = affine;
  }

  static Attributes meaning(const Affine& affine) {
    return {{"scale", affine.scale}, {"zero_point", affine.zero()}};
  }

  ValueId integer(ValueId id) {
    Forms& f = forms(id);
    if (f.integer == kNoValue) {
      f.affine = affine_of(id);
      f.integer = target_.add_node("quantize", source_.value(id).name + ".quantize",
                                   {f.floating != kNoValue ? f.floating : floating(id)},
                                   meaning(f.affine))[0];
      if (options_.only_given_ranges) f.floating = kNoValue;  // who reads it reads the steps
    }
    return f.integer;
  }

  ValueId floating(ValueId id) {
    Forms& f = forms(id);
    if (options_.only_given_ranges && has_range(id)) integer(id);
    if (f.floating == kNoValue) {
      if (const auto& constant = source_.value(id).constant) {
        f.floating = target_.add_constant(source_.value(id).name, *constant);
      } else {
        f.floating = target_.add_node("dequantize", source_.value(id).name + ".dequantize",
                                      {f.integer}, meaning(f.affine))[0];
      }
    }
    return f.floating;
  }

  // Outputs keep their names, whatever inner value took the name first.
  void restore_output_names() {
    for (size_t i = 0; i < source_.outputs.size(); ++i) {
      const std::string& wanted = source_.value(source_.outputs[i]).name;
      for (size_t id = 0; id < target_.values.size(); ++id) {
        if (target_.values[id].name == wanted) {
          target_.rename(static_cast<ValueId>(id), wanted + ".inner");
        }
      }
      target_.value(target_.outputs[i]).name = wanted;
    }
  }

  const Graph& source_;
  const std::vector<Range>& ranges_;
  const QuantizeOptions options_;
  Graph target_;
  std::vector<Forms> forms_;
  std::vector<std::vector<int32_t>> consumers_;
  std::set<size_t> fused_;  // indices of nodes that became the clip of the one before
};

}  // namespace

Graph quantize(const Graph& graph, const std::vector<Range>& ranges,
               const QuantizeOptions& options) {
  require(ranges.size() == graph.values.size(), "calibration has {} ranges for {} values",
          ranges.size(), graph.values.size());
  return Rewriter(graph, ranges, options).run();
}

}  // namespace vta::quantize

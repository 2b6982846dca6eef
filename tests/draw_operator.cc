#include "tests/draw_operator.h"

#include <algorithm>
#include <map>
#include <string>

#include "vta/base/error.h"
#include "vta/base/requantize.h"

namespace vta {

namespace {

using graph::Graph;
using graph::ValueId;
using Attributes = std::map<std::string, graph::Attribute>;
using Ints = std::vector<int64_t>;

class Draw {
 public:
  Draw(const hw::Config& config, std::mt19937_64& random) : config_(config), random_(random) {}

  Graph qconv() {
    const int64_t group = from(0, 2) == 0 ? from(2, 9) : 1;
    const bool depthwise = group > 1 && from(0, 1) == 0;
    const int64_t in = depthwise ? 1 : from(1, group > 1 ? 6 : 40);
    const int64_t out = depthwise ? 1 : from(1, group > 1 ? 6 : 40);
    Attributes attributes = window({from(1, 3), from(1, 3)});
    const Ints kernel = std::get<Ints>(attributes["kernel_shape"]);
    attributes.erase("kernel_shape");
    attributes.merge(requantisation());
    attributes["group"] = group;
    return weighted("qconv", picture(group * in), {group * out, in, kernel[0], kernel[1]},
                    attributes, group * out);
  }
  Graph qconv_transpose() {
    const int64_t group = from(0, 3) == 0 ? from(2, 4) : 1;
    const int64_t in = from(1, group > 1 ? 6 : 40), out = from(1, group > 1 ? 6 : 40);
    const Ints kernel = {from(1, 5), from(1, 5)}, strides = {from(1, 3), from(1, 3)};
    Attributes attributes = requantisation();
    attributes["strides"] = strides;
    attributes["pads"] = Ints{from(0, kernel[0] - 1), from(0, kernel[1] - 1),
                              from(0, kernel[0] - 1), from(0, kernel[1] - 1)};
    attributes["output_padding"] = Ints{from(0, strides[0] - 1), from(0, strides[1] - 1)};
    attributes["group"] = group;
    return weighted("qconv_transpose", picture(group * in), {group * in, out, kernel[0], kernel[1]},
                    attributes, group * out);
  }
  Graph qgemm() {
    const int64_t depth = from(1, 90);
    const int64_t out = from(1, 70);
    return weighted("qgemm", {from(1, 4), depth}, {out, depth}, requantisation(), out);
  }
  Graph qadd() {
    Attributes attributes = requantisation();
    attributes.erase("x_zero_point");
    const bool integers = from(0, 1) == 1;  // as factors of the operands
    attributes.merge(factor("", integers ? from(-8, -5) : -18));
    for (const std::string operand : {"a_", "b_"}) {
      attributes[operand + "zero_point"] = from(-128, 127);
      if (integers) {
        const QuantizedMultiplier exact = exact_multiplier(static_cast<int>(from(1, 127)));
        attributes[operand + "factor"] = int64_t{exact.factor};
        attributes[operand + "shift"] = int64_t{exact.shift};
      } else {
        attributes.merge(factor(operand, -1));
      }
    }
    attributes["left_shift"] = int64_t{integers ? 0 : 20};
    const Shape shape = tensor_shape();
    return node("qadd", {shape, shape}, attributes);
  }
  Graph qrescale() {
    Attributes attributes = requantisation();
    attributes.merge(factor("", from(-2, 3)));
    return node("qrescale", {tensor_shape()}, attributes);
  }
  Graph qmax_pool() {
    Attributes attributes = window({from(1, 4), from(1, 4)});
    attributes["ceil_mode"] = from(0, 1);
    return node("qmax_pool", {picture(from(1, 40))}, attributes);
  }
  Graph qaverage_pool() {
    Attributes attributes = window({from(1, 4), from(1, 4)});
    attributes.merge(requantisation());
    attributes["ceil_mode"] = from(0, 1);
    attributes["count_include_pad"] = from(0, 1);
    attributes["scale"] = static_cast<double>(from(1, 40)) / 16;
    return node("qaverage_pool", {picture(from(1, 40))}, attributes);
  }
  Graph qglobal_average_pool() {
    Attributes attributes = requantisation();
    attributes["scale"] = static_cast<double>(from(1, 40)) / 16;
    return node("qglobal_average_pool", {picture(from(1, 70))}, attributes);
  }

  Graph concat() {
    Shape shape = tensor_shape();
    std::vector<Shape> inputs;
    const int64_t block = std::max(config_.block_in, config_.block_out);
    for (int64_t more = from(0, 2); more > 0; --more) {
      inputs.push_back(shape);
      inputs.back()[1] = block * from(1, 3);
    }
    inputs.push_back(shape);
    return node("concat", inputs, {{"axis", int64_t{1}}});
  }
  Graph resize() {
    Graph graph;
    const ValueId x = graph.add_input("x", {DType::kInt8, picture(from(1, 40))});
    const std::vector<float> scales = {1, 1, static_cast<float>(from(1, 3)),
                                       static_cast<float>(from(1, 3))};
    const ValueId by = graph.add_constant("scales", Tensor::of<float>({4}, scales));
    graph.outputs = graph.add_node("resize", "node", {x, graph::kNoValue, by},
                                   {{"mode", std::string("nearest")}});
    return graph;
  }

 private:
  int64_t from(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
  }
  Shape picture(int64_t channels) { return {from(1, 3), channels, from(7, 12), from(7, 12)}; }
  Shape tensor_shape() {
    return from(0, 1) == 0 ? Shape{from(1, 4), from(1, 70)} : picture(from(1, 40));
  }

  // Strides, dilations, and paddings below the kernel's extent.
  Attributes window(const Ints& kernel) {
    const Ints dilations = {from(1, 2), from(1, 2)};
    Ints pads;
    for (size_t side = 0; side < 4; ++side) {
      pads.push_back(from(0, (kernel[side % 2] - 1) * dilations[side % 2]));
    }
    return {{"kernel_shape", kernel},
            {"strides", Ints{from(1, 3), from(1, 3)}},
            {"dilations", dilations},
            {"pads", pads}};
  }
  Attributes requantisation() {
    return {{"x_zero_point", from(0, 3) == 0 ? int64_t{0} : from(-128, 127)},
            {"zero_point", from(-20, 20)},
            {"clip_min", from(-128, -60)},
            {"clip_max", from(60, 127)}};
  }
  Attributes factor(const std::string& prefix, int64_t shift) {
    return {{prefix + "factor", from(1 << 30, INT32_MAX)}, {prefix + "shift", shift}};
  }

  Graph node(std::string_view op, const std::vector<Shape>& inputs, const Attributes& attributes) {
    Graph graph;
    std::vector<ValueId> ids;
    for (const Shape& shape : inputs) {
      ids.push_back(graph.add_input(fmt::format("x{}", ids.size()), {DType::kInt8, shape}));
    }
    graph.outputs = graph.add_node(std::string(op), "node", ids, attributes);
    return graph;
  }
  Graph weighted(std::string_view op, const Shape& x, const Shape& w, const Attributes& attributes,
                 int64_t channels) {
    Graph graph;
    const int64_t limit = (int64_t{1} << (config_.wgt_bits - 1)) - 1;
    const std::vector<ValueId> ids = {
        graph.add_input("x", {DType::kInt8, x}),
        graph.add_constant("w", draw_tensor<int8_t>(w, -limit, limit, random_)),
        graph.add_constant("bias", draw_tensor<int32_t>({channels}, -5000, 5000, random_)),
        graph.add_constant("factor", draw_tensor<int32_t>({channels}, 1 << 30, INT32_MAX, random_)),
        graph.add_constant("shift", draw_tensor<int32_t>({channels}, -10, -3, random_))};
    graph.outputs = graph.add_node(std::string(op), "node", ids, attributes);
    return graph;
  }

  const hw::Config& config_;
  std::mt19937_64& random_;
};

struct Drawn {
  std::string_view op;
  Graph (Draw::*draw)();
};
constexpr Drawn kDrawn[] = {
    {"qconv", &Draw::qconv},
    {"qconv_transpose", &Draw::qconv_transpose},
    {"qgemm", &Draw::qgemm},
    {"qadd", &Draw::qadd},
    {"qrescale", &Draw::qrescale},
    {"concat", &Draw::concat},
    {"resize", &Draw::resize},
    {"qmax_pool", &Draw::qmax_pool},
    {"qaverage_pool", &Draw::qaverage_pool},
    {"qglobal_average_pool", &Draw::qglobal_average_pool},
};

}  // namespace

std::vector<std::string_view> drawn_operators() {
  std::vector<std::string_view> ops;
  for (const Drawn& d : kDrawn) ops.push_back(d.op);
  return ops;
}

Graph draw_operator(std::string_view op, const hw::Config& config, std::mt19937_64& random) {
  const auto* found = std::ranges::find(kDrawn, op, &Drawn::op);
  require(found != std::end(kDrawn), "no random graphs of operator {}", op);
  Draw draw(config, random);
  return (draw.*found->draw)();
}

}  // namespace vta

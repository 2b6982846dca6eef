#include "vta/compiler/offload.h"

#include <algorithm>
#include <map>
#include <vector>

#include "vta/compiler/conv_transpose_node.h"
#include "vta/compiler/packing.h"
#include "vta/graph/ops/pool.h"
#include "vta/graph/ops/resize.h"

namespace vta::compiler {

namespace {

using graph::Graph;
using graph::Node;

const Shape& input_shape(const Graph& graph, const Node& node) {
  return graph.value(node.input(0)).type.shape;
}

bool has_requantise(const Graph&, const Node&, const hw::Config& config) {
  return config.has(hw::AluOp::kRequantise);
}

bool types_are_bytes(const Graph&, const Node&, const hw::Config& config) {
  return config.inp_bits == 8 && config.out_bits == 8;
}

bool rank_is_2_or_4(const Graph& graph, const Node& node, const hw::Config&) {
  const size_t rank = input_shape(graph, node).size();
  return rank == 2 || rank == 4;
}

bool rank_is_4(const Graph& graph, const Node& node, const hw::Config&) {
  return input_shape(graph, node).size() == 4;
}

bool batch_rows_do_not_split(const Graph&, const Node&, const hw::Config& config) {
  return config.batch == 1 || config.block_in == config.block_out;
}

bool weights_fit(const Graph& graph, const Node& node, const hw::Config& config) {
  const Tensor* weights = graph.constant(node.input(1));
  if (weights == nullptr) return false;
  const int limit = 1 << (config.wgt_bits - 1);
  return std::ranges::all_of(weights->as<int8_t>(),
                             [&](int8_t w) { return w >= -limit && w < limit; });
}

bool parameters_are_constant(const Graph& graph, const Node& node, const hw::Config&) {
  return graph.constant(node.input(2)) != nullptr && graph.constant(node.input(3)) != nullptr &&
         graph.constant(node.input(4)) != nullptr;
}

bool padding_fits_its_field(const Graph&, const Node& node, const hw::Config& config) {
  const auto& pads = node.ints_attr("pads");
  const int64_t per_pixel = Packing(config).inp_per_block;
  return pads[0] <= 15 && pads[2] <= 15 && pads[1] * per_pixel <= 15 && pads[3] * per_pixel <= 15;
}

bool dilations_are_one(const Graph&, const Node& node, const hw::Config&) {
  return node.ints_attr("dilations") == std::vector<int64_t>{1, 1};
}

// What the schedule loads: the input with zeros around it, as far as the outputs reach.
bool outputs_reach_the_input(const Graph& graph, const Node& node, const hw::Config& config) {
  return ConvTransposeNode(graph, node, Packing(config)).shape().reads_input();
}
bool reach_fits_the_padding_fields(const Graph& graph, const Node& node, const hw::Config& config) {
  const Packing packing(config);
  const auto s = ConvTransposeNode(graph, node, packing).shape();
  if (s.in_h == 1 && s.in_w == 1) return true;  // a dense layer
  const int64_t columns = 15 / packing.inp_per_block;
  return s.before_h() <= 15 && s.span_h(s.out_h) - s.before_h() - s.in_h <= 15 &&
         s.before_w() <= columns && s.span_w(s.out_w) - s.before_w() - s.in_w <= columns;
}

bool shifts_fit(const Graph& graph, const Node& node, const hw::Config&) {
  return std::ranges::all_of(graph.constant(node.input(4))->as<int32_t>(),
                             [](int32_t shift) { return shift >= -32 && shift <= 31; });
}

bool weights_are_symmetric(const Graph&, const Node& node, const hw::Config&) {
  return node.int_attr("w_zero_point") == 0;
}

bool rounds_as_rqt(const Graph&, const Node& node, const hw::Config&) {
  return node.op != "qgemm" || node.int_attr("round_once") == 0;
}

bool quotient_is_requantised(const Graph&, const Node& node, const hw::Config&) {
  return node.int_attr("exact_quotient") == 0;
}

// Of the first outputs to the last.
bool windows_reach_the_tensor(const Graph& graph, const Node& node, const hw::Config&) {
  const graph::Window w = graph::pool_window(node, input_shape(graph, node));
  for (size_t d = 0; d < w.in.size(); ++d) {
    const int64_t span = (w.out[d] - 1) * w.stride[d] + (w.kernel[d] - 1) * w.dilation[d] + 1;
    if (span <= w.pad_begin[d]) return false;
  }
  return true;
}

bool inputs_are_i8_activations(const Graph& graph, const Node& node, const hw::Config&) {
  const size_t count = node.op == "concat" ? node.inputs.size() : 1;
  return std::all_of(node.inputs.begin(), node.inputs.begin() + static_cast<int64_t>(count),
                     [&](graph::ValueId id) {
                       return graph.value(id).type.dtype == DType::kInt8 &&
                              graph.constant(id) == nullptr;
                     });
}

bool joins_channel_blocks(const Graph& graph, const Node& node, const hw::Config& config) {
  const auto rank = static_cast<int64_t>(input_shape(graph, node).size());
  if (node.int_attr("axis") != 1 && node.int_attr("axis") != 1 - rank) return false;
  const int64_t block = Packing(config).block;
  return std::all_of(node.inputs.begin(), node.inputs.end() - 1,
                     [&](graph::ValueId id) { return graph.value(id).type.shape[1] % block == 0; });
}

// Each element in the place of a whole number of neighbours, of rows and columns alone.
bool repeats_pixels(const Graph& graph, const Node& node, const hw::Config&) {
  if (node.string_attr("mode") != "nearest") return false;
  const auto optional = [&](size_t i) {
    return node.has_input(i) ? graph.constant(node.input(i)) : nullptr;
  };
  const auto axes =
      graph::resize_axes(node, input_shape(graph, node), optional(1), optional(2), optional(3));
  for (size_t d = 0; d < axes.size(); ++d) {
    const int64_t repeat = axes[d].out / axes[d].in;
    if (axes[d].out % axes[d].in != 0 || (d < 2 && repeat != 1)) return false;
    const std::vector<int64_t> places = graph::resize_places(node, axes[d]);
    for (int64_t i = 0; i < axes[d].out; ++i) {
      if (places[static_cast<size_t>(i)] != i / repeat) return false;
    }
  }
  return true;
}

constexpr Constraint kActivations = {"what is moved must be i8 and no constant",
                                     inputs_are_i8_activations};
constexpr Constraint kBytes = {"the configuration's inp and out types must be 8 bits",
                               types_are_bytes};
constexpr Constraint kRequantise = {"the configuration's ALU must have rqt", has_requantise};
constexpr Constraint kBatch = {"with batch > 1, block_in and block_out must be equal",
                               batch_rows_do_not_split};
constexpr Constraint kReach = {"the windows must not all lie in the padding before the tensor",
                               windows_reach_the_tensor};
constexpr Constraint kRank2Or4 = {"the tensors must have 2 or 4 dimensions", rank_is_2_or_4};
constexpr Constraint kRank4 = {"the tensor must have 4 dimensions", rank_is_4};

const std::vector<Constraint>& weighted_constraints() {
  static const std::vector<Constraint> kConstraints = {
      kBytes,
      kRequantise,
      kBatch,
      {"weights must be constant and fit the configuration's wgt type", weights_fit},
      {"the weights' zero point must be 0", weights_are_symmetric},
      {"the product with the factor must be rounded twice, as rqt does", rounds_as_rqt},
      {"bias, factor and shift must be constant", parameters_are_constant},
      {"shifts must be from -32 to 31", shifts_fit},
  };
  return kConstraints;
}

std::vector<Constraint> weighted_and(std::initializer_list<Constraint> more) {
  std::vector<Constraint> result = weighted_constraints();
  result.insert(result.end(), more);
  return result;
}

const std::map<std::string, std::vector<Constraint>, std::less<>>& table() {
  static const std::map<std::string, std::vector<Constraint>, std::less<>> kTable = {
      {"qconv", weighted_and({{"padding must be at most 15 input elements on a side",
                               padding_fits_its_field}})},
      {"qconv_transpose",
       weighted_and({{"dilations must be 1", dilations_are_one},
                     {"pads must not cut off all that the input reaches", outputs_reach_the_input},
                     {"outputs must reach at most 15 input elements beyond the input on a side",
                      reach_fits_the_padding_fields}})},
      {"qgemm", weighted_constraints()},
      {"qadd", {kBytes, kRequantise, kBatch, kRank2Or4}},
      {"qrescale", {kBytes, kRequantise, kBatch, kRank2Or4}},
      {"concat",
       {kActivations,
        kBytes,
        kBatch,
        kRank2Or4,
        {"channels must be joined, of all inputs but the last one whole blocks",
         joins_channel_blocks}}},
      {"resize",
       {kActivations,
        kBytes,
        kBatch,
        kRank4,
        {"the mode must be nearest, and every pixel become a whole number of neighbours",
         repeats_pixels}}},
      {"qmax_pool", {kBytes, kBatch, kRank4, kReach}},
      {"qaverage_pool",
       {kBytes,
        kRequantise,
        kBatch,
        kRank4,
        kReach,
        {"the mean must be rounded as rqt does, not as an exact quotient",
         quotient_is_requantised}}},
      {"qglobal_average_pool", {kBytes, kRequantise, kBatch, kRank4}},
  };
  return kTable;
}

}  // namespace

std::span<const Constraint> constraints(std::string_view op) {
  const auto it = table().find(op);
  return it == table().end() ? std::span<const Constraint>{} : it->second;
}

std::optional<std::string> why_not(const Graph& graph, const Node& node, const hw::Config& config) {
  const auto rules = constraints(node.op);
  if (rules.empty()) return fmt::format("no accelerator lowering for {}", node.op);
  for (const Constraint& constraint : rules) {
    if (!constraint.holds(graph, node, config)) return std::string(constraint.rule);
  }
  return std::nullopt;
}

}  // namespace vta::compiler

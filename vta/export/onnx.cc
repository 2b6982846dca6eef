// The importer's table of rules (vta/import/onnx/rules.h) gives the operators' names. The graph's
// operators have opset 17's inputs and attributes already, so a node is written as it stands, less
// the attributes that say what their absence says.
#include "vta/export/onnx.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <climits>

#include "vta/base/file.h"
#include "vta/graph/op.h"
#include "vta/import/onnx/proto.h"
#include "vta/import/onnx/rules.h"

namespace vta::exporter {
namespace {

using graph::Attribute;
using graph::Graph;
using graph::Node;
using graph::ValueId;

constexpr int kOpset = 17;
constexpr int kIrVersion = 8;  // the one that came with that opset

void write_value_info(onnx::ValueInfoProto& proto, const graph::Value& value) {
  proto.set_name(value.name);
  auto* type = proto.mutable_type()->mutable_tensor_type();
  type->set_elem_type(import::encode_dtype(value.type.dtype));
  auto* shape = type->mutable_shape();
  for (const int64_t size : value.type.shape) shape->add_dim()->set_dim_value(size);
}

void write_tensor(onnx::TensorProto& proto, const std::string& name, const Tensor& tensor) {
  proto.set_name(name);
  proto.set_data_type(import::encode_dtype(tensor.dtype()));
  for (const int64_t size : tensor.shape()) proto.add_dims(size);
  proto.set_raw_data(tensor.bytes().data(), tensor.bytes().size());
}

struct AttributeWriter {
  onnx::AttributeProto& proto;

  void operator()(int64_t value) const {
    proto.set_type(onnx::AttributeProto::INT);
    proto.set_i(value);
  }
  void operator()(double value) const {
    proto.set_type(onnx::AttributeProto::FLOAT);
    proto.set_f(static_cast<float>(value));
  }
  void operator()(const std::string& value) const {
    proto.set_type(onnx::AttributeProto::STRING);
    proto.set_s(value);
  }
  void operator()(const std::vector<int64_t>& values) const {
    proto.set_type(onnx::AttributeProto::INTS);
    for (const int64_t value : values) proto.add_ints(value);
  }
  void operator()(const std::vector<double>& values) const {
    proto.set_type(onnx::AttributeProto::FLOATS);
    for (const double value : values) proto.add_floats(static_cast<float>(value));
  }
};

bool is_empty(const Attribute& value) {
  const auto* ints = std::get_if<std::vector<int64_t>>(&value);
  const auto* floats = std::get_if<std::vector<double>>(&value);
  return (ints != nullptr && ints->empty()) || (floats != nullptr && floats->empty());
}

// Whether leaving the attribute out means the same: defaults, and lists that are absent in ONNX
// where they are empty here.
bool is_implied(const Node& node, const std::string& key, const Attribute& value) {
  if (is_empty(value)) return true;
  const auto& defs = graph::find_op(node.op)->attributes;
  const auto def = std::ranges::find(defs, key, &graph::AttributeDef::name);
  if (!def->required && def->default_value == value) return true;
  if (node.op != "average_pool" || key != "dilations") return false;
  require(std::ranges::all_of(node.ints_attr(key), [](int64_t d) { return d == 1; }),
          "average_pool '{}': dilations came with operator set 19; {} is written", node.name,
          kOpset);
  return true;
}

// x and y: a QuantizeLinear or DequantizeLinear, with its scales and zero point as initialisers
// that are called after y. A zero point has the type of the integers.
void write_linear(onnx::GraphProto& proto, const std::string& op_type, const std::string& name,
                  const std::string& x, const std::string& y, const Tensor& scales,
                  const Tensor& zero) {
  write_tensor(*proto.add_initializer(), y + "/scale", scales);
  write_tensor(*proto.add_initializer(), y + "/zero_point", zero);
  onnx::NodeProto& node = *proto.add_node();
  node.set_op_type(op_type);
  node.set_name(name);
  for (const std::string& input : {x, y + "/scale", y + "/zero_point"}) node.add_input(input);
  node.add_output(y);
}

void write_linear(onnx::GraphProto& proto, const Graph& graph, const Node& node) {
  const auto scale = static_cast<float>(node.float_attr("scale"));
  const auto zero = static_cast<int8_t>(node.int_attr("zero_point"));
  write_linear(proto, node.op == "quantize" ? "QuantizeLinear" : "DequantizeLinear", node.name,
               graph.value(node.inputs[0]).name, graph.value(node.outputs[0]).name,
               Tensor::scalar(scale), Tensor::scalar(zero));
}

void write_constant(onnx::GraphProto& proto, const std::string& name,
                    const QuantizedConstant& constant) {
  write_tensor(*proto.add_initializer(), name + "/integers", constant.values);
  Tensor zero(DType::kInt32, constant.scales.shape());
  std::ranges::fill(zero.as<int32_t>(), static_cast<int32_t>(constant.zero_point));
  write_linear(proto, "DequantizeLinear", name + "/dequantize", name + "/integers", name,
               constant.scales, zero.cast(constant.values.dtype()));
  auto& axis = *proto.mutable_node()->rbegin()->add_attribute();
  axis.set_name("axis");
  AttributeWriter{axis}(constant.axis);
}

void write_node(onnx::NodeProto& proto, const Graph& graph, const Node& node) {
  const std::string_view op_type = import::onnx_name(node.op);
  require(!op_type.empty(), "{} '{}': ONNX has no such operator", node.op, node.name);
  proto.set_op_type(std::string(op_type));
  proto.set_name(node.name);
  const auto name = [&](ValueId id) {
    return id == graph::kNoValue ? std::string() : graph.value(id).name;
  };
  for (const ValueId id : node.inputs) proto.add_input(name(id));
  for (const ValueId id : node.outputs) proto.add_output(name(id));
  for (const auto& [key, value] : node.attributes) {
    if (is_implied(node, key, value)) continue;
    auto& attribute = *proto.add_attribute();
    attribute.set_name(key);
    if (node.op == "cast" && key == "to") {
      AttributeWriter{attribute}(
          int64_t{import::encode_dtype(dtype_from_name(node.string_attr(key)))});
    } else {
      std::visit(AttributeWriter{attribute}, value);
    }
  }
}

void write_graph(onnx::GraphProto& proto, const Graph& graph, const QuantizedConstants& quantized) {
  proto.set_name(graph.name);
  for (const ValueId id : graph.inputs) write_value_info(*proto.add_input(), graph.value(id));
  for (const ValueId id : graph::used_constants(graph)) {
    if (const auto it = quantized.find(id); it != quantized.end()) {
      write_constant(proto, graph.value(id).name, it->second);
    } else {
      write_tensor(*proto.add_initializer(), graph.value(id).name, *graph.constant(id));
    }
  }
  for (const Node& node : graph.nodes) {
    if (node.op == "quantize" || node.op == "dequantize") {
      write_linear(proto, graph, node);
    } else {
      write_node(*proto.add_node(), graph, node);
    }
  }
  for (const ValueId id : graph.outputs) write_value_info(*proto.add_output(), graph.value(id));
}

}  // namespace

std::vector<uint8_t> export_onnx(const Graph& graph, const QuantizedConstants& quantized) {
  onnx::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("vta");
  model.add_opset_import()->set_version(kOpset);
  write_graph(*model.mutable_graph(), graph, quantized);
  const size_t size = model.ByteSizeLong();
  require(size <= INT_MAX, "the model has {} bytes, an ONNX file holds at most {}", size, INT_MAX);
  std::vector<uint8_t> bytes(size);
  model.SerializeToArray(bytes.data(), static_cast<int>(size));
  return bytes;
}

void save_onnx(const std::filesystem::path& path, const Graph& graph,
               const QuantizedConstants& quantized) {
  std::vector<uint8_t> bytes;
  try {
    bytes = export_onnx(graph, quantized);
  } catch (const Error& error) {
    fail("{}: {}", path.string(), error.what());
  }
  write_file(path, bytes);
}

}  // namespace vta::exporter

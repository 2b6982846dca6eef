#include "vta/import/onnx/proto.h"

#include <google/protobuf/io/coded_stream.h>
#include <onnx/onnx_pb.h>

#include <climits>
#include <set>

namespace vta::import {
namespace {

constexpr int64_t kMaxOpset = 20;
constexpr int kRecursionLimit = 64;

// Runs `body`, and puts `what` in front of the error that it may throw.
template <typename Body>
auto naming(const std::string& what, Body body) {
  try {
    return body();
  } catch (const Error& error) {
    fail("{}: {}", what, error.what());
  }
}

onnx::ModelProto parse_proto(std::span<const uint8_t> bytes) {
  require(bytes.size() <= INT_MAX, "the model has {} bytes, the limit is {}", bytes.size(),
          INT_MAX);
  const int size = static_cast<int>(bytes.size());
  google::protobuf::io::CodedInputStream stream(bytes.data(), size);
  stream.SetRecursionLimit(kRecursionLimit);
  stream.SetTotalBytesLimit(size);
  onnx::ModelProto proto;
  require(proto.ParsePartialFromCodedStream(&stream) && stream.ConsumedEntireMessage(),
          "not an ONNX model, or damaged: its {} bytes do not parse", bytes.size());
  require(proto.has_graph(), "not an ONNX model: it has no graph");
  return proto;
}

int64_t find_opset(const onnx::ModelProto& proto) {
  int64_t opset = 0;
  for (const auto& import : proto.opset_import()) {
    if (import.domain().empty() || import.domain() == "ai.onnx") opset = import.version();
  }
  require(opset != 0, "the model imports no operator set of the default domain");
  require(opset >= 1 && opset <= kMaxOpset, "operator set {} is not supported; 7 to {} are", opset,
          kMaxOpset);
  return opset;
}

OnnxInput decode_input(const onnx::ValueInfoProto& proto) {
  require(proto.type().has_tensor_type(),
          "its type is not a tensor; sequences, maps and optionals are not supported");
  const auto& type = proto.type().tensor_type();
  require(type.has_shape(), "the model does not say its shape");
  require(type.shape().dim_size() <= kMaxRank, "has {} dimensions, the limit is {}",
          type.shape().dim_size(), kMaxRank);
  OnnxInput input{proto.name(), decode_dtype(type.elem_type()), {}};
  for (const auto& dim : type.shape().dim()) {
    OnnxDim decoded;
    if (dim.has_dim_value()) decoded.size = dim.dim_value();
    decoded.name = dim.dim_param();
    input.dims.push_back(std::move(decoded));
  }
  return input;
}

OnnxAttribute decode_attribute(const onnx::AttributeProto& proto,
                               const std::filesystem::path& folder) {
  using Proto = onnx::AttributeProto;
  if (!proto.ref_attr_name().empty())
    return OtherAttribute{"a reference to a function's attribute"};
  switch (proto.type()) {
    case Proto::INT:
      return int64_t{proto.i()};
    case Proto::FLOAT:
      return double{proto.f()};
    case Proto::STRING:
      return proto.s();
    case Proto::INTS:
      return std::vector<int64_t>(proto.ints().begin(), proto.ints().end());
    case Proto::FLOATS:
      return std::vector<double>(proto.floats().begin(), proto.floats().end());
    case Proto::TENSOR:
      try {
        return decode_tensor(proto.t(), folder);
      } catch (const Error& error) {
        return OtherAttribute{fmt::format("a tensor: {}", error.what())};
      }
    default:
      return OtherAttribute{Proto::AttributeType_Name(proto.type())};
  }
}

OnnxNode decode_node(const onnx::NodeProto& proto, const std::filesystem::path& folder) {
  OnnxNode node;
  node.name = proto.name();
  node.op_type = proto.op_type();
  if (proto.domain() != "ai.onnx") node.domain = proto.domain();
  node.inputs.assign(proto.input().begin(), proto.input().end());
  node.outputs.assign(proto.output().begin(), proto.output().end());
  for (const auto& attribute : proto.attribute()) {
    node.attributes[attribute.name()] = decode_attribute(attribute, folder);
  }
  return node;
}

}  // namespace

OnnxModel parse_model(std::span<const uint8_t> bytes, const std::filesystem::path& folder) {
  const onnx::ModelProto proto = parse_proto(bytes);
  const onnx::GraphProto& graph = proto.graph();
  OnnxModel model;
  model.name = graph.name();
  model.opset = find_opset(proto);
  require(graph.sparse_initializer_size() == 0, "sparse initializers are not supported");
  std::set<std::string> constants;
  for (const auto& tensor : graph.initializer()) {
    naming(fmt::format("initializer '{}'", tensor.name()),
           [&] { model.initializers.emplace_back(tensor.name(), decode_tensor(tensor, folder)); });
    constants.insert(tensor.name());
  }
  for (const auto& input : graph.input()) {
    if (constants.contains(input.name())) continue;  // listed twice up to IR version 3
    model.inputs.push_back(
        naming(fmt::format("input '{}'", input.name()), [&] { return decode_input(input); }));
  }
  for (const auto& output : graph.output()) model.outputs.push_back(output.name());
  for (const auto& node : graph.node()) model.nodes.push_back(decode_node(node, folder));
  return model;
}

}  // namespace vta::import

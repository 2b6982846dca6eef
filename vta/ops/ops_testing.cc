#include "vta/ops/ops_testing.h"

#include "vta/ops/express.h"

namespace vta::ops {

namespace {

// Calls body<T>() with the C++ type of the elements.
template <typename Body>
void with_type(DType dtype, const Body& body) {
  switch (dtype) {
    case DType::kFloat32:
      return body.template operator()<float>();
    case DType::kFloat64:
      return body.template operator()<double>();
    case DType::kInt8:
      return body.template operator()<int8_t>();
    case DType::kInt16:
      return body.template operator()<int16_t>();
    case DType::kInt32:
      return body.template operator()<int32_t>();
    case DType::kInt64:
      return body.template operator()<int64_t>();
    case DType::kUInt8:
      return body.template operator()<uint8_t>();
    case DType::kUInt16:
      return body.template operator()<uint16_t>();
    case DType::kUInt32:
      return body.template operator()<uint32_t>();
    case DType::kUInt64:
      return body.template operator()<uint64_t>();
    case DType::kBool:
      return body.template operator()<bool>();
    default:
      fail("the interpreter has no {}", dtype_name(dtype));
  }
}

}  // namespace

loop::Array to_array(const Tensor& tensor, const loop::BufferNode& buffer) {
  loop::Array array(buffer);
  with_type(tensor.dtype(), [&]<typename T>() {
    const auto from = tensor.as<T>();
    for (size_t i = 0; i < from.size(); ++i) {
      if constexpr (std::is_floating_point_v<T>) {
        array.values[i].real = from[i];
      } else {
        array.values[i].integer = static_cast<int64_t>(from[i]);
      }
    }
  });
  return array;
}

Tensor to_tensor(const loop::Array& array, const graph::TensorType& type) {
  Tensor tensor(type.dtype, type.shape);
  with_type(type.dtype, [&]<typename T>() {
    const auto to = tensor.as<T>();
    for (size_t i = 0; i < to.size(); ++i) {
      if constexpr (std::is_floating_point_v<T>) {
        to[i] = static_cast<T>(array.values[i].real);
      } else {
        to[i] = static_cast<T>(array.values[i].integer);
      }
    }
  });
  return tensor;
}

std::vector<Tensor> interpret_node(const graph::Graph& graph, const graph::Node& node,
                                   std::span<const Tensor* const> inputs) {
  const LoweredNode lowered = lower(graph, node);
  const auto& parameters = lowered.function.parameters;
  std::vector<loop::Array> arrays;
  for (size_t i = 0; i < parameters.size(); ++i) {
    arrays.push_back(i < lowered.inputs.size()
                         ? to_array(*inputs[lowered.inputs[i]], *parameters[i])
                         : loop::Array(*parameters[i]));
  }
  std::vector<loop::Array*> arguments;
  for (loop::Array& array : arrays) arguments.push_back(&array);
  interpret(lowered.function, arguments);
  std::vector<Tensor> outputs;
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    outputs.push_back(
        to_tensor(arrays[lowered.inputs.size() + i], graph.value(node.outputs[i]).type));
  }
  return outputs;
}

}  // namespace vta::ops

// Small ONNX models for tests.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <string_view>
#include <vector>

#include "vta/base/tensor.h"
#include "vta/import/onnx/onnx.h"

namespace vta::import {

class ModelBuilder {
 public:
  explicit ModelBuilder(int64_t opset, std::string_view domain = "") {
    auto* import = proto.add_opset_import();
    import->set_domain(std::string(domain));
    import->set_version(opset);
    proto.set_ir_version(8);
  }

  // A dimension is a number, or a name that leaves it open; an empty name is open and unnamed.
  ModelBuilder& input(const std::string& name, const std::vector<std::string>& dims,
                      int type = onnx::TensorProto::FLOAT) {
    auto* value = proto.mutable_graph()->add_input();
    value->set_name(name);
    auto* tensor = value->mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    tensor->mutable_shape();
    for (const std::string& dim : dims) {
      auto* added = tensor->mutable_shape()->add_dim();
      if (dim.find_first_not_of("0123456789") == std::string::npos && !dim.empty()) {
        added->set_dim_value(std::stoll(dim));
      } else if (!dim.empty()) {
        added->set_dim_param(dim);
      }
    }
    return *this;
  }

  onnx::TensorProto& floats(const std::string& name, const Shape& shape,
                            const std::vector<float>& values) {
    auto* tensor = proto.mutable_graph()->add_initializer();
    fill(*tensor, name, shape, onnx::TensorProto::FLOAT);
    for (const float value : values) tensor->add_float_data(value);
    return *tensor;
  }
  onnx::TensorProto& ints(const std::string& name, const std::vector<int64_t>& values) {
    auto* tensor = proto.mutable_graph()->add_initializer();
    fill(*tensor, name, {static_cast<int64_t>(values.size())}, onnx::TensorProto::INT64);
    for (const int64_t value : values) tensor->add_int64_data(value);
    return *tensor;
  }
  static void fill(onnx::TensorProto& tensor, const std::string& name, const Shape& shape,
                   int type) {
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const int64_t dim : shape) tensor.add_dims(dim);
  }

  // The node's name is its first output's with "_node".
  ModelBuilder& node(const std::string& op, const std::vector<std::string>& inputs,
                     const std::vector<std::string>& outputs) {
    auto* added = proto.mutable_graph()->add_node();
    added->set_op_type(op);
    added->set_name(outputs[0] + "_node");
    for (const std::string& name : inputs) added->add_input(name);
    for (const std::string& name : outputs) added->add_output(name);
    return *this;
  }
  // Attributes of the last node.
  ModelBuilder& attr(const std::string& name, int64_t value) {
    attribute(name, onnx::AttributeProto::INT).set_i(value);
    return *this;
  }
  ModelBuilder& attr(const std::string& name, float value) {
    attribute(name, onnx::AttributeProto::FLOAT).set_f(value);
    return *this;
  }
  ModelBuilder& attr(const std::string& name, const char* value) {
    attribute(name, onnx::AttributeProto::STRING).set_s(value);
    return *this;
  }
  ModelBuilder& attr(const std::string& name, const std::vector<int64_t>& values) {
    auto& added = attribute(name, onnx::AttributeProto::INTS);
    for (const int64_t value : values) added.add_ints(value);
    return *this;
  }
  ModelBuilder& attr(const std::string& name, const std::vector<float>& values) {
    auto& added = attribute(name, onnx::AttributeProto::FLOATS);
    for (const float value : values) added.add_floats(value);
    return *this;
  }
  onnx::AttributeProto& attribute(const std::string& name,
                                  onnx::AttributeProto::AttributeType type) {
    auto* nodes = proto.mutable_graph()->mutable_node();
    auto* added = nodes->Mutable(nodes->size() - 1)->add_attribute();
    added->set_name(name);
    added->set_type(type);
    return *added;
  }

  ModelBuilder& output(const std::string& name) {
    proto.mutable_graph()->add_output()->set_name(name);
    return *this;
  }

  std::vector<uint8_t> bytes() const {
    const std::string text = proto.SerializeAsString();
    return {text.begin(), text.end()};
  }
  graph::Graph import(const OnnxOptions& options = {}) const {
    return import_onnx(bytes(), options);
  }
  // The text of the error that the import ends in; empty when it succeeds.
  std::string import_error(const OnnxOptions& options = {}) const {
    try {
      import(options);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  onnx::ModelProto proto;
};

}  // namespace vta::import

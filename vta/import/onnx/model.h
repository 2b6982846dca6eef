// What the importer needs of a model file, free of the file format's classes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "vta/base/tensor.h"

namespace vta::import {

// An attribute of a kind that no supported operator has, such as a subgraph.
struct OtherAttribute {
  std::string kind;
};
using OnnxAttribute = std::variant<int64_t, double, std::string, std::vector<int64_t>,
                                   std::vector<double>, Tensor, OtherAttribute>;

struct OnnxNode {
  std::string name;  // may be empty
  std::string op_type;
  std::string domain;                // empty for the default domain
  std::vector<std::string> inputs;   // empty names: absent
  std::vector<std::string> outputs;  // likewise
  std::map<std::string, OnnxAttribute> attributes;
};

struct OnnxDim {
  std::optional<int64_t> size;
  std::string name;  // may be empty
};

struct OnnxInput {
  std::string name;
  DType dtype = DType::kFloat32;
  std::vector<OnnxDim> dims;
};

struct OnnxModel {
  std::string name;
  int64_t opset = 0;
  std::vector<std::pair<std::string, Tensor>> initializers;
  std::vector<OnnxInput> inputs;  // without those that are initializers
  std::vector<std::string> outputs;
  std::vector<OnnxNode> nodes;
};

}  // namespace vta::import

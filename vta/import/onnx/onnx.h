// ONNX model files become graphs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "vta/graph/graph.h"

namespace vta::import {

struct OnnxOptions {
  // Sizes of dimensions that the model leaves open: by the dimension's name in the model, by
  // "INPUT.AXIS", or by "batch", which is any input's open first dimension. An open first dimension
  // that is not listed is 1.
  std::map<std::string, int64_t> dims;
  // Graph inputs that become constants of these values.
  std::map<std::string, Tensor> bind;
  // The folder that external data lies in; empty: a model with external data is refused.
  std::filesystem::path folder;
};

// The graph that the bytes of a model mean, verified; attributes and inputs in the form of opset
// 17, inputs and outputs named as in the model, shapes static. Accepts the default domain's opsets
// 7 to 20, and older ones where an operator's form is known. Nodes whose inputs are small constants
// are evaluated, so that shapes may be computed. Throws Error: not an ONNX model; an open dimension
// that no option sizes; external data that is outside `folder` or too short; and one for all nodes
// that are not supported, which lists each with the reason.
graph::Graph import_onnx(std::span<const uint8_t> bytes, const OnnxOptions& options);

// Of a file; its folder is where external data lies unless the options name another. Errors begin
// with the path.
graph::Graph load_onnx(const std::filesystem::path& path, OnnxOptions options = {});

}  // namespace vta::import

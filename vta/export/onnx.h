// Graphs become ONNX model files, which the importer reads back as the same graph.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "vta/export/qdq.h"
#include "vta/graph/graph.h"

namespace vta::exporter {

// A model of opset 17 with the graph's names, its constants inside. Float attributes are narrowed
// to f32, as the format has them. Constants that are in `quantized` are written as those integers
// with a DequantizeLinear. Throws Error that names the node whose operator or attribute opset 17
// lacks, and for a model of more than 2 GiB. Integer networks: vta/export/qdq.h.
std::vector<uint8_t> export_onnx(const graph::Graph& graph,
                                 const QuantizedConstants& quantized = {});

// To a file, whole or not at all. Errors begin with the path.
void save_onnx(const std::filesystem::path& path, const graph::Graph& graph,
               const QuantizedConstants& quantized = {});

}  // namespace vta::exporter

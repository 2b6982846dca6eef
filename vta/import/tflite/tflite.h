// TensorFlow Lite model files become graphs.
//
// Tensors of four dimensions are N x H x W x C in the file and N x C x H x W in the graph, its
// inputs and outputs included. Quantised models become integer operators with the meaning of
// TFLite's reference kernels, bit for bit. uint8 values q are int8 values q - 128 inside the graph;
// its inputs and outputs stay uint8.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "vta/graph/graph.h"

namespace vta::import {

// The first subgraph of a model, verified; values are named as its tensors. Throws Error: not a
// TFLite model, damaged, and one for all operators that are not supported, which lists each with
// the reason.
graph::Graph import_tflite(std::span<const uint8_t> bytes);

// Of a file. Errors begin with the path.
graph::Graph load_tflite(const std::filesystem::path& path);

}  // namespace vta::import

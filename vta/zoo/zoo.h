// Well-known networks, built with random weights: their structure is the published one, so they
// cost what the trained ones cost, and batch normalisation has the statistics that the weights
// really give, so that activations keep a sane scale through the depth. Answers mean nothing.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "vta/graph/graph.h"

namespace vta::zoo {

struct BuildOptions {
  uint64_t seed = 0;  // of the weights
  int64_t size = 0;   // height and width of the picture that goes in; 0: as published
};

// Counts as a publication prints them, 0 where it has none.
struct Published {
  double macs = 0;
  double parameters = 0;
  std::string_view source;
};

struct Network {
  std::string_view name;
  std::string_view about;
  int64_t size;       // of the published input; 0 where the input is not a picture
  int64_t size_step;  // a size must be a multiple of this
  Published published;
  graph::Graph (*build)(const BuildOptions& options);  // with the size filled in
};

std::span<const Network> networks();

// In float, batch 1, NCHW, verified. Throws Error: no such network (lists them), or a size that it
// cannot have.
graph::Graph build(std::string_view name, BuildOptions options = {});

// Trained numbers: weights, biases and the scale and shift of batch normalisation, not its
// statistics.
int64_t parameters(const graph::Graph& graph);

}  // namespace vta::zoo

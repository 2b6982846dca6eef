// Layers of 4 and of 8 bits in one network: which ones to narrow first.
#pragma once

#include "vta/quantize/post_training.h"

namespace vta::quantize {

// One choice of layers, on the way from all wide to all narrow.
struct MixedChoice {
  std::vector<std::string> narrow;  // the nodes whose weights have 4 bits
  graph::Graph integer;
};

// Narrows layer after layer, first those that save much for the error that they alone make.
// `saved`: cycles that narrowing a node saves; nodes that it lacks save nothing and come last. At
// most `choices` steps, evenly spread, the two ends among them.
std::vector<MixedChoice> narrow_stepwise(PostTrainer& trainer, const Way& way,
                                         const std::map<std::string, double>& saved,
                                         size_t choices);

}  // namespace vta::quantize

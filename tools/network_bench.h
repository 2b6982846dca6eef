// A network timed on the accelerator, layer by layer: what `vta bench` prints and `vta report`
// draws.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tools/network_io.h"
#include "vta/compiler/network_timing.h"

namespace CLI {
class App;
}

namespace vta::tools {

struct Workload {
  std::string model;  // a name of the zoo or a file
  int64_t size = 0;   // height and width of the input of a name; 0: as published
  NetworkOptions network;
};
// MODEL, --size and those of add_network_options.
void add_workload_options(CLI::App& command, Workload& workload);

// The network in integers, with ranges from one random input: time does not depend on data. Throws
// Error for a model that is neither in the zoo nor a file that can be read.
graph::Graph integer_network(const Workload& workload, int weight_bits);

struct Bench {
  std::string network;
  compiler::Compiled compiled;
  compiler::NetworkTiming timing;

  const hw::Config& config() const { return compiled.module.config; }
  const compiler::CompileReport& report() const { return compiled.report; }
  // A share of the MACs that the array could have done; of the accelerator's own, as the time is.
  double utilisation() const { return utilisation_of(timing.macs(), timing.cycles()); }
  double utilisation_of(uint64_t macs, uint64_t cycles) const;
  double fps() const;
};

Bench bench(const std::string& name, const graph::Graph& integer, const hw::Config& config);

// "mac" or "dram": which of a layer's bounds is the larger.
std::string_view bound_name(const compiler::LayerTiming& layer);
// Frames per second in the talk of 2018, where it has a figure for this network and hardware.
std::optional<double> talk_fps(const Bench& bench);

nlohmann::ordered_json bench_json(const Bench& bench);

}  // namespace vta::tools

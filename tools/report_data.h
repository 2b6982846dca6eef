// What the page of `vta report` draws, as one JSON object.
#pragma once

#include <nlohmann/json.hpp>

#include "tools/network_bench.h"

namespace vta::tools {

// `bench` (bench_json); `roof` (MACs and bytes a cycle); `nodes` of the graph, each with the nodes
// that it reads and its index among the layers of `bench`; `timelines`, when each instruction of a
// layer ran; `memory`, the buffers of the arena with the cycles between which they are needed.
nlohmann::ordered_json report_data(const Bench& bench);

// The same network on larger hardware, compiled and timed once more: `name`, `change`, and `bench`,
// or `error` where there is no such hardware.
nlohmann::ordered_json what_if(const Bench& bench, const graph::Graph& integer);

}  // namespace vta::tools

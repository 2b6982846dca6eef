// The fast functional simulator with a given table of inner loops: what make_functional returns,
// and what tests use to run tables that this CPU would not choose.
#pragma once

#include <memory>

#include "vta/sim/executor.h"
#include "vta/sim/kernels.h"
#include "vta/sim/simulator.h"

namespace vta::sim {

std::unique_ptr<Simulator> make_functional_with(const hw::Config& config, const Kernels& kernels);
std::unique_ptr<Executor> make_functional_executor(const hw::Config& config,
                                                   const Kernels& kernels);

}  // namespace vta::sim

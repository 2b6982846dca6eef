// What executes instructions, one after the other, on scratchpads of its own: a simulator without
// its fetch, queues and tokens.
#pragma once

#include <memory>

#include "vta/isa/instruction.h"
#include "vta/sim/checks.h"
#include "vta/sim/dram.h"
#include "vta/sim/simulator.h"

namespace vta::sim {

class Executor {
 public:
  virtual ~Executor() = default;
  // Adds to `counters`. Throws Fault.
  virtual void execute(const Site& site, Dram& dram, Counters& counters) = 0;
  virtual const isa::MicroOp* uops() const = 0;  // the micro-op buffer
};

// Checks and counts as all do, but of what instructions do it does only LOADs of micro-ops: enough
// for their time.
std::unique_ptr<Executor> make_micro_op_executor(const hw::Config& config);

}  // namespace vta::sim

// The compiler's driver: from a float network to a module, and a report of what runs where.
#pragma once

#include <string>
#include <vector>

#include "vta/graph/interpreter.h"
#include "vta/module/module.h"

namespace vta::compiler {

struct NodeReport {
  std::string name;
  std::string op;
  bool on_accelerator = false;
  std::string reason{};      // why not, where it runs on the host
  int64_t macs = 0;          // multiply-accumulates of the node
  int64_t instructions = 0;  // of its program, on the accelerator
};

struct CompileReport {
  std::vector<NodeReport> nodes;
  uint64_t activation_bytes = 0;  // of device memory, at most at a time
  int64_t macs() const;
  int64_t macs_on_accelerator() const;
};

struct Compiled {
  module::Module module;
  CompileReport report;
};

// Folds, calibrates on the samples, quantises and compiles. Throws Error as calibrate does.
Compiled compile_network(const graph::Graph& network,
                         const std::vector<graph::NamedTensors>& samples, const hw::Config& config);

// An integer network (vta/quantize) as it stands: nodes that the accelerator can run become
// kernels, the others stay with the host; tensors are moved only where the side changes.
Compiled compile_integer(const graph::Graph& graph, const hw::Config& config);

}  // namespace vta::compiler

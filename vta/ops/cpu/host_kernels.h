// The nodes of a graph as compiled code: each is compiled when it first runs, by its expression and
// default_schedule. Integers have each bit of the reference kernel; floats are rounded in the
// type of the result, where that adds in f64.
//
// The reference kernel runs what has no expression (express.h names these), what only renames
// elements, and the operators that find faults in values: gather, and division of integers.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "vta/codegen/llvm/compile.h"
#include "vta/graph/graph.h"

namespace vta::ops::cpu {

class HostKernels {
 public:
  // The graph must outlive this, unchanged.
  explicit HostKernels(const graph::Graph& graph);
  ~HostKernels();

  // What graph::run_node gives for a node of the graph; its constants have their values.
  std::vector<Tensor> run(const graph::Node& node, std::span<const Tensor* const> inputs);

  // Of all nodes so far.
  double compile_seconds() const { return compile_seconds_; }
  int compiled() const { return static_cast<int>(kernels_.size()); }  // different functions

 private:
  struct Compiled;

  const Compiled& compiled(const graph::Node& node);
  codegen::Kernel kernel(const loop::Function& function);

  const graph::Graph* graph_;
  std::unique_ptr<codegen::Jit> jit_;               // when something is first compiled
  std::map<std::string, codegen::Kernel> kernels_;  // by the unscheduled function's text
  std::map<const graph::Node*, std::unique_ptr<const Compiled>> nodes_;
  double compile_seconds_ = 0;
};

}  // namespace vta::ops::cpu

#include "vta/ops/cpu/host_kernels.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>

#include "vta/base/error.h"
#include "vta/codegen/runtime/runtime.h"
#include "vta/graph/interpreter.h"
#include "vta/loop/text.h"
#include "vta/ops/cpu/default_schedule.h"
#include "vta/ops/express.h"

namespace vta::ops::cpu {

using graph::Node;

namespace {

struct Release {
  void operator()(void* memory) const { vta_release(memory); }
};
using Memory = std::unique_ptr<void, Release>;

Memory allocate(const Tensor& tensor) {
  return Memory(vta_allocate(std::max<int64_t>(1, std::ssize(tensor.bytes()))));
}
Memory copy_of(const Tensor& tensor) {
  Memory memory = allocate(tensor);
  std::memcpy(memory.get(), tensor.bytes().data(), tensor.bytes().size());
  return memory;
}

bool finds_faults(const graph::Graph& graph, const Node& node) {
  const DType dtype = graph.value(node.outputs[0]).type.dtype;
  const bool is_float = dtype == DType::kFloat32 || dtype == DType::kFloat64;
  return node.op == "gather" || ((node.op == "div" || node.op == "mod") && !is_float);
}

std::optional<LoweredNode> lowered(const graph::Graph& graph, const Node& node) {
  const OpExpression* expression = find_expression(node.op);
  if (expression == nullptr || expression->is_view || finds_faults(graph, node)) return {};
  try {
    return lower(graph, node);
  } catch (const Error&) {
    return {};  // the expression's limit
  }
}

}  // namespace

// A node's code; without a kernel the reference runs it.
struct HostKernels::Compiled {
  std::optional<codegen::Kernel> kernel;
  std::vector<size_t> inputs;
  std::map<size_t, Memory> constants;  // of these inputs, aligned
};

HostKernels::HostKernels(const graph::Graph& graph) : graph_(&graph) {}
HostKernels::~HostKernels() = default;

codegen::Kernel HostKernels::kernel(const loop::Function& function) {
  const std::string text = to_string(function);
  const auto found = kernels_.find(text);
  if (found != kernels_.end()) return found->second;
  if (jit_ == nullptr) jit_ = std::make_unique<codegen::Jit>();
  return kernels_.emplace(text, jit_->compile(default_schedule(function))).first->second;
}

const HostKernels::Compiled& HostKernels::compiled(const Node& node) {
  std::unique_ptr<const Compiled>& entry = nodes_[&node];
  if (entry != nullptr) return *entry;
  const auto begin = std::chrono::steady_clock::now();
  auto result = std::make_unique<Compiled>();
  if (const std::optional<LoweredNode> function = lowered(*graph_, node)) {
    result->kernel = kernel(function->function);
    result->inputs = function->inputs;
    for (const size_t input : function->inputs) {
      const Tensor* constant = graph_->constant(node.input(input));
      if (constant != nullptr) result->constants.emplace(input, copy_of(*constant));
    }
  }
  entry = std::move(result);
  compile_seconds_ +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return *entry;
}

std::vector<Tensor> HostKernels::run(const Node& node, std::span<const Tensor* const> inputs) {
  const Compiled& code = compiled(node);
  if (!code.kernel) return graph::run_node(*graph_, node, inputs);
  std::vector<Memory> memory;
  std::vector<void*> buffers;
  for (const size_t input : code.inputs) {
    const auto constant = code.constants.find(input);
    if (constant == code.constants.end()) memory.push_back(copy_of(*inputs[input]));
    buffers.push_back(constant == code.constants.end() ? memory.back().get()
                                                       : constant->second.get());
  }
  std::vector<Tensor> outputs;
  for (const graph::ValueId id : node.outputs) {
    const graph::TensorType& type = graph_->value(id).type;
    memory.push_back(allocate(outputs.emplace_back(type.dtype, type.shape)));
    buffers.push_back(memory.back().get());
  }
  (*code.kernel)(buffers);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const void* result = buffers[buffers.size() - outputs.size() + i];
    std::memcpy(outputs[i].bytes().data(), result, outputs[i].bytes().size());
  }
  return outputs;
}

}  // namespace vta::ops::cpu

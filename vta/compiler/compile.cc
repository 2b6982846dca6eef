#include "vta/compiler/compile.h"

#include <optional>

#include "vta/compiler/lower.h"
#include "vta/compiler/macs.h"
#include "vta/compiler/memory_plan.h"
#include "vta/compiler/offload.h"
#include "vta/compiler/packing.h"
#include "vta/graph/passes.h"
#include "vta/isa/check.h"
#include "vta/module/placement.h"
#include "vta/ops/accel/does_not_fit.h"
#include "vta/quantize/post_training.h"

namespace vta::compiler {

namespace {

using graph::Graph;
using graph::Node;
using graph::ValueId;

// Operators that leave a packed tensor as it is when its packed dimensions stay the same, as
// between a global pooling and a dense layer.
bool only_renames(const Graph& graph, const Node& node) {
  if (node.op != "reshape" && node.op != "flatten" && node.op != "squeeze" &&
      node.op != "unsqueeze" && node.op != "identity") {
    return false;
  }
  const Shape& from = graph.value(node.input(0)).type.shape;
  const Shape& to = graph.value(node.outputs[0]).type.shape;
  const auto packable = [](const Shape& shape) { return shape.size() == 2 || shape.size() == 4; };
  return packable(from) && packable(to) && PackedShape(from) == PackedShape(to);
}

#ifndef NDEBUG
// Debug builds prove every program, where the memory plan puts it.
void check_programs(const module::Module& module) {
  const std::vector<isa::Program> programs = module::placed_programs(module);
  for (size_t i = 0; i < programs.size(); ++i) {
    const isa::CheckReport report = isa::check(programs[i]);
    require(report.ok(), "kernel '{}': the compiler made a wrong program: {}",
            module.kernels[i].name, isa::to_string(report));
  }
}
#endif

// Walks the graph once, node by node, and writes the module's steps.
class ModuleBuilder {
 public:
  ModuleBuilder(const Graph& graph, const hw::Config& config)
      : layout_{
            .rows = config.batch, .columns = static_cast<int>(Packing(config).block), .bits = 8} {
    compiled_.module.config = config;
    compiled_.module.graph = graph;
    places_.resize(graph.values.size());
    for (const ValueId id : graph.inputs) place(id).on_host = true;
  }

  Compiled build() {
    for (size_t i = 0; i < graph().nodes.size(); ++i) add_node(static_cast<int>(i));
    for (const ValueId id : graph().outputs) need_on_host(id);
    plan_arena();
    module::verify(compiled_.module);
#ifndef NDEBUG
    check_programs(compiled_.module);
#endif
    return std::move(compiled_);
  }

 private:
  // Where a value is: packed in a buffer of the device, on the host, or both.
  struct Place {
    int buffer = -1;
    bool on_host = false;
  };

  void add_node(int index) {
    const Node& node = graph().nodes[static_cast<size_t>(index)];
    NodeReport report{.name = node.name, .op = node.op, .macs = macs(graph(), node)};
    if (only_renames(graph(), node) && place(node.input(0)).buffer >= 0) {
      place(node.outputs[0]).buffer = place(node.input(0)).buffer;
      report.on_accelerator = true;
    } else if (const auto reason = why_not(graph(), node, config())) {
      report.reason = *reason;
    } else {
      try {
        const bool input_on_host = place(node.input(0)).buffer < 0;
        const LoweredKernel kernel = lower(graph(), node, config(), input_on_host, programs_);
        report.on_accelerator = true;
        report.instructions = static_cast<int64_t>(kernel.program.instructions.size());
        add_kernel(node, kernel, report.macs);
      } catch (const ops::accel::DoesNotFit& error) {
        report.reason = error.what();
      }
    }
    if (!report.on_accelerator) add_host_step(index, node);
    compiled_.report.nodes.push_back(std::move(report));
  }

  void add_host_step(int index, const Node& node) {
    for (const ValueId id : node.inputs) {
      if (id != graph::kNoValue && graph().constant(id) == nullptr) need_on_host(id);
    }
    add_step(module::HostStep{index});
    for (const ValueId id : node.outputs) place(id).on_host = true;
  }

  void add_kernel(const Node& node, const LoweredKernel& lowered, int64_t kernel_macs) {
    module::Kernel kernel{.name = node.name,
                          .program = lowered.program,
                          .buffers = {},
                          .macs = static_cast<uint64_t>(kernel_macs)};
    std::vector<int> inputs;
    for (const ValueId id : node.inputs) {
      if (id == graph::kNoValue || graph().constant(id) != nullptr) continue;
      const bool folds = inputs.empty() && lowered.input_fold;
      inputs.push_back(folds ? upload_folded(id, *lowered.input_fold) : need_on_device(id));
    }
    const int output = add_activation_buffer(node.outputs[0]);
    kernel.buffers = {output};
    kernel.buffers.insert(kernel.buffers.end(), inputs.begin(), inputs.end());
    for (size_t i = 0; i < lowered.constants.size(); ++i) {
      kernel.buffers.push_back(static_cast<int>(compiled_.module.buffers.size()));
      compiled_.module.buffers.push_back(
          {.name = fmt::format("{}.constant{}", node.name, i),
           .bytes = lowered.constants[i].size(),
           .contents = std::make_shared<const std::vector<uint8_t>>(lowered.constants[i])});
      lifetimes_.emplace_back();
    }
    compiled_.module.kernels.push_back(std::move(kernel));
    add_step(module::KernelStep{static_cast<int>(compiled_.module.kernels.size()) - 1});
    place(node.outputs[0]).buffer = output;
    for (const int buffer : compiled_.module.kernels.back().buffers) touch(buffer);
  }

  int need_on_device(ValueId id) {
    if (place(id).buffer < 0) {
      place(id).buffer = add_activation_buffer(id);
      add_step(module::UploadStep{id, place(id).buffer, layout_});
      touch(place(id).buffer);
    }
    return place(id).buffer;
  }

  // A buffer for one kernel.
  int upload_folded(ValueId id, const module::WindowFold& fold) {
    const graph::Value& value = graph().value(id);
    const int buffer =
        add_activation_buffer(value.name + ".folded", folded_shape(value.type.shape, fold));
    add_step(module::UploadStep{id, buffer, layout_, fold});
    touch(buffer);
    return buffer;
  }

  void need_on_host(ValueId id) {
    if (place(id).on_host || graph().constant(id) != nullptr) return;
    place(id).on_host = true;
    add_step(module::DownloadStep{place(id).buffer, id, layout_});
    touch(place(id).buffer);
  }

  int add_activation_buffer(ValueId id) {
    const graph::Value& value = graph().value(id);
    return add_activation_buffer(value.name, value.type.shape);
  }
  int add_activation_buffer(std::string name, const Shape& shape) {
    compiled_.module.buffers.push_back({.name = std::move(name),
                                        .bytes = module::packed_bytes(shape, layout_),
                                        .contents = nullptr});
    lifetimes_.push_back(Span{next_step(), next_step()});
    return static_cast<int>(compiled_.module.buffers.size()) - 1;
  }

  void add_step(module::Step step) {
    compiled_.module.steps.push_back(step);
  }
  int64_t next_step() const {
    return static_cast<int64_t>(compiled_.module.steps.size());
  }

  // The latest step uses the buffer.
  void touch(int buffer) {
    if (auto& span = lifetimes_[static_cast<size_t>(buffer)]) span->last = next_step() - 1;
  }

  void plan_arena() {
    std::vector<Lifetime> lifetimes;
    std::vector<module::BufferPlan*> buffers;
    for (size_t i = 0; i < lifetimes_.size(); ++i) {
      if (!lifetimes_[i]) continue;
      buffers.push_back(&compiled_.module.buffers[i]);
      lifetimes.push_back({buffers.back()->bytes, lifetimes_[i]->first, lifetimes_[i]->last});
    }
    const MemoryPlan plan =
        plan_memory(lifetimes, static_cast<uint64_t>(config().dram_alignment()));
    for (size_t i = 0; i < buffers.size(); ++i) buffers[i]->offset = plan.offsets[i];
    compiled_.module.arena_bytes = compiled_.report.activation_bytes = plan.bytes;
  }

  const Graph& graph() const {
    return compiled_.module.graph;
  }
  const hw::Config& config() const {
    return compiled_.module.config;
  }
  Place& place(ValueId id) {
    return places_[static_cast<size_t>(id)];
  }

  struct Span {
    int64_t first;
    int64_t last;
  };

  const module::BlockLayout layout_;
  Compiled compiled_;
  std::vector<Place> places_;  // by value
  ConvPrograms programs_;
  std::vector<std::optional<Span>> lifetimes_;  // by buffer; nothing for constants
};

}  // namespace

int64_t CompileReport::macs() const {
  int64_t total = 0;
  for (const NodeReport& node : nodes) total += node.macs;
  return total;
}

int64_t CompileReport::macs_on_accelerator() const {
  int64_t total = 0;
  for (const NodeReport& node : nodes) total += node.on_accelerator ? node.macs : 0;
  return total;
}

Compiled compile_integer(const Graph& graph, const hw::Config& config) {
  return ModuleBuilder(graph, config).build();
}

Compiled compile_network(const Graph& network, const std::vector<graph::NamedTensors>& samples,
                         const hw::Config& config) {
  const Graph prepared = graph::simplify(network);
  return compile_integer(quantize::quantize_directly(prepared, samples, config.wgt_bits), config);
}

}  // namespace vta::compiler

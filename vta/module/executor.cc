#include "vta/module/executor.h"

#include <chrono>
#include <optional>

#include "vta/base/error.h"
#include "vta/module/placement.h"

namespace vta::module {

namespace {

void check_fingerprint(const Module& module, const runtime::Device& device) {
  const std::string compiled_for = module.config.fingerprint();
  const std::string has = device.config().fingerprint();
  require(compiled_for == has, "the module was compiled for {}, device '{}' is {}", compiled_for,
          device.name(), has);
}

}  // namespace

// The tensors of one run: inputs and constants belong to others, what a step computes is kept here.
class Executor::Values {
 public:
  Values(const graph::Graph& graph, const graph::NamedTensors& inputs)
      : tensors_(graph.values.size(), nullptr), computed_(graph.values.size()) {
    for (size_t id = 0; id < tensors_.size(); ++id) {
      tensors_[id] = graph.values[id].constant.get();
    }
    for (const graph::ValueId id : graph.inputs) {
      tensors_[static_cast<size_t>(id)] = &inputs.at(graph.value(id).name);
    }
  }

  const Tensor* get(graph::ValueId id) const {
    return id == graph::kNoValue ? nullptr : tensors_[static_cast<size_t>(id)];
  }
  void set(graph::ValueId id, Tensor tensor) {
    const auto index = static_cast<size_t>(id);
    tensors_[index] = &computed_[index].emplace(std::move(tensor));
  }

 private:
  std::vector<const Tensor*> tensors_;
  std::vector<std::optional<Tensor>> computed_;
};

Executor::Executor(const Module& module, runtime::Device& device, HostCode host)
    : module_(&module),
      device_((check_fingerprint(module, device), &device)),
      arena_(device, module.arena_bytes),
      kernel_seconds_(module.kernels.size(), 0.0) {
  if (host == HostCode::kCompiled) host_.emplace(module.graph);
  for (const BufferPlan& buffer : module.buffers) {
    if (buffer.contents == nullptr) {
      addresses_.push_back(arena_.address() + buffer.offset);
      continue;
    }
    addresses_.push_back(constants_.emplace_back(device, buffer.bytes).address());
    device.copy_to(addresses_.back(), *buffer.contents);
  }
  for (const Kernel& kernel : module.kernels) {
    programs_.emplace_back(device, kernel.program, kernel_addresses(kernel, addresses_));
  }
}

graph::NamedTensors Executor::run(const graph::NamedTensors& inputs) {
  graph::check_inputs(module_->graph, inputs);
  Values values(module_->graph, inputs);
  for (const Step& step : module_->steps) {
    std::visit([&](const auto& s) { execute(s, values); }, step);
  }
  graph::NamedTensors outputs;
  for (const graph::ValueId id : module_->graph.outputs) {
    outputs.emplace(module_->graph.value(id).name, *values.get(id));
  }
  return outputs;
}

void Executor::execute(const HostStep& step, Values& values) {
  const graph::Node& node = module_->graph.nodes[static_cast<size_t>(step.node)];
  std::vector<const Tensor*> arguments;
  for (const graph::ValueId id : node.inputs) arguments.push_back(values.get(id));
  std::vector<Tensor> results =
      host_ ? host_->run(node, arguments) : graph::run_node(module_->graph, node, arguments);
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    values.set(node.outputs[i], std::move(results[i]));
  }
}

void Executor::execute(const UploadStep& step, Values& values) {
  const Tensor& value = *values.get(step.value);
  device_->copy_to(addresses_[static_cast<size_t>(step.buffer)],
                   pack(step.fold ? fold_windows(value, *step.fold) : value, step.layout));
}

void Executor::execute(const KernelStep& step, Values&) {
  const auto begin = std::chrono::steady_clock::now();
  counters_ += programs_[static_cast<size_t>(step.kernel)].run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  kernel_seconds_[static_cast<size_t>(step.kernel)] += took.count();
}

void Executor::execute(const DownloadStep& step, Values& values) {
  const Shape& shape = module_->graph.value(step.value).type.shape;
  std::vector<uint8_t> bytes(packed_bytes(shape, step.layout));
  device_->copy_from(addresses_[static_cast<size_t>(step.buffer)], bytes);
  values.set(step.value, unpack(bytes, shape, step.layout));
}

}  // namespace vta::module

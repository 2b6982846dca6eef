#include "vta/compiler/network_timing.h"

#include <algorithm>
#include <cmath>

namespace vta::compiler {

namespace {

constexpr size_t kOwnMacs = 0, kOtherMacs = 1, kAlu = 2, kFirstCause = 3;
constexpr size_t kComputeUnit = 2;  // in sim::kTimedUnitNames

// Elements of a convolution's input that some window reads: with steps larger than the kernel
// not all of them.
int64_t elements_read(const graph::Graph& graph, const graph::Node& node) {
  const Shape& input = graph.value(node.input(0)).type.shape;
  if (node.op != "qconv") return element_count(input);
  const Shape& output = graph.value(node.outputs[0]).type.shape;
  const Shape& weights = graph.value(node.input(1)).type.shape;
  return input[0] * input[1] * std::min(input[2], output[2] * weights[2]) *
         std::min(input[3], output[3] * weights[3]);
}

// Operands and results as the graph has them; weights in the width that the accelerator stores.
uint64_t least_bytes(const graph::Graph& graph, const graph::Node& node, const hw::Config& config) {
  const bool weighted = node.op == "qgemm" || node.op.starts_with("qconv");
  int64_t bits = 0;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (!node.has_input(i)) continue;
    const graph::TensorType& type = graph.value(node.input(i)).type;
    const int64_t elements = i == 0 ? elements_read(graph, node) : element_count(type.shape);
    const bool narrowed = weighted && i == 1;
    bits +=
        elements * (narrowed ? config.wgt_bits : static_cast<int64_t>(8 * dtype_bytes(type.dtype)));
  }
  for (const graph::ValueId id : node.outputs) {
    const graph::TensorType& type = graph.value(id).type;
    bits += element_count(type.shape) * static_cast<int64_t>(8 * dtype_bytes(type.dtype));
  }
  return static_cast<uint64_t>(bits + 7) / 8;
}

std::array<uint64_t, kCycleUses> uses_of(const codegen::accel::Timed& timed, uint64_t own) {
  std::array<uint64_t, kCycleUses> uses{};
  const auto& causes = timed.timing.attribution[kComputeUnit];
  const uint64_t working = causes[static_cast<size_t>(sim::Cause::kWorking)];
  uses[kOwnMacs] = std::min(own, working);
  uses[kOtherMacs] = std::clamp(timed.bounds.mac, uses[kOwnMacs], working) - uses[kOwnMacs];
  uses[kAlu] = working - uses[kOwnMacs] - uses[kOtherMacs];
  std::copy(causes.begin() + 1, causes.end(), uses.begin() + kFirstCause);
  return uses;
}

}  // namespace

codegen::accel::Timed time_kernel(const module::Module& module, const module::Kernel& kernel) {
  std::vector<int64_t> buffer_bytes;
  for (const int buffer : kernel.buffers) {
    buffer_bytes.push_back(static_cast<int64_t>(module.buffers[static_cast<size_t>(buffer)].bytes));
  }
  return codegen::accel::time_of(kernel.program, buffer_bytes, module.config);
}

namespace {

LayerTiming time_layer(const module::Module& module, const module::Kernel& kernel,
                       const graph::Node& node) {
  const hw::Config& config = module.config;
  const codegen::accel::Timed timed = time_kernel(module, kernel);
  const sim::Counters work = sim::work_of(config, timed.program.instructions);
  const auto per_cycle = static_cast<uint64_t>(config.macs_per_cycle());
  LayerTiming layer{
      .name = node.name,
      .op = node.op,
      .macs = kernel.macs,
      .cycles = timed.timing.cycles,
      .dram_bytes =
          work.dram_read_bytes + work.dram_write_bytes +
          work.instructions * static_cast<uint64_t>(isa::Encoding(config).instruction_bytes()),
      .least_dram_bytes = least_bytes(module.graph, node, config),
      .mac_bound = (kernel.macs + per_cycle - 1) / per_cycle,
  };
  layer.dram_bound = static_cast<uint64_t>(
      std::ceil(static_cast<double>(layer.least_dram_bytes) / config.memory_bytes_per_cycle));
  layer.uses = uses_of(timed, layer.mac_bound);
  return layer;
}

template <typename Number>
uint64_t total(const std::vector<LayerTiming>& layers, Number&& number) {
  uint64_t sum = 0;
  for (const LayerTiming& layer : layers) sum += std::invoke(number, layer);
  return sum;
}

}  // namespace

std::string_view cycle_use_name(size_t use) {
  static constexpr std::array<std::string_view, kFirstCause> kWork = {"own_macs", "other_macs",
                                                                      "alu"};
  return use < kFirstCause ? kWork.at(use) : sim::kCauseNames.at(use - kFirstCause + 1);
}

uint64_t NetworkTiming::cycles() const {
  return total(layers, &LayerTiming::cycles);
}
uint64_t NetworkTiming::macs() const {
  return total(layers, &LayerTiming::macs);
}
uint64_t NetworkTiming::dram_bytes() const {
  return total(layers, &LayerTiming::dram_bytes);
}
uint64_t NetworkTiming::bound() const {
  return total(layers, &LayerTiming::bound);
}

NetworkTiming time_network(const Compiled& compiled, const std::function<void()>& layer_done) {
  const module::Module& module = compiled.module;
  NetworkTiming result;
  // Each node has a report, and each of those with a program is the next kernel.
  for (size_t i = 0; i < compiled.report.nodes.size(); ++i) {
    if (compiled.report.nodes[i].instructions == 0) continue;
    result.layers.push_back(
        time_layer(module, module.kernels.at(result.layers.size()), module.graph.nodes.at(i)));
    if (layer_done) layer_done();
  }
  require(result.layers.size() == module.kernels.size(),
          "the report has {} programs, the module {} kernels", result.layers.size(),
          module.kernels.size());
  return result;
}

}  // namespace vta::compiler

#include "vta/module/test_module.h"

namespace vta::module {

namespace {

constexpr int64_t kElements = 3;

// Kernel-local buffers.
constexpr int kOut = 0;
constexpr int kA = 1;
constexpr int kB = 2;

runtime::RelocatableProgram add_program(const hw::Config& config) {
  using isa::MemoryType;
  using isa::Unit;
  runtime::CommandStream stream(config);
  stream.load(MemoryType::kAcc8, 0, {kA, 0}, {.row_size = kElements});
  stream.load(MemoryType::kAcc8, kElements, {kB, 0}, {.row_size = kElements});
  stream.alu(hw::AluOp::kAdd, {{.dst = 0, .src = static_cast<uint32_t>(kElements)}},
             {.inner = kElements, .dst_inner = 1, .src_inner = 1});
  stream.push(Unit::kCompute, Unit::kStore);
  stream.pop(Unit::kCompute, Unit::kStore);
  stream.store(0, {kOut, 0}, {.row_size = kElements});
  return stream.finish();
}

// b is a constant of the module: 1, 2, 3, …
Tensor constant_b(const Shape& shape) {
  Tensor b(DType::kInt8, shape);
  int8_t next = 1;
  for (int8_t& x : b.as<int8_t>()) x = next++;
  return b;
}

}  // namespace

Module make_add_module(const hw::Config& config) {
  const Shape shape = {config.batch, config.block_out, kElements};
  const BlockLayout layout = output_layout(config);
  const uint64_t bytes = packed_bytes(shape, layout);
  Module module;
  module.config = config;
  graph::Graph& graph = module.graph;
  graph.name = "add_and_negate";
  const auto a = graph.add_input("a", {DType::kInt8, shape});
  const auto b = graph.add_constant("b", constant_b(shape));
  const auto sum = graph.add_node("add", "sum", {a, b})[0];
  graph.outputs = {graph.add_node("neg", "y", {sum})[0]};
  const auto contents =
      std::make_shared<const std::vector<uint8_t>>(pack(*graph.constant(b), layout));
  module.buffers = {
      {"a", bytes, nullptr, 0}, {"b", bytes, contents, 0}, {"sum", bytes, nullptr, 4096}};
  module.arena_bytes = 4096 + bytes;
  module.kernels = {{"sum", add_program(config), {2, 0, 1}, 0}};
  module.steps = {UploadStep{a, 0, layout}, KernelStep{0}, DownloadStep{2, sum, layout},
                  HostStep{1}};
  return module;
}

}  // namespace vta::module

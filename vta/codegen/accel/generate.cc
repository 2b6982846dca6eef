#include "vta/codegen/accel/generate.h"

#include "vta/codegen/accel/order.h"
#include "vta/codegen/accel/sort_loads.h"
#include "vta/codegen/accel/walk.h"
#include "vta/loop/passes.h"
#include "vta/loop/verify.h"

namespace vta::codegen::accel {

namespace {

constexpr std::array kAllUnits = {isa::Unit::kLoad, isa::Unit::kCompute, isa::Unit::kStore};

void emit(const Transfer& t, runtime::CommandStream& stream) {
  if (t.memory == isa::MemoryType::kOut) {
    stream.store(t.sram, t.dram, t.region);
  } else {
    stream.load(t.memory, t.sram, t.dram, t.region);
  }
}

void emit(const std::shared_ptr<const Compute>& c, runtime::CommandStream& stream) {
  const Operation& o = c->operation;
  switch (o.kind) {
    case Operation::Kind::kOverwrite:
      return o.depthwise ? stream.depthwise_overwrite(c->kernel, c->loops)
                         : stream.overwrite(c->kernel, c->loops);
    case Operation::Kind::kGemm:
      return o.depthwise ? stream.depthwise(c->kernel, c->loops) : stream.gemm(c->kernel, c->loops);
    case Operation::Kind::kReset:
      return stream.reset(c->kernel, c->loops);
    case Operation::Kind::kSet:
      stream.reset(c->kernel, c->loops);
      return stream.alu_immediate(hw::AluOp::kAdd, *o.immediate, c->kernel, c->loops);
    case Operation::Kind::kAlu:
      if (o.immediate) return stream.alu_immediate(o.alu, *o.immediate, c->kernel, c->loops);
      return stream.alu(o.alu, c->kernel, c->loops);
  }
}

}  // namespace

runtime::RelocatableProgram generate(const loop::Function& function, const hw::Config& config) {
  loop::verify(function);
  std::vector<Task> tasks =
      walk(loop::compact_buffers(loop::form_copies(loop::lower_blocks(function))), config);
  sort_loads(tasks, config);
  runtime::CommandStream stream(config);
  for (const Step& step : order(tasks, config)) {
    for (const isa::Unit from : kAllUnits) {
      if (step.pops[static_cast<size_t>(from)]) stream.pop(from, step.unit);
    }
    if (step.task) {
      std::visit([&](const auto& task) { emit(task, stream); }, tasks[*step.task]);
    }
    for (const isa::Unit to : kAllUnits) {
      if (step.pushes[static_cast<size_t>(to)]) stream.push(step.unit, to);
    }
  }
  return stream.finish();
}

}  // namespace vta::codegen::accel

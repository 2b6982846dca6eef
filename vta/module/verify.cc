#include "vta/module/module.h"

#include <string>

#include "vta/base/error.h"

namespace vta::module {

namespace {

void check_buffer(const Module& module, const BufferPlan& buffer) {
  if (buffer.contents != nullptr) {
    require(buffer.contents->size() == buffer.bytes, "buffer '{}': {} bytes, but {} of contents",
            buffer.name, buffer.bytes, buffer.contents->size());
    return;
  }
  require(buffer.bytes <= module.arena_bytes && buffer.offset <= module.arena_bytes - buffer.bytes,
          "buffer '{}': {} bytes from {} on are outside the arena of {} bytes", buffer.name,
          buffer.bytes, buffer.offset, module.arena_bytes);
}

class KernelChecker {
 public:
  KernelChecker(const Module& module, const Kernel& kernel) : module_(module), kernel_(kernel) {}

  void check() const {
    for (const int buffer : kernel_.buffers) {
      require(buffer >= 0 && static_cast<size_t>(buffer) < module_.buffers.size(),
              "kernel '{}': buffer {}, the module has {}", kernel_.name, buffer,
              module_.buffers.size());
    }
    const auto& instructions = kernel_.program.instructions;
    require(!instructions.empty() && instructions.back().opcode == isa::Opcode::kFinish,
            "kernel '{}': the last instruction must be finish", kernel_.name);
    std::vector<bool> relocated(instructions.size(), false);
    for (const runtime::Relocation& relocation : kernel_.program.relocations) {
      require(relocation.instruction < instructions.size() && !relocated[relocation.instruction] &&
                  instructions[relocation.instruction].is_memory(),
              "kernel '{}': relocation of instruction {}, must name each transfer once",
              kernel_.name, relocation.instruction);
      relocated[relocation.instruction] = true;
      check_transfer(relocation, instructions[relocation.instruction]);
    }
    for (size_t i = 0; i < instructions.size(); ++i) {
      const isa::Instruction& instruction = instructions[i];
      const bool moves =
          instruction.is_memory() && instruction.x_size != 0 && instruction.y_size != 0;
      require(!moves || relocated[i], "kernel '{}': transfer {} has no relocation", kernel_.name,
              i);
    }
  }

 private:
  // Bytes of the buffer that a relocation names.
  uint64_t buffer_bytes(const runtime::Relocation& relocation, bool is_store) const {
    if (relocation.buffer == runtime::RelocatableProgram::kUopBuffer) {
      return kernel_.program.uops.size() *
             static_cast<uint64_t>(module_.config.element_bytes(hw::Memory::kUop));
    }
    require(
        relocation.buffer >= 0 && static_cast<size_t>(relocation.buffer) < kernel_.buffers.size(),
        "kernel '{}': instruction {} names buffer {}, the kernel has {}", kernel_.name,
        relocation.instruction, relocation.buffer, kernel_.buffers.size());
    const BufferPlan& buffer =
        module_
            .buffers[static_cast<size_t>(kernel_.buffers[static_cast<size_t>(relocation.buffer)])];
    require(!is_store || buffer.contents == nullptr,
            "kernel '{}': instruction {} stores to '{}', which is constant", kernel_.name,
            relocation.instruction, buffer.name);
    return buffer.bytes;
  }

  void check_transfer(const runtime::Relocation& relocation, const isa::Instruction& i) const {
    const bool is_store = i.opcode == isa::Opcode::kStore;
    const bool of_uops = relocation.buffer == runtime::RelocatableProgram::kUopBuffer;
    require(of_uops == (i.memory == isa::MemoryType::kUop),
            "kernel '{}': instruction {}, {}.{}, takes its address from buffer {}", kernel_.name,
            relocation.instruction, isa::opcode_name(i.opcode), isa::memory_name(i.memory),
            relocation.buffer);
    const uint64_t bytes = buffer_bytes(relocation, is_store);
    if (i.x_size == 0 || i.y_size == 0) return;
    const uint64_t elements =
        uint64_t{i.dram_base} + uint64_t{i.y_size - 1} * i.x_stride + i.x_size;
    const uint64_t end =
        elements * static_cast<uint64_t>(module_.config.element_bytes(isa::dram_element(i.memory)));
    require(end <= bytes,
            "kernel '{}': instruction {} moves bytes up to {} of buffer {}, it has {}",
            kernel_.name, relocation.instruction, end, relocation.buffer, bytes);
  }

  const Module& module_;
  const Kernel& kernel_;
};

// Follows the steps and knows which values the host has.
class StepChecker {
 public:
  explicit StepChecker(const Module& module)
      : module_(module), has_(module.graph.values.size(), false) {
    for (size_t id = 0; id < has_.size(); ++id)
      has_[id] = module.graph.values[id].constant != nullptr;
    for (const graph::ValueId id : module.graph.inputs) has_[static_cast<size_t>(id)] = true;
  }

  void check() {
    for (; step_ < module_.steps.size(); ++step_) {
      std::visit([this](const auto& step) { check(step); }, module_.steps[step_]);
    }
    for (const graph::ValueId id : module_.graph.outputs) {
      require(has_[static_cast<size_t>(id)], "no step computes the output '{}'",
              module_.graph.value(id).name);
    }
  }

 private:
  size_t checked(const char* what, int index, size_t count) const {
    require(index >= 0 && static_cast<size_t>(index) < count, "step {}: {} {}, the module has {}",
            step_, what, index, count);
    return static_cast<size_t>(index);
  }

  void require_value(graph::ValueId id) const {
    require(has_[static_cast<size_t>(id)], "step {}: '{}' is needed before it is computed", step_,
            module_.graph.value(id).name);
  }

  // A value that goes to or comes from a buffer.
  void check_move(graph::ValueId id, int buffer, const BlockLayout& layout,
                  const std::optional<WindowFold>& fold = std::nullopt) const {
    const graph::Value& value =
        module_.graph.values[checked("value", id, module_.graph.values.size())];
    require(value.type.dtype == DType::kInt8, "step {}: '{}' is {}, must be i8", step_, value.name,
            to_string(value.type));
    const BufferPlan& plan = module_.buffers[checked("buffer", buffer, module_.buffers.size())];
    const Shape& shape = value.type.shape;
    const uint64_t bytes = packed_bytes(fold ? folded_shape(shape, *fold) : shape, layout);
    require(plan.contents == nullptr && bytes <= plan.bytes,
            "step {}: '{}' takes {} bytes, buffer '{}' has {}{}", step_, value.name, bytes,
            plan.name, plan.bytes, plan.contents == nullptr ? "" : " and is constant");
  }

  void check(const HostStep& step) {
    const graph::Node& node =
        module_.graph.nodes[checked("node", step.node, module_.graph.nodes.size())];
    for (const graph::ValueId id : node.inputs) {
      if (id != graph::kNoValue) require_value(id);
    }
    for (const graph::ValueId id : node.outputs) has_[static_cast<size_t>(id)] = true;
  }
  void check(const UploadStep& step) {
    check_move(step.value, step.buffer, step.layout, step.fold);
    require_value(step.value);
  }
  void check(const KernelStep& step) const {
    checked("kernel", step.kernel, module_.kernels.size());
  }
  void check(const DownloadStep& step) {
    check_move(step.value, step.buffer, step.layout);
    has_[static_cast<size_t>(step.value)] = true;
  }

  const Module& module_;
  std::vector<bool> has_;
  size_t step_ = 0;
};

}  // namespace

void verify(const Module& module) {
  for (const BufferPlan& buffer : module.buffers) check_buffer(module, buffer);
  for (const Kernel& kernel : module.kernels) KernelChecker(module, kernel).check();
  StepChecker(module).check();
}

}  // namespace vta::module

#include "vta/module/placement.h"

#include <algorithm>

#include "vta/base/error.h"

namespace vta::module {

namespace {

constexpr uint64_t kMaxArena = uint64_t{1} << 42;  // more than 2^32 elements of any configuration

// Gives out memory from address 0 on.
class Memory {
 public:
  explicit Memory(const hw::Config& config)
      : alignment_(static_cast<uint64_t>(config.dram_alignment())) {}

  uint64_t take(uint64_t bytes) {
    const uint64_t address = next_;
    next_ += (bytes + alignment_ - 1) / alignment_ * alignment_;
    return address;
  }

 private:
  uint64_t alignment_;
  uint64_t next_ = 0;
};

}  // namespace

std::map<int, uint64_t> kernel_addresses(const Kernel& kernel,
                                         std::span<const uint64_t> module_addresses) {
  std::map<int, uint64_t> addresses;
  for (const int buffer : kernel.buffers) {
    addresses.emplace(static_cast<int>(addresses.size()),
                      module_addresses[static_cast<size_t>(buffer)]);
  }
  return addresses;
}

std::vector<isa::Program> placed_programs(const Module& module) {
  require(module.arena_bytes <= kMaxArena, "the arena of {} bytes is beyond the 32-bit address",
          module.arena_bytes);
  Memory memory(module.config);
  std::vector<uint64_t> addresses;
  for (const BufferPlan& buffer : module.buffers) {
    addresses.push_back(buffer.contents == nullptr ? 0 : memory.take(buffer.bytes));
  }
  uint64_t most_uops = 0;
  for (const Kernel& kernel : module.kernels) {
    most_uops = std::max<uint64_t>(most_uops, kernel.program.uops.size());
  }
  const uint64_t uops =
      memory.take(most_uops * static_cast<uint64_t>(module.config.element_bytes(hw::Memory::kUop)));
  const uint64_t arena = memory.take(module.arena_bytes);
  for (size_t i = 0; i < addresses.size(); ++i) {
    const BufferPlan& buffer = module.buffers[i];
    if (buffer.contents == nullptr) addresses[i] = arena + buffer.offset;
  }

  std::vector<isa::Program> programs;
  for (const Kernel& kernel : module.kernels) {
    std::map<int, uint64_t> own = kernel_addresses(kernel, addresses);
    own[runtime::RelocatableProgram::kUopBuffer] = uops;
    try {
      programs.push_back(runtime::place(kernel.program, module.config, own));
    } catch (const Error& error) {
      fail("kernel '{}': {}", kernel.name, error.what());
    }
  }
  return programs;
}

}  // namespace vta::module

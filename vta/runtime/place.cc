// Places a relocatable program: symbolic buffer offsets become DRAM element addresses.
#include "vta/base/error.h"
#include "vta/runtime/command_stream.h"

namespace vta::runtime {

namespace {

constexpr int64_t kElementAddresses = int64_t{1} << 32;

int64_t base_element(const std::map<int, uint64_t>& buffer_addresses, int buffer,
                     int64_t element_bytes) {
  const auto found = buffer_addresses.find(buffer);
  require(found != buffer_addresses.end(), "place: buffer {} has no address", buffer);
  const uint64_t address = found->second;
  require(address % static_cast<uint64_t>(element_bytes) == 0,
          "place: buffer {} is at {:#x}, must be a multiple of its element's {} bytes", buffer,
          address, element_bytes);
  const uint64_t element = address / static_cast<uint64_t>(element_bytes);
  require(element < kElementAddresses, "place: buffer {} is at {:#x}, beyond the 32-bit address",
          buffer, address);
  return static_cast<int64_t>(element);
}

void relocate(isa::Instruction& instruction, const Relocation& relocation, int64_t base) {
  const int64_t begin = base + instruction.dram_base;
  const int64_t rows = instruction.y_size;
  const int64_t end =
      begin + (rows > 0 ? (rows - 1) * instruction.x_stride : 0) + int64_t{instruction.x_size};
  require(begin < kElementAddresses && end <= kElementAddresses,
          "place: instruction {} moves elements up to {} of buffer {}, beyond the 32-bit address",
          relocation.instruction, end, relocation.buffer);
  instruction.dram_base = static_cast<uint32_t>(begin);
}

}  // namespace

isa::Program place(const RelocatableProgram& program, const hw::Config& config,
                   const std::map<int, uint64_t>& buffer_addresses) {
  isa::Program placed{.config = config, .instructions = program.instructions, .uops = {}};
  for (const Relocation& relocation : program.relocations) {
    require(relocation.instruction < placed.instructions.size(),
            "place: relocation of instruction {}, the program has {}", relocation.instruction,
            placed.instructions.size());
    isa::Instruction& instruction = placed.instructions[relocation.instruction];
    require(instruction.is_memory(), "place: relocation of instruction {}, which is {}",
            relocation.instruction, isa::opcode_name(instruction.opcode));
    const int64_t bytes = config.element_bytes(isa::dram_element(instruction.memory));
    relocate(instruction, relocation, base_element(buffer_addresses, relocation.buffer, bytes));
  }
  if (program.uops.empty()) return placed;
  const int64_t base = base_element(buffer_addresses, RelocatableProgram::kUopBuffer,
                                    config.element_bytes(hw::Memory::kUop));
  require(base + static_cast<int64_t>(program.uops.size()) <= kElementAddresses,
          "place: the micro-ops end beyond the 32-bit address");
  for (size_t i = 0; i < program.uops.size(); ++i) {
    placed.uops[static_cast<uint32_t>(base + static_cast<int64_t>(i))] = program.uops[i];
  }
  return placed;
}

}  // namespace vta::runtime

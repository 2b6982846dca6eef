#include "vta/runtime/loaded_program.h"

#include <vector>

namespace vta::runtime {

LoadedProgram::LoadedProgram(Device& device, const RelocatableProgram& program,
                             std::map<int, DeviceAddress> buffer_addresses)
    : device_(&device),
      instruction_count_(program.instructions.size()),
      uops_(device, program.uops.size() *
                        static_cast<uint64_t>(device.config().element_bytes(hw::Memory::kUop))),
      instructions_(device,
                    program.instructions.size() *
                        static_cast<uint64_t>(isa::Encoding(device.config()).instruction_bytes())) {
  const isa::Encoding encoding(device.config());
  std::vector<uint8_t> bytes;
  for (const isa::MicroOp& uop : program.uops) encoding.encode(uop, bytes);
  device.copy_to(uops_.address(), bytes);

  buffer_addresses[RelocatableProgram::kUopBuffer] = uops_.address();
  bytes.clear();
  for (const isa::Instruction& instruction :
       place(program, device.config(), buffer_addresses).instructions) {
    encoding.encode(instruction, bytes);
  }
  device.copy_to(instructions_.address(), bytes);
}

}  // namespace vta::runtime

#include "vta/isa/program.h"

#include "vta/base/error.h"

namespace vta::isa {

std::vector<uint8_t> encode_instructions(const Program& program) {
  const Encoding encoding(program.config);
  const auto size = static_cast<size_t>(encoding.instruction_bytes());
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < program.instructions.size(); ++i) {
    try {
      encoding.encode(program.instructions[i], bytes);
    } catch (const Error& error) {
      fail("instruction {}: {}", i, error.what());
    }
  }
  for (const auto& [index, words] : program.ignored_bits) {
    require(index < program.instructions.size(), "ignored bits of instruction {}, there are {}",
            index, program.instructions.size());
    for (size_t k = 0; k < size; ++k) {
      bytes[index * size + k] |= static_cast<uint8_t>(words[k / 8] >> (8 * (k % 8)));
    }
  }
  return bytes;
}

void append_encoded(Program& program, const Encoding& encoding, std::span<const uint8_t> bytes) {
  program.instructions.push_back(encoding.decode(bytes));
  const Words ignored = encoding.ignored_bits(bytes);
  if (ignored == Words{}) return;
  program.ignored_bits[static_cast<uint32_t>(program.instructions.size() - 1)] = ignored;
}

}  // namespace vta::isa

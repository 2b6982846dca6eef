#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "vta/isa/assembly.h"
#include "vta/isa/mnemonic.h"

namespace vta::isa {

namespace {

std::string operand(const Field& field, int64_t value) {
  if (is_flag(field)) return std::string(field.name);
  if (is_address(field)) return fmt::format("{}=0x{:x}", field.name, value);
  return fmt::format("{}={}", field.name, value);
}

// The configuration's JSON on one line; line breaks inside its strings are escaped there.
std::string compact_json(const hw::Config& config) {
  std::string line;
  bool indent = false;
  for (const char c : hw::to_json(config)) {
    if (c == '\n') indent = true;
    if (c != '\n' && c != ' ') indent = false;
    if (!indent) line += c;
  }
  return line;
}

// One number of as many digits as it needs.
std::string hex(const Words& words) {
  std::string text = "0x";
  for (size_t k = words.size(); k-- > 0;) {
    if (text.size() > 2) {
      text += fmt::format("{:016x}", words[k]);
    } else if (words[k] != 0) {
      text += fmt::format("{:x}", words[k]);
    }
  }
  return text;
}

std::string config_text(const hw::Config& config) {
  const std::string json = hw::to_json(config);
  for (const hw::Preset& preset : hw::presets()) {
    if (preset.name == config.name && hw::to_json(preset.make()) == json) return config.name;
  }
  return compact_json(config);
}

}  // namespace

std::string to_string(const Instruction& instruction) {
  std::string text = mnemonic(instruction);
  for (const Field& field : fields(instruction.opcode)) {
    const int64_t value = field.get(instruction);
    if (value != 0 && !is_in_mnemonic(field)) text += " " + operand(field, value);
  }
  return text;
}

std::string to_string(const MicroOp& uop) {
  return fmt::format("dst={} src={} wgt={}", uop.dst, uop.src, uop.wgt);
}

std::string disassemble(const Program& program) {
  std::string text = fmt::format(".config {}\n", config_text(program.config));
  for (size_t i = 0; i < program.instructions.size(); ++i) {
    text += fmt::format("{:6}: {}", i, to_string(program.instructions[i]));
    const auto ignored = program.ignored_bits.find(static_cast<uint32_t>(i));
    if (ignored != program.ignored_bits.end()) text += " ignored=" + hex(ignored->second);
    text += "\n";
  }
  uint64_t expected = ~uint64_t{0};
  for (const auto& [address, uop] : program.uops) {
    if (address != expected) text += fmt::format(".uops 0x{:x}\n", address);
    text += fmt::format("  {}\n", to_string(uop));
    expected = uint64_t{address} + 1;
  }
  return text;
}

}  // namespace vta::isa

#include "vta/isa/mnemonic.h"

#include <fmt/format.h>

namespace vta::isa {

namespace {

std::vector<Mnemonic> make_mnemonics() {
  std::vector<Mnemonic> list;
  const auto add = [&](const Instruction& i) { list.push_back({mnemonic(i), i}); };
  for (const Opcode opcode : {Opcode::kLoad, Opcode::kStore}) {
    for (int type = 0; type <= static_cast<int>(MemoryType::kAcc8); ++type) {
      add({.opcode = opcode, .memory = static_cast<MemoryType>(type)});
    }
  }
  add({.opcode = Opcode::kGemm});
  add({.opcode = Opcode::kDepthwise});
  for (size_t op = 0; op < hw::kAluOpNames.size(); ++op) {
    add({.opcode = Opcode::kAlu, .alu_op = static_cast<hw::AluOp>(op)});
  }
  add({.opcode = Opcode::kFinish});
  return list;
}

}  // namespace

bool is_in_mnemonic(const Field& field) {
  return field.name == "opcode" || field.name == "memory" || field.name == "alu_op";
}

bool is_flag(const Field& field) {
  return field.width.fixed == 1 && !field.width.index;
}

bool is_address(const Field& field) {
  return field.width.fixed == 32;
}

std::string mnemonic(const Instruction& i) {
  const std::string_view opcode = opcode_name(i.opcode);
  if (i.is_memory()) return fmt::format("{}.{}", opcode, memory_name(i.memory));
  if (i.opcode == Opcode::kAlu) {
    return fmt::format("{}.{}", opcode, hw::kAluOpNames[static_cast<size_t>(i.alu_op)]);
  }
  return std::string(opcode);
}

const std::vector<Mnemonic>& mnemonics() {
  static const std::vector<Mnemonic> list = make_mnemonics();
  return list;
}

}  // namespace vta::isa

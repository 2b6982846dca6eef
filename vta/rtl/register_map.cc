#include "vta/rtl/register_map.h"

#include <algorithm>

#include "vta/base/error.h"
#include "vta/isa/field.h"
#include "vta/rtl/fault_code.h"
#include "vta/sim/timing.h"

namespace vta::rtl {

namespace {

using hw::Config;
using hw::Memory;

uint32_t number(int value) {
  return static_cast<uint32_t>(value);
}

uint32_t index_bits(const Config& c, Memory memory) {
  return number(c.index_bits(memory));
}

uint32_t alu_mask(const Config& c) {
  uint32_t mask = 0;
  for (const hw::AluOp op : c.alu_ops) mask |= 1U << static_cast<unsigned>(op);
  return mask;
}

std::vector<Register> make_registers() {
  return {
      {"IDENTITY",
       0x000,
       Access::kConstant,
       "the letters VTA1",
       {},
       [](const Config&) { return uint32_t{0x56544131}; }},
      {"VERSION",
       0x004,
       Access::kConstant,
       "version of this register map",
       {{"MINOR", 0, 16, "grows with additions"}, {"MAJOR", 16, 16, "grows with other changes"}},
       [](const Config&) { return uint32_t{0x00010001}; }},
      {"FINGERPRINT_LOW",
       0x008,
       Access::kConstant,
       "FNV-1a hash, 64 bits, of the fingerprint that `vta hw show` prints",
       {},
       [](const Config& c) { return static_cast<uint32_t>(fingerprint_hash(c)); }},
      {"FINGERPRINT_HIGH",
       0x00c,
       Access::kConstant,
       "its upper half",
       {},
       [](const Config& c) { return static_cast<uint32_t>(fingerprint_hash(c) >> 32); }},
      {"SHAPE",
       0x010,
       Access::kConstant,
       "one GEMM micro-op: batch x block_in times block_in x block_out",
       {{"BATCH", 0, 8, ""},
        {"BLOCK_IN", 8, 8, ""},
        {"BLOCK_OUT", 16, 8, ""},
        {"DEPTHWISE_TAPS", 24, 8, "0: there is no DEPTHWISE"}},
       [](const Config& c) {
         return number(c.batch) | number(c.block_in) << 8 | number(c.block_out) << 16 |
                number(c.depthwise_taps) << 24;
       }},
      {"TYPES",
       0x014,
       Access::kConstant,
       "bits of a scalar",
       {{"INP", 0, 8, ""}, {"WGT", 8, 8, ""}, {"OUT", 16, 8, ""}, {"ACC", 24, 8, ""}},
       [](const Config& c) {
         return number(c.inp_bits) | number(c.wgt_bits) << 8 | number(c.out_bits) << 16 |
                number(c.acc_bits) << 24;
       }},
      {"DEPTHS",
       0x018,
       Access::kConstant,
       "log2 of the elements that a scratchpad holds",
       {{"UOP", 0, 8, ""}, {"INP", 8, 8, ""}, {"WGT", 16, 8, ""}, {"ACC", 24, 8, ""}},
       [](const Config& c) {
         return index_bits(c, Memory::kUop) | index_bits(c, Memory::kInp) << 8 |
                index_bits(c, Memory::kWgt) << 16 | index_bits(c, Memory::kAcc) << 24;
       }},
      {"OPERATIONS",
       0x01c,
       Access::kConstant,
       "one bit for each code that the hardware knows",
       {{"OPCODES", 0, 8, "load 0, store 1, gemm 2, finish 3, alu 4, depthwise 5"},
        {"MEMORY_TYPES", 8, 8, "uop 0, wgt 1, inp 2, acc 3, out 4, acc8 5"},
        {"ALU", 16, 8, "min 0, max 1, add 2, shr 3, mul 4, rqt 5"},
        {"FLAGS", 24, 8, "gemm: reset 0, overwrite 1; load: pad_min 2"}},
       [](const Config& c) {
         const uint32_t opcodes = c.depthwise_taps > 0 ? 0x3f : 0x1f;
         return opcodes | 0x3fU << 8 | alu_mask(c) << 16 | 0x7U << 24;
       }},
      {"LANES",
       0x020,
       Access::kConstant,
       "scalars that the vector ALU works on in a cycle",
       {{"ALU", 0, 16, ""}, {"REQUANTISE", 16, 16, ""}},
       [](const Config& c) { return number(c.alu_lanes) | number(c.requantise_lanes) << 16; }},
      {"WIDTHS",
       0x024,
       Access::kConstant,
       "bits",
       {{"BUS", 0, 16, "AXI data"}, {"INSTRUCTION", 16, 8, "divided by 8"}, {"UOP", 24, 8, ""}},
       [](const Config& c) {
         const isa::Encoding encoding(c);
         return number(c.bus_bits) | number(encoding.instruction_bits() / 8) << 16 |
                number(encoding.uop_bits()) << 24;
       }},
      {"QUEUES",
       0x028,
       Access::kConstant,
       "depths",
       {{"COMMANDS", 0, 16, "of each command queue"}, {"TOKENS", 16, 16, "of each token queue"}},
       [](const Config& c) {
         return number(c.command_queue_depth) | number(c.token_queue_depth) << 16;
       }},
      {"COUNTERS",
       0x02c,
       Access::kConstant,
       "bits of the cycle counters; 0: there are none",
       {},
       [](const Config& c) { return number(c.counter_bits); }},
      {"DMA",
       0x030,
       Access::kConstant,
       "what the memory's side of the hardware holds",
       {{"ADDRESS", 0, 8, "bits of an address"},
        {"DESCRIPTORS", 8, 8, "instructions that a unit's DMA has under way"},
        {"OUTSTANDING", 16, 16, "bursts of reads, and of writes"}},
       [](const Config& c) {
         return number(c.address_bits) | number(c.descriptors) << 8 |
                number(c.outstanding_bursts) << 16;
       }},
      {"CONTROL",
       0x040,
       Access::kWrite,
       "starts and stops; ignored where it does not apply",
       {{"START", 0, 1, "run the program; clears fault and counters"},
        {"STOP", 1, 1, "end the run with the fault STOPPED"}},
       nullptr},
      {"STATUS",
       0x044,
       Access::kRead,
       "of the run",
       {{"RUNNING", 0, 1, ""},
        {"DONE", 1, 1, "a run has ended since the last start"},
        {"FAULT", 2, 1, "it ended, or ends, in a fault"}},
       nullptr},
      {"INTERRUPT_ENABLE",
       0x048,
       Access::kReadWrite,
       "what raises the interrupt",
       {{"END", 0, 1, "the end of a run, in a fault or not"}},
       nullptr},
      {"INTERRUPT_STATUS",
       0x04c,
       Access::kWriteOneClears,
       "what has happened, whether enabled or not",
       {{"END", 0, 1, "the end of a run"}},
       nullptr},
      {"PROGRAM_ADDRESS",
       0x050,
       Access::kReadWrite,
       "byte address of the first instruction, a multiple of 64",
       {},
       nullptr},
      {"PROGRAM_COUNT", 0x054, Access::kReadWrite, "instructions", {}, nullptr},
      {"FAULT_CODE",
       0x058,
       Access::kRead,
       "the first fault of the run; see the codes",
       {},
       nullptr},
      {"FAULT_INSTRUCTION",
       0x05c,
       Access::kRead,
       "number of the instruction that faulted, from 0; of DEADLOCK the first that waits, of "
       "STOPPED how many fetch dispatched",
       {},
       nullptr},
      {"CYCLES_LOW", 0x060, Access::kRead, "cycles of the last run", {}, nullptr},
      {"CYCLES_HIGH", 0x064, Access::kRead, "their upper half", {}, nullptr},
  };
}

std::string_view access_name(Access access) {
  constexpr std::array<std::string_view, 5> kNames = {"constant", "read", "read, write", "write",
                                                      "read, write 1 to clear"};
  return kNames[static_cast<size_t>(access)];
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::toupper(c); });
  return result;
}

std::string bit_range(const RegisterField& field) {
  return field.width == 1 ? fmt::format("{}", field.lsb)
                          : fmt::format("{}:{}", field.lsb + field.width - 1, field.lsb);
}

void append_define(std::string& text, const std::string& name, const std::string& value) {
  text += fmt::format("#define {:<40} {}\n", name, value);
}

}  // namespace

const std::vector<Register>& registers() {
  static const std::vector<Register> kRegisters = make_registers();
  return kRegisters;
}

uint32_t register_address(std::string_view name) {
  const auto it = std::ranges::find(registers(), name, &Register::name);
  require(it != registers().end(), "there is no register {}", name);
  return it->address;
}

uint64_t fingerprint_hash(const Config& config) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : config.fingerprint()) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return hash;
}

std::string register_header(const Config& config) {
  std::string text = fmt::format(
      "/* Generated by `vta rtl` for the configuration {} ({}):\n"
      "   the registers of the accelerator, and the values that its capability record has. */\n"
      "#ifndef VTA_REGISTERS_H\n#define VTA_REGISTERS_H\n\n"
      "/* Byte addresses, and the fields of each register. */\n",
      config.name, config.fingerprint());
  for (const Register& r : registers()) {
    append_define(text, fmt::format("VTA_REG_{}", r.name), fmt::format("0x{:03x}u", r.address));
    for (const RegisterField& f : r.fields) {
      const std::string name = fmt::format("VTA_{}_{}", r.name, f.name);
      append_define(text, name + "_LSB", fmt::format("{}", f.lsb));
      append_define(text, name + "_MASK",
                    fmt::format("0x{:08x}u", ((uint64_t{1} << f.width) - 1) << f.lsb));
    }
  }
  text += fmt::format(
      "\n/* Low word of the counter of a unit's cycles by cause; the high word follows. */\n"
      "#define VTA_REG_COUNTER(unit, cause) (0x{:03x}u + (unit) * 0x{:02x}u + (cause) * 8u)\n",
      kCounterBase, kCounterUnitBytes);
  for (size_t unit = 0; unit < sim::kTimedUnitNames.size(); ++unit) {
    append_define(text, "VTA_UNIT_" + upper(sim::kTimedUnitNames[unit]), fmt::format("{}u", unit));
  }
  for (size_t cause = 0; cause < sim::kCauseNames.size(); ++cause) {
    append_define(text, "VTA_CAUSE_" + upper(sim::kCauseNames[cause]), fmt::format("{}u", cause));
  }
  text += "\n/* FAULT_CODE. */\n";
  for (size_t code = 0; code < kFaults.size(); ++code) {
    append_define(text, fmt::format("VTA_FAULT_{}", kFaults[code].name), fmt::format("{}u", code));
  }
  text += "\n/* What the constant registers read as. */\n";
  for (const Register& r : registers()) {
    if (r.value == nullptr) continue;
    append_define(text, fmt::format("VTA_VALUE_{}", r.name),
                  fmt::format("0x{:08x}u", r.value(config)));
  }
  text += "\n#endif\n";
  return text;
}

std::string register_markdown() {
  std::string text =
      "| address | register | access | meaning |\n"
      "| --- | --- | --- | --- |\n";
  for (const Register& r : registers()) {
    std::string fields;
    for (const RegisterField& f : r.fields) {
      fields += fmt::format("{}`{}` [{}]{}{}", fields.empty() ? ": " : "; ", f.name, bit_range(f),
                            f.doc.empty() ? "" : " ", f.doc);
    }
    text += fmt::format("| 0x{:03x} | `{}` | {} | {}{} |\n", r.address, r.name,
                        access_name(r.access), r.doc, fields);
  }
  text += fmt::format(
      "| 0x{:03x} + 0x{:02x} u + 8 c | counters | read | cycles of unit u with cause c, low word; "
      "the high word follows |\n",
      kCounterBase, kCounterUnitBytes);
  text += "\nUnits:";
  for (size_t unit = 0; unit < sim::kTimedUnitNames.size(); ++unit) {
    text += fmt::format("{} {} {}", unit == 0 ? "" : ",", unit, sim::kTimedUnitNames[unit]);
  }
  text += ". Causes:";
  for (size_t cause = 0; cause < sim::kCauseNames.size(); ++cause) {
    text += fmt::format("{} {} {}", cause == 0 ? "" : ",", cause, sim::kCauseNames[cause]);
  }
  text += ".\n\n| code | fault | |\n| --- | --- | --- |\n";
  for (size_t code = 0; code < kFaults.size(); ++code) {
    text += fmt::format("| {} | `{}` | {} |\n", code, kFaults[code].name, kFaults[code].doc);
  }
  return text;
}

}  // namespace vta::rtl

#include "vta/rtl/package.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "vta/isa/field.h"
#include "vta/rtl/fault_code.h"
#include "vta/rtl/register_map.h"
#include "vta/sim/timing.h"

namespace vta::rtl {

namespace {

using hw::Config;
using hw::Memory;
using isa::Encoding;
using isa::Opcode;

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::toupper(c); });
  return result;
}

class Writer {
 public:
  void section(std::string_view title) { text_ += fmt::format("\n  // {}\n", title); }
  void constant(const std::string& name, int64_t value) {
    text_ += fmt::format("  localparam int {} = {};\n", name, value);
  }
  void word(const std::string& name, uint32_t value) {
    text_ += fmt::format("  localparam logic [31:0] {} = 32'h{:08x};\n", name, value);
  }
  void bits(const std::string& name, const std::vector<bool>& value) {
    std::string digits;
    for (size_t at = value.size(); at > 0; at -= 4) {
      const int digit = value[at - 1] * 8 + value[at - 2] * 4 + value[at - 3] * 2 + value[at - 4];
      digits += "0123456789abcdef"[digit];
    }
    text_ += fmt::format("  localparam logic [{}:0] {} = {}'h{};\n", value.size() - 1, name,
                         value.size(), digits);
  }
  void place(const std::string& name, const isa::Placement& placement) {
    constant(name + "_LSB", placement.lsb);
    constant(name + "_W", placement.width);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

// Registers of an adder tree over block_in products, with two levels of adders between registers.
int tree_stages(const Config& c) {
  const int levels = std::countr_zero(static_cast<unsigned>(c.block_in));
  return (levels + 1) / 2;
}

// Of a number of an instruction in a program, which memory holds at most whole.
int number_bits(const Encoding& encoding) {
  const auto bytes = static_cast<unsigned>(encoding.instruction_bytes());
  return encoding.config().address_bits - std::countr_zero(bytes);
}

constexpr std::array kScratchpads = {Memory::kUop, Memory::kInp, Memory::kWgt, Memory::kAcc};

int index_bits(const Config& c) {
  int bits = 0;
  for (const Memory memory : kScratchpads) bits = std::max(bits, c.index_bits(memory));
  return bits;
}

// One more than an index, as far as the instruction's field goes.
int size_bits(const Config& c) {
  return std::min(16, index_bits(c) + 1);
}

int element_shift(const Config& c) {
  int64_t bytes = 1;
  for (const Memory memory : kScratchpads) bytes = std::max(bytes, c.element_bytes(memory));
  return std::countr_zero(static_cast<uint64_t>(bytes));
}

void write_shape(Writer& out, const Config& c) {
  out.section("Shape and scalars, bits.");
  out.constant("BATCH", c.batch);
  out.constant("BLOCK_IN", c.block_in);
  out.constant("BLOCK_OUT", c.block_out);
  out.constant("INP_BITS", c.inp_bits);
  out.constant("WGT_BITS", c.wgt_bits);
  out.constant("OUT_BITS", c.out_bits);
  out.constant("ACC_BITS", c.acc_bits);
  out.constant("TREE_STAGES", tree_stages(c));
  out.constant("PACKED_MULTIPLIERS", c.products_per_multiplier == 2 ? 1 : 0);
  out.section(
      "Taps of a depthwise micro-op; inp elements that are read at once, and banks for them.");
  out.constant("TAPS", c.depthwise_taps);
  out.constant("INP_ENTRIES", std::max(1, c.depthwise_inputs()));
  out.constant("INP_BANKS", c.inp_banks());
}

void write_widths(Writer& out, const Encoding& encoding) {
  const Config& c = encoding.config();
  out.section("Bus and instruction, bits.");
  out.constant("BUS_W", c.bus_bits);
  out.constant("ADDRESS_W", c.address_bits);
  out.constant("INSN_W", encoding.instruction_bits());
  out.section(
      "An instruction's number. Of LOAD and STORE a size or index, and a DRAM base: the highest "
      "that\n"
      "  // they hold is beyond everything, and stands for all that is higher.");
  out.constant("NUMBER_W", number_bits(encoding));
  out.constant("SIZE_W", size_bits(c));
  out.constant("DRAM_BASE_W", std::min(32, c.address_bits + 1));
  out.section("Elements in DRAM, bits.");
  for (const Memory memory :
       {Memory::kUop, Memory::kInp, Memory::kWgt, Memory::kAcc, Memory::kOut}) {
    out.constant(upper(hw::kMemoryNames[static_cast<size_t>(memory)]) + "_W",
                 8 * c.element_bytes(memory));
  }
  out.constant("ELEMENT_SHIFT", element_shift(c));
  out.section("Elements that the scratchpads hold, and their index, bits; the largest of these.");
  out.constant("INDEX_W", index_bits(c));
  for (const Memory memory : kScratchpads) {
    const std::string name = upper(hw::kMemoryNames[static_cast<size_t>(memory)]);
    out.constant(name + "_DEPTH", c.depth(memory));
    out.constant(name + "_IDX_W", c.index_bits(memory));
  }
}

void write_units(Writer& out, const Config& c) {
  out.section("Vector ALU: lanes, and the operations that there are.");
  out.constant("ALU_LANES", c.alu_lanes);
  out.constant("REQUANTISE_LANES", c.requantise_lanes);
  for (const auto& [name, op] : {std::pair{"HAS_MIN", hw::AluOp::kMin},
                                 {"HAS_MAX", hw::AluOp::kMax},
                                 {"HAS_ADD", hw::AluOp::kAdd},
                                 {"HAS_SHR", hw::AluOp::kShr},
                                 {"HAS_MUL", hw::AluOp::kMul},
                                 {"HAS_REQUANTISE", hw::AluOp::kRequantise}}) {
    out.constant(name, c.has(op) ? 1 : 0);
  }
  out.section("Queues and counters.");
  out.constant("COMMAND_DEPTH", c.command_queue_depth);
  out.constant("TOKEN_DEPTH", c.token_queue_depth);
  out.constant("COUNTER_W", c.counter_bits);
  out.constant("DESCRIPTORS", c.descriptors);
  out.constant("OUTSTANDING", c.outstanding_bursts);
}

// Fields of `opcode` from index `first` on, as GROUP_FIELD_LSB and _W.
void write_fields(Writer& out, const Encoding& encoding, Opcode opcode, const std::string& group,
                  size_t first) {
  const auto table = isa::fields(opcode);
  for (size_t i = first; i < table.size(); ++i) {
    out.place(group + upper(table[i].name), encoding.placements(opcode)[i]);
  }
}

void write_encoding(Writer& out, const Encoding& encoding) {
  const size_t common = isa::fields(Opcode::kFinish).size();
  out.section("Fields of every instruction.");
  write_fields(out, encoding, Opcode::kFinish, "", 0);
  out.section("Fields of LOAD and STORE.");
  write_fields(out, encoding, Opcode::kLoad, "MEM_", common);
  out.section("Fields of GEMM and DEPTHWISE.");
  write_fields(out, encoding, Opcode::kGemm, "GEMM_", common);
  out.section("Fields of ALU.");
  write_fields(out, encoding, Opcode::kAlu, "ALU_", common);
  out.section("Fields of a micro-op.");
  constexpr std::array kIndices = {"UOP_DST", "UOP_SRC", "UOP_WGT"};
  for (size_t i = 0; i < kIndices.size(); ++i) {
    out.place(kIndices[i], encoding.uop_placements()[i]);
  }
}

// The bits of an instruction that a unit uses: LOAD and STORE, and with them GEMM and ALU.
void write_used_bits(Writer& out, const Encoding& encoding) {
  const Config& c = encoding.config();
  std::vector<bool> used(static_cast<size_t>(encoding.instruction_bits()));
  const auto use = [&](Opcode opcode, const auto& width) {
    const auto table = isa::fields(opcode);
    for (size_t i = 0; i < table.size(); ++i) {
      const isa::Placement& at = encoding.placements(opcode)[i];
      for (int bit = 0; bit < width(table[i].name, at.width); ++bit) {
        used[static_cast<size_t>(at.lsb + bit)] = true;
      }
    }
  };
  out.section(
      "The bits of an instruction that a unit uses: LOAD and STORE; with them GEMM, DEPTHWISE and "
      "ALU.");
  use(Opcode::kLoad, [&](std::string_view name, int width) {
    if (name == "dram_base") return std::min(32, c.address_bits + 1);
    if (name == "sram_base" || name == "y_size" || name == "x_size") return size_bits(c);
    return width;
  });
  out.bits("FIELDS_MEMORY", used);
  for (const Opcode opcode : {Opcode::kGemm, Opcode::kAlu}) {
    use(opcode, [](std::string_view, int width) { return width; });
  }
  out.bits("FIELDS_COMPUTE", used);
}

void write_codes(Writer& out) {
  out.section("Opcodes, memory types, ALU operations.");
  for (const Opcode opcode : {Opcode::kLoad, Opcode::kStore, Opcode::kGemm, Opcode::kFinish,
                              Opcode::kAlu, Opcode::kDepthwise}) {
    out.constant("OPCODE_" + upper(isa::opcode_name(opcode)), static_cast<int>(opcode));
  }
  for (int type = 0; type <= static_cast<int>(isa::MemoryType::kAcc8); ++type) {
    out.constant("TYPE_" + upper(isa::memory_name(static_cast<isa::MemoryType>(type))), type);
  }
  constexpr std::array kOps = {"OP_MIN", "OP_MAX", "OP_ADD", "OP_SHR", "OP_MUL", "OP_REQUANTISE"};
  for (size_t op = 0; op < kOps.size(); ++op) out.constant(kOps[op], static_cast<int64_t>(op));
  out.section("Causes of a unit's cycles.");
  for (size_t cause = 0; cause < sim::kCauseNames.size(); ++cause) {
    out.constant("CAUSE_" + upper(sim::kCauseNames[cause]), static_cast<int64_t>(cause));
  }
  out.section("Faults.");
  for (size_t code = 0; code < kFaults.size(); ++code) {
    out.constant(fmt::format("FAULT_{}", kFaults[code].name), static_cast<int64_t>(code));
  }
}

void write_registers(Writer& out, const Config& c) {
  out.section("Byte addresses of the registers, and what the constant ones read as.");
  for (const Register& r : registers()) {
    out.constant(fmt::format("REG_{}", r.name), r.address);
    if (r.value != nullptr) out.word(fmt::format("VALUE_{}", r.name), r.value(c));
  }
  out.constant("REG_COUNTER_BASE", kCounterBase);
  out.constant("REG_COUNTER_UNIT", kCounterUnitBytes);
}

}  // namespace

std::string package_text(const Config& config) {
  const Encoding encoding(config);
  Writer out;
  write_shape(out, config);
  write_widths(out, encoding);
  write_units(out, config);
  write_encoding(out, encoding);
  write_used_bits(out, encoding);
  write_codes(out);
  write_registers(out, config);
  return fmt::format(
      "// Generated by `vta rtl` from the configuration {}:\n"
      "// {}\n\n"
      "/* verilator lint_off UNUSEDPARAM */  // a configuration need not use every constant\n"
      "package vta_pkg;\n{}\nendpackage\n"
      "/* verilator lint_on UNUSEDPARAM */\n",
      config.name, config.fingerprint(), out.take());
}

}  // namespace vta::rtl

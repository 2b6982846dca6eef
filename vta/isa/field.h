// The one table of instruction and micro-op fields. Encoder, decoder, assembler, disassembler and
// the generated documentation all read it.
//
// Packing rule: fields lie in table order, least significant bit first, in little-endian 64-bit
// words; a field that would straddle two words starts at the next one. An instruction takes 128
// bits when every opcode's fields fit, else 256; a micro-op 32 or 64. At the default configuration
// this is the published encoding. Flags that were added to it move none of its fields: each takes
// the lowest bit that the fields before it leave free.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "vta/isa/instruction.h"

namespace vta::isa {

// A field's width in bits: `fixed`, plus log2 of the depth of `index`'s scratchpad where it is set.
struct Width {
  int fixed = 0;
  std::optional<hw::Memory> index;
  int bits(const hw::Config& config) const {
    return fixed + (index ? config.index_bits(*index) : 0);
  }
};

struct Field {
  std::string_view name;  // as in Instruction, and in assembly text
  Width width;
  bool is_signed = false;
  bool is_added = false;  // a flag that the published encoding lacks; last in its table
  std::string_view doc;
  int64_t (*get)(const Instruction&) = nullptr;
  void (*set)(Instruction&, int64_t) = nullptr;
};

// The fields of an opcode, in the order of packing.
std::span<const Field> fields(Opcode opcode);

struct Placement {
  int lsb;    // bit position in the instruction
  int width;  // bits
  bool covers(int bit) const { return bit >= lsb && bit < lsb + width; }
};

// The values that `field` can have where it is `width` bits wide.
struct Range {
  int64_t low;
  int64_t high;
  bool contains(int64_t value) const { return value >= low && value <= high; }
};
Range legal_values(const Field& field, int width);

// An instruction's bits as little-endian words, the first one lowest.
using Words = std::array<uint64_t, 4>;

// Where the fields of each opcode lie for one configuration; computed once, then encodes and
// decodes.
class Encoding {
 public:
  explicit Encoding(const hw::Config& config);

  const hw::Config& config() const { return config_; }
  int instruction_bits() const { return instruction_bits_; }
  int64_t instruction_bytes() const { return instruction_bits_ / 8; }
  int uop_bits() const { return config_.uop_bits(); }
  int64_t uop_bytes() const { return uop_bits() / 8; }

  // One placement for each of fields(opcode).
  const std::vector<Placement>& placements(Opcode opcode) const;

  // Appends the instruction's bytes. Throws Error that names the field when a value does not fit.
  void encode(const Instruction& instruction, std::vector<uint8_t>& out) const;
  // Throws Error for an opcode, memory type or ALU opcode that is not assigned. Bits that no field
  // covers are ignored; ignored_bits gives them, in place, and has_unknown_bits whether any is set.
  Instruction decode(std::span<const uint8_t> bytes) const;
  Words ignored_bits(std::span<const uint8_t> bytes) const;
  bool has_unknown_bits(std::span<const uint8_t> bytes) const;

  void encode(const MicroOp& uop, std::vector<uint8_t>& out) const;
  MicroOp decode_uop(std::span<const uint8_t> bytes) const;
  // Of dst, src and wgt, in that order.
  const std::vector<Placement>& uop_placements() const { return uop_placements_; }

 private:
  hw::Config config_;
  int instruction_bits_;
  std::vector<std::vector<Placement>> placements_;  // by opcode
  std::vector<Placement> uop_placements_;
};

}  // namespace vta::isa

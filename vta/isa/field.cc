#include "vta/isa/field.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "vta/base/error.h"

namespace vta::isa {

namespace {

using hw::Memory;

constexpr Width fixed(int bits) {
  return {bits, std::nullopt};
}
constexpr Width index(Memory memory, int extra = 0) {
  return {extra, memory};
}

template <auto kMember>
constexpr Field field(std::string_view name, Width width, std::string_view doc,
                      bool is_signed = false) {
  return {.name = name,
          .width = width,
          .is_signed = is_signed,
          .doc = doc,
          .get = [](const Instruction& i) { return static_cast<int64_t>(i.*kMember); },
          .set =
              [](Instruction& i, int64_t value) {
                using Member = std::remove_reference_t<decltype(i.*kMember)>;
                i.*kMember = static_cast<Member>(value);
              }};
}

template <auto kMember>
constexpr Field added_flag(std::string_view name, std::string_view doc) {
  Field flag = field<kMember>(name, fixed(1), doc);
  flag.is_added = true;
  return flag;
}

using I = Instruction;

#define VTA_COMMON_FIELDS                                                                          \
  field<&I::opcode>("opcode", fixed(3), "load 0, store 1, gemm 2, finish 3, alu 4"),               \
      field<&I::pop_prev>("pop_prev", fixed(1), "wait for a token from the previous unit"),        \
      field<&I::pop_next>("pop_next", fixed(1), "wait for a token from the next unit"),            \
      field<&I::push_prev>("push_prev", fixed(1), "when done, give a token to the previous unit"), \
      field<&I::push_next>("push_next", fixed(1), "when done, give a token to the next unit")

#define VTA_LOOP_FIELDS                                                                    \
  field<&I::reset>("reset", fixed(1), "gemm: write zeros; alu: ignored"),                  \
      field<&I::uop_begin>("uop_begin", index(Memory::kUop), "first micro-op"),            \
      field<&I::uop_end>("uop_end", index(Memory::kUop, 1), "one past the last micro-op"), \
      field<&I::iter_out>("iter_out", fixed(14), "extent of the outer loop"),              \
      field<&I::iter_in>("iter_in", fixed(14), "extent of the inner loop"),                \
      field<&I::dst_factor_out>("dst_factor_out", index(Memory::kAcc),                     \
                                "added to dst at each outer iteration"),                   \
      field<&I::dst_factor_in>("dst_factor_in", index(Memory::kAcc),                       \
                               "added to dst at each inner iteration")

constexpr std::array kMemoryFields = {
    VTA_COMMON_FIELDS,
    field<&I::memory>("memory", fixed(3), "uop 0, wgt 1, inp 2, acc 3, out 4, acc8 5"),
    field<&I::sram_base>("sram_base", fixed(16), "first scratchpad element"),
    field<&I::dram_base>("dram_base", fixed(32), "first DRAM element"),
    field<&I::y_size>("y_size", fixed(16), "rows"),
    field<&I::x_size>("x_size", fixed(16), "elements in a row"),
    field<&I::x_stride>("x_stride", fixed(16), "elements from row to row in DRAM"),
    field<&I::y_pad_before>("y_pad_before", fixed(4), "rows of padding before"),
    field<&I::y_pad_after>("y_pad_after", fixed(4), "rows of padding after"),
    field<&I::x_pad_before>("x_pad_before", fixed(4), "padding before each row"),
    field<&I::x_pad_after>("x_pad_after", fixed(4), "padding after each row"),
    added_flag<&I::pad_min>("pad_min", "inp: padding is the least integer, not zero"),
};

constexpr std::array kGemmFields = {
    VTA_COMMON_FIELDS,
    VTA_LOOP_FIELDS,
    field<&I::src_factor_out>("src_factor_out", index(Memory::kInp),
                              "added to src at each outer iteration"),
    field<&I::src_factor_in>("src_factor_in", index(Memory::kInp),
                             "added to src at each inner iteration"),
    field<&I::wgt_factor_out>("wgt_factor_out", index(Memory::kWgt),
                              "added to wgt at each outer iteration"),
    field<&I::wgt_factor_in>("wgt_factor_in", index(Memory::kWgt),
                             "added to wgt at each inner iteration"),
    added_flag<&I::overwrite>("overwrite", "write the product, not the sum with what was there"),
};

constexpr std::array kAluFields = {
    VTA_COMMON_FIELDS,
    VTA_LOOP_FIELDS,
    field<&I::src_factor_out>("src_factor_out", index(Memory::kAcc),
                              "added to src at each outer iteration"),
    field<&I::src_factor_in>("src_factor_in", index(Memory::kAcc),
                             "added to src at each inner iteration"),
    field<&I::alu_op>("alu_op", fixed(3), "min 0, max 1, add 2, shr 3, mul 4, rqt 5"),
    field<&I::use_imm>("use_imm", fixed(1), "the second operand is imm, not acc[src]"),
    field<&I::imm>("imm", fixed(16), "immediate operand", true),
};

constexpr std::array kFinishFields = {VTA_COMMON_FIELDS};

#undef VTA_COMMON_FIELDS
#undef VTA_LOOP_FIELDS

constexpr std::array kOpcodes = {Opcode::kLoad,   Opcode::kStore, Opcode::kGemm,
                                 Opcode::kFinish, Opcode::kAlu,   Opcode::kDepthwise};

std::vector<Placement> place(std::span<const int> widths) {
  std::vector<Placement> placements;
  int bit = 0;
  for (const int width : widths) {
    if (bit / 64 != (bit + width - 1) / 64) bit = (bit + 63) / 64 * 64;
    placements.push_back({bit, width});
    bit += width;
  }
  return placements;
}

int lowest_free_bit(const std::vector<Placement>& placements) {
  int bit = 0;
  while (std::ranges::any_of(placements, [bit](const Placement& p) { return p.covers(bit); }))
    ++bit;
  return bit;
}

// The published fields by the rule, then each added flag in the lowest bit that is free. GEMM has
// one without growing: the sum of its published widths is odd, so they never fill the instruction.
std::vector<Placement> place(std::span<const Field> table, const hw::Config& config) {
  std::vector<int> widths;
  for (const Field& f : table) {
    if (!f.is_added) widths.push_back(f.width.bits(config));
  }
  std::vector<Placement> placements = place(widths);
  while (placements.size() < table.size()) placements.push_back({lowest_free_bit(placements), 1});
  return placements;
}

int end_of(const std::vector<Placement>& placements) {
  int end = 0;
  for (const Placement& p : placements) end = std::max(end, p.lsb + p.width);
  return end;
}

uint64_t mask(int width) {
  return width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
}

Words load_words(std::span<const uint8_t> bytes) {
  static_assert(std::endian::native == std::endian::little);
  Words words{};
  std::memcpy(words.data(), bytes.data(), bytes.size());
  return words;
}

void append_words(const Words& words, int bits, std::vector<uint8_t>& out) {
  for (int bit = 0; bit < bits; bit += 8) {
    out.push_back(static_cast<uint8_t>(words[static_cast<size_t>(bit / 64)] >> (bit % 64)));
  }
}

uint64_t extract(const Words& words, Placement p) {
  return (words[static_cast<size_t>(p.lsb / 64)] >> (p.lsb % 64)) & mask(p.width);
}

void insert(Words& words, Placement p, uint64_t value) {
  words[static_cast<size_t>(p.lsb / 64)] |= (value & mask(p.width)) << (p.lsb % 64);
}

int64_t sign_extend(uint64_t value, int width) {
  const uint64_t sign = uint64_t{1} << (width - 1);
  return static_cast<int64_t>((value ^ sign) - sign);
}

Opcode checked_opcode(uint64_t value, const hw::Config& config) {
  const auto last = config.depthwise_taps > 0 ? Opcode::kDepthwise : Opcode::kAlu;
  require(value <= static_cast<uint64_t>(last), "opcode {} is not assigned", value);
  return static_cast<Opcode>(value);
}

}  // namespace

std::span<const Field> fields(Opcode opcode) {
  switch (opcode) {
    case Opcode::kLoad:
    case Opcode::kStore:
      return kMemoryFields;
    case Opcode::kGemm:
    case Opcode::kDepthwise:
      return kGemmFields;
    case Opcode::kFinish:
      return kFinishFields;
    case Opcode::kAlu:
      return kAluFields;
  }
  return {};
}

Range legal_values(const Field& field, int width) {
  if (field.is_signed) return {-(int64_t{1} << (width - 1)), (int64_t{1} << (width - 1)) - 1};
  return {0, (int64_t{1} << width) - 1};
}

Encoding::Encoding(const hw::Config& config) : config_(config), placements_(kOpcodes.size()) {
  int widest = 0;
  for (const Opcode opcode : kOpcodes) {
    auto& placements = placements_[static_cast<size_t>(opcode)];
    placements = place(fields(opcode), config);
    widest = std::max(widest, end_of(placements));
  }
  instruction_bits_ = widest <= 128 ? 128 : 256;
  const int acc = config.index_bits(Memory::kAcc);
  const std::array uop_widths = {acc, std::max(acc, config.index_bits(Memory::kInp)),
                                 config.index_bits(Memory::kWgt)};
  uop_placements_ = place(uop_widths);
}

const std::vector<Placement>& Encoding::placements(Opcode opcode) const {
  return placements_[static_cast<size_t>(opcode)];
}

void Encoding::encode(const Instruction& instruction, std::vector<uint8_t>& out) const {
  checked_opcode(static_cast<uint64_t>(instruction.opcode), config_);
  const auto& places = placements(instruction.opcode);
  const auto table = fields(instruction.opcode);
  Words words{};
  for (size_t i = 0; i < table.size(); ++i) {
    const int64_t value = table[i].get(instruction);
    const Range legal = legal_values(table[i], places[i].width);
    require(legal.contains(value), "{}: {} is {}, must be from {} to {}",
            opcode_name(instruction.opcode), table[i].name, value, legal.low, legal.high);
    insert(words, places[i], static_cast<uint64_t>(value));
  }
  append_words(words, instruction_bits_, out);
}

Instruction Encoding::decode(std::span<const uint8_t> bytes) const {
  require(static_cast<int64_t>(bytes.size()) == instruction_bytes(),
          "an instruction has {} bytes here, got {}", instruction_bytes(), bytes.size());
  const Words words = load_words(bytes);
  const Opcode opcode = checked_opcode(extract(words, {0, 3}), config_);
  const auto& places = placements(opcode);
  const auto table = fields(opcode);
  Instruction instruction;
  for (size_t i = 0; i < table.size(); ++i) {
    const uint64_t value = extract(words, places[i]);
    table[i].set(instruction, table[i].is_signed ? sign_extend(value, places[i].width)
                                                 : static_cast<int64_t>(value));
  }
  require(instruction.memory <= MemoryType::kAcc8, "memory type {} is not assigned",
          static_cast<int>(instruction.memory));
  require(instruction.alu_op <= hw::AluOp::kRequantise, "ALU opcode {} is not assigned",
          static_cast<int>(instruction.alu_op));
  return instruction;
}

Words Encoding::ignored_bits(std::span<const uint8_t> bytes) const {
  Words words = load_words(bytes);
  for (const Placement& p : placements(checked_opcode(extract(words, {0, 3}), config_))) {
    words[static_cast<size_t>(p.lsb / 64)] &= ~(mask(p.width) << (p.lsb % 64));
  }
  return words;
}

bool Encoding::has_unknown_bits(std::span<const uint8_t> bytes) const {
  return ignored_bits(bytes) != Words{};
}

void Encoding::encode(const MicroOp& uop, std::vector<uint8_t>& out) const {
  const std::array<uint32_t, 3> values = {uop.dst, uop.src, uop.wgt};
  constexpr std::array kNames = {"dst", "src", "wgt"};
  Words words{};
  for (size_t i = 0; i < values.size(); ++i) {
    require(values[i] <= mask(uop_placements_[i].width), "micro-op: {} is {}, must be from 0 to {}",
            kNames[i], values[i], mask(uop_placements_[i].width));
    insert(words, uop_placements_[i], values[i]);
  }
  append_words(words, uop_bits(), out);
}

MicroOp Encoding::decode_uop(std::span<const uint8_t> bytes) const {
  const Words words = load_words(bytes.first(static_cast<size_t>(uop_bytes())));
  return {.dst = static_cast<uint32_t>(extract(words, uop_placements_[0])),
          .src = static_cast<uint32_t>(extract(words, uop_placements_[1])),
          .wgt = static_cast<uint32_t>(extract(words, uop_placements_[2]))};
}

}  // namespace vta::isa

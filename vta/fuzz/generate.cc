// Fields come from the table of the instruction set, with values from all over their ranges; then
// each instruction is fitted: what is out of range is brought in by remainders, so that what the
// table offers stays random where it may. A style drawn for each program says how long it is, how
// large its transfers and loops are, how the units share it and how slow the memory is.
#include "vta/fuzz/generate.h"

#include <algorithm>
#include <cmath>

#include "vta/base/error.h"
#include "vta/fuzz/break.h"
#include "vta/fuzz/tokens.h"
#include "vta/fuzz/uop_table.h"
#include "vta/isa/assembly.h"
#include "vta/isa/check.h"
#include "vta/rtl/register_map.h"

namespace vta::fuzz {

namespace {

using hw::AluOp;
using hw::Memory;
using isa::Instruction;
using isa::MemoryType;
using isa::MicroOp;
using isa::Opcode;

enum class Kind : uint8_t {
  kLoadInp,
  kLoadWgt,
  kLoadAcc,
  kLoadAcc8,
  kLoadUop,
  kGemm,
  kDepthwise,
  kAlu,
  kStore
};
constexpr size_t kKinds = 9;

struct Style {
  uint64_t length = 0;  // instructions, without the dump at the end
  std::array<uint64_t, kKinds> weights{};
  uint64_t percent_again = 0;       // chance that the next instruction is of the same kind
  uint64_t percent_nothing = 0;     // of transfers and loops that are empty
  uint64_t percent_padded = 0;      // of LOADs
  uint64_t percent_requantise = 0;  // of ALU instructions, where there is such an operation
  uint64_t percent_whole_run = 0;   // of loops that take a theme's micro-ops as they are
  uint64_t percent_same_loop = 0;
  uint64_t most_elements = 0;  // of a transfer
  uint64_t most_slots = 0;     // micro-ops of a loop
  bool rows = false;           // transfers have many short ones
  bool ignored_bits = false;
  bool dump = false;
  TokenStyle tokens;
};

class Generator {
 public:
  Generator(const hw::Config& config, Random& random)
      : random_(random), config_(config), buffer_(depth(Memory::kUop)) {
    draw_memory();
    draw_style();
  }

  Case make() {
    Case c;
    c.address = 64 * random_.below(64);
    constexpr Data kData[] = {Data::kUniform, Data::kUniform, Data::kExtremes, Data::kSmall};
    c.data = random_.pick(kData);
    c.data_seed = random_.bits();
    isa::Program& program = c.program;
    program.config = config_;
    table_ = uop_table(config_, random_);
    const auto bytes = static_cast<uint64_t>(encoding_.uop_bytes());
    const uint64_t room = (map_.data - map_.uops) / bytes - table_.uops.size();
    first_uop_ = static_cast<uint32_t>(map_.uops / bytes +
                                       (random_.percent(40)  // across a page
                                            ? 4096 / bytes - random_.below(table_.uops.size())
                                            : random_.below(room)));
    for (size_t k = 0; k < table_.uops.size(); ++k) {
      program.uops[first_uop_ + static_cast<uint32_t>(k)] = table_.uops[k];
    }
    if (random_.percent(75)) fill_scratchpads(program.instructions);
    auto kind = Kind::kLoadUop;
    for (uint64_t k = 0; k < style_.length; ++k) {
      program.instructions.push_back(instruction_of(kind));
      if (!random_.percent(style_.percent_again)) kind = draw_kind();
    }
    if (style_.dump) dump(program.instructions);
    program.instructions.push_back({.opcode = Opcode::kFinish});
    insert_tokens(program, style_.tokens, random_);
    if (style_.ignored_bits) add_ignored_bits(program);
    return c;
  }

 private:
  uint64_t depth(Memory memory) const { return static_cast<uint64_t>(config_.depth(memory)); }

  void draw_memory() {
    const double bus = config_.bus_bits / 8.0;
    const double shares[] = {1, 1, 1, 0.5, 0.77, 0.25, 0.1, 0.02};
    config_.memory_bytes_per_cycle = std::max(0.125, bus * random_.pick(shares));
    constexpr int kLatencies[] = {1, 2, 3, 7, 16, 16, 33, 64, 64, 150, 400};
    config_.memory_latency_cycles = random_.pick(kLatencies);
  }

  void draw_style() {
    constexpr uint64_t kLengths[] = {4, 8, 8, 16, 16, 30, 30, 60, 100};
    style_.length = random_.between(1, random_.pick(kLengths));
    constexpr uint64_t kWeights[] = {0, 1, 1, 2, 4, 8, 30};
    for (uint64_t& weight : style_.weights) weight = random_.pick(kWeights);
    constexpr uint64_t kPercents[] = {0, 0, 10, 30, 60, 90, 100};
    style_.percent_again = std::min<uint64_t>(90, random_.pick(kPercents));
    style_.percent_nothing = random_.percent(70) ? 4 : 40;
    style_.percent_padded = random_.pick(kPercents);
    style_.percent_requantise = random_.pick(kPercents);
    style_.percent_whole_run = random_.pick(kPercents);
    style_.percent_same_loop = random_.pick(kPercents) / 2;
    // What takes about so many cycles in all.
    const double cycles = random_.percent(90) ? 3000 : 15000;
    const double per_instruction = cycles / static_cast<double>(style_.length + 4);
    bytes_ = static_cast<uint64_t>(per_instruction * 2 * config_.memory_bytes_per_cycle);
    constexpr uint64_t kSizes[] = {1, 2, 4, 16, 64, 64, 100000};
    style_.most_elements = random_.pick(kSizes);
    style_.most_slots = std::min(random_.pick(kSizes), static_cast<uint64_t>(per_instruction) + 1);
    style_.ignored_bits = random_.percent(15);
    style_.dump = random_.percent(75);
    style_.tokens.percent_tight = random_.pick(kPercents);
    style_.tokens.percent_extra = random_.pick(kPercents);
    if (random_.percent(18)) draw_burst();
    if (random_.percent(8)) draw_rows();
  }

  // Transfers of many short rows, and a memory that answers late: as many bursts are under way as
  // may be.
  void draw_rows() {
    style_.rows = true;
    style_.length = random_.between(4, 12);
    constexpr Kind kBusy[] = {Kind::kLoadInp, Kind::kStore, Kind::kStore, Kind::kLoadAcc8};
    style_.weights[static_cast<size_t>(random_.pick(kBusy))] = 40;
    style_.percent_again = 80;
    style_.most_elements = 100000;
    bytes_ = kMostBytes;
    config_.memory_bytes_per_cycle = config_.bus_bits / 8.0;
    config_.memory_latency_cycles = random_.percent(50) ? 150 : 400;
  }

  // Many instructions of one unit, then many of another, with a token from each to each.
  void draw_burst() {
    style_.length = random_.between(40, 100);
    style_.weights.fill(1);
    constexpr Kind kBusy[] = {Kind::kLoadInp, Kind::kStore, Kind::kStore, Kind::kGemm, Kind::kAlu};
    style_.weights[static_cast<size_t>(random_.pick(kBusy))] = 20;
    style_.weights[static_cast<size_t>(random_.pick(kBusy))] = 20;
    style_.percent_again = 93;
    style_.most_elements = std::min<uint64_t>(style_.most_elements, 4);
    style_.most_slots = std::min<uint64_t>(style_.most_slots, 4);
    style_.tokens = {.percent_tight = 0, .percent_extra = 100};
  }

  Kind draw_kind() {
    uint64_t total = 0;
    for (const uint64_t weight : style_.weights) total += weight;
    uint64_t ticket = random_.below(total);
    for (size_t k = 0; k < kKinds; ++k) {
      if (ticket < style_.weights[k]) return static_cast<Kind>(k);
      ticket -= style_.weights[k];
    }
    return Kind::kGemm;  // where no kind has a weight
  }

  Instruction instruction_of(Kind kind) {
    switch (kind) {
      case Kind::kLoadInp:
        return transfer(Opcode::kLoad, MemoryType::kInp);
      case Kind::kLoadWgt:
        return transfer(Opcode::kLoad, MemoryType::kWgt);
      case Kind::kLoadAcc:
        return transfer(Opcode::kLoad, MemoryType::kAcc);
      case Kind::kLoadAcc8:
        return transfer(Opcode::kLoad, MemoryType::kAcc8);
      case Kind::kLoadUop:
        return load_uops();
      case Kind::kStore:
        return transfer(Opcode::kStore, MemoryType::kOut);
      case Kind::kGemm:
        return loops(Opcode::kGemm);
      case Kind::kDepthwise:
        return loops(config_.depthwise_taps > 0 ? Opcode::kDepthwise : Opcode::kGemm);
      case Kind::kAlu:
        break;
    }
    return loops(Opcode::kAlu);
  }

  // All fields of the opcode as the table allows them, but those that say what it is and its
  // tokens.
  Instruction draw(Opcode opcode) {
    Instruction i{.opcode = opcode};
    const auto table = isa::fields(opcode);
    for (size_t f = 0; f < table.size(); ++f) {
      if (is_fixed(table[f].name)) continue;
      const int width = encoding_.placements(opcode)[f].width;
      table[f].set(i, random_.value(isa::legal_values(table[f], width)));
    }
    return i;
  }
  static bool is_fixed(std::string_view name) {
    return name == "opcode" || name == "memory" || name == "alu_op" || name.starts_with("pop_") ||
           name.starts_with("push_");
  }

  Instruction transfer(Opcode opcode, MemoryType type) {
    Instruction i = draw(opcode);
    i.memory = type;
    const bool padded = opcode == Opcode::kLoad && random_.percent(style_.percent_padded);
    padded ? draw_padding(i) : no_padding(i);
    if (random_.percent(style_.percent_nothing)) {
      empty_transfer(i);
      if (elements(i) == 0) {
        i.memory = any_type(i);
        return i;
      }
    }
    fit_size(i);
    const auto room = depth(scratchpad(type)) - elements(i);
    i.sram_base = random_.percent(10) ? static_cast<uint32_t>(room)
                  : random_.percent(30)
                      ? static_cast<uint32_t>(std::min<uint64_t>(i.sram_base % 4 * 8, room))
                      : static_cast<uint32_t>(i.sram_base % (room + 1));
    fit_dram(i);
    return i;
  }

  static void no_padding(Instruction& i) {
    i.y_pad_before = i.y_pad_after = i.x_pad_before = i.x_pad_after = 0;
  }

  // On one side, on all of them, or on any.
  void draw_padding(Instruction& i) {
    uint32_t* pads[] = {&i.y_pad_before, &i.y_pad_after, &i.x_pad_before, &i.x_pad_after};
    const uint64_t kind = random_.below(3);
    const uint64_t side = random_.below(4);
    for (size_t k = 0; k < 4; ++k) {
      if (kind == 0) *pads[k] = k == side ? std::max(1U, *pads[k]) : 0;
      if (kind == 1) *pads[k] = static_cast<uint32_t>(random_.between(1, 3));
    }
    if (kind < 2 && random_.percent(70)) {
      i.x_size = std::max(1U, i.x_size);
      i.y_size = std::max(1U, i.y_size);
    }
  }

  // What moves nothing may name any memory type that leaves it with its unit.
  MemoryType any_type(const Instruction& i) {
    constexpr MemoryType kTypes[] = {MemoryType::kUop, MemoryType::kWgt, MemoryType::kInp,
                                     MemoryType::kAcc, MemoryType::kOut, MemoryType::kAcc8};
    Instruction other = i;
    other.memory = random_.pick(kTypes);
    return unit_of(other) == unit_of(i) ? other.memory : i.memory;
  }

  static uint64_t rows(const Instruction& i) {
    return uint64_t{i.y_pad_before} + i.y_size + i.y_pad_after;
  }
  static uint64_t columns(const Instruction& i) {
    return uint64_t{i.x_pad_before} + i.x_size + i.x_pad_after;
  }
  static uint64_t elements(const Instruction& i) { return rows(i) * columns(i); }

  // Nothing to move, in one of the ways; padding, if there is any, stays.
  void empty_transfer(Instruction& i) {
    if (random_.percent(60)) i.x_size = 0;
    if (i.x_size > 0 || random_.percent(50)) i.y_size = 0;
    if (i.x_size == 0 && i.y_size > 200) i.y_size %= 200;
  }

  void fit_size(Instruction& i) {
    const auto bytes = static_cast<uint64_t>(config_.element_bytes(dram_element(i.memory)));
    const uint64_t most =
        std::clamp<uint64_t>(std::min(style_.most_elements, bytes_ / bytes), 1,
                             std::min(depth(scratchpad(i.memory)), kMostBytes / bytes));
    const uint64_t target = random_.between(1, std::min<uint64_t>(most, style_.rows ? 128 : most));
    if (style_.rows) {
      i.x_size = 1;
      i.y_size = static_cast<uint32_t>(target);
      i.x_stride = std::max(2U, i.x_stride);
    }
    if (i.x_size > target) i.x_size = static_cast<uint32_t>(1 + i.x_size % target);
    const uint64_t most_rows = std::max<uint64_t>(1, target / std::max<uint64_t>(1, i.x_size));
    if (i.y_size > most_rows) i.y_size = static_cast<uint32_t>(1 + i.y_size % most_rows);
    // Padding may make it larger than the rest of the budget, never than the scratchpad.
    while (elements(i) > depth(scratchpad(i.memory))) {
      for (uint32_t* size : {&i.y_pad_before, &i.y_pad_after, &i.x_pad_before, &i.x_pad_after}) {
        *size /= 2;
      }
      if (i.x_size > 1) i.x_size -= i.x_size / 4;
      if (i.y_size > 1) i.y_size -= i.y_size / 2;
    }
  }

  void fit_dram(Instruction& i) {
    if (i.x_size == 0 || i.y_size == 0) return;
    const auto bytes = static_cast<uint64_t>(config_.element_bytes(dram_element(i.memory)));
    const bool high = random_.percent(6);
    const bool anywhere = i.opcode == Opcode::kLoad && random_.percent(15);
    const uint64_t low = high ? map_.high : anywhere ? 0 : map_.data;
    const uint64_t first = (low + bytes - 1) / bytes;
    const uint64_t room = (high ? config_.memory_bytes() : map_.low_end) / bytes - first;
    fit_stride(i, room);
    const uint64_t span = uint64_t{i.y_size - 1} * i.x_stride + i.x_size;
    uint64_t base = random_.percent(50) ? i.dram_base % 512 : i.dram_base;
    base %= room - span + 1;
    if (high && random_.percent(50)) base = room - span;
    base += first;
    if (!high && random_.percent(35)) base = align(base, bytes, first + room - span, i.x_size);
    i.dram_base = static_cast<uint32_t>(base);
  }

  // Up to a place where bursts or pages begin, or so that the first row crosses it; no further than
  // `last`.
  uint64_t align(uint64_t base, uint64_t bytes, uint64_t last, uint64_t row) {
    const auto beat = static_cast<uint64_t>(config_.bus_bits / 8);
    const uint64_t sizes[] = {beat, 16 * beat, 4096, 4096};
    const uint64_t size = random_.pick(sizes);
    const uint64_t aligned = (base * bytes / size + 1) * size / bytes;
    const uint64_t back = random_.percent(70) ? random_.below(row + 1) : 0;
    return aligned >= base + back && aligned - back <= last ? aligned - back : base;
  }

  void fit_stride(Instruction& i, uint64_t room) {
    if (random_.percent(35)) i.x_stride = i.x_size;
    if (random_.percent(15)) i.x_stride = static_cast<uint32_t>(random_.below(i.x_size));
    if (i.y_size == 1) return;
    const uint64_t most = (room - i.x_size) / (i.y_size - 1);
    if (i.x_stride > most) i.x_stride = static_cast<uint32_t>(i.x_stride % (most + 1));
  }

  // Of the table, most often a theme whole; to the micro-op buffer.
  Instruction load_uops() {
    Instruction i = transfer(Opcode::kLoad, MemoryType::kUop);
    if (elements(i) == 0 || i.memory != MemoryType::kUop) return i;
    const UopTable::Run& run = random_.pick(table_.runs);
    const auto count = static_cast<uint32_t>(table_.uops.size());
    if (random_.percent(style_.percent_whole_run)) {
      no_padding(i);
      i.y_size = 1;
      i.x_size = std::min(run.count, static_cast<uint32_t>(depth(Memory::kUop)));
      i.dram_base = first_uop_ + run.first;
      i.sram_base %= static_cast<uint32_t>(depth(Memory::kUop)) - i.x_size + 1;
    } else {
      i.x_size = std::min(i.x_size, count);
      if (i.y_size > 1) i.x_stride = i.x_stride % ((count - i.x_size) / (i.y_size - 1) + 1);
      const uint32_t span = i.y_size == 0 ? 1 : (i.y_size - 1) * i.x_stride + i.x_size;
      i.dram_base = first_uop_ + i.dram_base % (count - span + 1);
    }
    remember_uops(i);
    return i;
  }

  void remember_uops(const Instruction& i) {
    const auto length = static_cast<uint32_t>(columns(i));
    const auto count = static_cast<uint32_t>(elements(i));
    for (uint32_t k = 0; k < count; ++k) buffer_[i.sram_base + k] = MicroOp{};
    for (uint32_t y = 0; y < i.y_size; ++y) {
      for (uint32_t x = 0; x < i.x_size; ++x) {
        const uint32_t to = i.sram_base + (i.y_pad_before + y) * length + i.x_pad_before + x;
        buffer_[to] = table_.uops[i.dram_base - first_uop_ + y * i.x_stride + x];
      }
    }
    runs_.push_back({i.sram_base, count});
  }

  Instruction loops(Opcode opcode) {
    Instruction i = draw(opcode);
    if (opcode == Opcode::kAlu) draw_operation(i);
    if (i.uses_array() && random_.percent(80)) i.reset = false;
    if (i.uses_array() && random_.percent(60)) i.overwrite = false;
    if (runs_.empty() || random_.percent(style_.percent_nothing)) {
      empty_loops(i);
      return i;
    }
    const bool again = last_loop_ && random_.percent(style_.percent_same_loop);
    again ? repeat_loop(i) : choose_uops(i);
    const Bounds bounds = bounds_of(i);
    fit_operands(i, bounds);
    if (!again) fit_iterations(i);
    fit_factors(i, bounds);
    last_loop_ = i;
    return i;
  }

  // Over the same destinations as the loop before; an ALU operation's sources may be these too.
  void repeat_loop(Instruction& i) {
    i.uop_begin = last_loop_->uop_begin;
    i.uop_end = last_loop_->uop_end;
    i.iter_out = last_loop_->iter_out;
    i.iter_in = last_loop_->iter_in;
    i.dst_factor_out = last_loop_->dst_factor_out;
    i.dst_factor_in = last_loop_->dst_factor_in;
    if (random_.percent(25)) {  // the last micro-op alone
      i.uop_begin = i.uop_end - 1;
      i.iter_out = i.iter_in = 1;
    }
    if (i.opcode != Opcode::kAlu || random_.percent(50)) return;
    i.src_factor_out = i.dst_factor_out;
    i.src_factor_in = i.dst_factor_in;
  }

  void draw_operation(Instruction& i) {
    const bool requantise =
        config_.has(AluOp::kRequantise) && random_.percent(style_.percent_requantise);
    i.alu_op = requantise ? AluOp::kRequantise : random_.pick(config_.alu_ops);
    if (i.alu_op == AluOp::kRequantise) i.use_imm = false;
    if (i.alu_op != AluOp::kShr) return;
    constexpr int32_t kAmounts[] = {0, 1, 30, 31, 32, 33, 48, 63, 64, 256};
    if (random_.percent(40)) i.imm = static_cast<int32_t>(random_.below(72)) - 36;
    if (random_.percent(40))
      i.imm = random_.percent(50) ? random_.pick(kAmounts) : -random_.pick(kAmounts);
  }

  void empty_loops(Instruction& i) {
    i.uop_end = static_cast<uint32_t>(i.uop_end % (depth(Memory::kUop) + 1));
    switch (random_.below(3)) {
      case 0:
        i.iter_out = 0;
        break;
      case 1:
        i.iter_in = 0;
        break;
      default:
        i.uop_end = static_cast<uint32_t>(random_.below(i.uop_begin + 1));
        break;
    }
  }

  void choose_uops(Instruction& i) {
    const auto& [first, count] =
        runs_[random_.percent(60) ? runs_.size() - 1 : random_.below(runs_.size())];
    i.uop_begin = first;
    i.uop_end = first + count;
    if (!random_.percent(style_.percent_whole_run)) {
      i.uop_begin += static_cast<uint32_t>(random_.below(count));
      i.uop_end =
          i.uop_begin + static_cast<uint32_t>(random_.magnitude(first + count - i.uop_begin));
    }
    i.uop_end = std::min(i.uop_end, i.uop_begin + static_cast<uint32_t>(style_.most_slots));
  }

  struct Bounds {  // the largest index of each operand
    uint64_t dst = 0;
    uint64_t src = 0;
    uint64_t wgt = 0;
  };
  Bounds bounds_of(const Instruction& i) const {
    Bounds b;
    for (uint32_t u = i.uop_begin; u < i.uop_end; ++u) {
      b.dst = std::max<uint64_t>(b.dst, buffer_[u].dst);
      b.src = std::max<uint64_t>(b.src, buffer_[u].src);
      b.wgt = std::max<uint64_t>(b.wgt, buffer_[u].wgt);
    }
    return b;
  }

  // Something that does not use the source, where the micro-ops' is out of range.
  void fit_operands(Instruction& i, const Bounds& bounds) {
    if (i.uses_array()) {
      if (bounds.src + source_entries(i) > depth(Memory::kInp)) i.reset = true;
      return;
    }
    if (i.alu_op == AluOp::kRequantise && bounds.src + 2 >= depth(Memory::kAcc)) {
      i.alu_op = AluOp::kAdd;
    }
    if (bounds.src >= depth(Memory::kAcc)) i.use_imm = true;
  }

  void fit_iterations(Instruction& i) {
    const uint64_t uops = i.uop_end - i.uop_begin;
    const uint64_t slots =
        random_.percent(50) ? style_.most_slots : random_.magnitude(style_.most_slots);
    const uint64_t most = std::max<uint64_t>(1, slots / uops);
    i.iter_out = static_cast<uint32_t>(std::max<uint64_t>(1, i.iter_out));
    i.iter_in = static_cast<uint32_t>(std::max<uint64_t>(1, i.iter_in));
    if (random_.percent(30) && most >= 4) {  // both loops repeat
      i.iter_out = static_cast<uint32_t>(random_.between(2, most / 2));
      i.iter_in = static_cast<uint32_t>(random_.between(2, most / i.iter_out));
      return;
    }
    const bool outer_first = random_.percent(50);
    uint32_t& a = outer_first ? i.iter_out : i.iter_in;
    uint32_t& b = outer_first ? i.iter_in : i.iter_out;
    if (a > most) a = static_cast<uint32_t>(1 + a % most);
    if (b > most / a) b = static_cast<uint32_t>(1 + b % std::max<uint64_t>(1, most / a));
  }

  void fit_factors(Instruction& i, const Bounds& bounds) {
    const bool gemm = i.uses_array();
    fit_factor(i, i.dst_factor_out, i.dst_factor_in, depth(Memory::kAcc) - 1 - bounds.dst);
    const bool uses_src = gemm ? !i.reset : !i.use_imm;
    if (uses_src) {
      const uint64_t last = gemm ? depth(Memory::kInp) - source_entries(i)
                            : i.alu_op == AluOp::kRequantise ? depth(Memory::kAcc) - 3
                                                             : depth(Memory::kAcc) - 1;
      fit_factor(i, i.src_factor_out, i.src_factor_in, last - bounds.src);
    }
    if (gemm && !i.reset) {
      fit_factor(i, i.wgt_factor_out, i.wgt_factor_in, depth(Memory::kWgt) - 1 - bounds.wgt);
    }
  }

  uint64_t source_entries(const Instruction& i) const {
    return i.opcode == Opcode::kDepthwise ? static_cast<uint64_t>(config_.depthwise_inputs()) : 1;
  }

  // So that the last iteration is no more than `room` beyond the first. A factor of a loop of one
  // iteration may be anything.
  void fit_factor(const Instruction& i, uint32_t& out, uint32_t& in, uint64_t room) {
    if (i.iter_out > 1) {
      const uint64_t most = room / (i.iter_out - 1);
      if (out > most) out = static_cast<uint32_t>(out % (most + 1));
      room -= uint64_t{i.iter_out - 1} * out;
    }
    if (i.iter_in > 1) {
      const uint64_t most = room / (i.iter_in - 1);
      if (in > most) in = static_cast<uint32_t>(in % (most + 1));
    }
  }

  // Random data where operands most often are, so that what is computed shows.
  void fill_scratchpads(std::vector<Instruction>& program) {
    for (const MemoryType type : {MemoryType::kInp, MemoryType::kWgt, MemoryType::kAcc}) {
      if (random_.percent(15)) continue;
      const auto bytes = static_cast<uint64_t>(config_.element_bytes(dram_element(type)));
      const uint64_t most = std::max<uint64_t>(4, 8 * bytes_ / bytes);
      const uint64_t count = std::min({most, depth(scratchpad(type)), uint64_t{64}});
      const uint64_t first = (map_.data + bytes - 1) / bytes;
      program.push_back({.opcode = Opcode::kLoad,
                         .memory = type,
                         .dram_base = static_cast<uint32_t>(
                             first + random_.below(map_.low_end / bytes - first - count)),
                         .y_size = 1,
                         .x_size = static_cast<uint32_t>(count)});
    }
  }

  // Stores a stretch of accumulators again and again, shifted right in between, so that every bit
  // of them is seen.
  void dump(std::vector<Instruction>& program) {
    const auto width = static_cast<uint32_t>(config_.out_bits);
    const auto count = static_cast<uint32_t>(std::min<uint64_t>(depth(Memory::kAcc), 64));
    const auto first = static_cast<uint32_t>(
        random_.percent(50) ? 0 : random_.below(depth(Memory::kAcc) - count + 1));
    const auto bytes = static_cast<uint64_t>(config_.element_bytes(Memory::kOut));
    uint64_t base = (map_.data + bytes - 1) / bytes + random_.below(64);
    // One micro-op of zeros, which a padded load brings.
    program.push_back({.opcode = Opcode::kLoad, .y_size = 0, .y_pad_before = 1, .x_pad_before = 1});
    for (uint32_t bit = 0; bit < 32; bit += width) {
      program.push_back({.opcode = Opcode::kStore,
                         .memory = MemoryType::kOut,
                         .sram_base = first,
                         .dram_base = static_cast<uint32_t>(base),
                         .y_size = 1,
                         .x_size = count});
      base += count;
      if (bit + width >= 32 || bit >= 24) break;
      program.push_back({.opcode = Opcode::kAlu,
                         .uop_end = 1,
                         .iter_out = count,
                         .iter_in = 1,
                         .dst_factor_out = 1,
                         .alu_op = AluOp::kShr,
                         .use_imm = true,
                         .imm = config_.out_bits == 8 ? 8 : 11});
      if (first > 0) break;
    }
  }

  void add_ignored_bits(isa::Program& program) {
    for (uint32_t i = 0; i < program.instructions.size(); ++i) {
      isa::Words words{};
      for (uint64_t& word : words) word = random_.bits();
      const auto bytes = static_cast<size_t>(encoding_.instruction_bytes());
      for (size_t k = bytes / 8; k < words.size(); ++k) words[k] = 0;
      for (const auto& place : encoding_.placements(program.instructions[i].opcode)) {
        const uint64_t ones = place.width == 64 ? ~uint64_t{0} : (uint64_t{1} << place.width) - 1;
        words[static_cast<size_t>(place.lsb / 64)] &= ~(ones << (place.lsb % 64));
      }
      if (words != isa::Words{}) program.ignored_bits[i] = words;
    }
  }

  static constexpr uint64_t kMostBytes = 64 << 10;  // of a transfer

  Random& random_;
  hw::Config config_;
  MemoryMap map_ = memory_map(config_);
  isa::Encoding encoding_{config_};
  Style style_;
  uint64_t bytes_ = 0;  // that a transfer should not exceed
  UopTable table_;
  uint32_t first_uop_ = 0;  // the table's first element in DRAM
  std::optional<Instruction> last_loop_;
  std::vector<MicroOp> buffer_;      // the micro-op buffer as the program so far leaves it
  std::vector<UopTable::Run> runs_;  // what LOADs have written to it
};

Case legal_case(const hw::Config& config, uint64_t seed, Random& random) {
  for (;;) {
    Case c = Generator(config, random).make();
    const isa::CheckReport report = isa::check(c.program);
    if (report.ok()) return c;
    // How full token queues get is not foreseen.
    if (report.errors[0].kind == "overflow") continue;
    fail("the program of seed {} is not legal: {}\n{}", seed, report.errors[0].message,
         isa::disassemble(c.program));
  }
}

}  // namespace

Case generate(const hw::Config& config, uint64_t seed) {
  // Other configurations get other programs.
  Random random(seed ^ rtl::fingerprint_hash(config));
  Case c = legal_case(config, seed, random);
  if (seed % 8 == 1 || seed % 8 == 6) {  // after a broken one, after a legal one
    Case before = generate(config, seed - 1);
    before.program.config = c.program.config;
    c.before = std::make_shared<const Case>(std::move(before));
  }
  if (seed % 4 != 0) return c;
  // One in four is broken, in the ways by turns; not every program has what the one that it is the
  // turn of needs.
  constexpr int kAttempts = 10;
  for (int k = 0; k < kAttempts && !break_case(c, seed / 4, random); ++k) {
    c = legal_case(config, seed, random);
  }
  return c;
}

}  // namespace vta::fuzz

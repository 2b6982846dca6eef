#include "vta/isa/footprint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "vta/isa/findings.h"

namespace vta::isa {

namespace {

using hw::Memory;

std::string name_of(Memory memory) {
  return std::string(hw::kMemoryNames[static_cast<size_t>(memory)]);
}

// One index of the micro-ops of a GEMM or ALU instruction, with its loop factors.
struct Operand {
  Memory memory;
  uint32_t MicroOp::*index;
  uint64_t factor_out;
  uint64_t factor_in;
  uint64_t width = 1;  // consecutive entries from the index on
};

class FootprintBuilder {
 public:
  FootprintBuilder(const Program& program, CheckReport& report)
      : program_(program),
        config_(program.config),
        encoding_(config_),
        report_(report),
        uop_buffer_(static_cast<size_t>(config_.depth(Memory::kUop))) {}

  std::vector<Footprint> build() {
    std::vector<Footprint> result(program_.instructions.size());
    for (at_ = 0; at_ < result.size(); ++at_) {
      const Instruction& i = program_.instructions[at_];
      if (!is_legal(i)) continue;
      if (i.is_memory()) transfer(i, result[at_]);
      if (i.has_micro_ops()) loops(i, result[at_]);
    }
    return result;
  }

 private:
  enum class State : uint8_t { kNeverLoaded, kUnknown, kKnown };
  struct Slot {
    State state = State::kNeverLoaded;
    MicroOp uop;
  };

  bool structure(const std::string& what) {
    add_error(report_, program_, at_, "structure", "", 0, what);
    return false;
  }
  void range(const std::string& memory, uint64_t entry, const std::string& what) {
    add_error(report_, program_, at_, "range", memory, entry, what);
  }

  bool is_legal(const Instruction& i) {
    const auto table = fields(i.opcode);
    for (size_t f = 0; f < table.size(); ++f) {
      const Range legal = legal_values(table[f], encoding_.placements(i.opcode)[f].width);
      if (!legal.contains(table[f].get(i))) {
        return structure(
            fmt::format("{} must be from {} to {}", table[f].name, legal.low, legal.high));
      }
    }
    if (i.opcode == Opcode::kAlu) return is_legal_alu(i);
    if (i.opcode == Opcode::kDepthwise && config_.depthwise_taps == 0) {
      return structure("the configuration has no depthwise taps");
    }
    return !i.is_memory() || is_legal_transfer(i);
  }

  bool is_legal_alu(const Instruction& i) {
    if (!config_.has(i.alu_op)) {
      return structure(fmt::format("the configuration has no ALU operation {}",
                                   hw::kAluOpNames[static_cast<size_t>(i.alu_op)]));
    }
    if (i.alu_op == hw::AluOp::kRequantise && i.use_imm) {
      return structure("rqt takes no immediate: use_imm must be 0");
    }
    return true;
  }

  bool is_legal_transfer(const Instruction& i) {
    const bool is_store = i.opcode == Opcode::kStore;
    if (is_store && (i.y_pad_before | i.y_pad_after | i.x_pad_before | i.x_pad_after) != 0) {
      return structure("store with padding: all four pads must be 0");
    }
    if (elements(i) == 0 || is_store == (i.memory == MemoryType::kOut)) return true;
    return structure(fmt::format("{} cannot move memory type {}, must be {}", opcode_name(i.opcode),
                                 memory_name(i.memory),
                                 is_store ? "out" : "uop, wgt, inp, acc or acc8"));
  }

  static uint64_t row_length(const Instruction& i) {
    return uint64_t{i.x_pad_before} + i.x_size + i.x_pad_after;
  }
  static uint64_t elements(const Instruction& i) {
    return (uint64_t{i.y_pad_before} + i.y_size + i.y_pad_after) * row_length(i);
  }

  void transfer(const Instruction& i, Footprint& footprint) {
    const uint64_t begin = i.sram_base;
    const uint64_t end = begin + elements(i);
    if (begin == end) return;
    const auto depth = static_cast<uint64_t>(config_.depth(scratchpad(i.memory)));
    const std::string name = name_of(scratchpad(i.memory));
    if (end > depth) {
      return range(
          name, depth,
          fmt::format("{} elements [{}, {}) end beyond the depth of {}", name, begin, end, depth));
    }
    const DramRegion region = dram_region(i);
    if (!region.empty() && region.end() > config_.memory_bytes()) {
      return range("dram", config_.memory_bytes(),
                   fmt::format("DRAM bytes [{:#x}, {:#x}) end beyond the {}-bit address space",
                               region.begin, region.end(), config_.address_bits));
    }
    footprint.dram = region;
    report_.dram_bytes += region.rows * region.row_bytes;
    if (i.memory == MemoryType::kUop) return load_uops(i);
    EntrySet& entries = i.memory == MemoryType::kInp   ? footprint.inp
                        : i.memory == MemoryType::kWgt ? footprint.wgt
                                                       : footprint.acc;
    entries = EntrySet(begin, end - 1);
    entries.insert_range(begin, end);
    report_.scratchpad_entries += end - begin;
  }

  DramRegion dram_region(const Instruction& i) const {
    if (i.x_size == 0 || i.y_size == 0) return {};
    const auto bytes = static_cast<uint64_t>(config_.element_bytes(dram_element(i.memory)));
    return {.begin = i.dram_base * bytes,
            .rows = i.y_size,
            .row_bytes = i.x_size * bytes,
            .stride = i.x_stride * bytes};
  }

  void load_uops(const Instruction& i) {
    const size_t length = row_length(i);
    const size_t count = elements(i);
    for (size_t k = 0; k < count; ++k) {
      uop_buffer_[i.sram_base + k] = {.state = State::kKnown, .uop = {}};  // padding is zeros
    }
    for (uint32_t y = 0; y < i.y_size; ++y) {
      const size_t row = i.sram_base + (i.y_pad_before + y) * length + i.x_pad_before;
      for (uint32_t x = 0; x < i.x_size; ++x) {
        const auto it = program_.uops.find(i.dram_base + y * i.x_stride + x);
        uop_buffer_[row + x] = it == program_.uops.end()
                                   ? Slot{.state = State::kUnknown, .uop = {}}
                                   : Slot{.state = State::kKnown, .uop = it->second};
      }
    }
  }

  void loops(const Instruction& i, Footprint& footprint) {
    if (i.iter_out == 0 || i.iter_in == 0 || i.uop_begin >= i.uop_end) return;
    if (!uops_are_known(i)) return;
    const bool is_gemm = i.uses_array();
    const Operand dst{Memory::kAcc, &MicroOp::dst, i.dst_factor_out, i.dst_factor_in};
    const Operand src{is_gemm ? Memory::kInp : Memory::kAcc, &MicroOp::src, i.src_factor_out,
                      i.src_factor_in, source_entries(i)};
    const Operand wgt{Memory::kWgt, &MicroOp::wgt, i.wgt_factor_out, i.wgt_factor_in};
    const bool reads_src = is_gemm ? !i.reset : !i.use_imm;
    const bool reads_wgt = is_gemm && !i.reset;
    if (!in_range(i, dst) || (reads_src && !in_range(i, src)) || (reads_wgt && !in_range(i, wgt))) {
      return;
    }
    footprint.acc = entries(i, dst);
    if (is_gemm && reads_src) footprint.inp = entries(i, src);
    if (reads_wgt) footprint.wgt = entries(i, wgt);
    report_.scratchpad_entries +=
        footprint.acc.size() + footprint.inp.size() + footprint.wgt.size();
  }

  uint32_t source_entries(const Instruction& i) const {
    if (i.opcode == Opcode::kDepthwise) return static_cast<uint32_t>(config_.depthwise_inputs());
    return i.opcode == Opcode::kAlu && i.alu_op == hw::AluOp::kRequantise ? 3 : 1;
  }

  bool uops_are_known(const Instruction& i) {
    if (i.uop_end > uop_buffer_.size()) {
      range("uop", uop_buffer_.size(),
            fmt::format("uop_end {} is beyond the micro-op buffer's depth of {}", i.uop_end,
                        uop_buffer_.size()));
      return false;
    }
    for (uint32_t u = i.uop_begin; u < i.uop_end; ++u) {
      if (uop_buffer_[u].state == State::kKnown) continue;
      add_error(report_, program_, at_, "uops", "uop", u,
                uop_buffer_[u].state == State::kUnknown
                    ? fmt::format("micro-op {} was loaded from DRAM that the program does not "
                                  "describe",
                                  u)
                    : fmt::format("micro-op {} has not been loaded", u));
      return false;
    }
    return true;
  }

  struct Extremes {
    uint64_t first = std::numeric_limits<uint64_t>::max();
    uint64_t last = 0;
  };

  // The smallest and the largest entry over all iterations and micro-ops: factors are not negative.
  Extremes extremes(const Instruction& i, const Operand& operand) const {
    Extremes e;
    for (uint32_t u = i.uop_begin; u < i.uop_end; ++u) {
      const uint64_t index = uop_buffer_[u].uop.*operand.index;
      e.first = std::min(e.first, index);
      e.last = std::max(e.last, index);
    }
    e.last += (i.iter_out - 1) * operand.factor_out + (i.iter_in - 1) * operand.factor_in +
              operand.width - 1;
    return e;
  }

  bool in_range(const Instruction& i, const Operand& operand) {
    const uint64_t last = extremes(i, operand).last;
    const auto depth = static_cast<uint64_t>(config_.depth(operand.memory));
    if (last < depth) return true;
    const std::string memory = name_of(operand.memory);
    range(memory, last,
          fmt::format("{} reaches {}[{}], beyond the depth of {}",
                      operand.index == &MicroOp::dst   ? "dst"
                      : operand.index == &MicroOp::wgt ? "wgt"
                      : operand.width == 1             ? "src"
                                                       : fmt::format("src + {}", operand.width - 1),
                      memory, last, depth));
    return false;
  }

  EntrySet entries(const Instruction& i, const Operand& operand) const {
    const Extremes e = extremes(i, operand);
    EntrySet set(e.first, e.last);
    for (uint32_t u = i.uop_begin; u < i.uop_end; ++u) {
      const uint64_t index = uop_buffer_[u].uop.*operand.index;
      set.insert_range(index, index + operand.width);
    }
    set.repeat(i.iter_in, operand.factor_in);
    set.repeat(i.iter_out, operand.factor_out);
    return set;
  }

  const Program& program_;
  const hw::Config& config_;
  const Encoding encoding_;
  CheckReport& report_;
  std::vector<Slot> uop_buffer_;  // as the instructions before at_ left it
  uint64_t at_ = 0;
};

}  // namespace

std::optional<uint64_t> first_common_byte(const DramRegion& a, const DramRegion& b) {
  if (a.empty() || b.empty() || a.begin >= b.end() || b.begin >= a.end()) return std::nullopt;
  for (uint64_t row = 0; row < a.rows; ++row) {
    const uint64_t begin = a.begin + row * a.stride;
    // The first row of b that ends after `begin`.
    uint64_t other = 0;
    if (begin >= b.begin + b.row_bytes) {
      if (b.stride == 0) continue;
      other = (begin - b.begin - b.row_bytes) / b.stride + 1;
    }
    const uint64_t other_begin = b.begin + other * b.stride;
    if (other < b.rows && other_begin < begin + a.row_bytes) return std::max(begin, other_begin);
  }
  return std::nullopt;
}

std::vector<Footprint> footprints(const Program& program, CheckReport& report) {
  return FootprintBuilder(program, report).build();
}

}  // namespace vta::isa

// Each kind of break looks for the instructions that can have it, and changes one of them. What
// only the run itself shows (deadlock, overflow) is arranged so that no schedule avoids it.
#include "vta/fuzz/break.h"

#include <algorithm>
#include <array>

#include "vta/fuzz/uop_buffer.h"
#include "vta/isa/token_order.h"
#include "vta/sim/checks.h"
#include "vta/sim/simulator.h"

namespace vta::fuzz {

namespace {

using hw::AluOp;
using hw::Memory;
using isa::Instruction;
using isa::MemoryType;
using isa::MicroOp;
using isa::Opcode;
using isa::Unit;

class Breaker {
 public:
  Breaker(Case& c, Random& random)
      : c_(c), random_(random), list_(c.program.instructions), config_(c.program.config) {}

  bool run(uint64_t number) {
    struct Kind {
      const char* name;
      bool (Breaker::*apply)();
    };
    constexpr std::array kKinds = {
        Kind{"fault.load.sram_range", &Breaker::load_sram_range},
        Kind{"fault.load.dram_range", &Breaker::load_dram_range},
        Kind{"fault.load.memory_type", &Breaker::load_memory_type},
        Kind{"fault.store.sram_range", &Breaker::store_sram_range},
        Kind{"fault.store.dram_range", &Breaker::store_dram_range},
        Kind{"fault.store.padding", &Breaker::store_padding},
        Kind{"fault.store.memory_type", &Breaker::store_memory_type},
        Kind{"fault.opcode", &Breaker::unknown_opcode},
        Kind{"fault.memory_code", &Breaker::unknown_memory},
        Kind{"fault.alu_code", &Breaker::unknown_alu},
        Kind{"fault.alu.missing", &Breaker::missing_operation},
        Kind{"fault.rqt.immediate", &Breaker::requantise_immediate},
        Kind{"fault.rqt.record_range", &Breaker::record_range},
        Kind{"fault.uop_range", &Breaker::uop_range},
        Kind{"fault.gemm.dst_range", &Breaker::gemm_dst},
        Kind{"fault.gemm.src_range", &Breaker::gemm_src},
        Kind{"fault.depthwise.src_range", &Breaker::depthwise_src},
        Kind{"fault.gemm.wgt_range", &Breaker::gemm_wgt},
        Kind{"fault.alu.dst_range", &Breaker::alu_dst},
        Kind{"fault.alu.src_range", &Breaker::alu_src},
        Kind{"fault.finish.missing", &Breaker::missing_finish},
        Kind{"fault.finish.early", &Breaker::early_finish},
        Kind{"fault.token.no_neighbour", &Breaker::no_neighbour},
        Kind{"fault.token.overflow", &Breaker::overflow},
        Kind{"fault.deadlock", &Breaker::deadlock},
    };
    const Kind& kind = kKinds[number % kKinds.size()];
    if (!(this->*kind.apply)()) return false;
    c_.broken = kind.name;
    return true;
  }

 private:
  // One of the instructions for which `suits` holds, or none.
  template <typename Suits>
  Instruction* choose(const Suits& suits) {
    std::vector<size_t> found;
    for (size_t i = 0; i < list_.size(); ++i) {
      if (suits(list_[i])) found.push_back(i);
    }
    if (found.empty()) return nullptr;
    const size_t chosen = random_.pick(found);
    c_.fault = chosen;
    return &list_[chosen];
  }

  static bool moves(const Instruction& i) {
    return sim::padded_rows(i) * sim::padded_columns(i) > 0;
  }
  static bool reads_or_writes_dram(const Instruction& i) { return i.x_size > 0 && i.y_size > 0; }
  static bool is(const Instruction& i, Opcode opcode) { return i.opcode == opcode; }
  uint64_t depth(Memory memory) const { return static_cast<uint64_t>(config_.depth(memory)); }

  bool sram_range(Opcode opcode) {
    Instruction* i = choose([&](const Instruction& at) {
      const uint64_t elements = sim::padded_rows(at) * sim::padded_columns(at);
      return is(at, opcode) && moves(at) && depth(scratchpad(at.memory)) - elements + 1 < 65536;
    });
    if (i == nullptr) return false;
    const uint64_t elements = sim::padded_rows(*i) * sim::padded_columns(*i);
    const uint64_t first = depth(scratchpad(i->memory)) - elements + 1;
    i->sram_base =
        static_cast<uint32_t>(random_.percent(60) ? first : random_.between(first, 65535));
    return true;
  }
  bool load_sram_range() { return sram_range(Opcode::kLoad); }
  bool store_sram_range() { return sram_range(Opcode::kStore); }

  bool dram_range(Opcode opcode) {
    Instruction* i =
        choose([&](const Instruction& at) { return is(at, opcode) && reads_or_writes_dram(at); });
    if (i == nullptr) return false;
    const auto bytes = static_cast<uint64_t>(config_.element_bytes(dram_element(i->memory)));
    const uint64_t span = uint64_t{i->y_size - 1} * i->x_stride + i->x_size;
    const uint64_t first = config_.memory_bytes() / bytes - span + 1;
    if (first > UINT32_MAX) return false;
    i->dram_base =
        static_cast<uint32_t>(random_.percent(60) ? first : random_.between(first, UINT32_MAX));
    return true;
  }
  bool load_dram_range() { return dram_range(Opcode::kLoad); }
  bool store_dram_range() { return dram_range(Opcode::kStore); }

  bool load_memory_type() {
    Instruction* i = choose([&](const Instruction& at) {
      return is(at, Opcode::kLoad) && moves(at) && unit_of(at) == Unit::kCompute;
    });
    if (i == nullptr) return false;
    i->memory = MemoryType::kOut;
    return true;
  }
  bool store_memory_type() {
    Instruction* i =
        choose([&](const Instruction& at) { return is(at, Opcode::kStore) && moves(at); });
    if (i == nullptr) return false;
    constexpr MemoryType kTypes[] = {MemoryType::kUop, MemoryType::kWgt, MemoryType::kInp,
                                     MemoryType::kAcc, MemoryType::kAcc8};
    i->memory = random_.pick(kTypes);
    return true;
  }
  bool store_padding() {
    Instruction* i = choose([&](const Instruction& at) { return is(at, Opcode::kStore); });
    if (i == nullptr) return false;
    uint32_t* pads[] = {&i->y_pad_before, &i->y_pad_after, &i->x_pad_before, &i->x_pad_after};
    *random_.pick(pads) = static_cast<uint32_t>(random_.between(1, 15));
    return true;
  }

  bool patch(std::string_view field, uint64_t first_unknown, const Instruction* i) {
    if (i == nullptr) return false;
    const auto table = isa::fields(i->opcode);
    const auto f =
        static_cast<size_t>(std::ranges::find(table, field, &isa::Field::name) - table.begin());
    const isa::Encoding encoding(config_);
    c_.patch = Patch{.instruction = *c_.fault,
                     .at = encoding.placements(i->opcode)[f],
                     .value = random_.between(first_unknown, 7)};
    return true;
  }
  bool unknown_opcode() {
    return patch("opcode", config_.depthwise_taps > 0 ? 6 : 5,
                 choose([](const Instruction&) { return true; }));
  }
  bool unknown_memory() {
    return patch("memory", 6, choose([](const Instruction& at) { return at.is_memory(); }));
  }
  bool unknown_alu() {
    return patch("alu_op", 6, choose([](const Instruction& at) { return is(at, Opcode::kAlu); }));
  }

  bool missing_operation() {
    std::vector<AluOp> missing;
    for (size_t op = 0; op < hw::kAluOpNames.size(); ++op) {
      if (!config_.has(static_cast<AluOp>(op))) missing.push_back(static_cast<AluOp>(op));
    }
    if (missing.empty()) return false;
    Instruction* i = choose([](const Instruction& at) { return is(at, Opcode::kAlu); });
    if (i == nullptr) return false;
    i->alu_op = random_.pick(missing);
    i->use_imm = false;
    return true;
  }
  bool requantise_immediate() {
    if (!config_.has(AluOp::kRequantise)) return false;
    Instruction* i = choose([](const Instruction& at) { return is(at, Opcode::kAlu); });
    if (i == nullptr) return false;
    i->alu_op = AluOp::kRequantise;
    i->use_imm = true;
    return true;
  }

  bool uop_range() {
    Instruction* i = choose([](const Instruction& at) { return at.has_micro_ops(); });
    if (i == nullptr) return false;
    const uint64_t first = depth(Memory::kUop) + 1;
    i->uop_end = static_cast<uint32_t>(
        random_.percent(60) ? first : random_.between(first, 2 * depth(Memory::kUop) - 1));
    return true;
  }

  // A loop that leads an operand beyond its scratchpad in its last iteration or before.
  template <typename Suits>
  bool index_range(const Suits& suits, uint32_t MicroOp::*index, uint32_t Instruction::*factor_out,
                   uint32_t Instruction::*factor_in, Memory memory, uint64_t width = 1) {
    std::vector<uint64_t> last;
    UopBuffer buffer(c_.program);
    for (const Instruction& at : list_) {
      buffer.load(at);
      uint64_t largest = 0;
      for (const MicroOp& uop : buffer.of(at)) largest = std::max<uint64_t>(largest, uop.*index);
      last.push_back(largest + width - 1);
    }
    Instruction* i = choose([&](const Instruction& at) {
      const auto k = static_cast<size_t>(&at - list_.data());
      return at.uop_begin < at.uop_end && at.iter_out > 0 && at.iter_in > 0 && suits(at) &&
             last[k] + 2 * (depth(memory) - 1) >= depth(memory);
    });
    if (i == nullptr) return false;
    const bool outer = random_.percent(50);
    uint32_t& iterations = outer ? i->iter_out : i->iter_in;
    uint32_t& factor = i->*(outer ? factor_out : factor_in);
    const uint64_t missing = depth(memory) - std::min(depth(memory), last[*c_.fault]);
    iterations = missing < depth(memory) ? 2 : 3;  // just one beyond, where one step can do it
    const uint64_t least = (missing + iterations - 2) / (iterations - 1);
    factor = static_cast<uint32_t>(std::clamp<uint64_t>(least, 1, depth(memory) - 1));
    return true;
  }
  bool gemm_dst() {
    return index_range([](const Instruction& at) { return is(at, Opcode::kGemm); }, &MicroOp::dst,
                       &Instruction::dst_factor_out, &Instruction::dst_factor_in, Memory::kAcc);
  }
  bool gemm_src() {
    return index_range([](const Instruction& at) { return is(at, Opcode::kGemm) && !at.reset; },
                       &MicroOp::src, &Instruction::src_factor_out, &Instruction::src_factor_in,
                       Memory::kInp);
  }
  bool depthwise_src() {
    if (config_.depthwise_taps == 0) return false;
    return index_range(
        [](const Instruction& at) { return is(at, Opcode::kDepthwise) && !at.reset; },
        &MicroOp::src, &Instruction::src_factor_out, &Instruction::src_factor_in, Memory::kInp,
        static_cast<uint64_t>(config_.depthwise_inputs()));
  }
  bool gemm_wgt() {
    return index_range([](const Instruction& at) { return is(at, Opcode::kGemm) && !at.reset; },
                       &MicroOp::wgt, &Instruction::wgt_factor_out, &Instruction::wgt_factor_in,
                       Memory::kWgt);
  }
  bool alu_dst() {
    return index_range([](const Instruction& at) { return is(at, Opcode::kAlu); }, &MicroOp::dst,
                       &Instruction::dst_factor_out, &Instruction::dst_factor_in, Memory::kAcc);
  }
  bool alu_src() {
    return index_range(
        [](const Instruction& at) {
          return is(at, Opcode::kAlu) && !at.use_imm && at.alu_op != AluOp::kRequantise;
        },
        &MicroOp::src, &Instruction::src_factor_out, &Instruction::src_factor_in, Memory::kAcc);
  }
  bool record_range() {
    return index_range(
        [](const Instruction& at) {
          return is(at, Opcode::kAlu) && at.alu_op == AluOp::kRequantise;
        },
        &MicroOp::src, &Instruction::src_factor_out, &Instruction::src_factor_in, Memory::kAcc, 3);
  }

  bool missing_finish() {
    list_.back() = {.opcode = Opcode::kGemm};
    c_.program.ignored_bits.clear();
    c_.fault = list_.size() - 1;
    return true;
  }
  bool early_finish() {
    const uint64_t at = random_.below(list_.size());
    list_.insert(list_.begin() + static_cast<int64_t>(at), {.opcode = Opcode::kFinish});
    c_.program.ignored_bits.clear();
    c_.fault = at;
    return true;
  }

  bool no_neighbour() {
    Instruction* i = choose([](const Instruction& at) { return unit_of(at) != Unit::kCompute; });
    if (i == nullptr) return false;
    const bool is_load = unit_of(*i) == Unit::kLoad;
    const bool pop = random_.percent(50);
    (is_load ? (pop ? i->pop_prev : i->push_prev) : (pop ? i->pop_next : i->push_next)) = true;
    return true;
  }

  // One token more than the queue holds, given by instructions before FINISH that nobody follows.
  bool overflow() {
    // Where nobody takes from the queue, each schedule overflows at the same instruction.
    const size_t q = random_.below(isa::kQueues);
    const isa::TokenQueue& queue = isa::kTokenQueues[q];
    if (std::ranges::any_of(
            list_, [&](const Instruction& i) { return isa::pushes(i, q) || isa::pops(i, q); })) {
      return false;
    }
    Instruction giver{.opcode = queue.from == Unit::kStore ? Opcode::kStore : Opcode::kLoad,
                      .memory = queue.from == Unit::kLoad    ? MemoryType::kInp
                                : queue.from == Unit::kStore ? MemoryType::kOut
                                                             : MemoryType::kAcc};
    (queue.from < queue.to ? giver.push_next : giver.push_prev) = true;
    const auto finish = list_.end() - 1;
    c_.fault = list_.size() - 1 + static_cast<uint64_t>(config_.token_queue_depth);
    list_.insert(finish, static_cast<size_t>(config_.token_queue_depth + 1), giver);
    c_.program.ignored_bits.clear();
    return true;
  }

  // A token that is taken but not given; which instructions then wait, the reference says.
  bool deadlock() {
    for (size_t q = 0; q < isa::kQueues; ++q) {
      uint64_t pushed = 0;
      uint64_t popped = 0;
      for (const Instruction& i : list_) {
        pushed += isa::pushes(i, q) ? 1 : 0;
        popped += isa::pops(i, q) ? 1 : 0;
      }
      if (popped == 0 || popped < pushed) continue;
      return drop_push(q);
    }
    return false;
  }
  bool drop_push(size_t q) {
    Instruction* i = choose([&](const Instruction& at) { return isa::pushes(at, q); });
    if (i == nullptr) return false;
    (isa::kTokenQueues[q].from < isa::kTokenQueues[q].to ? i->push_next : i->push_prev) = false;
    c_.fault.reset();
    try {
      sim::Dram dram;
      for (const auto& block : image_of(c_)) {
        std::ranges::copy(block.bytes, dram.at(block.address, block.bytes.size()).begin());
      }
      sim::make_reference(config_)->run(dram, c_.address, c_.size());
    } catch (const sim::Fault& fault) {
      c_.fault = fault.instruction();
    }
    return c_.fault.has_value();
  }

  Case& c_;
  Random& random_;
  std::vector<Instruction>& list_;
  const hw::Config& config_;
};

}  // namespace

bool break_case(Case& c, uint64_t kind, Random& random) {
  const Case legal = c;
  if (Breaker(c, random).run(kind)) return true;
  c = legal;
  return false;
}

}  // namespace vta::fuzz

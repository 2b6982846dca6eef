#include "vta/runtime/command_stream.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "vta/base/error.h"
#include "vta/runtime/micro_kernels.h"

namespace vta::runtime {

namespace {

using isa::Instruction;
using isa::MemoryType;
using isa::MicroOp;
using isa::Opcode;
using isa::Unit;

constexpr std::array kUnits = {Unit::kLoad, Unit::kCompute, Unit::kStore};

size_t number(Unit unit) {
  return static_cast<size_t>(unit);
}

bool are_neighbours(Unit a, Unit b) {
  return a != b && (a == Unit::kCompute || b == Unit::kCompute);
}

// The bit of `from`'s instruction that pushes to `to`, and of `to`'s that pops from `from`.
bool Instruction::*push_bit(Unit from, Unit to) {
  return from < to ? &Instruction::push_next : &Instruction::push_prev;
}
bool Instruction::*pop_bit(Unit from, Unit to) {
  return from < to ? &Instruction::pop_prev : &Instruction::pop_next;
}

Instruction without_work(Unit unit) {
  Instruction instruction;
  instruction.opcode = unit == Unit::kStore ? Opcode::kStore : Opcode::kLoad;
  constexpr std::array kMemories = {MemoryType::kInp, MemoryType::kUop, MemoryType::kOut};
  instruction.memory = kMemories[number(unit)];
  return instruction;
}

Instruction load_of(const MicroKernels::Load& kernel) {
  Instruction load = without_work(Unit::kCompute);
  load.sram_base = kernel.begin;
  load.dram_base = kernel.image_begin;
  load.y_size = 1;
  load.x_size = load.x_stride = kernel.count;
  return load;
}

using FieldValues = std::initializer_list<std::pair<std::string_view, int64_t>>;

// The largest index that a micro-op operand reaches in a loop nest.
int64_t last_index(const std::vector<MicroOp>& kernel, uint32_t MicroOp::*operand,
                   const LoopNest& loops, int64_t factor_out, int64_t factor_in) {
  int64_t largest = 0;
  for (const MicroOp& uop : kernel) largest = std::max<int64_t>(largest, uop.*operand);
  return largest + (loops.outer - 1) * factor_out + (loops.inner - 1) * factor_in;
}

}  // namespace

struct CommandStream::Impl {
  struct UnitState {
    std::optional<size_t> last;  // its last instruction
    Instruction pending;         // only the pop bits: what its next instruction must pop
  };

  explicit Impl(const hw::Config& config) : encoding(config), kernels(encoding) {}

  const hw::Config& config() const { return encoding.config(); }

  void set(Instruction& instruction, FieldValues values) const;
  void check_sram(std::string_view what, hw::Memory memory, int64_t begin, int64_t count) const;
  void check_last(std::string_view what, std::string_view operand, hw::Memory memory,
                  int64_t last) const;
  Instruction transfer(Opcode opcode, MemoryType type, int64_t sram_base, const Address& dram,
                       const Region& region) const;
  Instruction looped(Opcode opcode, const LoopNest& loops) const;
  void append_sums(std::string_view what, Opcode opcode, bool overwrite,
                   const std::vector<MicroOp>& kernel, const LoopNest& l);
  void check_alu(hw::AluOp op, bool immediate, const std::vector<MicroOp>& kernel,
                 const LoopNest& loops) const;

  size_t append(Instruction instruction);
  void append_transfer(const Instruction& instruction, int buffer);
  void append_looped(const Instruction& instruction, const std::vector<MicroOp>& kernel);
  RelocatableProgram with_micro_ops() const;
  void flush_pops(Unit unit);
  void push(Unit from, Unit to);
  void pop(Unit from, Unit to);
  void join_before_finish(Unit unit);
  void check_balance() const;

  isa::Encoding encoding;
  MicroKernels kernels;
  RelocatableProgram program;       // without the loads of micro-ops
  std::vector<size_t> kernel_uses;  // its instructions that execute kernels, in order
  std::array<UnitState, 3> units;
  std::array<std::array<int64_t, 3>, 3> pushed{};  // tokens, from unit, to unit
  std::array<std::array<int64_t, 3>, 3> popped{};
};

// Sets fields by name after checking that each value fits.
void CommandStream::Impl::set(Instruction& instruction, FieldValues values) const {
  const auto table = isa::fields(instruction.opcode);
  const auto& places = encoding.placements(instruction.opcode);
  for (const auto& [name, value] : values) {
    const auto field = std::ranges::find(table, name, &isa::Field::name);
    const int width = places[static_cast<size_t>(field - table.begin())].width;
    const int64_t low = field->is_signed ? -(int64_t{1} << (width - 1)) : 0;
    const int64_t high = low + (int64_t{1} << width) - 1;
    require(value >= low && value <= high, "{}: {} is {}, must be from {} to {}",
            isa::opcode_name(instruction.opcode), name, value, low, high);
    field->set(instruction, value);
  }
}

void CommandStream::Impl::check_sram(std::string_view what, hw::Memory memory, int64_t begin,
                                     int64_t count) const {
  const int64_t depth = config().depth(memory);
  require(begin + count <= depth, "{}: {} elements from {} on do not fit, the scratchpad holds {}",
          what, count, begin, depth);
}

void CommandStream::Impl::check_last(std::string_view what, std::string_view operand,
                                     hw::Memory memory, int64_t last) const {
  const int64_t depth = config().depth(memory);
  require(last < depth, "{}: {} reaches index {}, the {} scratchpad holds {}", what, operand, last,
          hw::kMemoryNames[static_cast<size_t>(memory)], depth);
}

Instruction CommandStream::Impl::transfer(Opcode opcode, MemoryType type, int64_t sram_base,
                                          const Address& dram, const Region& r) const {
  Instruction instruction;
  instruction.opcode = opcode;
  instruction.memory = type;
  set(instruction, {{"sram_base", sram_base},
                    {"dram_base", dram.element},
                    {"y_size", r.rows},
                    {"x_size", r.row_size},
                    {"x_stride", r.row_stride},
                    {"y_pad_before", r.pad_top},
                    {"y_pad_after", r.pad_bottom},
                    {"x_pad_before", r.pad_left},
                    {"x_pad_after", r.pad_right},
                    {"pad_min", r.pad_min ? 1 : 0}});
  const std::string what = fmt::format("{} {}", isa::opcode_name(opcode), isa::memory_name(type));
  const int64_t elements =
      (r.pad_top + r.rows + r.pad_bottom) * (r.pad_left + r.row_size + r.pad_right);
  require(elements > 0, "{}: {} rows of {} elements move nothing", what, r.rows, r.row_size);
  check_sram(what, isa::scratchpad(type), sram_base, elements);
  return instruction;
}

Instruction CommandStream::Impl::looped(Opcode opcode, const LoopNest& loops) const {
  const std::string_view what = isa::opcode_name(opcode);
  require(loops.outer > 0 && loops.inner > 0,
          "{}: the loops run {} x {} times, must be at least 1 x 1", what, loops.outer,
          loops.inner);
  Instruction instruction;
  instruction.opcode = opcode;
  set(instruction, {{"iter_out", loops.outer},
                    {"iter_in", loops.inner},
                    {"dst_factor_out", loops.dst_outer},
                    {"dst_factor_in", loops.dst_inner},
                    {"src_factor_out", loops.src_outer},
                    {"src_factor_in", loops.src_inner}});
  if (instruction.uses_array()) {
    set(instruction, {{"wgt_factor_out", loops.wgt_outer}, {"wgt_factor_in", loops.wgt_inner}});
  }
  return instruction;
}

void CommandStream::Impl::append_sums(std::string_view what, Opcode opcode, bool overwrite,
                                      const std::vector<MicroOp>& kernel, const LoopNest& l) {
  const bool depthwise = opcode == Opcode::kDepthwise;
  require(!depthwise || config().depthwise_taps > 0,
          "depthwise: configuration '{}' has no depthwise taps", config().name);
  Instruction instruction = looped(opcode, l);
  instruction.overwrite = overwrite;
  const int64_t read = depthwise ? config().depthwise_inputs() : 1;  // inputs from src on
  check_last(what, "dst", hw::Memory::kAcc,
             last_index(kernel, &MicroOp::dst, l, l.dst_outer, l.dst_inner));
  check_last(what, "src", hw::Memory::kInp,
             last_index(kernel, &MicroOp::src, l, l.src_outer, l.src_inner) + read - 1);
  check_last(what, "wgt", hw::Memory::kWgt,
             last_index(kernel, &MicroOp::wgt, l, l.wgt_outer, l.wgt_inner));
  append_looped(instruction, kernel);
}

void CommandStream::Impl::check_alu(hw::AluOp op, bool immediate,
                                    const std::vector<MicroOp>& kernel, const LoopNest& l) const {
  const std::string_view name = hw::kAluOpNames[static_cast<size_t>(op)];
  require(config().has(op), "alu: configuration '{}' has no operation {}", config().name, name);
  require(!immediate || op != hw::AluOp::kRequantise, "alu: {} takes no immediate", name);
  require(l.wgt_outer == 0 && l.wgt_inner == 0, "alu: wgt factors are {} and {}, must be 0",
          l.wgt_outer, l.wgt_inner);
  check_last("alu", "dst", hw::Memory::kAcc,
             last_index(kernel, &MicroOp::dst, l, l.dst_outer, l.dst_inner));
  if (immediate) return;
  const int64_t record = op == hw::AluOp::kRequantise ? 3 : 1;  // vectors that src names
  check_last("alu", "src", hw::Memory::kAcc,
             last_index(kernel, &MicroOp::src, l, l.src_outer, l.src_inner) + record - 1);
}

size_t CommandStream::Impl::append(Instruction instruction) {
  UnitState& unit = units[number(isa::unit_of(instruction))];
  instruction.pop_prev = unit.pending.pop_prev;
  instruction.pop_next = unit.pending.pop_next;
  unit.pending = {};
  unit.last = program.instructions.size();
  program.instructions.push_back(instruction);
  return *unit.last;
}

void CommandStream::Impl::append_transfer(const Instruction& instruction, int buffer) {
  const size_t index = append(instruction);
  program.relocations.push_back({static_cast<uint32_t>(index), buffer});
}

void CommandStream::Impl::append_looped(const Instruction& instruction,
                                        const std::vector<MicroOp>& kernel) {
  kernels.use(kernel);
  kernel_uses.push_back(append(instruction));
}

// The program with its micro-kernels in their places, and with the LOADs that bring them.
RelocatableProgram CommandStream::Impl::with_micro_ops() const {
  const MicroKernels::Residency residency = kernels.plan();
  RelocatableProgram result{{}, {}, kernels.image()};
  auto load = residency.loads.begin();
  auto relocation = program.relocations.begin();
  size_t use = 0;
  const auto index = [&] { return static_cast<uint32_t>(result.instructions.size()); };
  for (size_t i = 0; i < program.instructions.size(); ++i) {
    Instruction instruction = program.instructions[i];
    if (use < kernel_uses.size() && kernel_uses[use] == i) {
      for (; load != residency.loads.end() && load->before == use; ++load) {
        result.relocations.push_back({index(), RelocatableProgram::kUopBuffer});
        result.instructions.push_back(load_of(*load));
      }
      const MicroKernels::Place& place = residency.places[use++];
      instruction.uop_begin = place.begin;
      instruction.uop_end = place.begin + place.count;
    }
    if (relocation != program.relocations.end() && relocation->instruction == i) {
      result.relocations.push_back({index(), relocation->buffer});
      ++relocation;
    }
    result.instructions.push_back(instruction);
  }
  return result;
}

void CommandStream::Impl::flush_pops(Unit unit) {
  const Instruction& pending = units[number(unit)].pending;
  if (pending.pop_prev || pending.pop_next) append(without_work(unit));
}

void CommandStream::Impl::push(Unit from, Unit to) {
  require(are_neighbours(from, to), "push: no token queue leads from {} to {}",
          isa::unit_name(from), isa::unit_name(to));
  ++pushed[number(from)][number(to)];
  flush_pops(from);
  const auto bit = push_bit(from, to);
  const std::optional<size_t>& last = units[number(from)].last;
  if (!last || program.instructions[*last].*bit) append(without_work(from));
  program.instructions[*last].*bit = true;
}

void CommandStream::Impl::pop(Unit from, Unit to) {
  require(are_neighbours(from, to), "pop: no token queue leads from {} to {}", isa::unit_name(from),
          isa::unit_name(to));
  ++popped[number(from)][number(to)];
  const auto bit = pop_bit(from, to);
  if (units[number(to)].pending.*bit) flush_pops(to);
  units[number(to)].pending.*bit = true;
}

// Makes FINISH wait for the unit's last instruction. Where that already pushes to compute, FINISH
// comes after the pop: queues are first in first out, and as many tokens are popped as pushed.
void CommandStream::Impl::join_before_finish(Unit unit) {
  flush_pops(unit);
  const std::optional<size_t>& last = units[number(unit)].last;
  if (!last || program.instructions[*last].*push_bit(unit, Unit::kCompute)) return;
  push(unit, Unit::kCompute);
  pop(unit, Unit::kCompute);
}

void CommandStream::Impl::check_balance() const {
  for (const Unit from : kUnits) {
    for (const Unit to : kUnits) {
      const int64_t pushes = pushed[number(from)][number(to)];
      const int64_t pops = popped[number(from)][number(to)];
      require(pushes == pops, "finish: {} tokens pushed from {} to {}, but {} popped", pushes,
              isa::unit_name(from), isa::unit_name(to), pops);
    }
  }
}

CommandStream::CommandStream(const hw::Config& config) : impl_(std::make_unique<Impl>(config)) {}
CommandStream::~CommandStream() = default;
CommandStream::CommandStream(CommandStream&&) noexcept = default;
CommandStream& CommandStream::operator=(CommandStream&&) noexcept = default;

void CommandStream::load(MemoryType type, int64_t sram_base, Address from, const Region& region) {
  require(type != MemoryType::kUop && type != MemoryType::kOut,
          "load: memory type is {}, must be inp, wgt, acc or acc8", isa::memory_name(type));
  impl_->append_transfer(impl_->transfer(Opcode::kLoad, type, sram_base, from, region),
                         from.buffer);
}

void CommandStream::store(int64_t sram_base, Address to, const Region& region) {
  require(region.pad_top == 0 && region.pad_bottom == 0 && region.pad_left == 0 &&
              region.pad_right == 0,
          "store: padding is not possible");
  impl_->append_transfer(impl_->transfer(Opcode::kStore, MemoryType::kOut, sram_base, to, region),
                         to.buffer);
}

void CommandStream::gemm(const std::vector<MicroOp>& kernel, const LoopNest& loops) {
  impl_->append_sums("gemm", Opcode::kGemm, false, kernel, loops);
}

void CommandStream::overwrite(const std::vector<MicroOp>& kernel, const LoopNest& loops) {
  impl_->append_sums("overwrite", Opcode::kGemm, true, kernel, loops);
}

void CommandStream::depthwise(const std::vector<MicroOp>& kernel, const LoopNest& loops) {
  impl_->append_sums("depthwise", Opcode::kDepthwise, false, kernel, loops);
}

void CommandStream::depthwise_overwrite(const std::vector<MicroOp>& kernel, const LoopNest& loops) {
  impl_->append_sums("depthwise overwrite", Opcode::kDepthwise, true, kernel, loops);
}

void CommandStream::reset(const std::vector<MicroOp>& kernel, const LoopNest& l) {
  Instruction instruction = impl_->looped(Opcode::kGemm, l);
  instruction.reset = true;
  impl_->check_last("reset", "dst", hw::Memory::kAcc,
                    last_index(kernel, &MicroOp::dst, l, l.dst_outer, l.dst_inner));
  impl_->append_looped(instruction, kernel);
}

void CommandStream::alu(hw::AluOp op, const std::vector<MicroOp>& kernel, const LoopNest& loops) {
  Instruction instruction = impl_->looped(Opcode::kAlu, loops);
  instruction.alu_op = op;
  impl_->check_alu(op, false, kernel, loops);
  impl_->append_looped(instruction, kernel);
}

void CommandStream::alu_immediate(hw::AluOp op, int32_t immediate,
                                  const std::vector<MicroOp>& kernel, const LoopNest& loops) {
  Instruction instruction = impl_->looped(Opcode::kAlu, loops);
  instruction.alu_op = op;
  instruction.use_imm = true;
  impl_->set(instruction, {{"imm", immediate}});
  impl_->check_alu(op, true, kernel, loops);
  impl_->append_looped(instruction, kernel);
}

void CommandStream::push(Unit from, Unit to) {
  impl_->push(from, to);
}
void CommandStream::pop(Unit from, Unit to) {
  impl_->pop(from, to);
}

RelocatableProgram CommandStream::finish() {
  impl_->check_balance();
  impl_->join_before_finish(Unit::kLoad);
  impl_->join_before_finish(Unit::kStore);
  impl_->append(Instruction{.opcode = Opcode::kFinish});
  RelocatableProgram program = impl_->with_micro_ops();
  impl_ = std::make_unique<Impl>(impl_->config());
  return program;
}

}  // namespace vta::runtime

// CommandStream: programs for the accelerator, written one instruction at a time. It resolves
// micro-kernels (plans at the end of the program when each is loaded to which place in the micro-op
// buffer) and folds token pushes and pops into instructions. Addresses are symbolic until the
// program is placed in a device's memory.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "vta/isa/program.h"

namespace vta::runtime {

// A place in one of the program's DRAM buffers. Buffers are numbered by the caller; offset counts
// elements of the memory type that the instruction moves.
struct Address {
  int buffer = 0;
  int64_t element = 0;
};

// LOAD and STORE regions in elements, as in isa::Instruction.
struct Region {
  int64_t rows = 1;
  int64_t row_size = 0;
  int64_t row_stride = 0;
  int64_t pad_top = 0;
  int64_t pad_bottom = 0;
  int64_t pad_left = 0;
  int64_t pad_right = 0;
  bool pad_min = false;
};

struct LoopNest {
  int64_t outer = 1;
  int64_t inner = 1;
  // Added to each index of a micro-op at each outer and inner iteration.
  int64_t dst_outer = 0;
  int64_t dst_inner = 0;
  int64_t src_outer = 0;
  int64_t src_inner = 0;
  int64_t wgt_outer = 0;
  int64_t wgt_inner = 0;
};

// Whose DRAM base is relative to the start of `buffer`.
struct Relocation {
  uint32_t instruction = 0;
  int32_t buffer = 0;
  bool operator==(const Relocation&) const = default;
};

// A finished program before it is placed: element offsets in dram_base, to which placing adds the
// buffer's base. Micro-ops live in a buffer of their own, kUopBuffer.
struct RelocatableProgram {
  static constexpr int kUopBuffer = -1;
  std::vector<isa::Instruction> instructions;
  std::vector<Relocation> relocations;
  std::vector<isa::MicroOp> uops;
};

class CommandStream {
 public:
  explicit CommandStream(const hw::Config& config);
  ~CommandStream();
  CommandStream(CommandStream&&) noexcept;
  CommandStream& operator=(CommandStream&&) noexcept;

  // All throw Error, naming the operand, when a value does not fit its field or its memory, when
  // nothing would move, when a loop runs zero times, or when the configuration lacks the operation.
  // Micro-ops are loaded by the stream itself: load() takes every other memory type but kOut.
  void load(isa::MemoryType type, int64_t sram_base, Address from, const Region& region);
  void store(int64_t sram_base, Address to, const Region& region);
  void gemm(const std::vector<isa::MicroOp>& kernel, const LoopNest& loops);
  // gemm adds to acc[dst]; overwrite stores the product there, at each micro-op; reset zeros.
  // depthwise and depthwise_overwrite the same with the sums of DEPTHWISE.
  void overwrite(const std::vector<isa::MicroOp>& kernel, const LoopNest& loops);
  void depthwise(const std::vector<isa::MicroOp>& kernel, const LoopNest& loops);
  void depthwise_overwrite(const std::vector<isa::MicroOp>& kernel, const LoopNest& loops);
  void reset(const std::vector<isa::MicroOp>& kernel, const LoopNest& loops);
  void alu(hw::AluOp op, const std::vector<isa::MicroOp>& kernel, const LoopNest& loops);
  void alu_immediate(hw::AluOp op, int32_t immediate, const std::vector<isa::MicroOp>& kernel,
                     const LoopNest& loops);

  // A token from one unit to its neighbour: push when all that `from` was given so far is done
  // (pops included), pop before `to`'s next instruction starts. Instructions without work are
  // inserted where there is none that can carry it. Throws Error for units that are not neighbours.
  // A load of micro-ops never takes a pop: it may run ahead.
  void push(isa::Unit from, isa::Unit to);
  void pop(isa::Unit from, isa::Unit to);

  // Appends FINISH, after which the program is complete: every unit's work is done when FINISH is
  // (tokens from load and store to compute are added for that where the program has none). The
  // stream is empty again afterwards. Throws Error that names a token queue of which pushes and
  // pops are not equally many.
  RelocatableProgram finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The program with buffers at the given DRAM byte addresses (by buffer number; kUopBuffer too).
// Throws Error when a buffer has no address, its address is not a multiple of the size of the
// element that an instruction moves, or a transfer ends beyond the 32-bit element address.
isa::Program place(const RelocatableProgram& program, const hw::Config& config,
                   const std::map<int, uint64_t>& buffer_addresses);

}  // namespace vta::runtime

// What every simulator of the accelerator is: scratchpads that last from run to run, and run().
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "vta/isa/field.h"
#include "vta/sim/dram.h"

namespace vta::sim {

struct Counters {
  uint64_t instructions = 0;
  uint64_t gemm_macs =
      0;  // multiply-accumulates: micro-ops x batch x block_in x block_out; no resets
  uint64_t alu_ops = 0;          // lane operations: micro-ops x batch x block_out
  uint64_t dram_read_bytes = 0;  // by LOADs, padding not counted; instruction fetch not counted
  uint64_t dram_write_bytes = 0;
  Counters& operator+=(const Counters& other);
  bool operator==(const Counters&) const = default;
};

// A program that does what the architecture forbids: an index or address out of range, an operation
// that the configuration lacks, a token queue that overflows, a deadlock, a missing FINISH.
// `what()` says which instruction (its index and disassembly), which value and which limit.
class Fault : public Error {
 public:
  Fault(uint64_t instruction, const std::string& message)
      : Error(message), instruction_(instruction) {}
  uint64_t instruction() const { return instruction_; }

 private:
  uint64_t instruction_;
};

class Simulator {
 public:
  virtual ~Simulator() = default;
  // Runs `count` instructions at DRAM byte address `address` to the end: token queues are empty at
  // the start; scratchpads keep what the run before left (zeros at first). Throws Fault; DRAM and
  // scratchpads are then in between, and the next run starts afresh from them.
  virtual Counters run(Dram& dram, uint64_t address, uint64_t count) = 0;
};

// The reference interpreter: the specification of the instruction set. Units run as tokens allow;
// where several could, seed 0 takes the instruction that is earliest in the program, and any other
// seed draws, so that a missing token shows under some seed.
std::unique_ptr<Simulator> make_reference(const hw::Config& config, uint64_t seed = 0);

// The fast functional simulator: the same results as make_reference(config, 0) for every program,
// faults included. `level` picks the inner loops; throws Error when this CPU lacks it.
enum class SimdLevel { kPortable, kAvx2, kAvx512Vnni };
SimdLevel best_simd_level();
std::string_view simd_level_name(SimdLevel level);  // "portable", "avx2", "avx512vnni"
std::unique_ptr<Simulator> make_functional(const hw::Config& config,
                                           SimdLevel level = best_simd_level());

}  // namespace vta::sim

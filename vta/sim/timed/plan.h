// What of an instruction its time depends on.
#pragma once

#include <cstdint>

#include "vta/hw/config.h"
#include "vta/isa/instruction.h"
#include "vta/sim/timed/bursts.h"
#include "vta/sim/timed/requantise.h"

namespace vta::sim::timed {

// Micro-ops that a LOAD writes or a GEMM or ALU reads.
struct UopRange {
  uint64_t begin = 0;
  uint64_t end = 0;
  bool overlaps(const UopRange& other) const {
    return begin < end && other.begin < other.end && begin < other.end && other.begin < end;
  }
};

struct Plan {
  enum class Kind : uint8_t { kLoad, kStore, kArray, kRequantise, kFinish };

  uint32_t index = 0;  // in the program
  isa::Unit unit = isa::Unit::kCompute;
  Kind kind = Kind::kFinish;
  bool pop_prev = false;
  bool pop_next = false;
  bool push_prev = false;
  bool push_next = false;
  bool is_uop_load = false;

  Transfer transfer{};      // LOAD, STORE
  uint64_t pad_cycles = 0;  // LOAD
  UopRange uops{};          // LOAD of uop; GEMM, ALU
  uint64_t slots = 0;       // kArray: cycles of issue
  Acceptance acceptance{};  // kRequantise
};

class Planner {
 public:
  explicit Planner(const hw::Config& config);
  // `uops` is the micro-op buffer when the instruction is executed.
  Plan plan(uint64_t index, const isa::Instruction& instruction, const isa::MicroOp* uops);

 private:
  void plan_exec(Plan& plan, const isa::Instruction& instruction, const isa::MicroOp* uops);

  hw::Config config_;
  RequantiseModel requantise_;
};

}  // namespace vta::sim::timed

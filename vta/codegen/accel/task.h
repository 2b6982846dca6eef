// What the accelerator is to do, one instruction a task, before tokens and micro-op loads.
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "vta/isa/entry_set.h"
#include "vta/isa/instruction.h"
#include "vta/runtime/command_stream.h"

namespace vta::codegen::accel {

// A LOAD; of memory type kOut, a STORE.
struct Transfer {
  isa::MemoryType memory = isa::MemoryType::kInp;
  int64_t sram = 0;  // elements
  runtime::Address dram = {};
  runtime::Region region = {};

  int64_t elements() const {
    return (region.pad_top + region.rows + region.pad_bottom) *
           (region.pad_left + region.row_size + region.pad_right);
  }
};

// What one micro-op does: gemm, overwrite and reset, or an operation of the ALU. The first two are
// GEMM's, or with `depthwise` DEPTHWISE's. kSet becomes two instructions: a reset, and the addition
// of the immediate.
struct Operation {
  enum class Kind : uint8_t { kGemm, kOverwrite, kReset, kSet, kAlu };
  Kind kind = Kind::kGemm;
  hw::AluOp alu = hw::AluOp::kAdd;
  std::optional<int32_t> immediate = {};
  bool depthwise = false;
  bool operator==(const Operation&) const = default;

  bool multiplies() const { return kind == Kind::kGemm || kind == Kind::kOverwrite; }
  bool has_source() const { return multiplies() || (kind == Kind::kAlu && !immediate); }
};

// Neighbouring elements that a micro-op reads from its src on: a record's, or those of taps.
inline int64_t source_elements(const Operation& o, const hw::Config& config) {
  if (o.depthwise) return config.depthwise_inputs();
  return o.kind == Operation::Kind::kAlu && o.alu == hw::AluOp::kRequantise ? 3 : 1;
}

// A GEMM, DEPTHWISE or ALU instruction, and the elements that it touches and other units may too.
struct Compute {
  Operation operation;
  std::vector<isa::MicroOp> kernel;
  runtime::LoopNest loops;
  isa::EntrySet inp, wgt;  // read
  isa::EntrySet acc;       // written
};

using Task = std::variant<Transfer, std::shared_ptr<const Compute>>;

inline isa::Unit unit_of(const Task& task) {
  const auto* t = std::get_if<Transfer>(&task);
  if (t == nullptr) return isa::Unit::kCompute;
  switch (t->memory) {
    case isa::MemoryType::kInp:
    case isa::MemoryType::kWgt:
      return isa::Unit::kLoad;
    case isa::MemoryType::kOut:
      return isa::Unit::kStore;
    default:
      return isa::Unit::kCompute;
  }
}

}  // namespace vta::codegen::accel

// A static proof that a program is safe to run, or a counterexample.
//
// What is proven: the program ends in its only FINISH; every instruction is legal at the
// configuration; every scratchpad index and DRAM address is in range, for GEMM and ALU over all
// iterations and micro-ops; only micro-ops that were loaded, and whose contents are known, execute;
// no deadlock; no token queue holds more than queues.tokens tokens under any schedule; and no
// two accesses of different units to the same scratchpad entry or DRAM byte, one of them a write,
// are left unordered.
//
// Why that can be decided: units are in order and each queue has one producer and one consumer, so
// the n-th pop of a queue takes the n-th token pushed, whatever the schedule; one schedule shows
// every deadlock, and "a is done before b begins" is the closure of program order within a unit and
// of the edge from each push to its pop. An instruction keeps its place in its unit's command queue
// until it is done. The command queues' depth counts for deadlock and overflow, but not as an order
// that protects data.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vta/isa/program.h"

namespace vta::isa {

struct Finding {
  // "structure", "range", "uops", "deadlock", "overflow", "RAW", "WAR"; as a warning "leftover".
  std::string kind;
  std::vector<uint64_t> instructions;  // indices in the program, in program order
  std::string memory;   // "inp", "wgt", "acc", "uop", "dram", or a token queue's name
  uint64_t entry = 0;   // the first element, or byte for dram, in question
  std::string message;  // one line; names instructions as UNIT #INDEX (TEXT)
};

struct CheckReport {
  static constexpr size_t kMaxErrors = 50;

  std::vector<Finding> errors;  // the first kMaxErrors
  std::vector<Finding> warnings;
  uint64_t errors_left_out = 0;

  // What the proof covers.
  uint64_t instructions = 0;
  uint64_t tokens = 0;              // pushes that were matched with their pops
  uint64_t scratchpad_entries = 0;  // entries of inp, wgt and acc, summed over instructions
  uint64_t dram_bytes = 0;          // moved by LOADs and STOREs, summed
  // Pairs of instructions in different units that tokens leave unordered, whose entries were
  // compared.
  uint64_t concurrent_pairs = 0;
  // The most tokens that each queue can hold: load->compute, compute->load, compute->store,
  // store->compute.
  std::array<uint64_t, 4> deepest{};
  uint64_t token_queue_depth = 0;  // the most that they may

  bool ok() const { return errors.empty(); }
};

CheckReport check(const Program& program);

// Several lines: each error and warning, then what was proven or how many errors there are.
std::string to_string(const CheckReport& report);

}  // namespace vta::isa

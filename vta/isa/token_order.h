// Which instructions are known to be done before another begins: the tokens of a program followed
// through its four queues.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "vta/isa/check.h"

namespace vta::isa {

inline constexpr size_t kUnits = 3;
inline constexpr size_t kQueues = 4;

struct TokenQueue {
  Unit from;
  Unit to;
  std::string_view name;
};
inline constexpr std::array<TokenQueue, kQueues> kTokenQueues = {{
    {Unit::kLoad, Unit::kCompute, "load->compute"},
    {Unit::kCompute, Unit::kLoad, "compute->load"},
    {Unit::kCompute, Unit::kStore, "compute->store"},
    {Unit::kStore, Unit::kCompute, "store->compute"},
}};

// Whether the instruction takes a token from, gives one to, the queue; bits that name a unit that
// does not exist (the load unit's previous, the store unit's next) do neither.
bool pops(const Instruction& instruction, size_t queue);
bool pushes(const Instruction& instruction, size_t queue);

// For an instruction: of each unit, how many instructions, from its first on, are done before the
// instruction begins, in every schedule.
using Clock = std::array<uint32_t, kUnits>;

struct TokenOrder {
  std::array<std::vector<uint32_t>, kUnits> of_unit;  // instructions in each unit's order
  std::vector<Unit> unit;                             // by instruction
  std::vector<uint32_t> position;                     // by instruction: its place in of_unit
  std::vector<Clock> before;                          // by instruction; by tokens alone
  std::array<uint32_t, kUnits> executed{};            // how many of each unit's can run at all

  bool is_before(uint32_t a, uint32_t b) const {
    const auto u = static_cast<size_t>(unit[a]);
    return position[a] < before[b][u];
  }
};

// Adds errors of kind "deadlock" and "overflow", warnings of kind "leftover", and the counts of
// tokens to `report`.
TokenOrder order_by_tokens(const Program& program, CheckReport& report);

}  // namespace vta::isa

// Fetch, the three in-order units and their token queues: the part of the architecture that decides
// when an instruction runs. All functional simulators share it, and bring what an instruction does.
#pragma once

#include <cstdint>
#include <functional>

#include "vta/isa/field.h"
#include "vta/sim/checks.h"
#include "vta/sim/dram.h"

namespace vta::sim {

// Runs `count` instructions at DRAM byte address `address`: calls `execute` for each of them, each
// unit's in program order, and no instruction before its tokens are there. Where several units
// could go on, seed 0 takes the instruction that is earliest in the program; any other seed draws.
//
// Throws Fault: a program that DRAM does not hold; an instruction that does not decode; a FINISH
// before the end, or none there; a token bit without a neighbour; a push to a full token queue; a
// deadlock, for which it names each waiting unit, its instruction and the token.
void run_units(const isa::Encoding& encoding, const Dram& dram, uint64_t address, uint64_t count,
               uint64_t seed, const std::function<void(const Site&)>& execute);

}  // namespace vta::sim

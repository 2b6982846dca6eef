// A program with everything that its run depends on: what the generator makes, the devices run and
// the shrinker makes smaller.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vta/isa/program.h"
#include "vta/sim/trace.h"

namespace vta::fuzz {

// Where things lie in DRAM, byte addresses. Bytes outside the low and the high region are zero.
struct MemoryMap {
  uint64_t uops;  // below: the program
  uint64_t data;  // to the end of the low region
  uint64_t low_end;
  uint64_t high;  // data from here to the end of the memory
};
MemoryMap memory_map(const hw::Config& config);

enum class Data : uint8_t { kUniform, kExtremes, kSmall, kZero };

// Bits of an encoded instruction that are overwritten: codes that no decoded instruction can have.
struct Patch {
  uint64_t instruction = 0;
  isa::Placement at{};
  uint64_t value = 0;
};

struct Case {
  isa::Program program;  // its configuration has the memory's timing; uops are those in DRAM
  uint64_t address = 0;  // of the program, a multiple of 64
  Data data = Data::kUniform;
  uint64_t data_seed = 0;
  std::optional<Patch> patch;
  // Of a program that is broken: the point of the coverage plan that names how, and the index of
  // the instruction that every device must name.
  std::string broken;
  std::optional<uint64_t> fault;

  // A program that has run on the device before, and left its scratchpads as they are.
  std::shared_ptr<const Case> before;

  uint64_t size() const { return program.instructions.size(); }
};

// DRAM before the run: the two regions.
using Image = std::vector<sim::Trace::Block>;
Image image_of(const Case& c);

// The recorded program: of DRAM only what it reads, and the bytes that its STOREs cover as they are
// in `after`.
sim::Trace trace_of(const Case& c, const std::string& name, const std::string& origin,
                    const Image& after);

}  // namespace vta::fuzz

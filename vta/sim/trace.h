// Recorded accelerator programs, .vtatrace files: DRAM before a run, where the program lies, and
// the DRAM contents that the run must leave.
//
// Layout, little-endian: the characters VTATRACE; format version, u32, 1; length H of the header,
// u32; H bytes of JSON; the payload. The header has the keys name, origin, insn_addr, insn_count,
// segments and outputs, and either config (a historical vta_config.json object) or hw (the
// project's own configuration object). Segments and outputs are lists of {addr, size, offset}:
// `size` bytes for DRAM address `addr`, at `offset` of the payload. DRAM outside the segments is
// zero.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "vta/isa/program.h"
#include "vta/sim/dram.h"

namespace vta::sim {

struct Trace {
  struct Block {
    uint64_t address = 0;
    std::vector<uint8_t> bytes;
    bool operator==(const Block&) const = default;
  };

  std::string name;
  std::string origin;
  hw::Config config;
  uint64_t insn_addr = 0;  // DRAM byte address
  uint64_t insn_count = 0;
  std::vector<Block> segments;  // in the order of the file; they do not overlap
  std::vector<Block> outputs;
};

// Throws Error that says what is wrong: not a trace, damaged, a key that is missing, unknown or out
// of range, a block outside the payload or the DRAM of Dram::kDefaultCapacity.
Trace parse_trace(std::span<const uint8_t> bytes);
Trace load_trace(const std::filesystem::path& path);  // errors begin with the path

// parse_trace reads it back to the same.
std::vector<uint8_t> format_trace(const Trace& trace);

// Writes the segments. Throws Error when one does not fit.
void place_segments(const Trace& trace, Dram& dram);

// The decoded instructions, and the micro-ops at the DRAM elements that its LOADs of uop read.
// Throws Error that names the instruction when one does not decode, or when the LOADs read
// absurdly many micro-ops.
isa::Program program_of(const Trace& trace);

}  // namespace vta::sim

#include "vta/fuzz/case.h"

#include <algorithm>
#include <cstring>

#include "vta/base/error.h"
#include "vta/fuzz/random.h"
#include "vta/isa/footprint.h"

namespace vta::fuzz {

namespace {

struct Interval {
  uint64_t begin;
  uint64_t end;
};

uint8_t byte_of(Data data, uint64_t bits) {
  switch (data) {
    case Data::kUniform:
      return static_cast<uint8_t>(bits);
    case Data::kExtremes: {
      constexpr uint8_t kBytes[] = {0x00, 0x80, 0x7f, 0xff};
      return kBytes[bits & 3];
    }
    case Data::kSmall:
      return static_cast<uint8_t>((bits & 7) - 4);
    case Data::kZero:
      break;
  }
  return 0;
}

void fill(const Case& c, Random& random, std::vector<uint8_t>& bytes) {
  for (size_t k = 0; k < bytes.size(); k += 8) {
    const uint64_t bits = random.bits();
    if (c.data == Data::kUniform) {
      std::memcpy(&bytes[k], &bits, 8);
    } else {
      for (size_t b = 0; b < 8; ++b) bytes[k + b] = byte_of(c.data, bits >> (8 * b));
    }
  }
}

std::vector<uint8_t> encoded(const Case& c) {
  std::vector<uint8_t> bytes = encode_instructions(c.program);
  if (!c.patch) return bytes;
  const isa::Encoding encoding(c.program.config);
  const auto first = c.patch->instruction * static_cast<uint64_t>(encoding.instruction_bytes());
  for (int bit = 0; bit < c.patch->at.width; ++bit) {
    const auto at = static_cast<uint64_t>(c.patch->at.lsb + bit);
    uint8_t& byte = bytes[first + at / 8];
    const auto mask = static_cast<uint8_t>(1U << (at % 8));
    byte = static_cast<uint8_t>((byte & ~mask) | (((c.patch->value >> bit) & 1) != 0 ? mask : 0));
  }
  return bytes;
}

// Rows of all the regions, sorted and merged.
std::vector<Interval> merged(const std::vector<isa::DramRegion>& regions) {
  std::vector<Interval> rows;
  for (const isa::DramRegion& region : regions) {
    for (uint64_t row = 0; row < region.rows; ++row) {
      const uint64_t begin = region.begin + row * region.stride;
      rows.push_back({begin, begin + region.row_bytes});
    }
  }
  std::ranges::sort(rows, {}, &Interval::begin);
  std::vector<Interval> result;
  for (const Interval& row : rows) {
    if (!result.empty() && row.begin <= result.back().end) {
      result.back().end = std::max(result.back().end, row.end);
    } else {
      result.push_back(row);
    }
  }
  return result;
}

std::vector<sim::Trace::Block> cut(const Image& image, const std::vector<Interval>& intervals) {
  std::vector<sim::Trace::Block> blocks;
  for (const auto& block : image) {
    for (const Interval& interval : intervals) {
      const uint64_t begin = std::max(interval.begin, block.address);
      const uint64_t end = std::min(interval.end, block.address + block.bytes.size());
      if (begin >= end) continue;
      const auto from = block.bytes.begin() + static_cast<int64_t>(begin - block.address);
      blocks.push_back({begin, {from, from + static_cast<int64_t>(end - begin)}});
    }
  }
  return blocks;
}

}  // namespace

MemoryMap memory_map(const hw::Config& config) {
  constexpr uint64_t kKi = 1 << 10;
  const uint64_t end = config.memory_bytes();
  if (config.address_bits < 20) return {16 * kKi, 24 * kKi, 48 * kKi, end - 8 * kKi};
  return {128 * kKi, 160 * kKi, 512 * kKi, end - 64 * kKi};
}

Image image_of(const Case& c) {
  const MemoryMap map = memory_map(c.program.config);
  Image image = {
      {0, std::vector<uint8_t>(map.low_end)},
      {map.high, std::vector<uint8_t>(c.program.config.memory_bytes() - map.high)}};
  Random random(c.data_seed);
  for (auto& block : image) fill(c, random, block.bytes);
  const isa::Encoding encoding(c.program.config);
  for (const auto& [element, uop] : c.program.uops) {
    std::vector<uint8_t> bytes;
    encoding.encode(uop, bytes);
    std::ranges::copy(bytes, image[0].bytes.begin() + element * encoding.uop_bytes());
  }
  const std::vector<uint8_t> program = encoded(c);
  require(c.address + program.size() <= map.uops, "the program's {} bytes end beyond {:#x}",
          program.size(), map.uops);
  std::ranges::copy(program, image[0].bytes.begin() + static_cast<int64_t>(c.address));
  return image;
}

sim::Trace trace_of(const Case& c, const std::string& name, const std::string& origin,
                    const Image& after) {
  isa::CheckReport unused;
  std::vector<isa::DramRegion> read;
  std::vector<isa::DramRegion> written;
  const auto touched = footprints(c.program, unused);
  for (size_t i = 0; i < touched.size(); ++i) {
    if (touched[i].dram.empty()) continue;
    const bool is_store = c.program.instructions[i].opcode == isa::Opcode::kStore;
    (is_store ? written : read).push_back(touched[i].dram);
  }
  const uint64_t bytes = encoded(c).size();
  read.push_back({.begin = c.address, .rows = 1, .row_bytes = bytes, .stride = 0});
  return {.name = name,
          .origin = origin,
          .config = c.program.config,
          .insn_addr = c.address,
          .insn_count = c.size(),
          .segments = cut(image_of(c), merged(read)),
          .outputs = c.fault ? std::vector<sim::Trace::Block>{} : cut(after, merged(written))};
}

}  // namespace vta::fuzz

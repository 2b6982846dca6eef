#include "vta/sim/trace.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vta/base/file.h"

namespace vta::sim {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kMagic = "VTATRACE";
constexpr uint32_t kVersion = 1;
constexpr size_t kPreambleBytes = 16;
constexpr uint32_t kMaxHeaderBytes = 4 << 20;
constexpr uint64_t kMaxInstructions = 1 << 22;
constexpr uint64_t kMaxMicroOps = 1 << 20;

uint32_t read_u32(std::span<const uint8_t> bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value |= uint32_t{bytes[at + i]} << (8 * i);
  return value;
}

void append_u32(std::vector<uint8_t>& out, uint32_t value) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

const Json& member(const Json& object, const std::string& where, const char* key) {
  require(object.is_object(), "{} must be a JSON object", where);
  const auto it = object.find(key);
  require(it != object.end(), "{} has no '{}'", where, key);
  return *it;
}

std::string text(const Json& object, const char* key) {
  const Json& value = member(object, "the header", key);
  require(value.is_string(), "'{}' must be a string", key);
  return value.get<std::string>();
}

uint64_t number(const Json& object, const std::string& where, const char* key, uint64_t max) {
  const Json& value = member(object, where, key);
  require(value.is_number_unsigned(), "{}: '{}' must be a whole number", where, key);
  const auto result = value.get<uint64_t>();
  require(result <= max, "{}: '{}' is {}, must be at most {}", where, key, result, max);
  return result;
}

void check_keys(const Json& object, const std::string& where,
                std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : object.items()) {
    require(std::ranges::find(known, key) != known.end(), "{}: unknown key '{}'", where, key);
  }
}

// Takes blocks out of the payload. No byte is given twice in the sum of sizes, so that a small file
// cannot name a large memory.
class Payload {
 public:
  explicit Payload(std::span<const uint8_t> bytes) : bytes_(bytes), left_(bytes.size()) {}

  std::vector<Trace::Block> blocks(const Json& header, const char* key) {
    const Json& list = member(header, "the header", key);
    require(list.is_array(), "'{}' must be a list", key);
    std::vector<Trace::Block> result;
    for (const Json& item : list) {
      result.push_back(block(item, fmt::format("{}[{}]", key, result.size())));
    }
    check_disjoint(result, key);
    return result;
  }

 private:
  Trace::Block block(const Json& item, const std::string& where) {
    const uint64_t address = number(item, where, "addr", Dram::kDefaultCapacity);
    const uint64_t size = number(item, where, "size", Dram::kDefaultCapacity - address);
    const uint64_t offset = number(item, where, "offset", bytes_.size());
    check_keys(item, where, {"addr", "size", "offset"});
    require(size <= bytes_.size() - offset,
            "{}: {} bytes at offset {} end beyond the payload of {}", where, size, offset,
            bytes_.size());
    require(size <= left_, "{}: the blocks together are larger than the payload of {} bytes", where,
            bytes_.size());
    left_ -= size;
    const auto data = bytes_.subspan(offset, size);
    return {address, {data.begin(), data.end()}};
  }

  static void check_disjoint(std::span<const Trace::Block> blocks, const char* key) {
    std::vector<std::pair<uint64_t, uint64_t>> ranges;
    for (const auto& block : blocks) {
      ranges.emplace_back(block.address, block.address + block.bytes.size());
    }
    std::ranges::sort(ranges);
    for (size_t i = 1; i < ranges.size(); ++i) {
      require(ranges[i - 1].second <= ranges[i].first, "two of '{}' overlap at address {:#x}", key,
              ranges[i].first);
    }
  }

  std::span<const uint8_t> bytes_;
  uint64_t left_;
};

Json parse_header(std::span<const uint8_t> bytes) {
  require(bytes.size() >= kPreambleBytes && std::equal(kMagic.begin(), kMagic.end(), bytes.begin()),
          "not a .vtatrace file: must begin with {}", kMagic);
  const uint32_t version = read_u32(bytes, 8);
  require(version == kVersion, "format version {}, this program reads {}", version, kVersion);
  const uint32_t length = read_u32(bytes, 12);
  require(length <= kMaxHeaderBytes && length <= bytes.size() - kPreambleBytes,
          "the header's length is {}, must be at most {}", length,
          std::min<size_t>(kMaxHeaderBytes, bytes.size() - kPreambleBytes));
  const auto header = bytes.subspan(kPreambleBytes, length);
  try {
    return Json::parse(header.begin(), header.end());
  } catch (const nlohmann::json::exception& error) {
    fail("the header is not JSON: {}", error.what());
  }
}

hw::Config read_config(const Json& header) {
  const bool historical = header.contains("config");
  require(historical != header.contains("hw"), "the header must have one of 'config' and 'hw'");
  const char* key = historical ? "config" : "hw";
  return hw::parse_config(header[key].dump(), key);
}

Json describe_blocks(std::span<const Trace::Block> blocks, uint64_t& offset) {
  Json list = Json::array();
  for (const auto& block : blocks) {
    list.push_back({{"addr", block.address}, {"size", block.bytes.size()}, {"offset", offset}});
    offset += block.bytes.size();
  }
  return list;
}

// The DRAM element indices that a LOAD reads, a row at a time.
void read_micro_ops(const isa::Instruction& load, const isa::Encoding& encoding, const Dram& dram,
                    isa::Program& program) {
  const auto bytes = static_cast<uint64_t>(encoding.uop_bytes());
  for (uint64_t y = 0; y < load.y_size; ++y) {
    for (uint64_t x = 0; x < load.x_size; ++x) {
      const uint64_t element = load.dram_base + y * load.x_stride + x;
      require(element <= UINT32_MAX, "micro-op element {} is beyond the address field", element);
      program.uops[static_cast<uint32_t>(element)] =
          encoding.decode_uop(dram.at(element * bytes, bytes));
    }
  }
}

}  // namespace

Trace parse_trace(std::span<const uint8_t> bytes) {
  const Json header = parse_header(bytes);
  Trace trace;
  trace.name = text(header, "name");
  trace.origin = text(header, "origin");
  trace.config = read_config(header);
  trace.insn_addr = number(header, "the header", "insn_addr", Dram::kDefaultCapacity);
  trace.insn_count = number(header, "the header", "insn_count", kMaxInstructions);
  check_keys(header, "the header",
             {"format", "version", "name", "origin", "config", "hw", "insn_addr", "insn_count",
              "segments", "outputs"});
  const uint32_t header_bytes = read_u32(bytes, 12);
  Payload payload(bytes.subspan(kPreambleBytes + header_bytes));
  trace.segments = payload.blocks(header, "segments");
  trace.outputs = payload.blocks(header, "outputs");
  return trace;
}

Trace load_trace(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  try {
    return parse_trace(bytes);
  } catch (const Error& error) {
    fail("{}: {}", path.string(), error.what());
  }
}

std::vector<uint8_t> format_trace(const Trace& trace) {
  uint64_t offset = 0;
  Json header = {{"format", "vta-trace"},
                 {"version", kVersion},
                 {"name", trace.name},
                 {"origin", trace.origin},
                 {"hw", Json::parse(hw::to_json(trace.config))},
                 {"insn_addr", trace.insn_addr},
                 {"insn_count", trace.insn_count}};
  header["segments"] = describe_blocks(trace.segments, offset);
  header["outputs"] = describe_blocks(trace.outputs, offset);
  const std::string json = header.dump();
  std::vector<uint8_t> out(kMagic.begin(), kMagic.end());
  append_u32(out, kVersion);
  append_u32(out, static_cast<uint32_t>(json.size()));
  out.insert(out.end(), json.begin(), json.end());
  for (const auto* blocks : {&trace.segments, &trace.outputs}) {
    for (const auto& block : *blocks) out.insert(out.end(), block.bytes.begin(), block.bytes.end());
  }
  return out;
}

void place_segments(const Trace& trace, Dram& dram) {
  for (const auto& block : trace.segments) {
    std::ranges::copy(block.bytes, dram.at(block.address, block.bytes.size()).begin());
  }
}

isa::Program program_of(const Trace& trace) {
  const isa::Encoding encoding(trace.config);
  const auto bytes = static_cast<uint64_t>(encoding.instruction_bytes());
  Dram dram;
  place_segments(trace, dram);
  isa::Program program{.config = trace.config, .instructions = {}, .uops = {}};
  uint64_t micro_ops = 0;
  for (uint64_t index = 0; index < trace.insn_count; ++index) {
    try {
      append_encoded(program, encoding, dram.at(trace.insn_addr + index * bytes, bytes));
      const isa::Instruction& instruction = program.instructions.back();
      if (instruction.opcode != isa::Opcode::kLoad || instruction.memory != isa::MemoryType::kUop) {
        continue;
      }
      micro_ops += uint64_t{instruction.y_size} * instruction.x_size;
      require(micro_ops <= kMaxMicroOps, "the program loads more than {} micro-ops", kMaxMicroOps);
      read_micro_ops(instruction, encoding, dram, program);
    } catch (const Error& error) {
      fail("instruction {}: {}", index, error.what());
    }
  }
  return program;
}

}  // namespace vta::sim

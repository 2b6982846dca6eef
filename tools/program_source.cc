#include "tools/program_source.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>

#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/isa/assembly.h"
#include "vta/sim/trace.h"

namespace vta::tools {

namespace {

constexpr uint64_t kMaxBytes = uint64_t{1} << 30;

bool is_trace(const std::vector<uint8_t>& bytes) {
  constexpr std::string_view kMagic = "VTATRACE";
  return bytes.size() >= kMagic.size() && std::equal(kMagic.begin(), kMagic.end(), bytes.begin());
}

void decode_all(const isa::Encoding& encoding, const std::vector<uint8_t>& bytes,
                const std::string& path, isa::Program& program) {
  const auto size = static_cast<size_t>(encoding.instruction_bytes());
  require(bytes.size() % size == 0, "{}: {} bytes are not whole instructions of {} bytes each",
          path, bytes.size(), size);
  for (size_t at = 0; at < bytes.size(); at += size) {
    try {
      append_encoded(program, encoding, std::span(bytes).subspan(at, size));
    } catch (const Error& error) {
      fail("{}: instruction {}: {}", path, at / size, error.what());
    }
  }
}

std::map<uint32_t, isa::MicroOp> decode_uops(const isa::Encoding& encoding,
                                             const ProgramSource& source) {
  std::map<uint32_t, isa::MicroOp> uops;
  if (source.uops_path.empty()) return uops;
  const std::vector<uint8_t> bytes = read_file(source.uops_path, kMaxBytes);
  const auto size = static_cast<size_t>(encoding.uop_bytes());
  require(bytes.size() % size == 0, "{}: {} bytes are not whole micro-ops of {} bytes each",
          source.uops_path, bytes.size(), size);
  require(source.uops_base + bytes.size() / size <= uint64_t{1} << 32,
          "{}: {} micro-ops from element {} on end beyond 32 bits", source.uops_path,
          bytes.size() / size, source.uops_base);
  for (size_t k = 0; k < bytes.size() / size; ++k) {
    uops[static_cast<uint32_t>(source.uops_base + k)] =
        encoding.decode_uop(std::span(bytes).subspan(k * size, size));
  }
  return uops;
}

isa::Program read_binary(const ProgramSource& source, const std::vector<uint8_t>& bytes) {
  const hw::Config config = hw::load_config(source.hw.empty() ? "default" : source.hw);
  const isa::Encoding encoding(config);
  isa::Program program{.config = config, .instructions = {}, .uops = decode_uops(encoding, source)};
  decode_all(encoding, bytes, source.path, program);
  return program;
}

isa::Program read_trace(const std::string& path, const std::vector<uint8_t>& bytes) {
  try {
    return sim::program_of(sim::parse_trace(bytes));
  } catch (const Error& error) {
    fail("{}: {}", path, error.what());
  }
}

}  // namespace

void add_program_options(CLI::App& command, ProgramSource& source) {
  command
      .add_option("file", source.path,
                  "The program: .vasm (text), .vtatrace (recorded) or .bin (encoded instructions)")
      ->type_name("FILE")
      ->required();
  command
      .add_option(
          "--hw", source.hw,
          "For a .bin: its configuration, a preset's name or a JSON file (default: default)")
      ->type_name("NAME|FILE");
  CLI::Option* uops =
      command.add_option("--uops", source.uops_path, "For a .bin: its encoded micro-ops")
          ->type_name("FILE");
  command
      .add_option("--uops-base", source.uops_base, "DRAM element of the first micro-op in --uops")
      ->check(CLI::Range(uint64_t{0}, uint64_t{std::numeric_limits<uint32_t>::max()}))
      ->needs(uops)
      ->type_name("N");
}

isa::Program read_program(const ProgramSource& source) {
  const std::vector<uint8_t> bytes = read_file(source.path, kMaxBytes);
  if (source.path.ends_with(".bin")) return read_binary(source, bytes);
  require(source.hw.empty() && source.uops_path.empty(),
          "{}: --hw and --uops are for .bin files; this file has its own", source.path);
  if (is_trace(bytes)) return read_trace(source.path, bytes);
  require(std::ranges::find(bytes, 0) == bytes.end(),
          "{}: neither assembly text nor a recorded program; encoded instructions have names that "
          "end in .bin",
          source.path);
  return isa::assemble(std::string(bytes.begin(), bytes.end()), source.path);
}

}  // namespace vta::tools

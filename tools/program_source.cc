#include "tools/program_source.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>

#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/isa/assembly.h"
#include "vta/module/file.h"
#include "vta/module/placement.h"
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

std::vector<NamedProgram> read_module(const ProgramSource& source) {
  const module::Module module = module::load_module(source.path);
  std::vector<isa::Program> placed;
  try {
    placed = module::placed_programs(module);
  } catch (const Error& error) {
    fail("{}: {}", source.path, error.what());
  }
  std::vector<NamedProgram> programs;
  std::string names;
  for (size_t i = 0; i < placed.size(); ++i) {
    const std::string& name = module.kernels[i].name;
    names += (names.empty() ? "" : ", ") + name;
    if (!source.kernel.empty() && source.kernel != name) continue;
    programs.push_back({name, std::move(placed[i])});
  }
  require(!programs.empty() || source.kernel.empty(), "{}: no kernel '{}'; the kernels are: {}",
          source.path, source.kernel, names.empty() ? "none" : names);
  return programs;
}

isa::Program read_text_or_trace(const ProgramSource& source) {
  const std::vector<uint8_t> bytes = read_file(source.path, kMaxBytes);
  if (is_trace(bytes)) return read_trace(source.path, bytes);
  require(std::ranges::find(bytes, 0) == bytes.end(),
          "{}: neither assembly text nor a recorded program; compiled modules have names that end "
          "in .vtam, encoded instructions in .bin",
          source.path);
  return isa::assemble(std::string(bytes.begin(), bytes.end()), source.path);
}

}  // namespace

void add_program_options(CLI::App& command, ProgramSource& source) {
  command
      .add_option("file", source.path,
                  "The program: .vasm (text), .vtatrace (recorded), .vtam (compiled: each kernel "
                  "is a program) or .bin (encoded instructions)")
      ->type_name("FILE")
      ->required();
  command.add_option("--kernel", source.kernel, "For a .vtam: only this kernel")->type_name("NAME");
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

std::vector<NamedProgram> read_programs(const ProgramSource& source) {
  const bool is_binary = source.path.ends_with(".bin");
  const bool is_module = source.path.ends_with(".vtam");
  require(is_binary || (source.hw.empty() && source.uops_path.empty()),
          "{}: --hw and --uops are for .bin files; this file has its own", source.path);
  require(is_module || source.kernel.empty(), "{}: --kernel is for .vtam files", source.path);
  if (is_module) return read_module(source);
  return {{"", is_binary ? read_binary(source, read_file(source.path, kMaxBytes))
                         : read_text_or_trace(source)}};
}

}  // namespace vta::tools

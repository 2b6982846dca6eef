// Programs recorded on an independent implementation: through the disassembler, the assembler and
// the encoder to the identical bytes, and through the checker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "vta/base/error.h"
#include "vta/isa/assembly.h"
#include "vta/isa/check.h"
#include "vta/sim/trace.h"

namespace vta {
namespace {

std::vector<std::filesystem::path> traces() {
  const char* folder = std::getenv("VTA_TRACES");
  std::vector<std::filesystem::path> paths;
  const std::filesystem::path root = folder != nullptr ? folder : "../shared/traces";
  if (!std::filesystem::is_directory(root)) return paths;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (entry.path().extension() == ".vtatrace") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

std::vector<uint8_t> recorded_instructions(const sim::Trace& trace) {
  sim::Dram dram;
  place_segments(trace, dram);
  const isa::Encoding encoding(trace.config);
  const auto bytes = dram.at(
      trace.insn_addr, trace.insn_count * static_cast<uint64_t>(encoding.instruction_bytes()));
  return {bytes.begin(), bytes.end()};
}

TEST(AsmTraces, DisassemblyAssemblesToTheIdenticalBytes) {
  const auto paths = traces();
  if (paths.empty()) GTEST_SKIP() << "no recorded programs here";
  for (const auto& path : paths) {
    const sim::Trace trace = sim::load_trace(path);
    const isa::Program program = sim::program_of(trace);
    const isa::Program back = isa::assemble(isa::disassemble(program), path.filename().string());
    EXPECT_EQ(isa::encode_instructions(back), recorded_instructions(trace)) << path;
    EXPECT_GT(back.instructions.size(), 2U) << path;
    EXPECT_EQ(back.uops, program.uops) << path;
  }
}

// Four programs leave one token over: the store of each tile gives one to compute for the next
// tile, and the synchronisation before FINISH pushes one more but pops only one.
TEST(AsmTraces, CheckerProvesThem) {
  const auto paths = traces();
  if (paths.empty()) GTEST_SKIP() << "no recorded programs here";
  int with_leftovers = 0;
  for (const auto& path : paths) {
    const isa::CheckReport report = isa::check(sim::program_of(sim::load_trace(path)));
    EXPECT_TRUE(report.ok()) << path << "\n" << to_string(report);
    for (const isa::Finding& warning : report.warnings) {
      EXPECT_EQ(warning.kind, "leftover") << path << warning.message;
      EXPECT_EQ(warning.memory, "store->compute") << path << warning.message;
      EXPECT_EQ(warning.entry, 1U) << path << warning.message;
    }
    with_leftovers += report.warnings.empty() ? 0 : 1;
    EXPECT_GT(report.tokens, 0U) << path;
    EXPECT_GT(report.scratchpad_entries, 0U) << path;
  }
  EXPECT_EQ(with_leftovers, 4);
}

}  // namespace
}  // namespace vta

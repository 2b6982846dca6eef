// The checker beside an oracle that shares nothing with it: happens-before as a transitive closure
// over all pairs of instructions, entries by running the loops, conflicts by comparing every pair.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

#include "vta/isa/assembly.h"
#include "vta/isa/check.h"

namespace vta::isa {
namespace {

// {memory and entry, written}: what an instruction touches, by running it.
using Accesses = std::set<std::tuple<std::string, uint64_t, bool>>;

std::vector<Accesses> all_accesses(const Program& p) {
  std::map<uint64_t, MicroOp> buffer;
  std::vector<Accesses> result;
  for (const Instruction& i : p.instructions) {
    Accesses& touched = result.emplace_back();
    if (i.is_memory()) {
      const bool is_load = i.opcode == Opcode::kLoad;
      uint64_t entry = i.sram_base;
      for (uint32_t y = 0; y < i.y_size; ++y) {
        for (uint32_t x = 0; x < i.x_size; ++x, ++entry) {
          const uint32_t from = i.dram_base + y * i.x_stride + x;
          if (i.memory == MemoryType::kUop) buffer[entry] = p.uops.at(from);
          touched.emplace(is_load ? memory_name(i.memory) : "acc", entry, is_load);
          const auto bytes = p.config.element_bytes(dram_element(i.memory));
          for (int64_t b = 0; b < bytes; ++b) touched.emplace("dram", from * bytes + b, !is_load);
        }
      }
    }
    if (!i.has_micro_ops()) continue;
    for (uint32_t o = 0; o < i.iter_out; ++o) {
      for (uint32_t in = 0; in < i.iter_in; ++in) {
        for (uint32_t u = i.uop_begin; u < i.uop_end; ++u) {
          const MicroOp& uop = buffer.at(u);
          touched.emplace("acc", uop.dst + o * i.dst_factor_out + in * i.dst_factor_in, true);
          if (!i.multiplies()) continue;
          const int entries = i.opcode == Opcode::kGemm ? 1 : p.config.depthwise_inputs();
          for (int k = 0; k < entries; ++k) {
            touched.emplace("inp", uop.src + o * i.src_factor_out + in * i.src_factor_in + k,
                            false);
          }
          touched.emplace("wgt", uop.wgt + o * i.wgt_factor_out + in * i.wgt_factor_in, false);
        }
      }
    }
  }
  return result;
}

struct Verdict {
  bool deadlock = false;
  std::set<std::pair<uint64_t, uint64_t>> races;  // all pairs, earlier first
};

// {from, to} of each token that an instruction pops, pushes.
std::vector<std::pair<int, int>> tokens(const Instruction& i, bool prev, bool next, bool taken) {
  const int unit = static_cast<int>(unit_of(i));
  std::vector<std::pair<int, int>> result;
  if (prev) result.emplace_back(taken ? unit - 1 : unit, taken ? unit : unit - 1);
  if (next) result.emplace_back(taken ? unit + 1 : unit, taken ? unit : unit + 1);
  return result;
}

Verdict oracle(const Program& p) {
  const size_t n = p.instructions.size();
  std::vector<std::vector<bool>> before(n, std::vector<bool>(n));
  std::map<std::pair<int, int>, std::vector<size_t>> pushed;
  std::map<std::pair<int, int>, std::vector<size_t>> popped;
  for (size_t k = 0; k < n; ++k) {
    const Instruction& i = p.instructions[k];
    for (const auto& q : tokens(i, i.pop_prev, i.pop_next, true)) popped[q].push_back(k);
    for (const auto& q : tokens(i, i.push_prev, i.push_next, false)) pushed[q].push_back(k);
    for (size_t later = k + 1; later < n; ++later) {
      before[k][later] = unit_of(i) == unit_of(p.instructions[later]);
    }
  }
  Verdict verdict;
  for (const auto& [queue, takers] : popped) {
    const auto& givers = pushed[queue];
    verdict.deadlock = verdict.deadlock || takers.size() > givers.size();
    for (size_t t = 0; t < std::min(takers.size(), givers.size()); ++t) {
      before[givers[t]][takers[t]] = true;
    }
  }
  for (size_t k = 0; k < n; ++k) {
    for (size_t a = 0; a < n; ++a) {
      for (size_t b = 0; b < n; ++b) {
        if (before[a][k] && before[k][b]) before[a][b] = true;
      }
    }
  }
  for (size_t k = 0; k < n; ++k) verdict.deadlock = verdict.deadlock || before[k][k];
  const auto touched = all_accesses(p);
  for (size_t a = 0; a < n; ++a) {
    for (size_t b = a + 1; b < n; ++b) {
      if (unit_of(p.instructions[a]) == unit_of(p.instructions[b])) continue;
      if (before[a][b] || before[b][a]) continue;
      const bool conflict = std::ranges::any_of(touched[a], [&](const auto& access) {
        const auto& [memory, entry, written] = access;
        return touched[b].contains({memory, entry, true}) ||
               (written && touched[b].contains({memory, entry, false}));
      });
      if (conflict) verdict.races.emplace(a, b);
    }
  }
  return verdict;
}

// Compares the checker's verdict: it reports one race for each reader that has any.
void expect_same(const Program& p, const Verdict& expected) {
  const CheckReport report = check(p);
  std::set<std::pair<uint64_t, uint64_t>> found;
  bool deadlock = false;
  for (const Finding& error : report.errors) {
    deadlock = deadlock || error.kind == "deadlock";
    if (error.kind == "deadlock") continue;
    ASSERT_TRUE(error.kind == "RAW" || error.kind == "WAR") << error.message;
    found.emplace(error.instructions.at(0), error.instructions.at(1));
  }
  ASSERT_EQ(deadlock, expected.deadlock) << to_string(report) << disassemble(p);
  if (deadlock) return;
  EXPECT_TRUE(std::ranges::includes(expected.races, found)) << to_string(report) << disassemble(p);
  EXPECT_EQ(found.empty(), expected.races.empty()) << to_string(report) << disassemble(p);
}

Program empty_program() {
  Program p = assemble(R"(.config tiny
    load.uop y_size=1 x_size=3
.uops 0
    dst=0 src=0 wgt=0
    dst=3 src=5 wgt=1
    dst=70 src=64 wgt=3
)");
  return p;
}

using Random = std::mt19937;

bool one_in(Random& random, unsigned n) {
  return random() % n == 0;
}

Instruction random_transfer(Random& random, Opcode opcode, MemoryType memory) {
  return {.opcode = opcode,
          .memory = memory,
          .sram_base = static_cast<uint32_t>(random() % 80),
          .dram_base = static_cast<uint32_t>(1024 + random() % 64),
          .y_size = 1 + static_cast<uint32_t>(random() % 2),
          .x_size = 1 + static_cast<uint32_t>(random() % 3),
          .x_stride = static_cast<uint32_t>(random() % 6)};
}

Instruction random_gemm(Random& random) {
  const auto below = [&](unsigned n) { return static_cast<uint32_t>(random() % n); };
  return {.opcode = Opcode::kGemm,
          .reset = one_in(random, 4),
          .uop_begin = below(2),
          .uop_end = 1 + below(3),
          .iter_out = 1 + below(2),
          .iter_in = 1 + below(3),
          .dst_factor_out = below(40),
          .dst_factor_in = below(3),
          .src_factor_out = below(40),
          .src_factor_in = below(3),
          .wgt_factor_out = below(20),
          .wgt_factor_in = below(3),
          .overwrite = one_in(random, 4)};
}

Instruction random_instruction(Random& random) {
  switch (random() % 5) {
    case 0:
      return random_transfer(random, Opcode::kLoad, MemoryType::kInp);
    case 1:
      return random_transfer(random, Opcode::kLoad, MemoryType::kWgt);
    case 2:
      return random_transfer(random, Opcode::kStore, MemoryType::kOut);
    case 3:
      return random_transfer(random, Opcode::kLoad, MemoryType::kAcc);
    default:
      return random_gemm(random);
  }
}

// A token from instruction a to instruction b of a neighbouring unit, a before b.
void add_token(Program& p, size_t a, size_t b) {
  Instruction& from = p.instructions[a];
  Instruction& to = p.instructions[b];
  const bool forward = unit_of(from) < unit_of(to);
  (forward ? from.push_next : from.push_prev) = true;
  (forward ? to.pop_prev : to.pop_next) = true;
}

bool are_neighbours(const Program& p, size_t a, size_t b) {
  const int distance =
      static_cast<int>(unit_of(p.instructions[a])) - static_cast<int>(unit_of(p.instructions[b]));
  return distance == 1 || distance == -1;
}

TEST(CheckRandom, AgreesWithTheOracleOnRandomTokens) {
  Random random(3);
  int deadlocks = 0;
  int races = 0;
  int proofs = 0;
  for (int round = 0; round < 3000; ++round) {
    Program p = empty_program();
    const size_t count = 2 + random() % 12;
    for (size_t k = 0; k < count; ++k) p.instructions.push_back(random_instruction(random));
    for (size_t a = 1; a < count; ++a) {
      if (are_neighbours(p, a, a + 1) && !one_in(random, 5)) add_token(p, a, a + 1);
    }
    p.instructions.push_back({.opcode = Opcode::kFinish, .pop_prev = one_in(random, 10)});
    const Verdict expected = oracle(p);
    expect_same(p, expected);
    if (HasFatalFailure()) return;
    deadlocks += expected.deadlock ? 1 : 0;
    races += expected.races.empty() ? 0 : 1;
    proofs += !expected.deadlock && expected.races.empty() ? 1 : 0;
  }
  EXPECT_GT(deadlocks, 100);
  EXPECT_GT(races, 100);
  EXPECT_GT(proofs, 100);
}

// Tiles through two halves of each scratchpad: the pattern of every compiled kernel. At any time
// the load unit may be one tile ahead of compute, and compute one ahead of the store unit.
Program double_buffered(Random& random, uint32_t tiles) {
  Program p = empty_program();
  const uint32_t tile = 1 + static_cast<uint32_t>(random() % 32);
  for (uint32_t t = 0; t < tiles; ++t) {
    const uint32_t half = t % 2 * 64;
    const bool reused = t >= 2;
    p.instructions.push_back({.opcode = Opcode::kLoad,
                              .pop_next = reused,
                              .push_next = true,
                              .memory = MemoryType::kInp,
                              .sram_base = half,
                              .dram_base = 1024 + t * tile,
                              .y_size = 1,
                              .x_size = tile});
    p.instructions.push_back({.opcode = Opcode::kGemm,
                              .pop_next = reused,
                              .reset = true,
                              .uop_begin = half == 0 ? 0U : 2U,
                              .uop_end = half == 0 ? 1U : 3U,
                              .iter_out = 1,
                              .iter_in = tile,
                              .dst_factor_in = 1});
    Instruction gemm = p.instructions.back();
    gemm.reset = gemm.pop_next = false;
    gemm.pop_prev = gemm.push_prev = gemm.push_next = true;
    gemm.src_factor_in = 1;
    p.instructions.push_back(gemm);
    p.instructions.push_back({.opcode = Opcode::kStore,
                              .pop_prev = true,
                              .push_prev = true,
                              .memory = MemoryType::kOut,
                              .sram_base = half == 0 ? 0U : 70U,
                              .dram_base = 8192 + t * tile,
                              .y_size = 1,
                              .x_size = tile});
  }
  p.instructions.push_back({.opcode = Opcode::kFinish});
  return p;
}

constexpr std::array kTokenBits = {&Instruction::pop_prev, &Instruction::pop_next,
                                   &Instruction::push_prev, &Instruction::push_next};

TEST(CheckRandom, EveryDroppedTokenThatMattersIsFound) {
  Random random(4);
  int found = 0;
  int harmless = 0;
  for (uint32_t tiles = 1; tiles < 7; ++tiles) {
    const Program good = double_buffered(random, tiles);
    ASSERT_TRUE(check(good).ok()) << to_string(check(good)) << disassemble(good);
    for (size_t k = 0; k < good.instructions.size(); ++k) {
      for (const auto bit : kTokenBits) {
        Program mutant = good;
        if (!(mutant.instructions[k].*bit)) continue;
        mutant.instructions[k].*bit = false;
        const Verdict expected = oracle(mutant);
        expect_same(mutant, expected);
        const bool matters = expected.deadlock || !expected.races.empty();
        (matters ? found : harmless) += 1;
      }
    }
  }
  // Harmless: pushes that nobody pops, and the last pop of a queue whose push comes in time anyway.
  EXPECT_GT(found, 90);
  EXPECT_GT(found, 2 * harmless);
}

}  // namespace
}  // namespace vta::isa

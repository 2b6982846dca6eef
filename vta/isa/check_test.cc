#include "vta/isa/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "vta/isa/assembly.h"

namespace vta::isa {
namespace {

using testing::ElementsAre;

// At `tiny`: inp, acc and uop have 256 entries, wgt 128; inp elements 4 bytes, out 4, uop 4.
CheckReport check_text(const std::string& instructions) {
  return check(assemble(".config tiny\n" + instructions + R"(
.uops 0x40
  dst=0 src=0 wgt=0
  dst=250 src=250 wgt=120
)"));
}

constexpr int64_t kCommands = 512;  // depths of the queues
constexpr int64_t kTokens = 1024;

std::string only_error(const std::string& instructions) {
  const CheckReport report = check_text(instructions);
  return report.errors.size() == 1 ? report.errors[0].message : to_string(report);
}

constexpr const char* kMultiply = R"(
  load.uop dram_base=0x40 y_size=1 x_size=1
  load.inp dram_base=0x100 y_size=1 x_size=8
  load.wgt dram_base=0x200 y_size=1 x_size=1 push_next
  gemm reset uop_end=1 iter_out=1 iter_in=8 dst_factor_in=1
  gemm pop_prev push_prev push_next uop_end=1 iter_out=1 iter_in=8 dst_factor_in=1 src_factor_in=1
  store.out pop_prev push_prev dram_base=0x300 y_size=1 x_size=8
  load.inp pop_next dram_base=0x108 y_size=1 x_size=8 push_next
  finish pop_prev pop_next
)";

TEST(Check, ProofSaysWhatItCovers) {
  EXPECT_EQ(to_string(check_text(kMultiply)), R"(proven: 8 instructions, no race, no deadlock
  50 scratchpad entries and 116 DRAM bytes in range
  5 tokens; 0 unordered pairs of instructions share no entry
  load->compute: at most 1 of 1024 tokens
  compute->load: at most 1 of 1024 tokens
  compute->store: at most 1 of 1024 tokens
  store->compute: at most 1 of 1024 tokens
)");
}

TEST(Check, ReadBeforeTheLoadIsDone) {
  const CheckReport report = check_text(R"(
    load.uop dram_base=0x40 y_size=1 x_size=1
    load.inp sram_base=2 dram_base=0x100 y_size=1 x_size=8
    gemm uop_end=1 iter_out=1 iter_in=4 src_factor_in=1
    finish)");
  ASSERT_EQ(report.errors.size(), 1U) << to_string(report);
  const Finding& race = report.errors[0];
  EXPECT_EQ(race.kind, "RAW");
  EXPECT_THAT(race.instructions, ElementsAre(1, 2));
  EXPECT_EQ(race.memory, "inp");
  EXPECT_EQ(race.entry, 2U);
  EXPECT_EQ(
      race.message,
      "RAW on inp[2]: compute #2 (gemm uop_end=1 iter_out=1 iter_in=4 src_factor_in=1) reads "
      "what load #1 (load.inp sram_base=2 dram_base=0x100 y_size=1 x_size=8) writes, and no "
      "token orders them: load #1 must push_next (load->compute) and compute #2 must pop_prev");
}

TEST(Check, LoadOverwritesWhatIsStillRead) {
  EXPECT_EQ(only_error(R"(
    load.uop dram_base=0x40 y_size=1 x_size=1
    load.wgt push_next dram_base=0x200 y_size=1 x_size=1
    gemm pop_prev uop_end=1 iter_out=1 iter_in=1
    load.wgt dram_base=0x201 y_size=1 x_size=1
    finish)"),
            "WAR on wgt[0]: load #3 (load.wgt dram_base=0x201 y_size=1 x_size=1) overwrites what "
            "compute #2 (gemm pop_prev uop_end=1 iter_out=1 iter_in=1) reads, and no token orders "
            "them: compute #2 must push_prev (compute->load) and load #3 must pop_next");
}

TEST(Check, StoreBeforeComputeIsDone) {
  EXPECT_EQ(only_error(R"(
    load.acc sram_base=9 y_size=1 x_size=1
    store.out sram_base=8 dram_base=0x300 y_size=1 x_size=2
    finish)"),
            "RAW on acc[9]: store #1 (store.out sram_base=8 dram_base=0x300 y_size=1 x_size=2) "
            "reads what compute #0 (load.acc sram_base=9 y_size=1 x_size=1) writes, and no token "
            "orders them: compute #0 must push_next (compute->store) and store #1 must pop_prev");
}

TEST(Check, TokenOfAnEarlierPushDoesNotProtect) {
  EXPECT_THAT(only_error(R"(
    load.uop dram_base=0x40 y_size=1 x_size=1
    load.inp push_next
    load.inp push_next dram_base=0x100 y_size=1 x_size=1
    gemm pop_prev uop_end=1 iter_out=1 iter_in=1
    finish)"),
              testing::EndsWith("no token orders them: load #2 must push one more token "
                                "(load->compute), as the one that compute #3 pops is older"));
}

TEST(Check, LoadFromDramThatAStoreWrites) {
  EXPECT_EQ(only_error(R"(
    store.out dram_base=0x300 y_size=2 x_size=2 x_stride=4
    load.inp dram_base=0x302 y_size=1 x_size=3
    finish)"),
            "RAW on DRAM byte 0xc10: load #1 (load.inp dram_base=0x302 y_size=1 x_size=3) reads "
            "what store #0 (store.out dram_base=0x300 y_size=2 x_size=2 x_stride=4) writes, and no "
            "token orders them: store #0 must push_prev (store->compute), a compute instruction "
            "between must pop_next and push_prev (compute->load), and load #1 must pop_next");
  EXPECT_TRUE(check_text(R"(
    store.out push_prev dram_base=0x300 y_size=2 x_size=2 x_stride=4
    load.uop pop_next push_prev
    load.inp pop_next dram_base=0x302 y_size=1 x_size=3
    load.inp dram_base=0x306 y_size=1 x_size=2
    finish)")
                  .ok());
}

TEST(Check, MicroOpsThatAreNotKnown) {
  EXPECT_EQ(only_error("gemm uop_begin=3 uop_end=4 iter_out=1 iter_in=1\n finish"),
            "compute #0 (gemm uop_begin=3 uop_end=4 iter_out=1 iter_in=1): micro-op 3 has not been "
            "loaded");
  EXPECT_EQ(only_error("load.uop dram_base=0x41 y_size=1 x_size=2\n"
                       "gemm reset uop_begin=1 uop_end=2 iter_out=1 iter_in=1\n finish"),
            "compute #1 (gemm reset uop_begin=1 uop_end=2 iter_out=1 iter_in=1): micro-op 1 was "
            "loaded from DRAM that the program does not describe");
  EXPECT_EQ(
      only_error("store.out dram_base=0x41 y_size=1 x_size=1\n"
                 "load.uop dram_base=0x40 y_size=1 x_size=2\n finish"),
      "compute #1 (load.uop dram_base=0x40 y_size=1 x_size=2): loads micro-ops from DRAM byte "
      "0x104, which store #0 (store.out dram_base=0x41 y_size=1 x_size=1) writes: they cannot "
      "be known before the run");
  EXPECT_TRUE(check_text("gemm uop_end=9 iter_out=0 iter_in=1\n finish").ok());
  EXPECT_TRUE(check_text("load.uop y_pad_before=1 x_pad_before=2\n"  // zeros are known
                         "gemm reset uop_end=2 iter_out=1 iter_in=1\n finish")
                  .ok());
}

TEST(Check, RangesAreExactAtTheirEnds) {
  const std::string uops = "load.uop dram_base=0x40 y_size=1 x_size=2\n";
  const auto last = [&](const std::string& instruction) {
    return only_error(uops + instruction + "\n finish");
  };
  // The second micro-op's dst and src are 250, its wgt 120; one step further is out of range.
  EXPECT_TRUE(check_text(uops + "gemm uop_end=2 iter_out=2 iter_in=3 dst_factor_out=1 "
                                "dst_factor_in=2 src_factor_in=2 wgt_factor_out=7\n finish")
                  .ok());
  EXPECT_THAT(last("gemm reset uop_end=2 iter_out=1 iter_in=4 dst_factor_in=2"),
              testing::EndsWith("dst reaches acc[256], beyond the depth of 256"));
  EXPECT_THAT(last("gemm uop_end=2 iter_out=7 iter_in=1 src_factor_out=1"),
              testing::EndsWith("src reaches inp[256], beyond the depth of 256"));
  EXPECT_THAT(last("gemm uop_end=2 iter_out=9 iter_in=1 wgt_factor_out=1"),
              testing::EndsWith("wgt reaches wgt[128], beyond the depth of 128"));
  EXPECT_THAT(last("alu.rqt uop_end=2 iter_out=5 iter_in=1 src_factor_out=1"),
              testing::EndsWith("src + 2 reaches acc[256], beyond the depth of 256"));
  EXPECT_THAT(last("alu.add uop_end=257 iter_out=1 iter_in=1"),
              testing::EndsWith("uop_end 257 is beyond the micro-op buffer's depth of 256"));
  EXPECT_THAT(last("load.inp sram_base=254 y_pad_before=1 y_size=1 x_size=1 x_pad_after=1"),
              testing::EndsWith("inp elements [254, 258) end beyond the depth of 256"));
  EXPECT_THAT(
      last("load.acc dram_base=0x0fffffff y_size=2 x_size=1 x_stride=1"),
      testing::EndsWith("DRAM bytes [0xfffffff0, 0x100000010) end beyond the 32-bit address "
                        "space"));
}

TEST(Check, StructureErrors) {
  EXPECT_EQ(only_error(""), "the program is empty, must end with finish");
  EXPECT_EQ(only_error("gemm"), "compute #0 (gemm): the program ends here without finish");
  EXPECT_EQ(only_error("finish\nfinish"),
            "compute #0 (finish): finish before the last of 2 instructions");
  EXPECT_EQ(only_error("load.inp push_prev\nfinish"),
            "load #0 (load.inp push_prev): the load unit has no previous unit: pop_prev and "
            "push_prev must be 0");
  EXPECT_EQ(
      only_error("store.out pop_next\nfinish"),
      "store #0 (store.out pop_next): the store unit has no next unit: pop_next and push_next "
      "must be 0");
  EXPECT_EQ(only_error("store.out x_pad_after=1\nfinish"),
            "store #0 (store.out x_pad_after=1): store with padding: all four pads must be 0");
  EXPECT_EQ(
      only_error("store.acc y_size=1 x_size=1\nfinish"),
      "store #0 (store.acc y_size=1 x_size=1): store cannot move memory type acc, must be out");
  EXPECT_EQ(
      only_error("load.out y_size=1 x_size=1\nfinish"),
      "compute #0 (load.out y_size=1 x_size=1): load cannot move memory type out, must be uop, "
      "wgt, inp, acc or acc8");
  EXPECT_EQ(only_error("alu.rqt use_imm\nfinish"),
            "compute #0 (alu.rqt use_imm): rqt takes no immediate: use_imm must be 0");
  Program p = assemble(".config tiny\nalu.mul\nfinish");
  std::erase(p.config.alu_ops, hw::AluOp::kMul);
  EXPECT_EQ(check(p).errors.at(0).message,
            "compute #0 (alu.mul): the configuration has no ALU operation mul");
  p = assemble(".config tiny\ngemm\nfinish");
  p.instructions[0].iter_in = 16384;
  EXPECT_EQ(check(p).errors.at(0).message,
            "compute #0 (gemm iter_in=16384): iter_in must be from 0 to 16383");
}

TEST(Check, DeadlockNamesEveryUnitThatWaits) {
  const CheckReport report = check_text(R"(
    load.inp pop_next push_next
    gemm pop_prev push_prev
    store.out pop_prev
    finish pop_next)");
  ASSERT_EQ(report.errors.size(), 1U);
  EXPECT_EQ(report.errors[0].kind, "deadlock");
  EXPECT_THAT(report.errors[0].instructions, ElementsAre(0, 1, 2));
  EXPECT_EQ(report.errors[0].message,
            "deadlock: load #0 (load.inp pop_next push_next) waits for a token of compute->load; "
            "compute #1 (gemm pop_prev push_prev) waits for a token of load->compute; store #2 "
            "(store.out pop_prev) waits for a token of compute->store");
}

std::string repeated(const std::string& line, int64_t count) {
  std::string text;
  for (int64_t i = 0; i < count; ++i) text += line + "\n";
  return text;
}

TEST(Check, FullCommandQueueCanDeadlock) {
  const auto text = [](int64_t loads) {
    return repeated("load.inp pop_next", loads) + repeated("gemm push_prev", loads) + "finish";
  };
  EXPECT_TRUE(check_text(text(kCommands)).ok());
  EXPECT_THAT(only_error(text(kCommands + 1)),
              testing::EndsWith("fetch waits at load #512 for room among 512 commands"));
}

TEST(Check, QueuesAreAsDeepAsTheConfigurationSays) {
  const auto error = [](const std::string& text) {
    Program program = assemble(".config tiny\n" + text);
    program.config.command_queue_depth = 4;
    program.config.token_queue_depth = 16;
    return to_string(check(program));
  };
  EXPECT_THAT(error(repeated("load.inp pop_next", 5) + repeated("gemm push_prev", 5) + "finish"),
              testing::HasSubstr("fetch waits at load #4 for room among 4 commands"));
  EXPECT_THAT(error(repeated("load.inp push_next", 17) + repeated("gemm pop_prev", 17) + "finish"),
              testing::HasSubstr("pushes token 17 into load->compute, which holds 16"));
}

TEST(Check, TokenQueueOverflow) {
  const auto text = [](int64_t pushes) {
    return repeated("load.inp push_next", pushes) + repeated("gemm pop_prev", pushes) + "finish";
  };
  EXPECT_TRUE(check_text(text(kTokens)).ok());
  EXPECT_EQ(only_error(text(kTokens + 1)),
            "load #1024 (load.inp push_next): pushes token 1025 into load->compute, which holds "
            "1024, where compute has not popped yet");
  // In turns: fetch keeps load from running further ahead than compute's command queue.
  const CheckReport turns =
      check_text(repeated("load.inp push_next\ngemm pop_prev", 3000) + "finish");
  EXPECT_TRUE(turns.ok());
  EXPECT_EQ(turns.deepest[0], 513U);
}

TEST(Check, TokensLeftAtTheEndAreAWarning) {
  const CheckReport report = check_text("gemm push_prev\nfinish push_prev");
  EXPECT_TRUE(report.ok());
  ASSERT_EQ(report.warnings.size(), 1U);
  EXPECT_EQ(report.warnings[0].message,
            "2 tokens are left in compute->load at the end, the last from compute #1 (finish "
            "push_prev)");
}

TEST(Check, ReportIsBounded) {
  const CheckReport report = check_text(repeated("load.inp push_prev", 1000) + "finish");
  EXPECT_EQ(report.errors.size(), CheckReport::kMaxErrors);
  EXPECT_THAT(to_string(report), testing::EndsWith("1000 errors in 1001 instructions, 950 not "
                                                   "listed\n"));
}

}  // namespace
}  // namespace vta::isa

// Random convolutions in random schedules: tiles that do not divide, any number of virtual threads,
// operands that stay or are loaded anew, reductions in one or several steps, epilogues. What the
// program leaves in DRAM is what the interpreter says, bit for bit; the checker proves it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <tuple>

#include "vta/base/error.h"
#include "vta/codegen/accel/accel_testing.h"
#include "vta/isa/check.h"
#include "vta/loop/text.h"

namespace vta::codegen::accel {
namespace {

class RandomConvolution {
 public:
  RandomConvolution(const hw::Config& config, uint64_t seed) : c_(config), random_(seed) {}

  std::string text() {
    const int64_t k = from(1, 3), stride = from(1, 2), pad = from(0, k - 1);
    const int64_t out_h = from(2, 6), out_w = from(2, 5), rows = from(1, 3);
    const int64_t in_h = std::max<int64_t>(1, (out_h - 1) * stride + k - 2 * pad);
    const int64_t in_w = std::max<int64_t>(1, (out_w - 1) * stride + k - 2 * pad);
    const int64_t ob = from(1, 3), ib = from(1, 3), chunk = from(0, 1) == 0 ? ib : 1;
    const int64_t threads = from(1, 3), tiles = (out_h + rows - 1) / rows;
    const int64_t span_h = (rows - 1) * stride + k, span_w = (out_w - 1) * stride + k;
    const bool weights_stay = from(0, 1) == 0;
    const std::string inp = fmt::format("{}, {}", c_.batch, c_.block_in);
    const std::string wgt = fmt::format("{}, {}", c_.block_out, c_.block_in);
    acc_ = fmt::format("{}, {}", c_.batch, c_.block_out);
    const std::string one_inp = whole(c_.batch, c_.block_in);
    const std::string one_wgt = whole(c_.block_out, c_.block_in);
    one_acc_ = whole(c_.batch, c_.block_out);

    line(
        "func conv(X: i{}[{}, {}, {}, {}], W: i{}[{}, {}, {}, {}, {}], R: i32[{}, 3, {}], "
        "Z: i8[{}, {}, {}, {}], Y: i8[{}, {}, {}, {}]) {{",
        c_.inp_bits, ib, in_h, in_w, inp, c_.wgt_bits, ob, ib, k, k, wgt, ob, acc_, ob, out_h,
        out_w, acc_, ob, out_h, out_w, acc_);
    if (weights_stay) load_weights(ob, ib, k, "0", wgt, one_wgt);
    line("alloc r: i32[{}, 3, {}] acc", ob, acc_);
    line("copy r[0:{0}, 0:3, {1}] = R[0:{0}, 0:3, {1}]", ob, one_acc_);
    line("for g in {} {{ for t in {} vthread {{ if (g * {} + t) * {} < {} {{",
         (tiles + threads - 1) / threads, threads, threads, rows, out_h);
    const std::string row = fmt::format("(g * {} + t) * {}", threads, rows);
    line("alloc s: i32[{}, {}, {}, {}] acc", ob, rows, out_w, acc_);
    line("for c in {} {{", ib / chunk);
    line("alloc x: i{}[{}, {}, {}, {}] inp", c_.inp_bits, chunk, span_h, span_w, inp);
    line("copy x[0:{0}, 0:{1}, 0:{2}, {3}] = X[c * {0}:{0}, {4} * {5} - {6}:{1}, -{6}:{2}, {3}]",
         chunk, span_h, span_w, one_inp, row, stride, pad);
    if (!weights_stay) load_weights(ob, chunk, k, fmt::format("c * {}", chunk), wgt, one_wgt);
    reduce(ob, rows, out_w, chunk, k, stride, weights_stay, one_inp, one_wgt);
    line("}}");
    epilogue(ob, rows, out_h, out_w, row);
    line("copy Y[0:{0}, {1}:{2}, 0:{3}, {4}] = s[0:{0}, 0:{2}, 0:{3}, {4}]", ob, row, rows, out_w,
         one_acc_);
    line("}} }} }} }}");
    return text_;
  }

 private:
  int64_t from(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
  }
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    text_ += fmt::format(format, std::forward<Args>(args)...) + "\n";
  }
  static std::string whole(int64_t rows, int64_t columns) {
    return fmt::format("0:{}, 0:{}", rows, columns);
  }

  void load_weights(int64_t ob, int64_t ib, int64_t k, const std::string& first,
                    const std::string& element, const std::string& one) {
    line("alloc w: i{}[{}, {}, {}, {}, {}] wgt", c_.wgt_bits, ob, ib, k, k, element);
    line("copy w[0:{0}, 0:{1}, 0:{2}, 0:{2}, {3}] = W[0:{0}, {4}:{1}, 0:{2}, 0:{2}, {3}]", ob, ib,
         k, one, first);
  }

  void reduce(int64_t ob, int64_t rows, int64_t out_w, int64_t chunk, int64_t k, int64_t stride,
              bool weights_stay, const std::string& one_inp, const std::string& one_wgt) {
    std::vector<std::string> loops = {
        fmt::format("for o in {} {{", ob),    fmt::format("for y in {} {{", rows),
        fmt::format("for v in {} {{", out_w), fmt::format("for i in {} {{", chunk),
        fmt::format("for p in {} {{", k),     fmt::format("for q in {} {{", k)};
    std::ranges::shuffle(loops, random_);
    for (const std::string& l : loops) line("{}", l);
    const std::string first = "c == 0 & i == 0 & p == 0 & q == 0";
    const std::string dst = "s[o, y, v, " + one_acc_ + "]";
    const std::string operands =
        fmt::format("{}, x[i, y * {} + p, v * {} + q, {}], w[o, {}, p, q, {}]", dst, stride, stride,
                    one_inp, weights_stay ? fmt::format("c * {} + i", chunk) : "i", one_wgt);
    if (from(0, 1) == 0) {
      line("if {} {{ call vta.reset({}) }} call vta.gemm({})", first, dst, operands);
    } else {
      line("if {} {{ call vta.gemm_overwrite({}) }}", first, operands);
      line("if ({}) == 0:bool {{ call vta.gemm({}) }}", first, operands);
    }
    line("}} }} }} }} }} }}");
  }

  void epilogue(int64_t ob, int64_t rows, int64_t out_h, int64_t out_w, const std::string& row) {
    const std::string loops =
        fmt::format("for o in {} {{ for y in {} {{ for v in {} {{", ob, rows, out_w);
    const std::string dst = "s[o, y, v, " + one_acc_ + "]";
    if (from(0, 1) == 0) {
      line("scope {{ alloc z: i32[{}, {}, {}, {}] acc", ob, rows, out_w, acc_);
      line("copy z[0:{0}, 0:{1}, 0:{2}, {3}] = Z[0:{0}, {4}:{1}, 0:{2}, {3}]", ob, rows, out_w,
           one_acc_, row);
      constexpr std::array kOps = {"add", "max", "min", "mul"};
      line("{} call vta.{}({}, z[o, y, v, {}]) }} }} }} }}", loops,
           kOps[static_cast<size_t>(from(0, c_.has(hw::AluOp::kMul) ? 3 : 2))], dst, one_acc_);
    }
    if (from(0, 1) == 0) {
      line("{} call vta.shr_imm({}; {}:i16) }} }} }}", loops, dst, from(0, 5));
      // The last row of the picture apart: a condition that narrows or cuts the loops.
      line("{} if {} + y < {} {{ call vta.add_imm({}; {}:i16) }} }} }} }}", loops, row, out_h - 1,
           dst, from(-9, 9));
      line("{} if y != v {{ call vta.max_imm({}; 3:i16) }} }} }} }}", loops, dst);
    } else {
      line("{} call vta.rqt({}, r[o, 0:3, {}]) }} }} }}", loops, dst, one_acc_);
    }
  }

  hw::Config c_;
  std::mt19937_64 random_;
  std::string text_, acc_, one_acc_;
};

hw::Config two_rows() {
  hw::Config c = hw::load_config("tiny");
  c.batch = 2;
  c.block_out = 8;
  c.inp_buffer = c.wgt_buffer = 4 << 10;
  c.acc_buffer = 16 << 10;
  c.alu_lanes = c.requantise_lanes = 8;
  hw::validate(c, "test");
  return c;
}
hw::Config short_queues() {
  hw::Config c = hw::load_config("tiny");
  c.acc_buffer = 8 << 10;
  c.inp_buffer = c.wgt_buffer = 8 << 10;
  c.token_queue_depth = 16;
  c.command_queue_depth = 16;
  hw::validate(c, "test");
  return c;
}

TEST(GenerateRandom, ProgramsDoWhatTheInterpreterDoes) {
  hw::Config four_bits = hw::load_config("ultra96-w4");
  const std::vector<hw::Config> configs = {two_rows(), short_queues(), hw::load_config("ulx3s"),
                                           four_bits};
  int fits = 0;
  for (uint64_t seed = 0; seed < 160; ++seed) {
    const hw::Config& config = configs[seed % 8 < 6 ? seed % 2 : seed % 8 - 4];
    const loop::Function f = loop::parse(RandomConvolution(config, seed).text());
    const Contents contents = draw_contents(f, seed);
    try {
      generate(f, config);
    } catch (const Error& error) {
      ASSERT_NE(std::string(error.what()).find("the buffers need"), std::string::npos)
          << error.what();
      continue;
    }
    ++fits;
    ASSERT_EQ(executed(f, config, "fsim", contents), interpreted(f, config, contents))
        << "seed " << seed << "\n"
        << to_string(f);
  }
  EXPECT_GT(fits, 120);
}

// The instructions that push to, and that pop from, a token queue, in order.
std::vector<size_t> with_bit(const isa::Program& p, isa::Unit unit, bool isa::Instruction::*bit) {
  std::vector<size_t> result;
  for (size_t i = 0; i < p.instructions.size(); ++i) {
    const isa::Instruction& instruction = p.instructions[i];
    if (isa::unit_of(instruction) == unit && instruction.*bit) result.push_back(i);
  }
  return result;
}

// Fewer would be too few: without any one of the tokens the checker finds a race. Those that FINISH
// waits for order nothing else.
TEST(GenerateRandom, NoTokenIsMoreThanNeeded) {
  using isa::Instruction;
  using isa::Unit;
  const hw::Config config = short_queues();
  int tokens = 0;
  for (uint64_t seed = 1; seed < 60; seed += 2) {
    const loop::Function f = loop::parse(RandomConvolution(config, seed).text());
    isa::Program program;
    try {
      program = placed(generate(f, config), f, config);
    } catch (const Error&) {
      continue;  // it does not fit
    }
    const std::array<std::tuple<Unit, bool Instruction::*, Unit, bool Instruction::*>, 4> queues = {
        {{Unit::kLoad, &Instruction::push_next, Unit::kCompute, &Instruction::pop_prev},
         {Unit::kCompute, &Instruction::push_prev, Unit::kLoad, &Instruction::pop_next},
         {Unit::kCompute, &Instruction::push_next, Unit::kStore, &Instruction::pop_prev},
         {Unit::kStore, &Instruction::push_prev, Unit::kCompute, &Instruction::pop_next}}};
    for (const auto& [from, push, to, pop] : queues) {
      const std::vector<size_t> pushes = with_bit(program, from, push);
      const std::vector<size_t> pops = with_bit(program, to, pop);
      ASSERT_EQ(pushes.size(), pops.size());
      for (size_t k = 0; k < pushes.size(); ++k) {
        if (pops[k] + 1 == program.instructions.size()) continue;
        isa::Program without = program;
        without.instructions[pushes[k]].*push = false;
        without.instructions[pops[k]].*pop = false;
        EXPECT_FALSE(isa::check(without).ok())
            << "seed " << seed << ": " << pushes[k] << " to " << pops[k];
        ++tokens;
      }
    }
  }
  EXPECT_GT(tokens, 100);
}

}  // namespace
}  // namespace vta::codegen::accel

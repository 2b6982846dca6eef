// Each intrinsic against what it stands for, computed apart, and expressions that become calls of
// it.
#include "vta/ops/intrin/intrin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "vta/base/requantize.h"
#include "vta/isa/instruction.h"
#include "vta/loop/text.h"
#include "vta/te/schedule.h"
#include "vta/te/te_testing.h"
#include "vta/te/tensor.h"

namespace vta::ops {
namespace {

using loop::Array;
using loop::cast;
using loop::kInt32;
using loop::Scope;
using loop::Value;
using te::Axis;
using te::results;
using te::Tensor;

// Arrays for the parameters of an intrinsic, filled at random with their type's values.
class Call {
 public:
  Call(const loop::Function& f, uint64_t seed) : f_(f), random_(seed) {
    for (const loop::Buffer& b : f.parameters) {
      arrays_.emplace_back(*b);
      for (Value& v : arrays_.back().values) {
        // Now and then small ones: shifts have a range.
        const auto drawn = static_cast<int64_t>(random_());
        v.integer = wrap(b->type, random_() % 2 == 0 ? drawn : drawn % 40);
      }
    }
  }
  int64_t at(size_t parameter, size_t i) const { return arrays_[parameter].values[i].integer; }
  size_t size(size_t parameter) const { return arrays_[parameter].values.size(); }
  void run(const std::vector<Value>& scalars = {}) {
    std::vector<Array*> arguments;
    for (Array& a : arrays_) arguments.push_back(&a);
    interpret(f_, arguments, {}, scalars);
  }

 private:
  const loop::Function& f_;
  std::mt19937_64 random_;
  std::vector<Array> arrays_;
};

int32_t word(int64_t value) {
  return static_cast<int32_t>(value);
}

class Accelerator : public testing::TestWithParam<std::string> {
 protected:
  hw::Config config_ = hw::load_config(GetParam());
  loop::Intrinsics all_ = accelerator_intrinsics(config_);
};

TEST_P(Accelerator, GemmAddsOrOverwrites) {
  const auto rows = static_cast<size_t>(config_.batch),
             outs = static_cast<size_t>(config_.block_out),
             ins = static_cast<size_t>(config_.block_in);
  for (const bool overwrites : {false, true}) {
    Call call(all_.at(overwrites ? "vta.gemm_overwrite" : "vta.gemm"), 1);
    const Call before = call;
    call.run();
    for (size_t b = 0; b < rows; ++b) {
      for (size_t o = 0; o < outs; ++o) {
        int64_t sum = overwrites ? 0 : before.at(0, b * outs + o);
        for (size_t i = 0; i < ins; ++i)
          sum += before.at(1, b * ins + i) * before.at(2, o * ins + i);
        ASSERT_EQ(call.at(0, b * outs + o), word(sum)) << b << ", " << o;
      }
    }
  }
}

TEST_P(Accelerator, ResetClears) {
  Call call(all_.at("vta.reset"), 1);
  call.run();
  for (size_t i = 0; i < call.size(0); ++i) ASSERT_EQ(call.at(0, i), 0);
}

TEST_P(Accelerator, SetWritesItsScalar) {
  Call call(all_.at("vta.set"), 1);
  call.run({Value{.integer = -128}});
  for (size_t i = 0; i < call.size(0); ++i) ASSERT_EQ(call.at(0, i), -128);
}

TEST_P(Accelerator, TheAluIsTheInstructionSets) {
  for (const hw::AluOp op : config_.alu_ops) {
    if (op == hw::AluOp::kRequantise) continue;
    const std::string name = fmt::format("vta.{}", hw::kAluOpNames[static_cast<size_t>(op)]);
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Call tensor(all_.at(name), seed), immediate(all_.at(name + "_imm"), seed);
      const Call before = tensor;
      tensor.run();
      const int64_t n = op == hw::AluOp::kShr ? static_cast<int64_t>(seed * 2)
                                              : static_cast<int64_t>(seed * 3000) - 30000;
      immediate.run({{.integer = n}});
      for (size_t i = 0; i < before.size(0); ++i) {
        const int32_t x = word(before.at(0, i));
        ASSERT_EQ(tensor.at(0, i), isa::alu(op, x, word(before.at(1, i)))) << name;
        ASSERT_EQ(immediate.at(0, i), isa::alu(op, x, word(n))) << name << "_imm " << n;
      }
    }
  }
}

TEST_P(Accelerator, RequantiseTakesARecordOfThreeVectors) {
  if (!config_.has(hw::AluOp::kRequantise)) return;
  Call call(all_.at("vta.rqt"), 3);
  const Call before = call;
  call.run();
  const size_t lanes = before.size(0);
  for (size_t i = 0; i < lanes; ++i) {
    const isa::Requantise r = isa::unpack_requantise(word(before.at(1, 2 * lanes + i)));
    ASSERT_EQ(call.at(0, i),
              requantize(word(before.at(0, i)), {.bias = word(before.at(1, i)),
                                                 .factor = word(before.at(1, lanes + i)),
                                                 .shift = r.shift,
                                                 .zero_point = r.zero_point,
                                                 .clip_min = r.clip_min,
                                                 .clip_max = r.clip_max,
                                                 .wide = r.wide}));
  }
}

// A dense layer in the packed layout, [rows][blocks][batch][block], becomes GEMMs.
TEST_P(Accelerator, APackedMatrixProductBecomesGemms) {
  const int64_t n = 3, k = 2, m = 2, batch = config_.batch, in = config_.block_in,
                out = config_.block_out;
  const loop::Type inp_type = {loop::Type::Kind::kInt, config_.inp_bits};
  const loop::Type wgt_type = {loop::Type::Kind::kInt, config_.wgt_bits};
  const Tensor a = te::placeholder({n, k, batch, in}, inp_type, "A");
  const Tensor w = te::placeholder({m, k, out, in}, wgt_type, "W");
  const Axis ko = te::reduce_axis(k, "ko"), ki = te::reduce_axis(in, "ki");
  const Tensor c = te::compute(
      {n, m, batch, out},
      [&](te::Var x, te::Var y, te::Var b, te::Var o) {
        return te::sum(cast(kInt32, a(x, ko, b, ki)) * cast(kInt32, w(y, ko, o, ki)), {ko, ki});
      },
      "C");
  const loop::Function f = te::lower("dense", {a, w, c});
  for (const std::string init : {"vta.reset", "vta.gemm_overwrite"}) {
    te::Schedule s(f, all_);
    s.cache_write("C", Scope::kAcc);
    s.cache_read("C", "A", Scope::kInp);
    s.cache_read("C", "W", Scope::kWgt);
    s.reorder({"C_ko", "C_k", "C_l", "C_ki"});
    s.tensorize("C_k", "vta.gemm", init);
    EXPECT_EQ(results(s.function(), 1, all_), results(f)) << s.show();
  }
}

INSTANTIATE_TEST_SUITE_P(Configurations, Accelerator,
                         testing::Values("default", "tiny", "ultra96-w4", "datacenter"));

// Requantised channel by channel, by a record of three vectors a block.
TEST(Intrinsics, ARecordIsOneOperand) {
  const loop::Function f = loop::parse(
      "func f(A: i32[4, 32], R: i32[2, 3, 16]) {\n"
      "  alloc a: i32[4, 32] acc\n"
      "  alloc r: i32[2, 3, 16] acc\n"
      "  for i in 4 { for j in 32 { block a(vi in 4 = i, vj in 32 = j) { a[vi, vj] = A[vi, vj] } } "
      "}\n"
      "  for i in 2 { for j in 3 { for l in 16 { block r(vi in 2 = i, vj in 3 = j, vl in 16 = l) "
      "{\n"
      "    r[vi, vj, vl] = R[vi, vj, vl] } } } }\n"
      "  for x in 4 { for y in 2 { for z in 16 {\n"
      "    block q(vx in 4 = x, vy in 2 = y, vz in 16 = z) {\n"
      "      a[vx, vy * 16 + vz] = requantise(a[vx, vy * 16 + vz], r[vy, 0, vz], r[vy, 1, vz],\n"
      "                                       r[vy, 2, vz]) } } } }\n"
      "  for i in 4 { for j in 32 { block b(vi in 4 = i, vj in 32 = j) { A[vi, vj] = a[vi, vj] } } "
      "} }");
  const loop::Intrinsics all = accelerator_intrinsics(hw::load_config("default"));
  te::Schedule s(f, all);
  s.tensorize("z", "vta.rqt");
  EXPECT_THAT(s.show(), testing::HasSubstr(
                            "call vta.rqt(a[vx, vy * 16 + vz * 16:16], r[vy, 0:3, vz * 16:16])"));
  EXPECT_EQ(results(s.function(), 1, all), results(f));
}

TEST(Intrinsics, TheHostsDotProductsAreExact) {
  for (const auto& [name, f] : host_intrinsics()) {
    Call call(f, 5);
    const Call before = call;
    call.run();
    for (size_t l = 0; l < before.size(0); ++l) {
      int64_t sum = before.at(0, l);
      for (size_t k = 0; k < 4; ++k) sum += before.at(1, k) * before.at(2, 4 * l + k);
      ASSERT_EQ(call.at(0, l), word(sum)) << name;
    }
  }
}

}  // namespace
}  // namespace vta::ops

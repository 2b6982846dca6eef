// Every construct of the loop IR, compiled and interpreted.
#include "vta/codegen/llvm/compile.h"

#include <gmock/gmock.h>

#include "vta/base/error.h"
#include "vta/codegen/llvm/codegen_testing.h"
#include "vta/codegen/runtime/runtime.h"
#include "vta/ops/intrin/intrin.h"

namespace vta::codegen {
namespace {

using loop::BinaryOp;
using loop::Buffer;
using loop::call;
using loop::Expr;
using loop::kFloat32;
using loop::kInt32;
using loop::kInt8;
using loop::LoopKind;
using loop::Type;
using loop::Var;

constexpr int64_t kElements = 19;  // no multiple of any vector
constexpr Type kFloat64 = {Type::Kind::kFloat, 64};

std::vector<Type> integer_types() {
  std::vector<Type> types;
  for (const int bits : {2, 4, 8, 16, 32, 64}) {
    types.push_back({Type::Kind::kInt, bits});
    types.push_back({Type::Kind::kUInt, bits});
  }
  return types;
}

// A loop over elements of buffers A, B and C of a type, which stores each expression to a buffer of
// its own.
class Elementwise {
 public:
  explicit Elementwise(Type type) : type_(type) {
    for (const char* name : {"A", "B", "C"}) {
      inputs_.push_back(loop::make_buffer(name, type, {kElements}));
    }
  }
  Expr a() const { return load(inputs_[0], {i_}); }
  Expr b() const { return load(inputs_[1], {i_}); }
  Expr c() const { return load(inputs_[2], {i_}); }
  Expr of(int64_t value) const {
    return type_.is_float() ? constant_float(type_, static_cast<double>(value))
                            : constant(type_, wrap(type_, value));
  }
  void add(const Expr& value) {
    const Buffer out =
        loop::make_buffer(fmt::format("out{}", outputs_.size()), value.type(), {kElements});
    outputs_.push_back(out);
    stores_.push_back(make_store(out, {i_}, value));
  }
  loop::Function function(LoopKind kind) const {
    loop::Function f{"f", inputs_, make_for(i_, kElements, make_seq(stores_), kind)};
    f.parameters.insert(f.parameters.end(), outputs_.begin(), outputs_.end());
    return f;
  }

 private:
  Type type_;
  Var i_{"i"};
  std::vector<Buffer> inputs_, outputs_;
  std::vector<loop::Stmt> stores_;
};

class CompileTest : public testing::Test {
 protected:
  static std::vector<Jit>& jits() {
    static std::vector<Jit>& all = *[] {
      auto* jits_of_targets = new std::vector<Jit>;
      for (const Target& t : host_targets()) jits_of_targets->emplace_back(t);
      return jits_of_targets;
    }();
    return all;
  }
  // On every target, and on the host without optimisation.
  static void expect_same(const loop::Function& f, const std::vector<loop::Value>& scalars = {}) {
    std::vector<Kernel> kernels = {jits()[0].compile(f, Optimize::kQuickly)};
    for (Jit& jit : jits()) kernels.push_back(jit.compile(f));
    for (const Kernel& kernel : kernels) {
      for (uint64_t seed = 1; seed <= 8; ++seed) {
        ASSERT_TRUE(computes_the_same(kernel, f, seed, scalars));
      }
    }
  }
  static void expect_same(const Elementwise& all) {
    expect_same(all.function(LoopKind::kSerial));
    expect_same(all.function(LoopKind::kVectorized));
  }
  static void expect_same(std::string_view text) { expect_same(loop::parse(text)); }
};

TEST_F(CompileTest, IntegerArithmetic) {
  for (const Type type : integer_types()) {
    Elementwise all(type);
    for (const BinaryOp op : {BinaryOp::kAdd, BinaryOp::kSub, BinaryOp::kMul, BinaryOp::kMin,
                              BinaryOp::kMax, BinaryOp::kAnd, BinaryOp::kOr, BinaryOp::kXor,
                              BinaryOp::kEq, BinaryOp::kNe, BinaryOp::kLt, BinaryOp::kLe}) {
      all.add(binary(op, all.a(), all.b()));
    }
    expect_same(all);
  }
}

TEST_F(CompileTest, DivisionRoundsToMinusInfinityByWhateverIsNotZero) {
  for (const Type type : integer_types()) {
    Elementwise all(type);
    for (const BinaryOp op : {BinaryOp::kFloorDiv, BinaryOp::kFloorMod}) {
      all.add(binary(op, all.a(), select(all.b() == all.of(0), all.of(1), all.b())));
      // The side that is not chosen divides by zero.
      all.add(select(all.b() == all.of(0), all.a(), binary(op, all.a(), all.b())));
      for (const int64_t divisor : {1, -1, 3, -2}) {
        if (const Expr by = all.of(divisor); !is_constant(by, 0)) {
          all.add(binary(op, all.a(), by));
        }
      }
    }
    all.add(binary(BinaryOp::kFloorDiv, all.of(int64_t{1} << (type.bits - 1)),
                   select(all.b() == all.of(0), all.of(-1), all.b())));
    expect_same(all);
  }
}

TEST_F(CompileTest, ShiftsReachTheirLimits) {
  for (const Type type : integer_types()) {
    Elementwise all(type);
    for (const BinaryOp op : {BinaryOp::kShl, BinaryOp::kShr}) {
      // The interpreter refuses what is negative as an i64.
      const bool is_large = type == Type{Type::Kind::kUInt, 64};
      all.add(binary(op, all.a(), is_large ? all.b() >> all.of(1) : max(all.b(), all.of(0))));
      for (const int64_t amount : {0, 1, type.bits - 1, type.bits, type.bits + 1, 1000}) {
        all.add(binary(op, all.a(), constant(kInt32, amount)));
      }
      const Type narrow = {Type::Kind::kUInt, 4};
      all.add(binary(op, all.a(), cast(narrow, all.b())));
      const Type wide = {Type::Kind::kInt, 64};
      all.add(binary(op, all.a(), cast(wide, all.b()) % constant(wide, 70)));
    }
    expect_same(all);
  }
}

TEST_F(CompileTest, FloatArithmeticAndFunctions) {
  for (const Type type : {kFloat32, kFloat64}) {
    Elementwise all(type);
    for (const BinaryOp op :
         {BinaryOp::kAdd, BinaryOp::kSub, BinaryOp::kMul, BinaryOp::kDiv, BinaryOp::kMin,
          BinaryOp::kMax, BinaryOp::kEq, BinaryOp::kNe, BinaryOp::kLt, BinaryOp::kLe}) {
      all.add(binary(op, all.a(), all.b()));
    }
    all.add(all.a() * all.b() + all.c());  // two roundings
    all.add(call("fma", {all.a(), all.b(), all.c()}));
    for (const char* name : {"exp", "tanh", "erf", "floor", "round"}) {
      all.add(call(name, {all.a()}));
    }
    for (const char* name : {"log", "sqrt"}) all.add(call(name, {all.a() * all.a()}));
    all.add(call("round", {call("floor", {all.a()}) * all.of(3) / all.of(2)}));  // ties
    expect_same(all);
  }
}

TEST_F(CompileTest, CastsBetweenAllTypes) {
  std::vector<Type> types = integer_types();
  types.insert(types.end(), {kFloat32, kFloat64, loop::kBool});
  for (const Type from : types) {
    Elementwise all(from);
    for (const Type to : types) {
      // Floats between -4 and 4 fit what they are cast to only where it is wide enough.
      if (from.is_float() && to.is_integer()) {
        const Expr fits =
            min(max(all.a(), all.of(to.kind == Type::Kind::kInt ? -2 : 0)), all.of(1));
        all.add(cast(to, fits));
      } else {
        all.add(cast(to, all.a()));
      }
    }
    expect_same(all);
  }
}

TEST_F(CompileTest, BooleansAreAByteEach) {
  Elementwise all(loop::kBool);
  all.add(all.a() && all.b());
  all.add(all.a() || all.b());
  all.add(all.a() == all.b());
  all.add(select(all.a(), all.b(), all.c()));
  expect_same(all);
}

TEST_F(CompileTest, Requantise) {
  Elementwise all(kInt32);
  all.add(call("requantise",
               {all.a(), all.b(), all.c(), binary(BinaryOp::kXor, all.a(), all.of(0x5a5a1234))}));
  all.add(call("requantise", {all.a(), all.b(), all.c(), all.b()}));
  all.add(call("requantise", {all.of(INT32_MIN), all.of(0), all.of(INT32_MIN), all.c()}));
  all.add(
      call("requantise", {all.a() % all.of(4000), all.of(7), all.of(1 << 30), all.of(0x7f80033a)}));
  expect_same(all);
}

TEST_F(CompileTest, AccessesWithGaps) {
  for (const char* kind : {"", "vectorized", "parallel", "unrolled"}) {
    expect_same(fmt::format(R"(
func f(A: i32[9, 8] strides [11, 1], B: i32[40], C: i32[16, 9], D: i8[8], E: i8[8]) {{
  for i in 8 {} {{
    C[i + 1, 3] = A[i, 2] + A[2, i]
    C[i, 4] = B[39 - i * 3] + B[i // 3]
    C[i, 5] = B[(i * i) % 40]
    D[7 - i] = i8(B[i] >> 3)
    C[i, 6] = B[i64(E[i]) % 40] + i32(i)
  }}
}})",
                            kind));
  }
}

TEST_F(CompileTest, ConditionsAndTheSideThatIsNotChosen) {
  for (const char* kind : {"", "vectorized", "parallel", "unrolled"}) {
    expect_same(fmt::format(R"(
func f(A: i32[10], B: f32[10], C: i32[20], D: f32[20], n: i32[1]) {{
  for i in 20 {} {{
    C[i] = select(5 <= i & i < 15, A[i - 5] * 3:i32, -1:i32)
    D[i] = select(i < 10, B[i], select(i < 18, log(f32(i)), B[i - 10]))
    if (i % 3 == 1) {{
      C[i] = select(n[0] == 0:i32, 1:i32, 100:i32 // n[0])
      if (i < 8) {{
        D[i] = f32(A[i]) + B[i + 2]
      }}
    }}
    if (n[0] < 0:i32) {{
      C[i] = C[i] + select(i == 3, A[i64(n[0] < 0:i32)], 2:i32)
    }}
  }}
}})",
                            kind));
  }
}

TEST_F(CompileTest, BlocksWithPredicatesAndReductions) {
  expect_same(R"(
func f(A: i8[10, 33], B: i8[9, 33], C: i32[10, 9]) {
  for i0 in 3 parallel {
    for j in 9 vectorized {
      for i1 in 4 {
        for k in 33 {
          block C(i in 10 = i0 * 4 + i1, j_1 in 9 = j, r in 33 reduce = k) where i0 * 4 + i1 < 10 {
            init {
              C[i, j_1] = 7:i32
            }
            C[i, j_1] = C[i, j_1] + i32(A[i, r]) * i32(B[j_1, r])
          }
        }
      }
    }
  }
})");
}

TEST_F(CompileTest, MemoryOfItsOwnOnStackAndHeap) {
  for (const int64_t size : {5, 5000}) {
    expect_same(fmt::format(R"(
func f(A: i32[6, {0}], B: i32[6]) {{
  for i in 6 parallel {{
    alloc T: i32[{0}] local
    for j in {0} vectorized {{
      T[j] = A[i, j] * 3:i32
    }}
    B[i] = T[0]
    for j in {0} {{
      B[i] = B[i] ^ T[j]
    }}
  }}
}})",
                            size));
  }
}

TEST_F(CompileTest, CopiesPadWithZeros) {
  for (const char* type : {"i4", "i8", "f32"}) {
    expect_same(fmt::format(R"(
func f(A: {0}[5, 6], B: {0}[7, 8], C: {0}[3, 7, 6]) {{
  copy B[0:7, 0:8] = A[-1:7, -1:8]
  for i in 3 {{
    copy C[i, 0:7, 1:5] = B[0:7, i + 1:5]
  }}
}})",
                            type));
  }
}

TEST_F(CompileTest, LongAndNestedVectors) {
  expect_same(R"(
func f(A: i16[4, 200], B: i16[4, 200], C: i32[200, 4]) {
  for i in 4 vectorized {
    for j in 200 vectorized {
      B[i, j] = A[i, j] + i16(j)
    }
  }
  for i in 4 {
    for j in 200 vectorized {
      for k in 3 unrolled {
        C[j, i] = C[j, i] + i32(A[(i + k) % 4, j]) + i32(k)
      }
    }
  }
})");
}

TEST_F(CompileTest, Scalars) {
  const loop::Function f = loop::parse(R"(
func f(A: i32[8], B: f32[8]; n: i64, x: f32, s: i4) {
  for i in 8 {
    A[i] = select(i < n, 3:i32, i32(s))
    B[i] = B[i] * x
  }
})");
  expect_same(f, {{.integer = 5}, {.real = 0.1F}, {.integer = -3}});
}

TEST_F(CompileTest, ParallelLoopsOnAnyNumberOfThreads) {
  const loop::Function f = loop::parse(R"(
func f(A: i32[101, 50], B: i32[101]) {
  for i in 101 parallel {
    B[i] = 0:i32
    for j in 50 parallel {
      for k in 2 {
        if (j == 0) {
          B[i] = B[i] + A[i, k]
        }
      }
    }
  }
})");
  const Kernel kernel = jits()[0].compile(f);
  const int before = threads();
  for (const int n : {1, 2, 3, 7, 200}) {
    set_threads(n);
    EXPECT_EQ(threads(), n);
    for (uint64_t seed = 1; seed < 100; ++seed) {
      ASSERT_TRUE(computes_the_same(kernel, f, seed)) << n << " threads";
    }
  }
  set_threads(before);
}

TEST_F(CompileTest, DotProductsOfBytes) {
  for (const auto& [name, meaning] : ops::host_intrinsics()) {
    const int64_t lanes = meaning.parameters[0]->shape[0];
    const std::string type = to_string(meaning.parameters[1]->type);
    for (const char* gaps : {"", " strides [100, 4, 1]"}) {
      const loop::Function f = loop::parse(fmt::format(R"(
func f(acc: i32[3, {0}], a: {1}[7, 4], b: i8[5, {0}, 4]{2}, wide: i8[{0}, 9]) {{
  for i in 3 {{
    for j in 7 {{
      call {3}(acc[i, 0:{0}], a[j, 0:4], b[i + 1, 0:{0}, 0:4])
      call {3}(acc[i, 0:{0}], a[j, 0:4], wide[0:{0}, i:4])
    }}
  }}
}})",
                                                       lanes, type, gaps, name));
      for (Jit& jit : jits()) {
        const Kernel kernel = jit.compile(f);
        for (uint64_t seed = 1; seed < 30; ++seed) {
          ASSERT_TRUE(computes_the_same(kernel, f, seed, {}, ops::host_intrinsics()));
        }
      }
    }
  }
}

#ifdef __x86_64__
TEST_F(CompileTest, DotProductsAreInstructionsWhereTheProcessorHasThem) {
  const loop::Function f = loop::parse(R"(
func f(acc: i32[16], a: u8[4], b: i8[16, 4]) {
  call vnni.dot_u8i8(acc[0:16], a[0:4], b[0:16, 0:4])
})");
  const auto text = [&](const char* cpu) {
    return optimized_llvm_text(f, {"x86_64-pc-linux-gnu", cpu, ""});
  };
  EXPECT_THAT(text("icelake-server"), testing::HasSubstr("@llvm.x86.avx512.vpdpbusd.512("));
  EXPECT_THAT(text("haswell"), testing::HasSubstr("@llvm.x86.avx2.pmadd.wd("));
  EXPECT_THAT(text("x86-64"), testing::Not(testing::HasSubstr("@llvm.x86.")));
}
#endif

std::string message(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST_F(CompileTest, Errors) {
  const loop::Function f = loop::parse("func f(A: i32[4]) {\n  A[0] = 1:i32\n}");
  const Kernel kernel = jits()[0].compile(f);
  EXPECT_EQ(message([&] { kernel({}); }), "f takes 1 buffers and 0 scalars, got 0 and 0");
  alignas(64) int32_t a[32] = {};
  EXPECT_THAT(message([&] { kernel(std::vector<void*>{a + 1}); }),
              testing::HasSubstr("must be at a multiple of 64"));
  EXPECT_EQ(message([&] {
              jits()[0].compile(loop::parse("func g(A: i32[4]) {\n  call spin(A[0:4])\n}"));
            }),
            "there is no intrinsic 'spin' for a host");
  EXPECT_EQ(message([&] {
              object_file(std::vector{f, f}, aarch64_linux_target());
            }),
            "there are two functions f");
  EXPECT_THAT(message([&] {
                object_file({}, {"pdp11-unix", "x", ""});
              }),
              testing::HasSubstr("target pdp11-unix: "));
  EXPECT_THAT(message([&] {
                object_file({}, {"aarch64-linux-gnu", "z80", ""});
              }),
              testing::HasSubstr("there is no processor 'z80'"));
}

}  // namespace
}  // namespace vta::codegen

// Meaning is kept: random expressions under random rewrites give the same values, integer for
// integer.
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "vta/loop/passes.h"
#include "vta/loop/text.h"
#include "vta/loop/verify.h"
#include "vta/te/random_testing.h"
#include "vta/te/te_testing.h"

namespace vta::te {
namespace {

using loop::constant;
using loop::kInt32;

constexpr uint64_t kPairs = 10000;

// That the function computes `expected`, as it is and lowered, and that its text parses.
void expect_same(const Schedule& s, uint64_t seed, const loop::Intrinsics& intrinsics,
                 const std::vector<std::vector<int64_t>>& expected) {
  const std::string where =
      fmt::format("seed {}\n{}\n{}", seed, fmt::join(s.log(), "\n"), s.show());
  try {
    ASSERT_EQ(results(s.function(), seed, intrinsics), expected) << where;
    const loop::Function lowered = compact_buffers(lower_blocks(s.function()));
    verify(lowered);
    ASSERT_EQ(results(lowered, seed, intrinsics), expected) << where << to_string(lowered);
    ASSERT_EQ(to_string(loop::parse(s.show())), s.show()) << where;
  } catch (const Error& error) {
    FAIL() << where << error.what();
  }
}

TEST(ScheduleRandom, RewritesKeepTheMeaning) {
  std::map<std::string, int> applied;
  for (uint64_t seed = 0; seed < kPairs; ++seed) {
    Random random(seed);
    Schedule s(Expression(random).draw());
    const auto expected = results(s.function(), seed);
    rewrite_at_random(random, s);
    for (const std::string& line : s.log()) ++applied[line.substr(0, line.find(' '))];
    expect_same(s, seed, {}, expected);
    if (HasFatalFailure()) return;
  }
  // Every rewrite took part.
  EXPECT_EQ(applied.size(), 16U);
  for (const auto& [verb, count] : applied) EXPECT_GE(count, 40) << verb;
}

// A sum of products and an intrinsic of the size of its inner loops, which now and then computes
// something else.
struct TiledProduct {
  explicit TiledProduct(Random& random) {
    for (int64_t& t : tile) t = 1 + random.below(3);
    const bool a_turned = random.below(2) == 0, b_turned = random.below(2) == 0;
    const int64_t m = tile[0] * (1 + random.below(3)), n = tile[1] * (1 + random.below(3)),
                  k = tile[2] * (1 + random.below(3));
    const Tensor a =
        placeholder(a_turned ? std::vector{k, m} : std::vector{m, k}, loop::kInt8, "A");
    const Tensor b =
        placeholder(b_turned ? std::vector{k, n} : std::vector{n, k}, loop::kInt8, "B");
    const Axis r = reduce_axis(k, "k");
    const auto at = [](const Tensor& t, bool turned, const Expr& x, const Expr& y) {
      return cast(kInt32, turned ? t(y, x) : t(x, y));
    };
    const Tensor c = compute(
        {m, n},
        [&](Var i, Var j) { return sum(at(a, a_turned, i, r) * at(b, b_turned, j, r), {r}); }, "C");
    const Tensor d = compute(
        {m, n}, [&](Var i, Var j) { return c(i, j) + constant(kInt32, 5); }, "D");
    function = lower("f", {a, b, d});

    // Of the same form or nearly so.
    const auto perhaps = [&](bool value) { return value != (random.below(12) == 0); };
    const int64_t deep = perhaps(true) ? tile[2] : tile[2] + 1;
    const bool a_wrong = !perhaps(true), b_wrong = !perhaps(true);
    const auto operand = [&](const std::string& name, bool turned, int64_t x) {
      return fmt::format("{}: i8[{}, {}]", name, turned ? deep : x, turned ? x : deep);
    };
    const auto element = [](const std::string& name, bool turned, const std::string& x) {
      return fmt::format("i32({}[{}])", name, turned ? "vk, " + x : x + ", vk");
    };
    std::vector<std::string> product = {element("a", a_turned != a_wrong, "vi"),
                                        element("b", b_turned != b_wrong, "vj")};
    if (random.below(2) == 0) std::swap(product[0], product[1]);
    const std::string value = fmt::format("{} * {}", product[0], product[1]);
    const std::string sum = perhaps(true) ? fmt::format("r[vi, vj] + {}", value)
                                          : fmt::format("max(r[vi, vj], {})", value);
    const auto define = [&](const std::string& name, const std::string& init) {
      intrinsics[name] = loop::parse(fmt::format(
          "func {}(r: i32[{}, {}], {}, {}) {{ for i in {} {{ for j in {} {{ for k in {} {{\n"
          "  block s(vi in {} = i, vj in {} = j, vk in {} reduce = k) {{ {} r[vi, vj] = {} }} }} "
          "}} }} }}",
          name, tile[0], tile[1], operand("a", a_turned != a_wrong, tile[0]),
          operand("b", b_turned != b_wrong, tile[1]), tile[0], tile[1], deep, tile[0], tile[1],
          deep, init, sum));
    };
    define("mac", "");
    define("first", "init { r[vi, vj] = 0:i32 }");
    intrinsics["clear"] =
        loop::parse(fmt::format("func clear(r: i32[{0}, {1}]) {{ for i in {0} {{ for j in {1} {{ "
                                "r[i, j] = {2}:i32 }} }} }}",
                                tile[0], tile[1], perhaps(false) ? 1 : 0));
  }

  std::array<int64_t, 3> tile{};
  loop::Function function;
  loop::Intrinsics intrinsics;
};

TEST(ScheduleRandom, TensorizeKeepsTheMeaning) {
  int tensorized = 0;
  for (uint64_t seed = 0; seed < kPairs / 2; ++seed) {
    Random random(seed);
    const TiledProduct product(random);
    Schedule s(product.function, product.intrinsics);
    const auto expected = results(s.function(), seed);
    const auto i = s.split("C_i", {0, product.tile[0]}), j = s.split("C_j", {0, product.tile[1]}),
               k = s.split("C_k", {0, product.tile[2]});
    std::vector<std::string> outer = {i[0], j[0], k[0]}, inner = {i[1], j[1], k[1]};
    std::swap(outer[0], outer[static_cast<size_t>(random.below(3))]);
    std::swap(inner[0], inner[static_cast<size_t>(random.below(3))]);
    std::vector<std::string> order = outer;
    order.insert(order.end(), inner.begin(), inner.end());
    s.reorder(order);
    rewrite_at_random(random, s, s.log().size() + static_cast<size_t>(random.below(3)));
    std::vector<std::string> lines = {
        fmt::format("tensorize {} {} {}", inner[0], random.below(2) == 0 ? "mac" : "first",
                    random.of(std::vector<std::string>{"", "clear", "first"})),
        fmt::format("tensorize {} clear", random.of(names_of_blocks(s.function())))};
    for (const std::string& line : lines) {
      try {
        s.apply(line);
        ++tensorized;
      } catch (const Error&) {
      }
    }
    rewrite_at_random(random, s, s.log().size() + 4);
    expect_same(s, seed, product.intrinsics, expected);
    if (HasFatalFailure()) return;
  }
  EXPECT_GE(tensorized, 1000);
}

}  // namespace
}  // namespace vta::te

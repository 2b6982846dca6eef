// Random tensor expressions under random schedules, compiled and interpreted.
#include "vta/codegen/llvm/codegen_testing.h"
#include "vta/codegen/llvm/compile.h"
#include "vta/te/random_testing.h"

namespace vta::codegen {
namespace {

TEST(CompileRandom, SchedulesComputeWhatTheInterpreterDoes) {
  constexpr uint64_t kPairs = 3000;
  const std::vector<loop::Type> types = {loop::kInt32, loop::kFloat32, loop::kInt8, loop::kInt4};
  Jit jit;
  for (uint64_t seed = 0; seed < kPairs; ++seed) {
    te::Random random(seed);
    const loop::Type type = types[seed % types.size()];
    te::Schedule s(te::Expression(random, type).draw());
    te::rewrite_at_random(random, s);
    const Optimize optimize = seed % 16 == 0 ? Optimize::kFully : Optimize::kQuickly;
    ASSERT_TRUE(computes_the_same(jit.compile(s.function(), optimize), s.function(), seed))
        << "after " << fmt::format("{}", fmt::join(s.log(), "\n"));
  }
}

}  // namespace
}  // namespace vta::codegen

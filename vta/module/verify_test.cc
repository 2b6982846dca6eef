#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "vta/base/error.h"
#include "vta/module/test_module.h"

namespace vta::module {
namespace {

// What verify says about the hand-made module after a change.
std::string error_after(const std::function<void(Module&)>& change) {
  Module module = make_add_module(hw::load_config("tiny"));
  change(module);
  try {
    verify(module);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Verify, AcceptsAValidModule) {
  EXPECT_EQ(error_after([](Module&) {}), "no error");
}

TEST(Verify, BuffersLieInTheArenaOrHaveContents) {
  EXPECT_EQ(error_after([](Module& m) { m.buffers[2].offset = 4097; }),
            "buffer 'sum': 12 bytes from 4097 on are outside the arena of 4108 bytes");
  EXPECT_EQ(
      error_after([](Module& m) { m.buffers[0].offset = ~uint64_t{0}; }),
      "buffer 'a': 12 bytes from 18446744073709551615 on are outside the arena of 4108 bytes");
  EXPECT_EQ(error_after([](Module& m) { m.buffers[1].bytes = 13; }),
            "buffer 'b': 13 bytes, but 12 of contents");
}

TEST(Verify, TransfersStayInsideTheirBuffers) {
  EXPECT_EQ(error_after([](Module& m) { m.kernels[0].buffers[1] = 3; }),
            "kernel 'sum': buffer 3, the module has 3");
  EXPECT_EQ(error_after([](Module& m) { m.kernels[0].buffers.pop_back(); }),
            "kernel 'sum': instruction 1 names buffer 2, the kernel has 2");
  EXPECT_EQ(error_after([](Module& m) { m.kernels[0].program.instructions[0].x_size = 4; }),
            "kernel 'sum': instruction 0 moves bytes up to 16 of buffer 1, it has 12");
  EXPECT_EQ(error_after([](Module& m) { m.kernels[0].program.uops.clear(); }),
            "kernel 'sum': instruction 2 moves bytes up to 4 of buffer -1, it has 0");
  EXPECT_EQ(error_after([](Module& m) { m.kernels[0].buffers[0] = 1; }),
            "kernel 'sum': instruction 4 stores to 'b', which is constant");
  EXPECT_EQ(error_after([](Module& m) { m.kernels[0].program.relocations[0].buffer = -1; }),
            "kernel 'sum': instruction 0, load.acc8, takes its address from buffer -1");
}

TEST(Verify, EveryTransferIsRelocatedOnce) {
  EXPECT_EQ(error_after([](Module& m) { m.kernels[0].program.relocations.pop_back(); }),
            "kernel 'sum': transfer 4 has no relocation");
  EXPECT_EQ(error_after([](Module& m) { m.kernels[0].program.relocations[1].instruction = 0; }),
            "kernel 'sum': relocation of instruction 0, must name each transfer once");
  EXPECT_EQ(error_after([](Module& m) { m.kernels[0].program.relocations[1].instruction = 6; }),
            "kernel 'sum': relocation of instruction 6, must name each transfer once");
  EXPECT_EQ(error_after([](Module& m) { m.kernels[0].program.instructions.pop_back(); }),
            "kernel 'sum': the last instruction must be finish");
}

TEST(Verify, StepsComputeValuesBeforeTheyAreNeeded) {
  EXPECT_EQ(error_after([](Module& m) { m.steps.erase(m.steps.begin() + 2); }),
            "step 2: 'sum' is needed before it is computed");
  EXPECT_EQ(error_after([](Module& m) { m.steps.pop_back(); }), "no step computes the output 'y'");
  EXPECT_EQ(error_after([](Module& m) { m.steps[1] = KernelStep{1}; }),
            "step 1: kernel 1, the module has 1");
  EXPECT_EQ(error_after([](Module& m) { m.steps[3] = HostStep{-1}; }),
            "step 3: node -1, the module has 2");
}

TEST(Verify, MovedValuesFitTheirBuffers) {
  EXPECT_EQ(error_after([](Module& m) { std::get<UploadStep>(m.steps[0]).buffer = 1; }),
            "step 0: 'a' takes 12 bytes, buffer 'b' has 12 and is constant");
  EXPECT_EQ(error_after([](Module& m) { std::get<UploadStep>(m.steps[0]).layout.columns = 8; }),
            "step 0: 'a' takes 24 bytes, buffer 'a' has 12");
  EXPECT_EQ(error_after([](Module& m) { std::get<UploadStep>(m.steps[0]).fold = WindowFold{}; }),
            "folded windows: the tensor has shape 1x4x3, must have 4 dimensions");
  EXPECT_EQ(error_after([](Module& m) { std::get<UploadStep>(m.steps[0]).value = 99; }),
            "step 0: value 99, the module has 4");
}

}  // namespace
}  // namespace vta::module

#include "vta/runtime/micro_kernels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/base/error.h"

namespace vta::runtime {
namespace {

using Load = MicroKernels::Load;
using Place = MicroKernels::Place;
using ::testing::ElementsAre;

isa::Encoding eight_micro_ops() {
  hw::Config config = hw::load_config("tiny");
  config.uop_buffer = 8 * config.element_bytes(hw::Memory::kUop);
  return isa::Encoding(config);
}

std::vector<isa::MicroOp> kernel_of(uint32_t size, uint32_t tag) {
  return std::vector<isa::MicroOp>(size, {.dst = tag, .src = 0, .wgt = 0});
}

TEST(MicroKernels, EqualKernelIsStoredAndLoadedOnce) {
  MicroKernels kernels(eight_micro_ops());
  kernels.use(kernel_of(3, 1));
  kernels.use(kernel_of(3, 1));
  const auto plan = kernels.plan();
  EXPECT_THAT(plan.loads, ElementsAre(Load{0, 0, 0, 3}));
  EXPECT_THAT(plan.places, ElementsAre(Place{0, 3}, Place{0, 3}));
  EXPECT_EQ(kernels.image(), kernel_of(3, 1));
}

TEST(MicroKernels, LoadsRunOneUseAheadAndJoin) {
  MicroKernels kernels(eight_micro_ops());
  for (const uint32_t tag : {1, 2, 3, 1}) kernels.use(kernel_of(2, tag));
  EXPECT_THAT(kernels.plan().loads, ElementsAre(Load{0, 0, 0, 4}, Load{1, 4, 4, 2}));
}

TEST(MicroKernels, WhatIsNeededLastMakesRoom) {
  MicroKernels kernels(eight_micro_ops());
  // 1, 2 and 3 fill the buffer; 4 takes the place of 2, which is needed after 1 and 3.
  for (const uint32_t tag : {1, 2, 3, 1, 4, 1, 3, 2}) kernels.use(kernel_of(tag == 3 ? 2 : 3, tag));
  const auto plan = kernels.plan();
  EXPECT_THAT(plan.loads,
              ElementsAre(Load{0, 0, 0, 6}, Load{1, 6, 6, 2}, Load{3, 8, 3, 3}, Load{6, 3, 0, 3}));
  EXPECT_EQ(plan.places.back(), (Place{0, 3}));
}

TEST(MicroKernels, AKernelThatNeedsAllTheRoomIsNotLoadedAhead) {
  MicroKernels kernels(eight_micro_ops());
  kernels.use(kernel_of(8, 1));
  kernels.use(kernel_of(8, 2));
  EXPECT_THAT(kernels.plan().loads, ElementsAre(Load{0, 0, 0, 8}, Load{1, 8, 0, 8}));
}

TEST(MicroKernels, KernelBeyondTheBufferIsRefusedWithBothSizes) {
  MicroKernels kernels(eight_micro_ops());
  EXPECT_NO_THROW(kernels.use(kernel_of(8, 0)));
  try {
    kernels.use(kernel_of(9, 0));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "a micro-kernel has 9 micro-ops, at most 8 fit the micro-op buffer");
  }
}

}  // namespace
}  // namespace vta::runtime

#include "vta/runtime/micro_kernels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/base/error.h"

namespace vta::runtime {
namespace {

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
  EXPECT_TRUE(kernels.use(kernel_of(3, 1)).load_needed);
  const auto again = kernels.use(kernel_of(3, 1));
  EXPECT_FALSE(again.load_needed);
  EXPECT_EQ(again.begin, 0U);
  EXPECT_EQ(kernels.image(), kernel_of(3, 1));
}

TEST(MicroKernels, FullBufferEvictsTheOldestAndReloadsItFromItsPlaceInTheImage) {
  MicroKernels kernels(eight_micro_ops());
  EXPECT_EQ(kernels.use(kernel_of(4, 1)).begin, 0U);
  EXPECT_EQ(kernels.use(kernel_of(3, 2)).begin, 4U);
  // Does not fit behind the second: wraps, on top of the first.
  const auto third = kernels.use(kernel_of(2, 3));
  EXPECT_EQ(third.begin, 0U);
  EXPECT_EQ(third.image_begin, 7U);
  EXPECT_FALSE(kernels.use(kernel_of(3, 2)).load_needed);
  const auto first = kernels.use(kernel_of(4, 1));
  EXPECT_TRUE(first.load_needed);
  EXPECT_EQ(first.begin, 2U);
  EXPECT_EQ(first.image_begin, 0U);
  EXPECT_TRUE(kernels.use(kernel_of(3, 2)).load_needed);
  EXPECT_EQ(kernels.image().size(), 9U);
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

#include "vta/module/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "vta/base/error.h"

namespace vta::module {
namespace {

using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

Tensor random_tensor(const Shape& shape, int bits) {
  Tensor tensor(DType::kInt8, shape);
  std::mt19937 random(7);
  std::uniform_int_distribution<int> value(-(1 << (bits - 1)), (1 << (bits - 1)) - 1);
  for (int8_t& x : tensor.as<int8_t>()) x = static_cast<int8_t>(value(random));
  return tensor;
}

// The scalar at [n / rows][c / columns][h][w][n % rows][c % columns] of the packed bytes.
int packed_value(const std::vector<uint8_t>& bytes, const BlockLayout& l, const Shape& s, int64_t n,
                 int64_t c, int64_t h, int64_t w) {
  int64_t index = n / l.rows;
  index = index * ((s[1] + l.columns - 1) / l.columns) + c / l.columns;
  index = index * s[2] + h;
  index = index * s[3] + w;
  index = index * l.rows + n % l.rows;
  index = index * l.columns + c % l.columns;
  const int64_t bit = index * l.bits;
  const int value = (bytes[static_cast<size_t>(bit / 8)] >> (bit % 8)) & ((1 << l.bits) - 1);
  return value >= 1 << (l.bits - 1) ? value - (1 << l.bits) : value;
}

class Layouts : public ::testing::TestWithParam<BlockLayout> {};

TEST_P(Layouts, PackFollowsTheIndexFormulaWithZeroTails) {
  const BlockLayout layout = GetParam();
  const Shape shape = {3, 21, 2, 5};
  const Tensor tensor = random_tensor(shape, layout.bits);
  const auto packed = pack(tensor, layout);
  ASSERT_EQ(packed.size(), packed_bytes(shape, layout));
  const auto up = [](int64_t a, int64_t b) { return (a + b - 1) / b * b; };
  int64_t compared = 0;
  for (int64_t n = 0; n < up(3, layout.rows); ++n) {
    for (int64_t c = 0; c < up(21, layout.columns); ++c) {
      for (int64_t s = 0; s < 10; ++s, ++compared) {
        const bool inside = n < 3 && c < 21;
        const auto index = static_cast<size_t>((n * 21 + c) * 10 + s);
        const int expected = inside ? tensor.as<int8_t>()[index] : 0;
        ASSERT_EQ(packed_value(packed, layout, shape, n, c, s / 5, s % 5), expected)
            << n << " " << c << " " << s;
      }
    }
  }
  EXPECT_EQ(compared * layout.bits, static_cast<int64_t>(packed.size()) * 8);
}

TEST_P(Layouts, UnpackIsTheInverse) {
  for (const Shape& shape : {Shape{3, 21, 2, 5}, Shape{1, 10}, Shape{4, 4, 3}}) {
    const Tensor tensor = random_tensor(shape, GetParam().bits);
    EXPECT_EQ(unpack(pack(tensor, GetParam()), shape, GetParam()), tensor) << to_string(shape);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Layouts,
                         ::testing::Values(BlockLayout{1, 16, 8}, BlockLayout{2, 4, 8},
                                           BlockLayout{4, 8, 4}, BlockLayout{1, 32, 2}));

TEST(Layout, SubByteScalarsBeginAtTheLowBits) {
  const std::array<int8_t, 4> values = {1, -1, -8, 7};
  EXPECT_THAT(pack(Tensor::of<int8_t>({1, 4}, values), {1, 4, 4}), ElementsAre(0xF1, 0x78));
}

TEST(Layout, AreThoseOfTheConfiguration) {
  const hw::Config config = hw::load_config("ultra96-w4");
  EXPECT_EQ(input_layout(config), (BlockLayout{1, 32, 8}));
  EXPECT_EQ(output_layout(config), (BlockLayout{1, 32, 8}));
  EXPECT_EQ(weight_layout(config), (BlockLayout{32, 32, 4}));
  const Tensor weights = random_tensor({33, 7, 3, 3}, 4);
  EXPECT_EQ(pack_weights(weights, config).size(),
            2U * 9 * static_cast<size_t>(config.element_bytes(hw::Memory::kWgt)));
}

TEST(Layout, RefusesWhatCannotBePacked) {
  const std::array<int8_t, 4> values = {0, 0, 8, 0};
  const Tensor tensor = Tensor::of<int8_t>({1, 4}, values);
  EXPECT_THAT(
      [&] {
        pack(tensor, {1, 4, 4});
      },
      ThrowsMessage<Error>("pack: value 8 at index 2 does not fit 4 bits, must be from -8 to 7"));
  EXPECT_THAT(
      [] {
        pack(Tensor(DType::kUInt8, {1, 4}), {1, 4, 8});
      },
      ThrowsMessage<Error>("pack: the tensor is u8, must be i8"));
  EXPECT_THAT(
      [] {
        packed_bytes({4}, {1, 4, 8});
      },
      ThrowsMessage<Error>("a tensor of shape 4 cannot be packed, it must have two "
                           "dimensions and an element"));
  EXPECT_THROW(packed_bytes({1, 4}, {0, 4, 8}), Error);
  EXPECT_THROW(packed_bytes({1, 4}, {1, 1, 4}), Error);
  EXPECT_THAT(
      [] {
        unpack({}, {1, 4}, {1, 4, 8});
      },
      ThrowsMessage<Error>("unpack: a tensor of shape 1x4 takes 4 bytes, got 0"));
}

}  // namespace
}  // namespace vta::module

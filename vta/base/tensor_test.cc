#include "vta/base/tensor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace vta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

template <typename T>
Tensor vector_of(const std::vector<T>& values) {
  return Tensor::of<T>({static_cast<int64_t>(values.size())}, values);
}

TEST(DType, NamesComeBack) {
  for (const char* name : {"f16", "bf16", "f32", "f64", "i8", "i16", "i32", "i64", "u8", "u16",
                           "u32", "u64", "bool"}) {
    EXPECT_EQ(dtype_name(dtype_from_name(name)), name);
  }
  EXPECT_THAT([] { dtype_from_name("int7"); },
              ThrowsMessage<Error>("unknown element type 'int7', expected one of f16, bf16, f32, "
                                   "f64, i8, i16, i32, i64, u8, u16, u32, u64, bool"));
}

TEST(DType, SizesAreThoseOfTheCppTypes) {
  EXPECT_EQ(dtype_bytes(dtype_of<double>()), sizeof(double));
  EXPECT_EQ(dtype_bytes(dtype_of<uint16_t>()), sizeof(uint16_t));
  EXPECT_EQ(dtype_bytes(dtype_of<int8_t>()), sizeof(int8_t));
  EXPECT_EQ(dtype_bytes(dtype_of<bool>()), sizeof(bool));
  EXPECT_EQ(dtype_bytes(DType::kBFloat16), 2U);
}

TEST(Shape, CountsElements) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({2, 3, 4}), 24);
  EXPECT_EQ(element_count({5, 0, 7}), 0);
  EXPECT_EQ(element_count({int64_t{1} << 40}), int64_t{1} << 40);
  EXPECT_THROW(element_count({(int64_t{1} << 40) + 1}), Error);
  EXPECT_THROW(element_count({int64_t{1} << 32, int64_t{1} << 32}), Error);
  EXPECT_THAT(
      [] {
        element_count({2, -1});
      },
      ThrowsMessage<Error>("shape 2x-1 has a negative dimension"));
}

TEST(Shape, Prints) {
  EXPECT_EQ(to_string(Shape{}), "scalar");
  EXPECT_EQ(to_string(Shape{1, 16, 28, 28}), "1x16x28x28");
}

TEST(Tensor, HoldsRowMajorElements) {
  const Tensor tensor = Tensor::of<int16_t>({2, 2}, std::vector<int16_t>{1, -2, 3, 256});
  EXPECT_EQ(tensor.rank(), 2);
  EXPECT_EQ(tensor.size(), 4);
  EXPECT_THAT(tensor.as<int16_t>(), ElementsAre(1, -2, 3, 256));
  EXPECT_THAT(tensor.bytes(), ElementsAre(1, 0, 0xfe, 0xff, 3, 0, 0, 1));
  EXPECT_THAT([&] { (void)tensor.as<float>(); },
              ThrowsMessage<Error>("tensor has element type i16, expected f32"));
  EXPECT_THROW(Tensor::of<int8_t>({3}, std::vector<int8_t>{1, 2}), Error);
}

TEST(Tensor, StartsAsZerosAndComparesBitwise) {
  EXPECT_EQ(Tensor().size(), 0);
  EXPECT_THAT(Tensor(DType::kFloat32, {2}).as<float>(), ElementsAre(0.0F, 0.0F));
  EXPECT_EQ(Tensor::scalar(1.0F), Tensor::of<float>({}, std::vector<float>{1.0F}));
  EXPECT_FALSE(Tensor::scalar(0.0F) == Tensor::scalar(-0.0F));
  EXPECT_FALSE(Tensor::scalar(0) == Tensor::scalar(0.0F));
}

TEST(Tensor, ReshapesToAsManyElements) {
  const Tensor tensor = Tensor::of<int32_t>({2, 3}, std::vector<int32_t>{1, 2, 3, 4, 5, 6});
  const Tensor turned = tensor.reshaped({3, 2});
  EXPECT_EQ(turned.shape(), (Shape{3, 2}));
  EXPECT_THAT(turned.as<int32_t>(), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT([&] { tensor.reshaped({4}); }, ThrowsMessage<Error>("cannot reshape 2x3 to 4"));
}

TEST(Cast, IntegersWrapAndFloatsTruncate) {
  EXPECT_THAT(vector_of<int32_t>({300, -1, 128}).cast(DType::kInt8).as<int8_t>(),
              ElementsAre(44, -1, -128));
  EXPECT_THAT(vector_of<float>({1.9F, -1.9F, 300.0F}).cast(DType::kInt8).as<int8_t>(),
              ElementsAre(1, -1, 44));
  EXPECT_THAT(vector_of<double>({NAN, 1e300, -1e300}).cast(DType::kInt64).as<int64_t>(),
              ElementsAre(0, INT64_MAX, INT64_MIN));
  EXPECT_THAT(vector_of<double>({0x1.8p63, 1e300, -1.0}).cast(DType::kUInt64).as<uint64_t>(),
              ElementsAre(uint64_t{3} << 62, UINT64_MAX, UINT64_MAX));
  EXPECT_THAT(vector_of<uint64_t>({UINT64_MAX, 7}).cast(DType::kFloat64).as<double>(),
              ElementsAre(0x1p64, 7.0));
}

TEST(Cast, BoolMeansNotZero) {
  EXPECT_THAT(vector_of<float>({0.0F, -0.0F, 0.5F, NAN}).cast(DType::kBool).as<bool>(),
              ElementsAre(false, false, true, true));
  EXPECT_THAT(vector_of<int32_t>({0, 256}).cast(DType::kBool).cast(DType::kFloat32).as<float>(),
              ElementsAre(0.0F, 1.0F));
}

std::vector<int> bits_of(const Tensor& half) {
  std::vector<int> bits;
  for (size_t i = 0; i < half.bytes().size(); i += 2) {
    bits.push_back(half.bytes()[i] | half.bytes()[i + 1] << 8);
  }
  return bits;
}

// Expected bits from the definition of IEEE 754 binary16; halves of the last place go to even.
TEST(Cast, Float16RoundsToNearestEven) {
  const Tensor values = vector_of<float>(
      {1.0F, -2.0F, 65504.0F, 65519.0F, 65520.0F, 0x1p-24F, 0x1p-25F, 0x1.8p-24F, 0x1p-14F,
       1.0F + 0x1p-11F, 1.0F + 0x1.8p-10F, 0.1F, 0x1.ffep-15F, 2047.5F, -INFINITY});
  EXPECT_THAT(bits_of(values.cast(DType::kFloat16)),
              ElementsAre(0x3c00, 0xc000, 0x7bff, 0x7bff, 0x7c00, 0x0001, 0x0000, 0x0002, 0x0400,
                          0x3c00, 0x3c02, 0x2e66, 0x0400, 0x6800, 0xfc00));
  EXPECT_TRUE(std::isnan(
      vector_of<float>({NAN}).cast(DType::kFloat16).cast(DType::kFloat32).as<float>()[0]));
}

TEST(Cast, BFloat16RoundsToNearestEven) {
  const Tensor values = vector_of<float>({1.0F, 1.0F + 0x1p-8F, 1.0F + 0x1.8p-7F, 1.0F + 0x1.02p-8F,
                                          std::numeric_limits<float>::max(), -0.0F});
  EXPECT_THAT(bits_of(values.cast(DType::kBFloat16)),
              ElementsAre(0x3f80, 0x3f80, 0x3f82, 0x3f81, 0x7f80, 0x8000));
}

TEST(Cast, EveryHalfFloatComesBack) {
  for (const DType dtype : {DType::kFloat16, DType::kBFloat16}) {
    Tensor halves(dtype, {65536});
    for (size_t i = 0; i < 65536; ++i) {
      halves.bytes()[2 * i] = static_cast<uint8_t>(i);
      halves.bytes()[2 * i + 1] = static_cast<uint8_t>(i >> 8);
    }
    const Tensor wide = halves.cast(DType::kFloat32);
    const std::vector<int> back = bits_of(wide.cast(dtype));
    int numbers = 0;
    for (int i = 0; i < 65536; ++i) {
      if (std::isnan(wide.as<float>()[i])) continue;
      ++numbers;
      ASSERT_EQ(back[i], i) << dtype_name(dtype);
    }
    EXPECT_EQ(numbers, dtype == DType::kFloat16 ? 65536 - 2 * 1023 : 65536 - 2 * 127);
  }
}

}  // namespace
}  // namespace vta

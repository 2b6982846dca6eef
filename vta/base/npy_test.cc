#include "vta/base/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace vta {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::ThrowsMessage;

Tensor parse(const std::string& bytes) {
  return parse_npy({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

// A file of format version `version` around a header text and data.
std::string file(int version, const std::string& header, const std::string& data) {
  std::string bytes = "\x93NUMPY"s + static_cast<char>(version) + '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) {
    bytes += static_cast<char>(header.size() >> (8 * i));
  }
  return bytes + header + data;
}

// numpy.save(f, numpy.array([[1, -2, 300]], numpy.int16)), by NumPy 1.24
const std::string kByNumpy =
    "\x93NUMPY\x01\x00\x76\x00{'descr': '<i2', 'fortran_order': False, 'shape': (1, 3), }"s +
    std::string(58, ' ') + "\n\x01\x00\xfe\xff\x2c\x01"s;

TEST(Npy, ReadsAndWritesWhatNumpyDoes) {
  const Tensor tensor = Tensor::of<int16_t>({1, 3}, std::vector<int16_t>{1, -2, 300});
  EXPECT_EQ(parse(kByNumpy), tensor);
  const std::vector<uint8_t> written = format_npy(tensor);
  EXPECT_EQ(std::string(written.begin(), written.end()), kByNumpy);
}

TEST(Npy, EveryTypeAndRankComesBack) {
  for (const DType dtype : {DType::kFloat16, DType::kFloat32, DType::kFloat64, DType::kInt8,
                            DType::kInt16, DType::kInt32, DType::kInt64, DType::kUInt8,
                            DType::kUInt16, DType::kUInt32, DType::kUInt64, DType::kBool}) {
    for (const Shape& shape : {Shape{}, Shape{5}, Shape{0, 7}, Shape{2, 3, 4}, Shape(40, 1)}) {
      Tensor tensor(dtype, shape);
      for (size_t i = 0; i < tensor.bytes().size(); ++i) tensor.bytes()[i] = i % 2;
      EXPECT_EQ(parse_npy(format_npy(tensor)), tensor)
          << dtype_name(dtype) << ' ' << to_string(shape);
    }
  }
}

TEST(Npy, AllVersionsAndSpellingsAreRead) {
  const Tensor expected = Tensor::of<int8_t>({2}, std::vector<int8_t>{65, 66});
  for (const int version : {1, 2, 3}) {
    EXPECT_EQ(parse(file(version, "{'shape':(2,),\"fortran_order\":True,'descr':'<i1'}\n", "AB")),
              expected);
  }
  EXPECT_EQ(parse(file(1, "{'descr': '|i1', 'fortran_order': False, 'shape': (2L,)} ", "AB")),
            expected);
}

TEST(Npy, RankEndsAt64) {
  EXPECT_EQ(parse_npy(format_npy(Tensor(DType::kUInt8, Shape(64, 1)))).rank(), 64);
  EXPECT_THROW(format_npy(Tensor(DType::kUInt8, Shape(65, 1))), Error);
}

TEST(Npy, BoolsBecomeZeroOrOne) {
  const Tensor tensor =
      parse(file(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}", "\x00\x02\xff"s));
  EXPECT_THAT(tensor.as<bool>(), testing::ElementsAre(false, true, true));
}

TEST(Npy, BFloat16IsWrittenAsFloat32) {
  const Tensor tensor = Tensor::of<float>({2}, std::vector<float>{1.5F, -3.0F});
  EXPECT_EQ(parse_npy(format_npy(tensor.cast(DType::kBFloat16))), tensor);
}

TEST(Npy, EveryTruncationIsAnError) {
  for (size_t size = 0; size < kByNumpy.size(); ++size) {
    EXPECT_THROW(parse(kByNumpy.substr(0, size)), Error) << size;
  }
  EXPECT_THROW(parse(kByNumpy + "x"), Error);
}

struct BadHeader {
  std::string header;
  std::string message;
};
class NpyBad : public testing::TestWithParam<BadHeader> {};

TEST_P(NpyBad, IsRefused) {
  EXPECT_THAT([] { parse(file(1, GetParam().header, "AB")); },
              ThrowsMessage<Error>(HasSubstr(GetParam().message)));
}

std::string with_shape(const std::string& shape) {
  return "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + "}";
}
INSTANTIATE_TEST_SUITE_P(
    Headers, NpyBad,
    testing::Values(
        BadHeader{with_shape("(3,)"), "shape 3 and type u8 needs 3 bytes, the file has 2"},
        BadHeader{with_shape("(1,)"), "shape 1 and type u8 needs 1 bytes, the file has 2"},
        BadHeader{with_shape("(1099511627776, 1099511627776)"), "more than 2^40 elements"},
        BadHeader{with_shape("(1099511627776,)"), "needs 1099511627776 bytes, the file has 2"},
        BadHeader{with_shape("(-2,)"), "dimension 0 of 'shape' is not a size"},
        BadHeader{with_shape("(2, 99999999999999999999)"), "dimension 1 of 'shape'"},
        BadHeader{with_shape(fmt::format("({})", fmt::join(Shape(65, 1), ","))),
                  "more than 64 dimensions"},
        BadHeader{with_shape("2"), "missing '('"}, BadHeader{with_shape("(2"), "missing ')'"},
        BadHeader{with_shape("(2,)") + ";", "text after the dictionary"},
        BadHeader{"{'descr': '|u1', 'shape': (2,)}", "needs the keys"},
        BadHeader{"{'descr': '|u1', 'descr': '|u1'}", "unexpected key 'descr'"},
        BadHeader{"{'extra': 1}", "unexpected key 'extra'"},
        BadHeader{"{'descr': '>i2', 'fortran_order': False, 'shape': (1,)}",
                  "unsupported .npy element type '>i2', expected one of <f2,"},
        BadHeader{"{'descr': [('a', '<i2')], 'fortran_order': False, 'shape': (1,)}",
                  "an array of records"},
        BadHeader{"{'descr': '|u1', 'fortran_order': True, 'shape': (1, 2)}",
                  "shape 1x2 is in Fortran order"},
        BadHeader{"{'descr': '|u1', 'fortran_order': 1, 'shape': (2,)}", "neither True nor False"},
        BadHeader{"{'descr", "string without an end"}, BadHeader{"", "missing '{'"}));

TEST(Npy, OtherFilesAndVersionsAreNamed) {
  EXPECT_THAT([] { parse("PK\x03\x04 an .npz archive"); },
              ThrowsMessage<Error>(HasSubstr("not an .npy file")));
  EXPECT_THAT([] { parse(file(4, with_shape("(2,)"), "AB")); },
              ThrowsMessage<Error>(HasSubstr("format version 4, expected 1 to 3")));
}

TEST(Npy, FilesComeBackAndErrorsNameThem) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / fmt::format("vta_npy_test_{}.npy", ::getpid());
  const Tensor tensor = Tensor::of<float>({2, 1}, std::vector<float>{0.5F, 2.0F});
  save_npy(path, tensor);
  EXPECT_EQ(load_npy(path), tensor);
  std::filesystem::resize_file(path, 130);
  EXPECT_THAT(
      [&] { load_npy(path); },
      ThrowsMessage<Error>(path.string() + ": .npy array of shape 2x1 and type f32 needs 8 bytes, "
                                           "the file has 2"));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace vta

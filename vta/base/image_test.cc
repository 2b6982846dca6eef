#include "vta/base/image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>
#include <unistd.h>

#include <cstdio>  // jpeglib.h needs FILE and does not declare it

#include <jpeglib.h>

#include <numeric>

#include "vta/base/file.h"

namespace vta {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Bytes = std::vector<uint8_t>;

struct Png {
  uint32_t width;
  uint32_t height;
  int bit_depth;
  int colour_type;
  Bytes data;  // packed rows; empty: the file ends where they would begin
  int interlace = PNG_INTERLACE_NONE;
};

Bytes encode(const Png& png) {
  Bytes file;
  png_structp writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(writer);
  png_set_write_fn(
      writer, &file,
      [](png_structp self, png_bytep data, size_t size) {
        auto& target = *static_cast<Bytes*>(png_get_io_ptr(self));
        target.insert(target.end(), data, data + size);
      },
      nullptr);
  png_set_IHDR(writer, info, png.width, png.height, png.bit_depth, png.colour_type, png.interlace,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  const png_color palette[] = {{1, 2, 3}, {40, 50, 60}, {255, 0, 9}};
  const png_byte transparency[] = {0, 128};
  if (png.colour_type == PNG_COLOR_TYPE_PALETTE) {
    png_set_PLTE(writer, info, palette, 3);
    png_set_tRNS(writer, info, transparency, 2, nullptr);
  }
  png_write_info(writer, info);
  if (png.data.empty()) {
    png_write_chunk(writer, reinterpret_cast<png_const_bytep>("IDAT"), nullptr, 0);
  } else {
    std::vector<png_bytep> rows(png.height);
    const size_t row_bytes = png.data.size() / png.height;
    for (size_t y = 0; y < rows.size(); ++y) {
      rows[y] = const_cast<png_bytep>(png.data.data()) + y * row_bytes;
    }
    png_write_image(writer, rows.data());
    png_write_end(writer, nullptr);
  }
  png_destroy_write_struct(&writer, &info);
  return file;
}

Tensor picture(const Shape& shape, const Bytes& values) {
  return Tensor::of<uint8_t>(shape, values);
}

TEST(Png, GreyAndColourComeBack) {
  Bytes values(6 * 5 * 3);
  std::iota(values.begin(), values.end(), uint8_t{100});
  EXPECT_EQ(decode_image(encode({15, 6, 8, PNG_COLOR_TYPE_GRAY, values})),
            picture({6, 15, 1}, values));
  EXPECT_EQ(decode_image(encode({5, 6, 8, PNG_COLOR_TYPE_RGB, values})),
            picture({6, 5, 3}, values));
  EXPECT_EQ(decode_image(encode({5, 6, 8, PNG_COLOR_TYPE_RGB, values, PNG_INTERLACE_ADAM7})),
            picture({6, 5, 3}, values));
}

TEST(Png, AlphaIsDropped) {
  EXPECT_EQ(decode_image(encode({2, 1, 8, PNG_COLOR_TYPE_RGBA, {1, 2, 3, 0, 4, 5, 6, 255}})),
            picture({1, 2, 3}, {1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(decode_image(encode({2, 1, 8, PNG_COLOR_TYPE_GRAY_ALPHA, {1, 0, 2, 255}})),
            picture({1, 2, 1}, {1, 2}));
}

TEST(Png, OtherDepthsBecome8Bits) {
  EXPECT_EQ(decode_image(encode({4, 1, 1, PNG_COLOR_TYPE_GRAY, {0b01100000}})),
            picture({1, 4, 1}, {0, 255, 255, 0}));
  EXPECT_EQ(decode_image(encode({2, 1, 4, PNG_COLOR_TYPE_GRAY, {0x3c}})),
            picture({1, 2, 1}, {0x33, 0xcc}));
  EXPECT_EQ(decode_image(encode({3, 1, 16, PNG_COLOR_TYPE_GRAY, {0, 0, 0x80, 0x80, 0xff, 0xff}})),
            picture({1, 3, 1}, {0, 0x80, 255}));
  EXPECT_EQ(decode_image(encode({3, 1, 2, PNG_COLOR_TYPE_PALETTE, {0b10000100}})),
            picture({1, 3, 3}, {255, 0, 9, 1, 2, 3, 40, 50, 60}));
}

TEST(Png, EveryTruncationAndBitErrorIsAnError) {
  Bytes file = encode({3, 2, 8, PNG_COLOR_TYPE_GRAY, {1, 2, 3, 4, 5, 6}});
  for (size_t size = 0; size < file.size(); ++size) {
    EXPECT_THROW(decode_image(std::span(file).first(size)), Error) << size;
  }
  for (uint8_t& byte : file) {
    byte ^= 0x10;
    EXPECT_THROW(decode_image(file), Error) << "at " << &byte - file.data();
    byte ^= 0x10;
  }
}

TEST(Png, TheSizeIsCheckedBeforeAnythingIsAllocated) {
  EXPECT_THAT(
      [] {
        decode_image(encode({16385, 1, 8, PNG_COLOR_TYPE_GRAY, {}}));
      },
      ThrowsMessage<Error>("picture of 16385 x 1 pixels, the limit is 16384 x 16384"));
  EXPECT_THAT(
      [] {
        decode_image(encode({16384, 16384, 16, PNG_COLOR_TYPE_RGBA, {}}));
      },
      ThrowsMessage<Error>(HasSubstr("cannot hold a picture of 16384 x 16384 pixels")));
  const Tensor widest = decode_image(encode({16384, 1, 8, PNG_COLOR_TYPE_GRAY, Bytes(16384, 7)}));
  EXPECT_THAT(widest.as<uint8_t>(), Each(7));
}

Bytes encode_jpeg(const Tensor& image, J_COLOR_SPACE colours,
                  const std::vector<jpeg_scan_info>& scans = {}) {
  jpeg_compress_struct writer;
  jpeg_error_mgr errors;
  writer.err = jpeg_std_error(&errors);
  jpeg_create_compress(&writer);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&writer, &data, &size);
  writer.image_height = static_cast<JDIMENSION>(image.shape()[0]);
  writer.image_width = static_cast<JDIMENSION>(image.shape()[1]);
  writer.input_components = static_cast<int>(image.shape()[2]);
  writer.in_color_space = colours;
  jpeg_set_defaults(&writer);
  jpeg_set_quality(&writer, 100, TRUE);
  if (!scans.empty()) {
    writer.scan_info = scans.data();
    writer.num_scans = static_cast<int>(scans.size());
  }
  jpeg_start_compress(&writer, TRUE);
  const size_t row_bytes = writer.image_width * static_cast<size_t>(writer.input_components);
  while (writer.next_scanline < writer.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(image.bytes().data()) + writer.next_scanline * row_bytes;
    jpeg_write_scanlines(&writer, &row, 1);
  }
  jpeg_finish_compress(&writer);
  jpeg_destroy_compress(&writer);
  const Bytes file(data, data + size);
  std::free(data);
  return file;
}

// Smooth, so that a lossy codec keeps it to within a few levels.
Tensor gradient(int64_t height, int64_t width, int64_t channels) {
  Tensor image(DType::kUInt8, {height, width, channels});
  for (int64_t i = 0; i < image.size(); ++i) {
    const int64_t x = i / channels % width;
    const int64_t y = i / channels / width;
    image.as<uint8_t>()[i] = static_cast<uint8_t>(20 + 2 * x + 3 * y + 30 * (i % channels));
  }
  return image;
}

void expect_near(const Tensor& got, const Tensor& expected, int tolerance) {
  ASSERT_EQ(to_string(got.shape()), to_string(expected.shape()));
  for (int64_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(got.as<uint8_t>()[i], expected.as<uint8_t>()[i], tolerance) << "element " << i;
  }
}

TEST(Jpeg, GreyAndColourComeBack) {
  const Tensor grey = gradient(19, 25, 1);
  const Tensor colour = gradient(19, 25, 3);
  expect_near(decode_image(encode_jpeg(grey, JCS_GRAYSCALE)), grey, 2);
  expect_near(decode_image(encode_jpeg(colour, JCS_RGB)), colour, 6);
}

// The DC coefficients without their last bit, then each of the 63 others: 64 scans.
std::vector<jpeg_scan_info> one_scan_a_coefficient() {
  std::vector<jpeg_scan_info> scans = {{1, {0}, 0, 0, 0, 1}};
  for (int i = 1; i < 64; ++i) scans.push_back({1, {0}, i, i, 0, 0});
  return scans;
}

TEST(Jpeg, ScansAreReadUpToALimit) {
  const Tensor grey = gradient(19, 25, 1);
  std::vector<jpeg_scan_info> scans = one_scan_a_coefficient();
  expect_near(decode_image(encode_jpeg(grey, JCS_GRAYSCALE, scans)), grey, 3);
  scans.push_back({1, {0}, 0, 0, 1, 0});
  EXPECT_THAT([&] { decode_image(encode_jpeg(grey, JCS_GRAYSCALE, scans)); },
              ThrowsMessage<Error>("damaged JPEG: more than 64 scans"));
}

TEST(Jpeg, EveryTruncationIsAnError) {
  const Bytes file = encode_jpeg(gradient(40, 40, 3), JCS_RGB);
  for (size_t size = 0; size < file.size() - 2; ++size) {
    EXPECT_THROW(decode_image(std::span(file).first(size)), Error) << size << " of " << file.size();
  }
}

TEST(Jpeg, FourColourComponentsAreRefused) {
  EXPECT_THAT([] { decode_image(encode_jpeg(gradient(8, 8, 4), JCS_CMYK)); },
              ThrowsMessage<Error>(HasSubstr("JPEG with 4 colour components")));
}

TEST(Jpeg, TheSizeIsCheckedBeforeAnythingIsAllocated) {
  Bytes file = encode_jpeg(gradient(8, 8, 1), JCS_GRAYSCALE);
  const uint8_t frame_header[] = {0xff, 0xc0};
  const auto frame = std::search(file.begin(), file.end(), frame_header, frame_header + 2);
  ASSERT_NE(frame, file.end());
  frame[5] = frame[7] = 0x3f;  // high bytes of height and width
  EXPECT_THAT([&] { decode_image(file); },
              ThrowsMessage<Error>(HasSubstr("cannot hold a picture of 16136 x 16136 pixels")));
  frame[7] = 0x7f;
  EXPECT_THAT([&] { decode_image(file); }, ThrowsMessage<Error>(HasSubstr("the limit is 16384")));
}

TEST(Image, OtherFormatsAreRefusedByName) {
  EXPECT_THAT(
      [] {
        decode_image(Bytes{'B', 'M', 1, 2, 3});
      },
      ThrowsMessage<Error>("neither a PNG nor a JPEG picture"));
  EXPECT_THROW(decode_image({}), Error);
}

TEST(Image, ErrorsOfFilesBeginWithThePath) {
  const auto path =
      std::filesystem::path(testing::TempDir()) / fmt::format("vta_image_test_{}.png", ::getpid());
  write_file(path, encode({1, 1, 8, PNG_COLOR_TYPE_GRAY, {42}}));
  EXPECT_EQ(load_image(path), picture({1, 1, 1}, {42}));
  write_file(path, Bytes{'x'});
  EXPECT_THAT([&] { load_image(path); },
              ThrowsMessage<Error>(path.string() + ": neither a PNG nor a JPEG picture"));
  std::filesystem::remove(path);
}

TEST(Resize, InterpolatesBetweenPixelCentres) {
  const Tensor row = picture({1, 2, 1}, {0, 100});
  EXPECT_THAT(resize_image(row, 1, 4).as<uint8_t>(), ElementsAre(0, 25, 75, 100));
  EXPECT_THAT(resize_image(row, 2, 2).as<uint8_t>(), ElementsAre(0, 100, 0, 100));
  const Tensor column = picture({4, 1, 1}, {0, 10, 20, 31});
  EXPECT_THAT(resize_image(column, 2, 1).as<uint8_t>(), ElementsAre(5, 26));
}

TEST(Resize, KeepsChannelsApart) {
  const Tensor image = picture({1, 2, 3}, {0, 10, 20, 200, 210, 220});
  EXPECT_EQ(resize_image(image, 1, 2), image);
  EXPECT_THAT(resize_image(image, 1, 1).as<uint8_t>(), ElementsAre(100, 110, 120));
}

TEST(Resize, RefusesWhatIsNoPicture) {
  EXPECT_THROW(resize_image(Tensor(DType::kUInt8, {4, 4}), 2, 2), Error);
  EXPECT_THROW(resize_image(Tensor(DType::kFloat32, {4, 4, 1}), 2, 2), Error);
  EXPECT_THROW(resize_image(Tensor(DType::kUInt8, {0, 4, 1}), 2, 2), Error);
  EXPECT_THROW(resize_image(Tensor(DType::kUInt8, {4, 4, 1}), 0, 2), Error);
}

}  // namespace
}  // namespace vta

#include "vta/base/image.h"

#include <cstdio>  // jpeglib.h needs FILE and does not declare it

#include <jerror.h>
#include <jpeglib.h>
#include <png.h>

#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstring>
#include <vector>

#include "vta/base/file.h"

namespace vta {

namespace {

constexpr uint32_t kMaxSide = 16384;  // pixels
constexpr uint64_t kMaxFileBytes = uint64_t{1} << 30;
constexpr uint64_t kMaxDeflateRatio = 1032;         // a deflate stream cannot expand further
constexpr uint64_t kMaxJpegPixelsPerByte = 8 * 64;  // a block of 64 pixels takes a bit or more
constexpr int kMaxJpegScans = 64;                   // each walks over the whole picture

void check_size(uint64_t width, uint64_t height) {
  require(width <= kMaxSide && height <= kMaxSide,
          "picture of {} x {} pixels, the limit is {} x {}", width, height, kMaxSide, kMaxSide);
}

Tensor make_picture(uint64_t width, uint64_t height, int channels) {
  return Tensor(DType::kUInt8,
                {static_cast<int64_t>(height), static_cast<int64_t>(width), channels});
}

// Both libraries report errors by a callback that must not return. It jumps to the setjmp of the
// member function that called the library; such a function has no local variable with a destructor.
// The decoder object, which lives outside, owns everything.
struct Escape {
  std::jmp_buf target;
  char message[JMSG_LENGTH_MAX] = "";
};

class PngDecoder {
 public:
  explicit PngDecoder(std::span<const uint8_t> bytes) : rest_(bytes), file_bytes_(bytes.size()) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc();
    }
  }
  ~PngDecoder() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;

  Tensor decode() {
    require(read_header(), "damaged PNG: {}", escape_.message);
    const uint32_t height = png_get_image_height(png_, info_);
    const size_t row_bytes = png_get_rowbytes(png_, info_);
    check_size(png_get_image_width(png_, info_), height);
    require(stored_bytes_ <= file_bytes_ * kMaxDeflateRatio,
            "damaged PNG: {} bytes cannot hold a picture of {} x {} pixels", file_bytes_,
            png_get_image_width(png_, info_), height);
    Tensor image =
        make_picture(png_get_image_width(png_, info_), height, png_get_channels(png_, info_));
    std::vector<png_bytep> rows(height);
    for (size_t y = 0; y < height; ++y) rows[y] = image.bytes().data() + y * row_bytes;
    require(read_rows(rows.data()), "damaged PNG: {}", escape_.message);
    return image;
  }

 private:
  static PngDecoder& self(png_structp png) {
    return *static_cast<PngDecoder*>(png_get_error_ptr(png));
  }
  [[noreturn]] static void on_error(png_structp png, const char* message) {
    Escape& escape = self(png).escape_;
    std::snprintf(escape.message, sizeof escape.message, "%s", message);
    std::longjmp(escape.target, 1);
  }
  static void on_warning(png_structp, const char*) {}
  static void on_read(png_structp png, png_bytep target, size_t count) {
    std::span<const uint8_t>& rest = self(png).rest_;
    if (count > rest.size()) png_error(png, "file ends too early");
    std::memcpy(target, rest.data(), count);
    rest = rest.subspan(count);
  }

  bool read_header() {
    if (setjmp(escape_.target) != 0) return false;
    png_set_read_fn(png_, this, on_read);
    // Ancillary chunks carry nothing needed here; small limits keep them from taking time.
    png_set_chunk_cache_max(png_, 16);
    png_set_chunk_malloc_max(png_, 1 << 20);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // own message in check_size()
    png_read_info(png_, info_);
    stored_bytes_ = uint64_t{png_get_rowbytes(png_, info_)} * png_get_image_height(png_, info_);
    png_set_expand(png_);  // palettes and samples below 8 bits
    png_set_scale_16(png_);
    png_set_strip_alpha(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }
  bool read_rows(png_bytepp rows) {
    if (setjmp(escape_.target) != 0) return false;
    png_read_image(png_, rows);
    png_read_end(png_, nullptr);
    return true;
  }

  std::span<const uint8_t> rest_;
  uint64_t file_bytes_;
  uint64_t stored_bytes_ = 0;  // of all rows before any expansion
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  Escape escape_;
};

class JpegDecoder {
 public:
  explicit JpegDecoder(std::span<const uint8_t> bytes) : bytes_(bytes) {
    jpeg_.err = jpeg_std_error(&errors_);
    errors_.error_exit = on_error;
    errors_.emit_message = on_message;
    jpeg_.client_data = this;
    progress_.progress_monitor = on_progress;
  }
  ~JpegDecoder() { jpeg_destroy_decompress(&jpeg_); }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  Tensor decode() {
    require(read_header(), "damaged JPEG: {}", escape_.message);
    check_size(jpeg_.image_width, jpeg_.image_height);
    require(
        uint64_t{jpeg_.image_width} * jpeg_.image_height <= bytes_.size() * kMaxJpegPixelsPerByte,
        "damaged JPEG: {} bytes cannot hold a picture of {} x {} pixels", bytes_.size(),
        jpeg_.image_width, jpeg_.image_height);
    require(jpeg_.num_components == 1 || jpeg_.num_components == 3,
            "JPEG with {} colour components, expected 1 (grey) or 3 (colour)",
            jpeg_.num_components);
    Tensor image = make_picture(jpeg_.image_width, jpeg_.image_height, jpeg_.num_components);
    require(read_rows(image.bytes().data()), "damaged JPEG: {}", escape_.message);
    return image;
  }

 private:
  [[noreturn]] static void escape(j_common_ptr jpeg) {
    Escape& escape = static_cast<JpegDecoder*>(jpeg->client_data)->escape_;
    jpeg->err->format_message(jpeg, escape.message);
    std::longjmp(escape.target, 1);
  }
  [[noreturn]] static void on_error(j_common_ptr jpeg) { escape(jpeg); }
  // A negative level means damaged data; the library would go on with made-up pixels.
  static void on_message(j_common_ptr jpeg, int level) {
    if (level < 0 && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA) escape(jpeg);
  }
  static void on_progress(j_common_ptr jpeg) {
    if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number <= kMaxJpegScans) return;
    Escape& escape = static_cast<JpegDecoder*>(jpeg->client_data)->escape_;
    std::snprintf(escape.message, sizeof escape.message, "more than %d scans", kMaxJpegScans);
    std::longjmp(escape.target, 1);
  }

  bool read_header() {
    if (setjmp(escape_.target) != 0) return false;
    jpeg_create_decompress(&jpeg_);
    jpeg_.progress = &progress_;
    jpeg_mem_src(&jpeg_, bytes_.data(), bytes_.size());
    jpeg_read_header(&jpeg_, TRUE);
    jpeg_.out_color_space = jpeg_.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    return true;
  }
  bool read_rows(uint8_t* pixels) {
    if (setjmp(escape_.target) != 0) return false;
    jpeg_start_decompress(&jpeg_);
    const size_t row_bytes = size_t{jpeg_.output_width} * jpeg_.output_components;
    while (jpeg_.output_scanline < jpeg_.output_height) {
      JSAMPROW row = pixels + jpeg_.output_scanline * row_bytes;
      jpeg_read_scanlines(&jpeg_, &row, 1);
    }
    jpeg_finish_decompress(&jpeg_);
    return true;
  }

  std::span<const uint8_t> bytes_;
  jpeg_decompress_struct jpeg_ = {};
  jpeg_error_mgr errors_ = {};
  jpeg_progress_mgr progress_ = {};
  Escape escape_;
};

bool begins_with(std::span<const uint8_t> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

// Where output position `index` lies among the inputs: between `low` and `high`, `weight` from low.
struct Tap {
  int64_t low;
  int64_t high;
  double weight;
};
std::vector<Tap> make_taps(int64_t inputs, int64_t outputs) {
  const double scale = static_cast<double>(inputs) / static_cast<double>(outputs);
  std::vector<Tap> taps(static_cast<size_t>(outputs));
  for (size_t i = 0; i < taps.size(); ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale - 0.5;
    const double position = std::clamp(centre, 0.0, static_cast<double>(inputs - 1));
    const auto low = static_cast<int64_t>(position);
    taps[i] = {low, std::min(low + 1, inputs - 1), position - static_cast<double>(low)};
  }
  return taps;
}

}  // namespace

Tensor decode_image(std::span<const uint8_t> bytes) {
  if (begins_with(bytes, "\x89PNG\r\n\x1a\n")) return PngDecoder(bytes).decode();
  if (begins_with(bytes, "\xff\xd8\xff")) return JpegDecoder(bytes).decode();
  fail("neither a PNG nor a JPEG picture");
}

Tensor load_image(const std::filesystem::path& path) {
  const std::vector<uint8_t> bytes = read_file(path, kMaxFileBytes);
  try {
    return decode_image(bytes);
  } catch (const Error& error) {
    fail("{}: {}", path.string(), error.what());
  }
}

Tensor resize_image(const Tensor& image, int64_t height, int64_t width) {
  require(image.rank() == 3 && image.size() > 0,
          "cannot resize a tensor of shape {}, expected height x width x channels",
          to_string(image.shape()));
  require(height > 0 && width > 0, "cannot resize to {} x {} pixels", height, width);
  const int64_t source_width = image.shape()[1];
  const int64_t channels = image.shape()[2];
  const std::vector<Tap> rows = make_taps(image.shape()[0], height);
  const std::vector<Tap> columns = make_taps(source_width, width);
  Tensor result(DType::kUInt8, {height, width, channels});
  const auto source = image.as<uint8_t>();
  auto target = result.as<uint8_t>().begin();
  for (const Tap& row : rows) {
    for (const Tap& column : columns) {
      for (int64_t c = 0; c < channels; ++c) {
        const auto at = [&](int64_t y, int64_t x) {
          return static_cast<double>(source[(y * source_width + x) * channels + c]);
        };
        const double top =
            std::lerp(at(row.low, column.low), at(row.low, column.high), column.weight);
        const double bottom =
            std::lerp(at(row.high, column.low), at(row.high, column.high), column.weight);
        *target++ = static_cast<uint8_t>(std::lround(std::lerp(top, bottom, row.weight)));
      }
    }
  }
  return result;
}

}  // namespace vta

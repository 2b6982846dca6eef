#include "vta/base/npy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "vta/base/file.h"

namespace vta {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kMaxRank = 64;
constexpr size_t kAlignment = 64;  // of the data within the file
constexpr uint64_t kMaxFileBytes = uint64_t{4} << 30;

struct Descr {
  DType dtype;
  std::string_view text;  // NumPy's array protocol type string
};
constexpr std::array kDescrs = {
    Descr{DType::kFloat16, "<f2"}, Descr{DType::kFloat32, "<f4"}, Descr{DType::kFloat64, "<f8"},
    Descr{DType::kInt8, "|i1"},    Descr{DType::kInt16, "<i2"},   Descr{DType::kInt32, "<i4"},
    Descr{DType::kInt64, "<i8"},   Descr{DType::kUInt8, "|u1"},   Descr{DType::kUInt16, "<u2"},
    Descr{DType::kUInt32, "<u4"},  Descr{DType::kUInt64, "<u8"},  Descr{DType::kBool, "|b1"},
};

struct Header {
  std::string_view descr;
  bool fortran_order;
  Shape shape;
};

// The header is a Python dictionary literal with three keys in any order.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : rest_(text) {}

  Header parse() {
    std::optional<std::string_view> descr;
    std::optional<bool> fortran_order;
    std::optional<Shape> shape;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr" && !descr) {
        descr = string();
      } else if (key == "fortran_order" && !fortran_order) {
        fortran_order = boolean();
      } else if (key == "shape" && !shape) {
        shape = tuple();
      } else {
        fail("damaged .npy header: unexpected key '{}'", key);
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    require(rest_.empty(), "damaged .npy header: text after the dictionary");
    require(descr && fortran_order && shape,
            "damaged .npy header: needs the keys 'descr', 'fortran_order' and 'shape'");
    return {*descr, *fortran_order, *std::move(shape)};
  }

 private:
  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n"), rest_.size()));
  }

  bool accept(std::string_view token) {
    skip_space();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  bool accept(char token) { return accept(std::string_view(&token, 1)); }
  void expect(char token) { require(accept(token), "damaged .npy header: missing '{}'", token); }

  std::string_view string() {
    skip_space();
    require(!rest_.empty() && (rest_[0] == '\'' || rest_[0] == '"'),
            "damaged .npy header, or an array of records: expected a string");
    const size_t end = rest_.find(rest_[0], 1);
    require(end != std::string_view::npos, "damaged .npy header: string without an end");
    const std::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return text;
  }

  bool boolean() {
    if (accept("True")) return true;
    require(accept("False"), "damaged .npy header: 'fortran_order' is neither True nor False");
    return false;
  }

  Shape tuple() {
    Shape shape;
    expect('(');
    while (!accept(')')) {
      skip_space();
      require(shape.size() < kMaxRank, ".npy array has more than {} dimensions", kMaxRank);
      int64_t dim = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), dim);
      require(error == std::errc{} && dim >= 0,
              "damaged .npy header: dimension {} of 'shape' is not a size", shape.size());
      rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
      accept('L');  // as Python 2 wrote long integers
      shape.push_back(dim);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }

  std::string_view rest_;
};

DType dtype_from_descr(std::string_view descr) {
  std::string known;
  for (const Descr& entry : kDescrs) {
    // one-byte types have no byte order, and NumPy accepts any mark on them
    if (entry.text == descr ||
        (entry.text[0] == '|' && descr.size() == 3 && entry.text.substr(1) == descr.substr(1))) {
      return entry.dtype;
    }
    known += fmt::format("{}{}", known.empty() ? "" : ", ", entry.text);
  }
  fail("unsupported .npy element type '{}', expected one of {}", descr, known);
}

// Takes the little-endian header length of `width` bytes and that many bytes after it off `bytes`.
std::string_view take_header(std::span<const uint8_t>& bytes, size_t width) {
  require(bytes.size() >= width, "truncated .npy file: ends before its header");
  size_t length = 0;
  for (size_t i = 0; i < width; ++i) length |= size_t{bytes[i]} << (8 * i);
  bytes = bytes.subspan(width);
  require(length <= bytes.size(), "truncated .npy file: header of {} bytes, only {} left", length,
          bytes.size());
  const std::string_view header(reinterpret_cast<const char*>(bytes.data()), length);
  bytes = bytes.subspan(length);
  return header;
}

}  // namespace

Tensor parse_npy(std::span<const uint8_t> bytes) {
  require(bytes.size() >= kMagic.size() + 2 &&
              std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) == 0,
          "not an .npy file: does not begin with \\x93NUMPY");
  const int version = bytes[kMagic.size()];
  require(version >= 1 && version <= 3, "unsupported .npy format version {}, expected 1 to 3",
          version);
  bytes = bytes.subspan(kMagic.size() + 2);
  const Header header = HeaderParser(take_header(bytes, version == 1 ? 2 : 4)).parse();

  const DType dtype = dtype_from_descr(header.descr);
  require(!header.fortran_order || header.shape.size() <= 1,
          ".npy array of shape {} is in Fortran order, expected C order (numpy.ascontiguousarray)",
          to_string(header.shape));
  const uint64_t needed = static_cast<uint64_t>(element_count(header.shape)) * dtype_bytes(dtype);
  require(bytes.size() == needed,
          ".npy array of shape {} and type {} needs {} bytes, the file has {}",
          to_string(header.shape), dtype_name(dtype), needed, bytes.size());

  Tensor tensor(dtype, header.shape);
  std::copy(bytes.begin(), bytes.end(), tensor.bytes().begin());
  if (dtype == DType::kBool) {  // any other value would be no bool to C++
    for (uint8_t& value : tensor.bytes()) value = value != 0 ? 1 : 0;
  }
  return tensor;
}

Tensor load_npy(const std::filesystem::path& path) {
  const std::vector<uint8_t> bytes = read_file(path, kMaxFileBytes);
  try {
    return parse_npy(bytes);
  } catch (const Error& error) {
    fail("{}: {}", path.string(), error.what());
  }
}

std::vector<uint8_t> format_npy(const Tensor& tensor) {
  const auto* descr = std::find_if(kDescrs.begin(), kDescrs.end(), [&](const Descr& entry) {
    return entry.dtype == tensor.dtype();
  });
  if (descr == kDescrs.end()) return format_npy(tensor.cast(DType::kFloat32));

  require(tensor.shape().size() <= kMaxRank, "tensor has {} dimensions, .npy files have at most {}",
          tensor.rank(), kMaxRank);
  std::string shape;
  for (const int64_t dim : tensor.shape()) shape += fmt::format("{}, ", dim);
  if (tensor.rank() > 1) shape.resize(shape.size() - 2);  // only a single size keeps its comma
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr->text, shape);
  const size_t prefix = kMagic.size() + 4;  // the version and the header's length follow it
  const size_t total = (prefix + header.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
  header.resize(total - prefix - 1, ' ');
  header += '\n';

  std::vector<uint8_t> bytes;
  bytes.reserve(total + tensor.bytes().size());
  bytes.insert(bytes.end(), kMagic.begin(), kMagic.end());
  bytes.insert(bytes.end(), {1, 0});
  bytes.push_back(static_cast<uint8_t>(header.size()));
  bytes.push_back(static_cast<uint8_t>(header.size() >> 8));
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.insert(bytes.end(), tensor.bytes().begin(), tensor.bytes().end());
  return bytes;
}

void save_npy(const std::filesystem::path& path, const Tensor& tensor) {
  write_file(path, format_npy(tensor));
}

}  // namespace vta

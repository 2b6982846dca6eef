// Reads the archive by its central directory (PKWARE's APPNOTE.TXT, 4.3): the end record gives the
// directory's place, each of its entries a member's name, sizes and place.
#include "tools/npz.h"

#include <zlib.h>

#include "vta/base/file.h"
#include "vta/base/npy.h"

namespace vta::tools {

namespace {

constexpr size_t kMaxMember = size_t{1} << 30;
constexpr uint32_t kEndRecord = 0x06054b50, kEntry = 0x02014b50, kLocalHeader = 0x04034b50;

class Archive {
 public:
  explicit Archive(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  std::map<std::string, Tensor> arrays() const {
    const size_t end = end_record();
    size_t at = number(end + 16, 4);
    std::map<std::string, Tensor> result;
    for (uint64_t count = number(end + 10, 2); count > 0; --count) {
      require(number(at, 4) == kEntry, "damaged: no directory entry at byte {}", at);
      const size_t name_size = number(at + 28, 2);
      const auto characters = part(at + 46, name_size);
      std::string name(characters.begin(), characters.end());
      require(name.ends_with(".npy"), "member '{}' is no .npy file", name);
      name.resize(name.size() - 4);
      result.emplace(name, member(at, name));
      at += 46 + name_size + number(at + 30, 2) + number(at + 32, 2);
    }
    return result;
  }

 private:
  std::span<const uint8_t> part(size_t at, size_t size) const {
    require(at <= bytes_.size() && size <= bytes_.size() - at, "damaged: ends at byte {}",
            bytes_.size());
    return bytes_.subspan(at, size);
  }

  uint64_t number(size_t at, size_t size) const {
    uint64_t value = 0;
    const auto digits = part(at, size);
    for (size_t i = size; i-- > 0;) value = value << 8 | digits[i];
    return value;
  }

  // The last one: a comment of up to 64 KiB may follow it.
  size_t end_record() const {
    constexpr size_t kSize = 22;
    require(bytes_.size() >= kSize && number(0, 4) != 0, "not a zip archive");
    const size_t last = bytes_.size() - kSize;
    for (size_t back = 0; back <= std::min<size_t>(last, 0xffff); ++back) {
      if (number(last - back, 4) == kEndRecord) return last - back;
    }
    fail("not a zip archive");
  }

  Tensor member(size_t entry, const std::string& name) const {
    const uint64_t method = number(entry + 10, 2);
    const uint64_t packed = number(entry + 20, 4), size = number(entry + 24, 4);
    const size_t header = number(entry + 42, 4);
    require((number(entry + 8, 2) & 1) == 0, "array '{}' is encrypted", name);
    require(method == 0 || method == Z_DEFLATED,
            "array '{}' is compressed by method {}, not 0 or 8", name, method);
    require(size <= kMaxMember, "array '{}' is larger than {} bytes", name, kMaxMember);
    require(number(header, 4) == kLocalHeader, "damaged: no local header at byte {}", header);
    const size_t data = header + 30 + number(header + 26, 2) + number(header + 28, 2);
    const auto content = part(data, packed);
    try {
      return parse_npy(method == 0 ? content : std::span<const uint8_t>(inflated(content, size)));
    } catch (const Error& error) {
      fail("array '{}': {}", name, error.what());
    }
  }

  static std::vector<uint8_t> inflated(std::span<const uint8_t> packed, size_t size) {
    std::vector<uint8_t> result(size + 1);  // one more, to see whether there is more
    z_stream stream{};
    require(inflateInit2(&stream, -MAX_WBITS) == Z_OK, "no memory to inflate it");
    stream.next_in = const_cast<uint8_t*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = result.data();
    stream.avail_out = static_cast<uInt>(result.size());
    const int status = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    require(status == Z_STREAM_END && stream.total_out == size, "damaged deflate data");
    result.resize(size);
    return result;
  }

  std::span<const uint8_t> bytes_;
};

}  // namespace

std::map<std::string, Tensor> parse_npz(std::span<const uint8_t> bytes) {
  return Archive(bytes).arrays();
}

std::map<std::string, Tensor> load_npz(const std::filesystem::path& path) {
  try {
    return parse_npz(read_file(path));
  } catch (const Error& error) {
    const std::string message = error.what();
    if (message.starts_with(path.string())) throw;
    fail("{}: {}", path.string(), message);
  }
}

}  // namespace vta::tools

#include "vta/base/file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "vta/base/error.h"

namespace vta {
namespace fs = std::filesystem;

namespace {

template <typename Container>
Container read_all(const fs::path& path, uint64_t max_bytes) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  require(!error && fs::exists(status), "{}: no such file", path.string());
  require(!fs::is_directory(status), "{}: is a folder, expected a file", path.string());
  std::ifstream stream(path, std::ios::binary);
  require(stream.good(), "{}: cannot open: {}", path.string(), std::strerror(errno));
  Container data;
  if (fs::is_regular_file(status)) {
    const uint64_t size = fs::file_size(path, error);
    require(!error && size <= max_bytes, "{}: is {} bytes long, the limit here is {}",
            path.string(), size, max_bytes);
    data.resize(size);
    stream.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(size));
    require(static_cast<uint64_t>(stream.gcount()) == size, "{}: cannot read", path.string());
  } else {  // a pipe: its size is known only at its end
    char block[1 << 16];
    while (stream.read(block, sizeof block), stream.gcount() > 0) {
      data.insert(data.end(), block, block + stream.gcount());
      require(data.size() <= max_bytes, "{}: is longer than {} bytes, the limit here",
              path.string(), max_bytes);
    }
  }
  return data;
}

void write_all(const fs::path& path, const char* data, size_t size) {
  fs::path temporary = path;
  temporary += "." + std::to_string(::getpid()) + ".tmp";
  {
    std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
    stream.write(data, static_cast<std::streamsize>(size));
    stream.close();
    if (!stream.good()) {
      const int reason = errno;
      std::error_code ignored;
      fs::remove(temporary, ignored);
      fail("{}: cannot write: {}", path.string(), std::strerror(reason));
    }
  }
  std::error_code error;
  fs::rename(temporary, path, error);
  if (error) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    fail("{}: cannot write: {}", path.string(), error.message());
  }
}

}  // namespace

std::vector<uint8_t> read_file(const fs::path& path, uint64_t max_bytes) {
  return read_all<std::vector<uint8_t>>(path, max_bytes);
}

std::string read_text_file(const fs::path& path, uint64_t max_bytes) {
  return read_all<std::string>(path, max_bytes);
}

void write_file(const fs::path& path, std::span<const uint8_t> bytes) {
  write_all(path, reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void write_text_file(const fs::path& path, std::string_view text) {
  write_all(path, text.data(), text.size());
}

}  // namespace vta

#include "tools/fashion_mnist.h"

#include <zlib.h>

#include <memory>

namespace vta::tools {

namespace fs = std::filesystem;

namespace {

constexpr size_t kMaxBytes = size_t{64} << 20;

std::vector<uint8_t> read_gzip(const fs::path& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  require(file != nullptr, "{}: cannot open; the Debian package dataset-fashion-mnist has it",
          path.string());
  std::vector<uint8_t> bytes;
  std::array<uint8_t, 1 << 16> block;
  int count;
  while ((count = gzread(file.get(), block.data(), block.size())) > 0) {
    bytes.insert(bytes.end(), block.begin(), block.begin() + count);
    require(bytes.size() <= kMaxBytes, "{}: larger than {} bytes", path.string(), kMaxBytes);
  }
  require(count == 0, "{}: damaged gzip data", path.string());
  return bytes;
}

// An IDX file of bytes: two zeros, type 8, rank, big-endian dimensions, data.
Tensor read_idx(const fs::path& path, size_t rank) {
  const std::vector<uint8_t> bytes = read_gzip(path);
  const size_t header = 4 + 4 * rank;
  require(
      bytes.size() >= header && bytes[0] == 0 && bytes[1] == 0 && bytes[2] == 8 && bytes[3] == rank,
      "{}: not an IDX file of bytes with {} dimensions", path.string(), rank);
  Shape shape;
  for (size_t d = 0; d < rank; ++d) {
    int64_t dim = 0;
    for (size_t i = 0; i < 4; ++i) dim = dim * 256 + bytes[4 + 4 * d + i];
    shape.push_back(dim);
  }
  require(element_count(shape) == static_cast<int64_t>(bytes.size() - header),
          "{}: holds {} bytes, its header says {}", path.string(), bytes.size() - header,
          to_string(shape));
  return Tensor::of<uint8_t>(shape, std::span(bytes).subspan(header));
}

}  // namespace

LabelledImages load_fashion_mnist(const fs::path& folder, const std::string& part) {
  const fs::path label_file = folder / (part + "-labels-idx1-ubyte.gz");
  const Tensor labels = read_idx(label_file, 1);
  LabelledImages result{.images = read_idx(folder / (part + "-images-idx3-ubyte.gz"), 3),
                        .labels = {labels.as<uint8_t>().begin(), labels.as<uint8_t>().end()}};
  require(result.images.shape()[0] == labels.size(), "{}: {} labels for {} images",
          label_file.string(), labels.size(), result.images.shape()[0]);
  for (const uint8_t label : result.labels) {
    require(label < kFashionLabels.size(), "{}: label {} is out of range", label_file.string(),
            label);
  }
  return result;
}

}  // namespace vta::tools

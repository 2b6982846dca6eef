// Fashion-MNIST as Debian's package dataset-fashion-mnist installs it: gzipped IDX files (the
// format is described on the MNIST page of Y. LeCun et al.).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "vta/base/tensor.h"

namespace vta::tools {

inline constexpr std::array<std::string_view, 10> kFashionLabels = {
    "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"};

struct LabelledImages {
  Tensor images;                // u8, N x height x width
  std::vector<uint8_t> labels;  // N
};

// `part` is "train" or "t10k". Throws Error that names the file: missing, damaged, or with other
// sizes than its header says.
LabelledImages load_fashion_mnist(const std::filesystem::path& folder, const std::string& part);

}  // namespace vta::tools

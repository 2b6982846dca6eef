// NumPy's .npz files: zip archives of .npy members, stored or deflated.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "vta/base/tensor.h"

namespace vta::tools {

// Arrays by their names in numpy.savez. Throws Error: no zip archive, damaged, a member that is
// encrypted, compressed otherwise, larger than 1 GiB or no .npy file.
std::map<std::string, Tensor> parse_npz(std::span<const uint8_t> bytes);
std::map<std::string, Tensor> load_npz(const std::filesystem::path& path);  // errors begin with it

}  // namespace vta::tools

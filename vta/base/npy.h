// NumPy's .npy files, format versions 1 to 3 (numpy.lib.format); little-endian, C order.
#pragma once

#include <filesystem>
#include <span>

#include "vta/base/tensor.h"

namespace vta {

// Throws Error that names what is wrong: not an .npy file, an element type without a DType, Fortran
// order with rank over 1, rank over 64 (NumPy's limit), fewer or more bytes than the shape needs.
Tensor parse_npy(std::span<const uint8_t> bytes);
Tensor load_npy(const std::filesystem::path& path);  // errors begin with the path

// Version 1. bf16, which NumPy lacks, is widened to f32. Throws Error for rank over 64.
std::vector<uint8_t> format_npy(const Tensor& tensor);
void save_npy(const std::filesystem::path& path, const Tensor& tensor);

}  // namespace vta

// Pictures: PNG and JPEG files to tensors.
#pragma once

#include <filesystem>
#include <span>

#include "vta/base/tensor.h"

namespace vta {

// u8 tensor of shape height x width x channels; channels is 1 (grey) or 3 (RGB); alpha is dropped,
// palettes and 16-bit samples become 8-bit. The format is told from the first bytes. Throws Error:
// neither PNG nor JPEG, damaged, or wider or higher than 16384 pixels.
Tensor decode_image(std::span<const uint8_t> bytes);
Tensor load_image(const std::filesystem::path& path);  // errors begin with the path

// `image` (u8, height x width x channels) resized bilinearly with aligned corners off (the
// half-pixel convention), rounded to nearest.
Tensor resize_image(const Tensor& image, int64_t height, int64_t width);

}  // namespace vta

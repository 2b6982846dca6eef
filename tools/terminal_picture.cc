#include "tools/terminal_picture.h"

namespace vta::tools {

namespace {

int pixel(const Tensor& picture, int64_t y, int64_t x) {
  if (y >= picture.shape()[0]) return 0;
  return picture.as<uint8_t>()[static_cast<size_t>(y * picture.shape()[1] + x)];
}

std::string cell(int upper, int lower, bool colour) {
  if (colour) {
    return fmt::format("\x1b[38;2;{0};{0};{0};48;2;{1};{1};{1}m\u2580", upper, lower);
  }
  constexpr std::string_view kRamp = " .:-=+*#%@";
  const auto level = static_cast<size_t>((upper + lower) / 2) * kRamp.size() / 256;
  return std::string(1, kRamp[level]);
}

}  // namespace

std::string draw_side_by_side(const std::vector<Tensor>& pictures, bool colour) {
  std::string text;
  if (pictures.empty()) return text;
  const int64_t height = pictures[0].shape()[0];
  const int64_t width = pictures[0].shape()[1];
  for (int64_t y = 0; y < height; y += 2) {
    for (const Tensor& picture : pictures) {
      for (int64_t x = 0; x < width; ++x)
        text += cell(pixel(picture, y, x), pixel(picture, y + 1, x), colour);
      if (colour) text += "\x1b[0m";
      text += "  ";
    }
    text += '\n';
  }
  return text;
}

}  // namespace vta::tools

// Numbers of the .vtam format (file.h) that its reader and its writer share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vta::module {

inline constexpr std::string_view kMagic = "VTAMODUL";
inline constexpr uint32_t kFormatVersion = 1;
inline constexpr size_t kPreambleBytes = 16;  // magic, version, header length
inline constexpr size_t kRelocationBytes = 8;
// JSON takes many times its text in memory; this bounds what a hostile file can ask for.
inline constexpr size_t kMaxHeaderBytes = size_t{16} << 20;

}  // namespace vta::module

// Whole files in and out of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vta {

// The file's bytes. Throws Error that names the path when it cannot be read, is not a regular file,
// or is larger than `max_bytes`.
std::vector<uint8_t> read_file(const std::filesystem::path& path,
                               uint64_t max_bytes = uint64_t{4} << 30);
std::string read_text_file(const std::filesystem::path& path,
                           uint64_t max_bytes = uint64_t{1} << 28);

// Writes to a temporary file in the same folder, then renames: a reader sees the old file or the
// whole new one. Throws Error that names the path.
void write_file(const std::filesystem::path& path, std::span<const uint8_t> bytes);
void write_text_file(const std::filesystem::path& path, std::string_view text);

}  // namespace vta

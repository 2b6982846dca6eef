// Texts that are kept in the repository: a test compares with the file, and `TEST --update` writes
// it.
#pragma once

#include <filesystem>
#include <string_view>

namespace vta {

// Whether the test program was given --update.
extern bool update_golden_files;

// Fails, with the first line that differs, unless the file at `path` (from the root of the
// repository) has `text`; with --update writes it.
void expect_golden(const std::filesystem::path& path, std::string_view text);

}  // namespace vta

// Builds the library of a Verilated design once and keeps it in a cache.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vta::rtlsim {

struct SourceFile {
  std::string name;
  std::string text;
};

// What a library is built from. Equal designs share a library.
struct Design {
  std::vector<SourceFile> sources;  // SystemVerilog in the order of compilation; top module `vta`
  int bus_bits = 128;
  bool wave = false;  // able to write FST files, and slower
};

// $VTA_CACHE_DIR, else $XDG_CACHE_HOME/vta, else ~/.cache/vta.
std::filesystem::path cache_folder();

// Removes the libraries in a cache folder but for the `count` that were used last. Who has one open
// keeps it.
void prune_libraries(const std::filesystem::path& folder, size_t count);

// The library's file, built if it is not in the cache; processes that want the same one wait for
// the one that builds it. The cache then keeps those that were used last. Throws Error when a tool
// is missing or fails (its output is in the named file).
std::filesystem::path build_library(const Design& design);

}  // namespace vta::rtlsim

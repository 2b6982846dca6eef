// Where tests find the recorded programs: in the folder that VTA_TRACES names, or ../shared/traces;
// there may be none.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace vta::sim {

inline std::vector<std::filesystem::path> trace_files() {
  const char* folder = std::getenv("VTA_TRACES");
  const std::filesystem::path path = folder ? folder : "../shared/traces";
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(path)) {
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      if (entry.path().extension() == ".vtatrace") files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace vta::sim

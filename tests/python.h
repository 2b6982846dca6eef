// Other engines for tests, by Python: scripts/install_python_packages.sh brings them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "vta/base/process.h"

namespace vta {

// The interpreter that has them: $VTA_PYTHON, or the one in build/python.
inline std::string python() {
  const char* given = std::getenv("VTA_PYTHON");
  return given != nullptr ? given : VTA_PYTHON;
}

// Exit status of a script; its output goes to FOLDER/log.
inline int run_python(std::vector<std::string> arguments, const std::filesystem::path& folder) {
  arguments.insert(arguments.begin(), python());
  return run_process(arguments, folder, folder / "log");
}

inline bool has_python_module(const std::string& module, const std::filesystem::path& folder) {
  if (!std::filesystem::exists(python())) return false;
  return run_python({"-c", "import " + module}, folder) == 0;
}

}  // namespace vta

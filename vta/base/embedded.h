// Text files of the repository that are part of the binary; vta_embed (cmake/VtaTargets.cmake)
// makes the function that lists them.
#pragma once

#include <string_view>
#include <vector>

namespace vta {

struct EmbeddedFile {
  std::string_view name;  // path from the root of the repository
  std::string_view text;
};

}  // namespace vta

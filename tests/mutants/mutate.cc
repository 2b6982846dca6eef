// mutate MUTANT SOURCE OUTPUT: the copy of a source file that a .mutant file (README.md) describes.
#include <fmt/format.h>

#include <exception>
#include <sstream>
#include <string>

#include "vta/base/error.h"
#include "vta/base/file.h"

namespace vta {
namespace {

// The lines up to one that is `end`, or to the end.
std::string lines_until(std::istringstream& in, const std::string& end) {
  std::string text;
  for (std::string line; std::getline(in, line) && line != end;) {
    text += (text.empty() ? "" : "\n") + line;
  }
  return text;
}

std::string mutated(const std::string& mutant, const std::string& source) {
  std::istringstream in(read_text_file(mutant));
  for (int header = 0; header < 3; ++header) {
    std::string line;
    std::getline(in, line);
  }
  const std::string from = lines_until(in, "=>");
  const std::string to = lines_until(in, "");
  std::string text = read_text_file(source);
  const size_t at = text.find(from);
  require(!from.empty() && at != std::string::npos, "{}: its text is not in {}", mutant, source);
  require(text.find(from, at + 1) == std::string::npos, "{}: its text is more than once in {}",
          mutant, source);
  return text.replace(at, from.size(), to);
}

}  // namespace
}  // namespace vta

int main(int argc, char** argv) {
  try {
    vta::require(argc == 4, "usage: mutate MUTANT SOURCE OUTPUT");
    vta::write_text_file(argv[3], vta::mutated(argv[1], argv[2]));
  } catch (const std::exception& error) {
    fmt::print(stderr, "mutate: {}\n", error.what());
    return 1;
  }
}

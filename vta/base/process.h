// Running other programs: without a shell, with their output in a file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vta {

// Runs `command` in `folder`, standard input empty, output and errors appended to `log`. Returns
// the exit status, -1 for a death by signal. Throws Error when the program cannot be started: it
// names the program and the reason.
int run_process(const std::vector<std::string>& command, const std::filesystem::path& folder,
                const std::filesystem::path& log);

}  // namespace vta

// Running other programs: without a shell, with their output in a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vta {

// What a finished program took.
struct ProcessUse {
  int status = 0;           // exit status, -1 for a death by signal
  double seconds = 0;       // from its start to its end, by the clock
  double cpu_seconds = 0;   // of all its threads
  uint64_t peak_bytes = 0;  // resident memory; the caller's own is the least that this can say
};

// Runs `command` in `folder`, standard input empty, output and errors appended to `log`. Throws
// Error when the program cannot be started: it names the program and the reason.
ProcessUse measure_process(const std::vector<std::string>& command,
                           const std::filesystem::path& folder, const std::filesystem::path& log);

// The same, for its exit status alone.
int run_process(const std::vector<std::string>& command, const std::filesystem::path& folder,
                const std::filesystem::path& log);

}  // namespace vta

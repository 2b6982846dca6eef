// A progress line on standard error, for work that takes longer than a moment. Nothing is printed
// when standard error is not a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace vta::tools {

class Progress {
 public:
  Progress(std::string what, int64_t total);
  ~Progress();  // erases the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(int64_t steps = 1);

 private:
  std::string what_;
  int64_t total_;
  int64_t done_ = 0;
  bool terminal_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point shown_;
};

}  // namespace vta::tools

// A progress line on standard error, for work that takes longer than a moment. Nothing is printed
// when standard error is not a terminal.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace vta::tools {

class Progress {
 public:
  // `total` steps, or 0 for work that nobody counts: then the line shows the seconds so far.
  explicit Progress(std::string what, int64_t total = 0);
  ~Progress();  // erases the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance() { ++done_; }

 private:
  void show(double elapsed_seconds) const;

  std::string what_;
  int64_t total_;
  std::atomic<int64_t> done_ = 0;
  std::jthread printer_;  // not started where nothing is printed
};

}  // namespace vta::tools

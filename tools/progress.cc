#include "tools/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace vta::tools {

using namespace std::chrono_literals;

Progress::Progress(std::string what, int64_t total)
    : what_(std::move(what)),
      total_(total),
      terminal_(isatty(STDERR_FILENO) != 0),
      start_(std::chrono::steady_clock::now()),
      shown_(start_) {}

Progress::~Progress() {
  if (terminal_ && shown_ != start_) fmt::print(stderr, "\r\x1b[K");
}

void Progress::advance(int64_t steps) {
  done_ += steps;
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || now - start_ < 1s || now - shown_ < 100ms) return;
  shown_ = now;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const double left = elapsed * static_cast<double>(total_ - done_) / static_cast<double>(done_);
  fmt::print(stderr, "\r\x1b[K{}: {} of {}, {:.0f} s left", what_, done_, total_, left);
}

}  // namespace vta::tools

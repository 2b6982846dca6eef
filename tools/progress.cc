#include "tools/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>

namespace vta::tools {

using namespace std::chrono_literals;

Progress::Progress(std::string what, int64_t total) : what_(std::move(what)), total_(total) {
  if (isatty(STDERR_FILENO) == 0) return;
  printer_ = std::jthread([this](const std::stop_token& stop) {
    const auto start = std::chrono::steady_clock::now();
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    bool shown = false;
    const auto stopped_within = [&](std::chrono::milliseconds time) {
      return wake.wait_for(lock, stop, time, [&] { return stop.stop_requested(); });
    };
    for (auto pause = 1000ms; !stopped_within(pause); pause = 100ms) {
      show(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
      shown = true;
    }
    if (shown) fmt::print(stderr, "\r\x1b[K");
  });
}

Progress::~Progress() = default;

void Progress::show(double elapsed_seconds) const {
  const int64_t done = done_;
  if (total_ == 0 || done == 0) {
    fmt::print(stderr, "\r\x1b[K{}: {:.0f} s", what_, elapsed_seconds);
    return;
  }
  const double left =
      elapsed_seconds * static_cast<double>(total_ - done) / static_cast<double>(done);
  fmt::print(stderr, "\r\x1b[K{}: {} of {}, {:.0f} s left", what_, done, total_, left);
}

}  // namespace vta::tools

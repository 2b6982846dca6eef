#include "vta/codegen/runtime/runtime.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace {

using Body = void (*)(int64_t, int64_t, void*);

thread_local bool is_inside = false;  // a body of this thread runs

// Workers wait for the number of the round to change, run their range, and count themselves done.
// Before it sleeps a worker looks a while, because loops follow one another closely.
class Pool {
 public:
  explicit Pool(int threads) : threads_(threads) {
    for (int t = 1; t < threads; ++t) workers_.emplace_back([this, t] { work(t); });
  }
  ~Pool() {
    stops_ = true;
    start_round();
    for (std::thread& worker : workers_) worker.join();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  int threads() const { return threads_; }

  void run(int64_t extent, Body body, void* closure) {
    extent_ = extent;
    body_ = body;
    closure_ = closure;
    running_.store(threads_ - 1, std::memory_order_relaxed);
    start_round();
    run_range(0);
    for (int left = running_.load(std::memory_order_acquire); left != 0;
         left = running_.load(std::memory_order_acquire)) {
      wait_for_change(running_, left);
    }
  }

 private:
  static constexpr int kLooks = 20000;  // some ten microseconds

  template <typename T>
  static void wait_for_change(const std::atomic<T>& value, T old) {
    for (int look = 0; look < kLooks; ++look) {
      if (value.load(std::memory_order_acquire) != old) return;
    }
    value.wait(old, std::memory_order_acquire);
  }

  void start_round() {
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
  }

  void run_range(int64_t t) {
    const int64_t begin = extent_ * t / threads_, end = extent_ * (t + 1) / threads_;
    is_inside = true;
    if (begin < end) body_(begin, end, closure_);
    is_inside = false;
  }

  void work(int t) {
    for (uint32_t round = 0;; ++round) {
      wait_for_change(round_, round);
      if (stops_) return;
      run_range(t);
      if (running_.fetch_sub(1, std::memory_order_release) == 1) running_.notify_all();
    }
  }

  const int threads_;
  std::vector<std::thread> workers_;
  std::atomic<uint32_t> round_ = 0;
  std::atomic<int> running_ = 0;
  bool stops_ = false;
  int64_t extent_ = 0;
  Body body_ = nullptr;
  void* closure_ = nullptr;
};

std::mutex in_use;  // by one caller at a time
std::unique_ptr<Pool> pool;

Pool& the_pool() {
  if (!pool) pool = std::make_unique<Pool>(std::max(1U, std::thread::hardware_concurrency()));
  return *pool;
}

}  // namespace

void vta_parallel_for(int64_t extent, Body body, void* closure) {
  if (is_inside) return body(0, extent, closure);
  const std::lock_guard lock(in_use);
  the_pool().run(extent, body, closure);
}

void* vta_allocate(int64_t bytes) {
  constexpr int64_t kAlignment = 64;
  const int64_t whole = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  void* memory = std::aligned_alloc(kAlignment, static_cast<size_t>(whole));
  if (memory == nullptr) {
    std::fprintf(stderr, "compiled code: no memory for %lld bytes\n",
                 static_cast<long long>(bytes));
    std::abort();
  }
  return memory;
}

void vta_release(void* memory) {
  std::free(memory);
}

namespace vta::codegen {

void set_threads(int threads) {
  const std::lock_guard lock(in_use);
  if (pool && pool->threads() == threads) return;
  pool.reset();
  pool = std::make_unique<Pool>(std::clamp(threads, 1, 256));
}

int threads() {
  const std::lock_guard lock(in_use);
  return the_pool().threads();
}

}  // namespace vta::codegen

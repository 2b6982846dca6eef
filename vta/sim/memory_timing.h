// When the accelerator's memory answers: a server of given bandwidth, which reads and writes share,
// behind a fixed latency. The cycle-exact model asks it, and so does the memory behind the
// Verilated RTL; docs/hardware.md has the rules. Deterministic: depends on the order and cycles of
// the calls.
//
// This header is also compiled with the Verilated RTL, so it stands alone.
#pragma once

#include <algorithm>
#include <cstdint>

namespace vta::hw {
struct Config;
}

namespace vta::sim {

class MemoryTiming {
 public:
  // Latency in cycles; what a beat costs in 1/65536 of a cycle.
  MemoryTiming(uint64_t latency, uint64_t beat_cost) : latency_(latency), cost_(beat_cost) {}
  explicit MemoryTiming(const hw::Config& config);

  uint64_t latency() const { return latency_; }
  uint64_t beat_cost() const { return cost_; }

  // A read burst's beats: beat k is there from cycle ready(k) on.
  struct Read {
    uint64_t begin;  // in 1/65536 of a cycle, as cost
    uint64_t cost;
    uint64_t ready(uint64_t k) const { return (begin + k * cost + kOne - 1) / kOne; }
  };

  // A read burst whose request is handed over in cycle `arrival`. Calls to read() and write() come
  // in the order of arrival, in one cycle the read first.
  Read read(uint64_t arrival, uint64_t beats) { return {serve(arrival, beats), cost_}; }

  // A write burst whose last beat is handed over in cycle `arrival`. Returns the first cycle in
  // which its response can be given.
  uint64_t write(uint64_t arrival, uint64_t beats) {
    serve(arrival, beats);
    return (free_ + kOne - 1) / kOne;
  }

 private:
  static constexpr uint64_t kOne = 1 << 16;

  uint64_t serve(uint64_t arrival, uint64_t beats) {
    const uint64_t begin = std::max((arrival + latency_) * kOne, free_);
    free_ = begin + beats * cost_;
    return begin;
  }

  uint64_t latency_;
  uint64_t cost_;
  uint64_t free_ = 0;
};

}  // namespace vta::sim

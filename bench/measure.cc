#include "bench/measure.h"

#include <ctime>
#include <fstream>

namespace vta::bench {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::string cpu_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown CPU";
}

std::vector<uint8_t> output_bytes(const sim::Trace& trace, const sim::Dram& dram) {
  std::vector<uint8_t> bytes;
  for (const auto& block : trace.outputs) {
    const auto range = dram.at(block.address, block.bytes.size());
    bytes.insert(bytes.end(), range.begin(), range.end());
  }
  return bytes;
}

}  // namespace vta::bench

#include "vta/sim/simulator.h"

namespace vta::sim {

Counters& Counters::operator+=(const Counters& other) {
  instructions += other.instructions;
  gemm_macs += other.gemm_macs;
  alu_ops += other.alu_ops;
  dram_read_bytes += other.dram_read_bytes;
  dram_write_bytes += other.dram_write_bytes;
  return *this;
}

}  // namespace vta::sim

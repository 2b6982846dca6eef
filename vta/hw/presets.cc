// The presets: the published configuration, one for tests, and one sized to each board. The boards'
// resources are those of the vendors' data sheets (AMD DS190, DS891; Intel Cyclone V CV-51001;
// Lattice FPGA-DS-02012, FPGA-DS-02029; AMD DS962).
#include "vta/base/error.h"
#include "vta/hw/config.h"

namespace vta::hw {

namespace {

constexpr int64_t kKi = 1024;

Config base(std::string name, int batch, int block_in, int block_out) {
  Config c;
  c.name = std::move(name);
  c.batch = batch;
  c.block_in = block_in;
  c.block_out = block_out;
  c.alu_lanes = c.requantise_lanes = batch * block_out;
  c.alu_ops = {AluOp::kMin, AluOp::kMax, AluOp::kAdd, AluOp::kShr, AluOp::kMul, AluOp::kRequantise};
  return c;
}

// A board whose DSP blocks are few spends none on the lanes' 32-bit mul: requantise has multipliers
// of its own.
void leave_out_mul(Config& c) {
  std::erase(c.alu_ops, AluOp::kMul);
}

void set_buffers(Config& c, int64_t uop, int64_t inp, int64_t wgt, int64_t acc) {
  c.uop_buffer = uop;
  c.inp_buffer = inp;
  c.wgt_buffer = wgt;
  c.acc_buffer = acc;
}

void set_memory(Config& c, int bus_bits, double bytes_per_cycle, int latency_cycles) {
  c.bus_bits = bus_bits;
  c.memory_bytes_per_cycle = bytes_per_cycle;
  c.memory_latency_cycles = latency_cycles;
}

Config make_default() {
  Config c = base("default", 1, 16, 16);
  c.depthwise_taps = 3;
  return c;
}

Config make_tiny() {
  Config c = base("tiny", 1, 4, 4);
  set_buffers(c, 1 * kKi, 1 * kKi, 2 * kKi, 4 * kKi);
  set_memory(c, 64, 8, 16);
  c.clock_mhz = 50;
  return c;
}

Config make_ultra96() {
  Config c = base("ultra96", 1, 16, 32);
  c.products_per_multiplier = 2;  // 512 products in less than 360 DSP blocks
  c.depthwise_taps = 3;
  leave_out_mul(c);
  set_buffers(c, 32 * kKi, 64 * kKi, 256 * kKi, 256 * kKi);
  c.requantise_lanes = 16;
  c.board = Board{"Ultra96", "xczu3eg-sbva484-1-e", 70560, 141120, 360, 216 * 36 * kKi};
  return c;
}

Config make_ultra96_w4() {
  Config c = base("ultra96-w4", 1, 32, 32);
  c.wgt_bits = 4;
  c.depthwise_taps = 3;
  set_buffers(c, 32 * kKi, 128 * kKi, 256 * kKi, 256 * kKi);
  c.requantise_lanes = 16;
  c.board = make_ultra96().board;
  return c;
}

Config make_zcu102() {
  Config c = base("zcu102", 1, 32, 64);
  c.depthwise_taps = 3;
  set_buffers(c, 32 * kKi, 128 * kKi, 1024 * kKi, 512 * kKi);
  c.requantise_lanes = 32;
  c.board = Board{"ZCU102", "xczu9eg-ffvb1156-2-e", 274080, 548160, 2520, 912 * 36 * kKi};
  return c;
}

Config make_pynq() {
  Config c = base("pynq", 1, 16, 16);
  c.products_per_multiplier = 2;  // 256 products in less than 220 DSP blocks
  set_memory(c, 64, 8, 32);
  c.clock_mhz = 100;
  c.requantise_lanes = 4;
  c.board = Board{"PYNQ-Z1", "xc7z020clg400-1", 53200, 106400, 220, 140 * 36 * kKi};
  return c;
}

Config make_de10nano() {
  Config c = base("de10nano", 1, 16, 16);
  leave_out_mul(c);
  set_buffers(c, 32 * kKi, 32 * kKi, 128 * kKi, 64 * kKi);
  set_memory(c, 64, 8, 32);
  c.clock_mhz = 100;
  c.requantise_lanes = 4;
  c.board = Board{"DE10-Nano", "5CSEBA6U23I7", 41910, 167640, 112, 553 * 10 * kKi};
  return c;
}

Config make_ulx3s() {
  Config c = base("ulx3s", 1, 8, 16);
  leave_out_mul(c);
  set_buffers(c, 16 * kKi, 32 * kKi, 64 * kKi, 64 * kKi);
  set_memory(c, 64, 2, 20);
  c.clock_mhz = 80;
  c.requantise_lanes = 4;
  c.board = Board{"ULX3S", "LFE5U-85F-6BG381C", 83640, 83640, 156, 208 * 18 * kKi};
  return c;
}

Config make_hx8k() {
  Config c = base("hx8k", 1, 2, 2);
  c.alu_ops = {AluOp::kMin, AluOp::kMax, AluOp::kAdd, AluOp::kShr};
  c.alu_lanes = c.requantise_lanes = 1;
  set_buffers(c, 512, 256, 512,
              1024);  // 128 elements each: what an element's width takes is one RAM
  c.command_queue_depth = 1;
  c.token_queue_depth = 16;
  c.descriptors = 1;
  c.outstanding_bursts = 4;
  c.address_bits = 16;
  c.counter_bits = 0;
  set_memory(c, 64, 2, 8);
  c.clock_mhz = 12;
  c.board = Board{"iCE40-HX8K breakout board", "iCE40HX8K-CT256", 7680, 7680, 0, 32 * 4 * kKi};
  return c;
}

Config make_datacenter() {
  Config c = base("datacenter", 4, 64, 64);
  c.depthwise_taps = 3;
  set_buffers(c, 32 * kKi, 1024 * kKi, 2048 * kKi, 2048 * kKi);
  set_memory(c, 512, 64, 128);
  c.requantise_lanes = 64;
  c.board = Board{"Alveo U250", "xcu250-figd2104-2L-e", 1728000, 3456000, 12288, 2688 * 36 * kKi};
  return c;
}

}  // namespace

const std::vector<Preset>& presets() {
  static const std::vector<Preset> kPresets = {
      {"default", "the published shape, 1x16x16, 16 bytes a cycle", make_default},
      {"tiny", "1x4x4 with small buffers, for tests", make_tiny},
      {"ultra96", "Ultra96: 1x16x32 at 300 MHz, 307 GOPS", make_ultra96},
      {"ultra96-w4", "Ultra96: 1x32x32 with 4-bit weights", make_ultra96_w4},
      {"zcu102", "ZCU102: 1x32x64 at 300 MHz", make_zcu102},
      {"pynq", "PYNQ-Z1: the published shape at 100 MHz, 64-bit bus", make_pynq},
      {"de10nano", "DE10-Nano: 1x16x16 with smaller buffers at 100 MHz", make_de10nano},
      {"ulx3s", "ULX3S with an ECP5-85F: 1x8x16 at 80 MHz, open tools", make_ulx3s},
      {"hx8k", "iCE40-HX8K breakout board: 1x2x2 at 12 MHz, open tools", make_hx8k},
      {"datacenter", "Alveo U250: 4x64x64 at 300 MHz, 512-bit bus", make_datacenter},
  };
  return kPresets;
}

}  // namespace vta::hw

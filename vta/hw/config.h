// The hardware configuration: one JSON object, strict, and every number that follows from it. All
// other parts of the stack ask here; nothing derives a width or a depth a second time.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vta::hw {

// Operations of the vector ALU; the number is the instruction's ALU opcode.
enum class AluOp : uint8_t { kMin = 0, kMax = 1, kAdd = 2, kShr = 3, kMul = 4, kRequantise = 5 };
inline constexpr std::array<std::string_view, 6> kAluOpNames = {"min", "max", "add",
                                                                "shr", "mul", "rqt"};

// The scratchpads, and what an element of each is (the unit of all indices and transfer sizes).
enum class Memory : uint8_t {
  kUop,  // one micro-op
  kWgt,  // block_out x block_in weights
  kInp,  // batch x block_in inputs
  kAcc,  // batch x block_out accumulators of 32 bits
  kOut,  // batch x block_out outputs: the accumulator memory as STORE sees it, narrowed
};
inline constexpr std::array<std::string_view, 5> kMemoryNames = {"uop", "wgt", "inp", "acc", "out"};

struct Board {
  std::string name;
  std::string part;
  int64_t luts = 0;  // of the family's own kind: LUT6, ALM or LUT4
  int64_t ffs = 0;
  int64_t dsps = 0;
  int64_t bram_bits = 0;  // block RAM, parity bits included
};

struct Config {
  std::string name;
  // GEMM: one micro-op multiplies a batch x block_in input by a block_in x block_out weight tile.
  int batch = 1;
  int block_in = 16;
  int block_out = 16;
  // Products that share a hardware multiplier: 2 halves the DSP blocks where these are wide enough.
  int products_per_multiplier = 1;
  // Neighbouring inputs that one micro-op of a depthwise convolution reads; 0: there is none.
  int depthwise_taps = 0;
  // Widths of the elements' scalars in bits.
  int inp_bits = 8;
  int wgt_bits = 8;
  int acc_bits = 32;
  int out_bits = 8;
  // Scratchpad sizes in bytes.
  int64_t uop_buffer = 32 << 10;
  int64_t inp_buffer = 32 << 10;
  int64_t wgt_buffer = 256 << 10;
  int64_t acc_buffer = 128 << 10;
  // Vector ALU: lanes that work in one cycle, for the plain operations and for requantise.
  int alu_lanes = 16;
  int requantise_lanes = 16;
  std::vector<AluOp> alu_ops;  // sorted
  // Depth of each unit's command queue: fetch, which is in order, waits while that of the next
  // instruction's unit is full. Depth of each token queue: a push beyond it is a fault.
  int command_queue_depth = 512;
  int token_queue_depth = 1024;
  // Instructions that each unit's DMA has under way: descriptors of loads, stores started and not
  // ended.
  int descriptors = 8;
  int outstanding_bursts = 64;  // of reads, and of writes
  int address_bits = 32;        // of the memory: what lies beyond is a fault
  int bus_bits = 128;           // AXI data width
  int counter_bits = 48;        // of the cycle counters, 0 for none
  double clock_mhz = 300;
  // The memory's timing, in accelerator cycles.
  double memory_bytes_per_cycle = 16;
  int memory_latency_cycles = 64;
  std::optional<Board> board;

  bool has(AluOp op) const;

  // Bytes of one element of `memory`, and how many the scratchpad holds (kOut: as kAcc).
  int64_t element_bytes(Memory memory) const;
  int least_input() const { return -(1 << (inp_bits - 1)); }  // of a scalar
  int64_t depth(Memory memory) const;
  int index_bits(Memory memory) const;  // log2(depth)
  int64_t buffer_bytes(Memory memory) const;
  // DRAM address alignment that suits every element type: a power of two.
  int64_t dram_alignment() const { return 4096; }

  int uop_bits() const;                                                  // 32 or 64
  uint64_t memory_bytes() const { return uint64_t{1} << address_bits; }  // that have an address
  // Input entries that a depthwise micro-op reads from `src` on: those of block_out channels for
  // each tap.
  int depthwise_inputs() const { return depthwise_taps * (block_out / block_in); }
  int inp_banks() const;  // of the inp scratchpad, a power of two, so that it can do so
  int64_t macs_per_cycle() const { return int64_t{batch} * block_in * block_out; }
  double peak_gops() const;   // 10^9 int operations a second, two for a multiply-accumulate
  double peak_gmacs() const;  // 10^9 multiply-accumulates a second
  int64_t sram_bytes() const;

  // What a program depends on: two configurations with equal fingerprints run each other's programs
  // and leave the same bytes. "1x16x16-i8w8o8a32-u8192i2048w1024a2048-min.max.add.shr.mul.rqt";
  // with depthwise taps "…-d3" at the end, with queues of other depths than 512 and 1024,
  // "…-q16t64", with addresses of other than 32 bits, "…-m20".
  std::string fingerprint() const;
};

// Parses and validates; also the historical vta_config.json (recognised by its LOG_… keys). Throws
// Error that begins with `origin` and names the key and its legal values.
Config parse_config(std::string_view json, std::string_view origin);
// A preset's name or a file's path. Throws Error that lists the presets.
Config load_config(const std::string& name_or_path);
// Throws Error that names the key and the legal range.
void validate(const Config& config, std::string_view origin);

std::string to_json(const Config& config);       // parse_config reads it back to the same
std::string derived_json(const Config& config);  // the configuration and every derived number

struct Preset {
  std::string_view name;
  std::string_view summary;
  Config (*make)();
};
const std::vector<Preset>& presets();

}  // namespace vta::hw

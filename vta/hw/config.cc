#include "vta/hw/config.h"

#include <algorithm>
#include <bit>

#include "vta/base/error.h"
#include "vta/base/file.h"

namespace vta::hw {

namespace {

bool is_power_of_two(int64_t value) {
  return value > 0 && (value & (value - 1)) == 0;
}

int log2_exact(int64_t value) {
  return std::countr_zero(static_cast<uint64_t>(value));
}

// Depths that the 16-bit scratchpad address of LOAD and STORE reaches.
constexpr int64_t kMaxDepth = 1 << 16;

void require_power_of_two(std::string_view origin, std::string_view key, int64_t value, int64_t low,
                          int64_t high) {
  require(is_power_of_two(value) && value >= low && value <= high,
          "{}: {} is {}, must be a power of two from {} to {}", origin, key, value, low, high);
}

}  // namespace

bool Config::has(AluOp op) const {
  return std::ranges::find(alu_ops, op) != alu_ops.end();
}

int64_t Config::element_bytes(Memory memory) const {
  switch (memory) {
    case Memory::kUop:
      return uop_bits() / 8;
    case Memory::kWgt:
      return int64_t{block_out} * block_in * wgt_bits / 8;
    case Memory::kInp:
      return int64_t{batch} * block_in * inp_bits / 8;
    case Memory::kAcc:
      return int64_t{batch} * block_out * acc_bits / 8;
    case Memory::kOut:
      return int64_t{batch} * block_out * out_bits / 8;
  }
  return 0;
}

int64_t Config::buffer_bytes(Memory memory) const {
  switch (memory) {
    case Memory::kUop:
      return uop_buffer;
    case Memory::kWgt:
      return wgt_buffer;
    case Memory::kInp:
      return inp_buffer;
    case Memory::kAcc:
      return acc_buffer;
    case Memory::kOut:
      return depth(Memory::kAcc) * element_bytes(Memory::kOut);
  }
  return 0;
}

int64_t Config::depth(Memory memory) const {
  if (memory == Memory::kOut) return depth(Memory::kAcc);
  return buffer_bytes(memory) / element_bytes(memory);
}

int Config::index_bits(Memory memory) const {
  return log2_exact(depth(memory));
}

// A micro-op holds an accumulator index, a source index (input or accumulator) and a weight index.
int Config::uop_bits() const {
  const int acc = index_bits(Memory::kAcc);
  const int src = std::max(acc, index_bits(Memory::kInp));
  return acc + src + index_bits(Memory::kWgt) <= 32 ? 32 : 64;
}

double Config::peak_gmacs() const {
  return static_cast<double>(macs_per_cycle()) * clock_mhz / 1000.0;
}

double Config::peak_gops() const {
  return 2.0 * peak_gmacs();
}

int64_t Config::sram_bytes() const {
  return uop_buffer + inp_buffer + wgt_buffer + acc_buffer;
}

int Config::inp_banks() const {
  return static_cast<int>(std::bit_ceil(static_cast<unsigned>(std::max(1, depthwise_inputs()))));
}

std::string Config::fingerprint() const {
  std::string ops;
  for (const AluOp op : alu_ops) {
    ops += fmt::format("{}{}", ops.empty() ? "" : ".", kAluOpNames[static_cast<size_t>(op)]);
  }
  const Config published;
  const std::string taps = depthwise_taps == 0 ? "" : fmt::format("-d{}", depthwise_taps);
  const bool same_queues = command_queue_depth == published.command_queue_depth &&
                           token_queue_depth == published.token_queue_depth;
  const std::string queues =
      same_queues ? "" : fmt::format("-q{}t{}", command_queue_depth, token_queue_depth);
  const std::string addresses =
      address_bits == published.address_bits ? "" : fmt::format("-m{}", address_bits);
  return fmt::format("{}x{}x{}-i{}w{}o{}a{}-u{}i{}w{}a{}-{}{}{}{}", batch, block_in, block_out,
                     inp_bits, wgt_bits, out_bits, acc_bits, depth(Memory::kUop),
                     depth(Memory::kInp), depth(Memory::kWgt), depth(Memory::kAcc), ops, taps,
                     queues, addresses);
}

void validate(const Config& c, std::string_view origin) {
  require_power_of_two(origin, "gemm.batch", c.batch, 1, 8);
  require_power_of_two(origin, "gemm.block_in", c.block_in, 2, 64);
  require_power_of_two(origin, "gemm.block_out", c.block_out, 2, 64);
  require_power_of_two(origin, "gemm.products_per_multiplier", c.products_per_multiplier, 1, 2);
  require(c.depthwise_taps == 0 || (c.depthwise_taps >= 2 && c.depthwise_taps <= 4),
          "{}: gemm.depthwise_taps is {}, must be 0 or from 2 to 4", origin, c.depthwise_taps);
  require(c.depthwise_taps * c.products_per_multiplier <= c.block_in,
          "{}: gemm.depthwise_taps is {}, must be at most block_in {} / products_per_multiplier {}",
          origin, c.depthwise_taps, c.block_in, c.products_per_multiplier);
  require(c.depthwise_taps == 0 || c.block_out >= c.block_in,
          "{}: gemm.depthwise_taps is {}, must be 0 where block_in {} is more than block_out {}",
          origin, c.depthwise_taps, c.block_in, c.block_out);
  require_power_of_two(origin, "types.inp", c.inp_bits, 2, 8);
  require_power_of_two(origin, "types.wgt", c.wgt_bits, 2, 8);
  require_power_of_two(origin, "types.out", c.out_bits, 2, 8);
  require(c.acc_bits == 32, "{}: types.acc is {}, must be 32", origin, c.acc_bits);
  const auto require_whole_bytes = [&](std::string_view what, int64_t bits) {
    require(bits % 8 == 0,
            "{}: one {} is {} bits, must be whole bytes: widen the type or the block", origin, what,
            bits);
  };
  require_whole_bytes("inp element (batch x block_in x types.inp)",
                      int64_t{c.batch} * c.block_in * c.inp_bits);
  require_whole_bytes("wgt element (block_out x block_in x types.wgt)",
                      int64_t{c.block_out} * c.block_in * c.wgt_bits);
  require_whole_bytes("out element (batch x block_out x types.out)",
                      int64_t{c.batch} * c.block_out * c.out_bits);
  const auto require_buffer = [&](std::string_view key, int64_t bytes, int64_t element) {
    require_power_of_two(origin, key, bytes, 2 * element, kMaxDepth * element);
  };
  require_buffer("buffers.inp", c.inp_buffer, c.element_bytes(Memory::kInp));
  require(c.depthwise_taps == 0 || c.depth(Memory::kInp) >= 2 * c.inp_banks(),
          "{}: buffers.inp holds {} elements, must hold {} for gemm.depthwise_taps {}", origin,
          c.depth(Memory::kInp), 2 * c.inp_banks(), c.depthwise_taps);
  require_buffer("buffers.wgt", c.wgt_buffer, c.element_bytes(Memory::kWgt));
  require_buffer("buffers.acc", c.acc_buffer, c.element_bytes(Memory::kAcc));
  // The micro-op's size depends on the other three depths, so this comes last.
  require_buffer("buffers.uop", c.uop_buffer, c.element_bytes(Memory::kUop));
  const int64_t vector = int64_t{c.batch} * c.block_out;
  require_power_of_two(origin, "alu.lanes", c.alu_lanes, 1, vector);
  require_power_of_two(origin, "alu.requantise_lanes", c.requantise_lanes, 1, vector);
  for (const AluOp op : {AluOp::kMin, AluOp::kMax, AluOp::kAdd, AluOp::kShr}) {
    require(c.has(op), "{}: alu.ops lacks {}, must have at least min, max, add and shr", origin,
            kAluOpNames[static_cast<size_t>(op)]);
  }
  require_power_of_two(origin, "queues.commands", c.command_queue_depth, 1, 512);
  require_power_of_two(origin, "queues.tokens", c.token_queue_depth, 16, 1024);
  require(c.counter_bits == 0 || (c.counter_bits >= 16 && c.counter_bits <= 64),
          "{}: counter_bits is {}, must be 0 or from 16 to 64", origin, c.counter_bits);
  require_power_of_two(origin, "dma.descriptors", c.descriptors, 1, 8);
  require_power_of_two(origin, "dma.outstanding_bursts", c.outstanding_bursts, 2, 64);
  require(c.address_bits >= 16 && c.address_bits <= 32,
          "{}: dma.address_bits is {}, must be from 16 to 32", origin, c.address_bits);
  require_power_of_two(origin, "bus_bits", c.bus_bits, 64, 512);
  require(c.clock_mhz >= 1 && c.clock_mhz <= 5000, "{}: clock_mhz is {}, must be from 1 to 5000",
          origin, c.clock_mhz);
  require(c.memory_bytes_per_cycle >= 0.125 && c.memory_bytes_per_cycle <= c.bus_bits / 8.0,
          "{}: memory.bytes_per_cycle is {}, must be from 0.125 to the bus's {}", origin,
          c.memory_bytes_per_cycle, c.bus_bits / 8);
  require(c.memory_latency_cycles >= 1 && c.memory_latency_cycles <= 100000,
          "{}: memory.latency_cycles is {}, must be from 1 to 100000", origin,
          c.memory_latency_cycles);
}

Config load_config(const std::string& name_or_path) {
  for (const Preset& preset : presets()) {
    if (preset.name == name_or_path) return preset.make();
  }
  if (!std::filesystem::exists(name_or_path)) {
    std::string names;
    for (const Preset& preset : presets()) {
      names += fmt::format("{}{}", names.empty() ? "" : ", ", preset.name);
    }
    fail("'{}' is neither a file nor a preset (presets: {})", name_or_path, names);
  }
  return parse_config(read_text_file(name_or_path, 1 << 20), name_or_path);
}

}  // namespace vta::hw

#include "vta/fuzz/suite.h"

#include <fmt/format.h>

#include <algorithm>

#include "vta/base/error.h"
#include "vta/fuzz/random.h"

namespace vta::fuzz {

namespace {

using hw::AluOp;
using hw::Config;
using hw::Memory;

Config shaped(std::string name, int batch, int block_in, int block_out) {
  Config c = hw::load_config("tiny");
  c.name = std::move(name);
  c.batch = batch;
  c.block_in = block_in;
  c.block_out = block_out;
  c.alu_lanes = c.requantise_lanes = batch * block_out;
  return c;
}

void set_types(Config& c, int inp, int wgt, int out) {
  c.inp_bits = inp;
  c.wgt_bits = wgt;
  c.out_bits = out;
}

// Elements of each scratchpad.
void set_depths(Config& c, int64_t uop, int64_t inp, int64_t wgt, int64_t acc) {
  c.inp_buffer = inp * c.element_bytes(Memory::kInp);
  c.wgt_buffer = wgt * c.element_bytes(Memory::kWgt);
  c.acc_buffer = acc * c.element_bytes(Memory::kAcc);
  c.uop_buffer = uop * c.element_bytes(Memory::kUop);
}

Config least() {
  Config c = shaped("least", 1, 4, 4);
  set_depths(c, 64, 64, 32, 64);
  return c;
}

// The shape of `default`, with short buffers so that programs meet themselves.
Config square() {
  Config c = shaped("square", 1, 16, 16);
  c.bus_bits = 128;
  c.requantise_lanes = 4;
  c.depthwise_taps = 3;
  set_depths(c, 128, 64, 16, 128);
  return c;
}

Config int4() {
  Config c = shaped("int4", 1, 16, 8);
  set_types(c, 8, 4, 4);
  c.bus_bits = 128;
  c.alu_lanes = 4;
  c.requantise_lanes = 8;
  set_depths(c, 64, 128, 32, 64);
  return c;
}

// Elements smaller than a byte each scalar, several lanes a cycle, and queues and DMA that are soon
// full.
Config queues() {
  Config c = shaped("queues", 2, 2, 4);
  set_types(c, 4, 2, 2);
  c.alu_lanes = 2;
  c.requantise_lanes = 1;
  c.command_queue_depth = 2;
  c.token_queue_depth = 16;
  c.descriptors = 4;
  c.outstanding_bursts = 2;
  c.depthwise_taps = 2;  // of two elements each
  c.address_bits = 21;
  set_depths(c, 32, 16, 16, 32);
  return c;
}

// Many elements in a beat.
Config wide() {
  Config c = shaped("wide", 1, 4, 2);
  c.bus_bits = 512;
  c.command_queue_depth = 16;
  set_depths(c, 256, 256, 64, 128);
  return c;
}

// Many beats in an element, and no operation that need not be.
Config narrow() {
  Config c = shaped("narrow", 4, 8, 8);
  set_types(c, 8, 8, 8);
  c.alu_ops = {AluOp::kMin, AluOp::kMax, AluOp::kAdd, AluOp::kShr};
  c.alu_lanes = 8;
  c.requantise_lanes = 8;
  c.depthwise_taps = 4;
  set_depths(c, 32, 32, 16, 32);
  return c;
}

// Instructions of 256 bits and micro-ops of 64, on a bus of 128.
Config deep() {
  Config c = shaped("deep", 1, 2, 8);
  c.bus_bits = 128;
  c.alu_ops = {AluOp::kMin, AluOp::kMax, AluOp::kAdd, AluOp::kShr, AluOp::kRequantise};
  c.requantise_lanes = 2;
  c.depthwise_taps = 2;  // of four elements each
  c.token_queue_depth = 16;
  set_depths(c, 4096, 16384, 4096, 8192);
  return c;
}

}  // namespace

std::vector<Config> suite() {
  std::vector<Config> configs = {least(), square(), int4(), queues(),
                                 wide(),  narrow(), deep(), hw::load_config("hx8k")};
  for (const Config& c : configs) hw::validate(c, c.name);
  return configs;
}

Config random_config(uint64_t seed) {
  Random random(seed);
  for (;;) {
    const auto power = [&](int low, int high) {
      return 1 << random.between(static_cast<uint64_t>(low), static_cast<uint64_t>(high));
    };
    Config c = shaped(fmt::format("random{}", seed), power(0, 3), power(1, 5), power(1, 5));
    if (c.batch * c.block_in * c.block_out > 512) continue;  // keeps the Verilated models small
    set_types(c, power(1, 3), power(1, 3), power(1, 3));
    const bool has_empty_element = c.element_bytes(Memory::kInp) == 0 ||
                                   c.element_bytes(Memory::kWgt) == 0 ||
                                   c.element_bytes(Memory::kOut) == 0;
    if (has_empty_element) continue;  // of less than a byte: what follows divides by them
    const int vector = c.batch * c.block_out;
    c.alu_lanes = std::max(1, vector / power(0, 3));
    c.requantise_lanes = std::max(1, vector / power(0, 3));
    c.bus_bits = power(6, 9);
    if (random.percent(50)) c.depthwise_taps = static_cast<int>(random.between(2, 4));
    if (random.percent(20)) std::erase(c.alu_ops, AluOp::kMul);
    if (random.percent(20)) std::erase(c.alu_ops, AluOp::kRequantise);
    if (random.percent(50)) c.command_queue_depth = power(0, 6);
    if (random.percent(50)) c.token_queue_depth = power(4, 6);
    if (random.percent(50)) c.descriptors = power(0, 3);
    if (random.percent(50)) c.outstanding_bursts = power(0, 6);
    if (random.percent(50)) c.address_bits = static_cast<int>(random.between(20, 32));
    set_depths(c, power(3, 8), power(1, 8), power(1, 8), power(2, 8));
    try {
      hw::validate(c, c.name);
      return c;
    } catch (const Error&) {  // elements of no whole bytes
    }
  }
}

}  // namespace vta::fuzz

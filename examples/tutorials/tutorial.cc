#include "examples/tutorials/tutorial.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <vector>

#include "vta/codegen/accel/generate.h"
#include "vta/isa/assembly.h"
#include "vta/isa/check.h"
#include "vta/sim/bounds.h"
#include "vta/sim/timing.h"

namespace vta::tutorials {

namespace {

int64_t size_of(const loop::Buffer& b) {
  return b->elements() * b->type.bits / 8;
}

std::vector<uint8_t> bytes_of(const loop::Buffer& b, const loop::Array& array) {
  std::vector<uint8_t> bytes;
  for (const loop::Value& v : array.values) {
    for (int k = 0; k < b->type.bits; k += 8) bytes.push_back(static_cast<uint8_t>(v.integer >> k));
  }
  return bytes;
}

// Where everything lies in DRAM: the micro-ops, the parameters in order, the instructions.
struct Placed {
  isa::Program program;
  std::vector<uint8_t> uops;
  std::map<int, uint64_t> addresses;
  uint64_t instructions_at;
};

Placed place(const loop::Function& f, const hw::Config& config) {
  const runtime::RelocatableProgram program = codegen::accel::generate(f, config);
  Placed result{{}, {}, {}, static_cast<uint64_t>(config.dram_alignment())};
  const auto take = [&](int buffer, uint64_t bytes) {
    const auto unit = static_cast<uint64_t>(config.dram_alignment());
    result.addresses[buffer] = result.instructions_at;
    result.instructions_at += (bytes + unit) / unit * unit;
  };
  const isa::Encoding encoding(config);
  for (const isa::MicroOp& uop : program.uops) encoding.encode(uop, result.uops);
  take(runtime::RelocatableProgram::kUopBuffer, result.uops.size());
  for (size_t p = 0; p < f.parameters.size(); ++p) {
    take(static_cast<int>(p), static_cast<uint64_t>(size_of(f.parameters[p])));
  }
  result.program = runtime::place(program, config, result.addresses);
  return result;
}

}  // namespace

int run_tutorial(void (*body)()) {
  try {
    body();
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

void show(const std::string& text) {
  fmt::print("{}{}----\n", text, text.ends_with('\n') ? "" : "\n");
}

std::string to_string(const Cost& cost) {
  return fmt::format("{} instructions, {} cycles, bound {} ({:.0f} %)", cost.instructions,
                     cost.cycles, cost.bound,
                     100.0 * static_cast<double>(cost.bound) / static_cast<double>(cost.cycles));
}

Expected::Expected(const loop::Function& expression) {
  std::mt19937_64 random(1);
  std::vector<loop::Array> arrays;
  std::vector<loop::Array*> arguments;
  arrays.reserve(expression.parameters.size());
  for (const loop::Buffer& b : expression.parameters) {
    for (loop::Value& v : arrays.emplace_back(*b).values) {
      v.integer = wrap(b->type, static_cast<int64_t>(random()));
    }
    arguments.push_back(&arrays.back());
    inputs_.push_back(bytes_of(b, arrays.back()));
  }
  inputs_.pop_back();
  interpret(expression, arguments);
  output_ = bytes_of(expression.parameters.back(), arrays.back());
}

Cost Expected::run(const loop::Function& scheduled, const hw::Config& config) const {
  const Placed placed = place(scheduled, config);
  const isa::CheckReport report = isa::check(placed.program);
  require(report.ok(), "{}: the program is not safe: {}", scheduled.name, isa::to_string(report));

  sim::Dram dram;
  const auto copy = [&](uint64_t to, const std::vector<uint8_t>& from) {
    std::ranges::copy(from, dram.at(to, from.size()).begin());
  };
  const auto address = [&](size_t buffer) { return placed.addresses.at(static_cast<int>(buffer)); };
  copy(placed.addresses.at(runtime::RelocatableProgram::kUopBuffer), placed.uops);
  copy(placed.instructions_at, isa::encode_instructions(placed.program));
  for (size_t i = 0; i < inputs_.size(); ++i) copy(address(i), inputs_[i]);
  const auto simulator = sim::make_timed(config);
  simulator->run(dram, placed.instructions_at, placed.program.instructions.size());
  require(std::ranges::equal(output_, dram.at(address(inputs_.size()), output_.size())),
          "{}: the device and the interpreter differ", scheduled.name);
  return {placed.program.instructions.size(), simulator->timing().cycles,
          sim::bounds_of(config, placed.program.instructions).largest()};
}

std::string program_text(const loop::Function& scheduled, const hw::Config& config) {
  return isa::disassemble(place(scheduled, config).program);
}

}  // namespace vta::tutorials

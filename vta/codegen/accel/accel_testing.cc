#include "vta/codegen/accel/accel_testing.h"

#include <gtest/gtest.h>

#include <random>

#include "vta/isa/check.h"
#include "vta/loop/text.h"
#include "vta/ops/intrin/intrin.h"
#include "vta/runtime/loaded_program.h"

namespace vta::codegen::accel {

namespace {

int64_t bytes_of(const loop::BufferNode& b) {
  return b.elements() * b.type.bits / 8;
}

// Elements of less than a byte share one, the first in the low bits.
std::vector<uint8_t> packed(const loop::BufferNode& b, const std::vector<int64_t>& values) {
  std::vector<uint8_t> bytes(static_cast<size_t>(bytes_of(b)));
  const auto bits = static_cast<size_t>(b.type.bits);
  for (size_t i = 0; i < values.size(); ++i) {
    for (size_t k = 0; k < bits; ++k) {
      const size_t bit = i * bits + k;
      bytes[bit / 8] |= static_cast<uint8_t>(((values[i] >> k) & 1) << (bit % 8));
    }
  }
  return bytes;
}

std::vector<int64_t> unpacked(const loop::BufferNode& b, const std::vector<uint8_t>& bytes) {
  std::vector<int64_t> values(static_cast<size_t>(b.elements()));
  const auto bits = static_cast<size_t>(b.type.bits);
  for (size_t i = 0; i < values.size(); ++i) {
    int64_t value = 0;
    for (size_t k = 0; k < bits; ++k) {
      const size_t bit = i * bits + k;
      value |= int64_t{(bytes[bit / 8] >> (bit % 8)) & 1} << k;
    }
    values[i] = wrap(b.type, value);
  }
  return values;
}

}  // namespace

Contents draw_contents(const loop::Function& f, uint64_t seed) {
  std::mt19937_64 random(seed);
  Contents contents;
  for (const loop::Buffer& b : f.parameters) {
    contents.emplace_back();
    for (int64_t i = 0; i < b->elements(); ++i) {
      contents.back().push_back(wrap(b->type, static_cast<int64_t>(random())));
    }
  }
  return contents;
}

Contents interpreted(const loop::Function& f, const hw::Config& config, Contents contents) {
  std::vector<loop::Array> arrays;
  std::vector<loop::Array*> arguments;
  arrays.reserve(contents.size());
  for (size_t p = 0; p < contents.size(); ++p) {
    arrays.emplace_back(*f.parameters[p]);
    arguments.push_back(&arrays.back());
    for (size_t i = 0; i < contents[p].size(); ++i) {
      arrays.back().values[i].integer = contents[p][i];
    }
  }
  interpret(f, arguments, ops::accelerator_intrinsics(config));
  for (size_t p = 0; p < contents.size(); ++p) {
    for (size_t i = 0; i < contents[p].size(); ++i) {
      contents[p][i] = arrays[p].values[i].integer;
    }
  }
  return contents;
}

Contents executed(const loop::Function& f, const hw::Config& config, const std::string& device,
                  Contents contents) {
  const runtime::RelocatableProgram program = generate(f, config);
  const isa::CheckReport report = isa::check(placed(program, f, config));
  EXPECT_TRUE(report.ok()) << isa::to_string(report) << to_string(f);
  const auto machine = runtime::make_device(device, config);
  std::vector<runtime::DeviceBuffer> buffers;
  std::map<int, runtime::DeviceAddress> addresses;
  buffers.reserve(contents.size());
  for (size_t p = 0; p < contents.size(); ++p) {
    const std::vector<uint8_t> bytes = packed(*f.parameters[p], contents[p]);
    buffers.emplace_back(*machine, bytes.size());
    machine->copy_to(buffers.back().address(), bytes);
    addresses[static_cast<int>(p)] = buffers.back().address();
  }
  runtime::LoadedProgram(*machine, program, addresses).run();
  for (size_t p = 0; p < contents.size(); ++p) {
    std::vector<uint8_t> bytes(buffers[p].bytes());
    machine->copy_from(buffers[p].address(), bytes);
    contents[p] = unpacked(*f.parameters[p], bytes);
  }
  return contents;
}

isa::Program placed(const runtime::RelocatableProgram& program, const loop::Function& f,
                    const hw::Config& config) {
  constexpr uint64_t kUnit = 0x10000;
  std::map<int, uint64_t> addresses = {{runtime::RelocatableProgram::kUopBuffer, kUnit}};
  uint64_t next = 16 * kUnit;
  for (size_t p = 0; p < f.parameters.size(); ++p) {
    addresses[static_cast<int>(p)] = next;
    next += (static_cast<uint64_t>(bytes_of(*f.parameters[p])) / kUnit + 1) * kUnit;
  }
  return runtime::place(program, config, addresses);
}

}  // namespace vta::codegen::accel

// Comparing compiled code with the interpreter, bit for bit, for tests.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "vta/codegen/llvm/compile.h"
#include "vta/codegen/llvm/storage.h"
#include "vta/loop/interpret.h"
#include "vta/loop/text.h"

namespace vta::codegen {

// A buffer's memory as compiled code has it, with a margin behind that must stay as it is.
class Storage {
 public:
  static constexpr size_t kMargin = 64;

  Storage(const loop::BufferNode& buffer, const loop::Array& contents)
      : type_(buffer.type), bytes_(static_cast<size_t>(storage_bytes(buffer))) {
    memory_.reset(static_cast<uint8_t*>(std::aligned_alloc(
        kAlignment, (bytes_ + kMargin + kAlignment - 1) / kAlignment * kAlignment)));
    std::memset(memory_.get() + bytes_, kPattern, kMargin);
    for (size_t i = 0; i < contents.values.size(); ++i) write(i, contents.values[i]);
  }
  void* data() const { return memory_.get(); }
  bool is_margin_intact() const {
    for (size_t i = 0; i < kMargin; ++i) {
      if (memory_.get()[bytes_ + i] != kPattern) return false;
    }
    return true;
  }

  // Whether element i has the very bits of `expected`.
  bool holds(size_t i, loop::Value expected) const {
    Storage one(type_, expected);
    return std::memcmp(memory_.get() + i * size(), one.memory_.get(), size()) == 0;
  }
  double as_number(size_t i) const {
    if (type_.is_float()) return type_.bits == 32 ? read<float>(i) : read<double>(i);
    int64_t value = 0;
    std::memcpy(&value, memory_.get() + i * size(), size());
    return static_cast<double>(loop::wrap(type_, value));
  }

 private:
  static constexpr uint8_t kPattern = 0xA5;

  Storage(loop::Type type, loop::Value value) : type_(type), bytes_(size()) {
    memory_.reset(static_cast<uint8_t*>(std::malloc(size())));
    write(0, value);
  }
  size_t size() const { return static_cast<size_t>(element_bytes(type_)); }
  template <typename T>
  T read(size_t i) const {
    T value;
    std::memcpy(&value, memory_.get() + i * size(), size());
    return value;
  }
  void write(size_t i, loop::Value value) {
    const auto narrow = static_cast<float>(type_.is_float() ? value.real : 0);
    const void* from = type_.is_float() && type_.bits == 32 ? static_cast<const void*>(&narrow)
                                                            : static_cast<const void*>(&value);
    std::memcpy(memory_.get() + i * size(), from, size());  // little-endian hosts
  }

  struct Free {
    void operator()(uint8_t* memory) const { std::free(memory); }
  };
  loop::Type type_;
  size_t bytes_;
  std::unique_ptr<uint8_t[], Free> memory_;
};

// Any integers of the type; floats of some magnitude with all their fraction bits.
inline loop::Value random_value(std::mt19937_64& random, loop::Type type) {
  const uint64_t bits = random();
  if (!type.is_float()) {
    const bool is_small = bits % 4 == 0;  // near 0 and the limits, now and then
    const auto any = static_cast<int64_t>(random());
    return {.integer = wrap(type, is_small ? static_cast<int64_t>(bits % 7) - 3 : any)};
  }
  const double value = (static_cast<double>(bits >> 11) / 9007199254740992.0 - 0.5) * 8;
  return {.real = type.bits == 32 ? static_cast<double>(static_cast<float>(value)) : value};
}

// Contents of the parameters, drawn from `seed`.
inline std::vector<loop::Array> random_arrays(const loop::Function& f, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<loop::Array> arrays;
  for (const loop::Buffer& b : f.parameters) {
    arrays.emplace_back(*b);
    for (loop::Value& v : arrays.back().values) v = random_value(random, b->type);
  }
  return arrays;
}

inline void interpret_on(const loop::Function& f, std::vector<loop::Array>& arrays,
                         const loop::Intrinsics& intrinsics = {},
                         const std::vector<loop::Value>& scalars = {}) {
  std::vector<loop::Array*> arguments;
  for (loop::Array& a : arrays) arguments.push_back(&a);
  interpret(f, arguments, intrinsics, scalars);
}

// Leaves garbage where the next call has its stack, so that what code reads and never wrote shows.
[[gnu::noinline]] inline void dirty_stack() {
  volatile uint8_t garbage[1 << 16];
  for (volatile uint8_t& byte : garbage) byte = 0x5B;
}

// Runs `f` both ways on contents drawn from `seed`. Where the interpreter refuses them the test
// fails.
inline testing::AssertionResult computes_the_same(const Kernel& kernel, const loop::Function& f,
                                                  uint64_t seed,
                                                  const std::vector<loop::Value>& scalars = {},
                                                  const loop::Intrinsics& intrinsics = {}) {
  std::vector<loop::Array> arrays = random_arrays(f, seed);
  std::vector<Storage> storage;
  std::vector<void*> memory;
  for (size_t p = 0; p < arrays.size(); ++p) {
    storage.emplace_back(*f.parameters[p], arrays[p]);
    memory.push_back(storage.back().data());
  }
  interpret_on(f, arrays, intrinsics, scalars);
  dirty_stack();
  kernel(memory, scalars);
  for (size_t p = 0; p < arrays.size(); ++p) {
    const loop::BufferNode& b = *f.parameters[p];
    for (size_t i = 0; i < arrays[p].values.size(); ++i) {
      const loop::Value expected = arrays[p].values[i];
      if (storage[p].holds(i, expected)) continue;
      return testing::AssertionFailure()
             << b.name << " at " << i << " is " << storage[p].as_number(i) << ", must be "
             << (b.type.is_float() ? expected.real : static_cast<double>(expected.integer))
             << " (seed " << seed << ") in\n"
             << to_string(f);
    }
    if (!storage[p].is_margin_intact()) {
      return testing::AssertionFailure() << "wrote behind " << b.name << " in\n" << to_string(f);
    }
  }
  return testing::AssertionSuccess();
}

// The host as it is, and where it is one of AMD's and Intel's, with fewer features.
inline std::vector<Target> host_targets() {
  std::vector<Target> targets = {host_target()};
#ifdef __x86_64__
  targets.push_back({targets[0].triple, "x86-64", ""});
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    targets.push_back({targets[0].triple, "x86-64-v3", ""});
  }
#endif
  return targets;
}

}  // namespace vta::codegen

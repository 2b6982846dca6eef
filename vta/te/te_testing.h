// Running a function on arbitrary data, for tests.
#pragma once

#include <random>
#include <vector>

#include "vta/loop/interpret.h"

namespace vta::te {

// The contents of all parameters after a run on contents drawn from `seed`, small integers.
inline std::vector<std::vector<int64_t>> results(const loop::Function& f, uint64_t seed = 1,
                                                 const loop::Intrinsics& intrinsics = {}) {
  std::mt19937_64 random(seed);
  std::vector<loop::Array> arrays;
  for (const loop::Buffer& b : f.parameters) {
    arrays.emplace_back(*b);
    for (loop::Value& v : arrays.back().values) {
      const auto small = static_cast<int64_t>(random() % 19) - 9;
      if (b->type.is_float()) {
        v.real = static_cast<double>(small);
      } else {
        v.integer = wrap(b->type, small);
      }
    }
  }
  std::vector<loop::Array*> arguments;
  for (loop::Array& a : arrays) arguments.push_back(&a);
  interpret(f, arguments, intrinsics);
  std::vector<std::vector<int64_t>> out;
  for (size_t i = 0; i < arrays.size(); ++i) {
    out.emplace_back();
    for (const loop::Value& v : arrays[i].values) {
      out.back().push_back(f.parameters[i]->type.is_float() ? static_cast<int64_t>(v.real)
                                                            : v.integer);
    }
  }
  return out;
}

}  // namespace vta::te

// Input text, pass, expected text; and that the meaning stays.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "vta/loop/interpret.h"
#include "vta/loop/text.h"

namespace vta::loop {

// All parameters after a run in which the first ones hold 1, 2, 3, …
inline std::vector<int64_t> results(const Function& f) {
  std::vector<Array> arrays;
  for (const Buffer& b : f.parameters) arrays.emplace_back(*b);
  int64_t next = 0;
  for (Array& a : arrays) {
    for (Value& v : a.values) v.integer = next = next % 100 + 1;
  }
  std::vector<Array*> arguments;
  for (Array& a : arrays) arguments.push_back(&a);
  interpret(f, arguments);
  std::vector<int64_t> out;
  for (const Array& a : arrays) {
    for (const Value& v : a.values) out.push_back(v.integer);
  }
  return out;
}

inline void expect_pass(Function (*pass)(const Function&), std::string_view before,
                        std::string_view after) {
  const Function f = parse(before);
  const Function changed = pass(f);
  EXPECT_EQ(to_string(changed), after);
  EXPECT_EQ(results(changed), results(f));
}

}  // namespace vta::loop

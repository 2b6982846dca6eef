// Runs any loop IR, slowly and plainly: what a function means. Every pass and code generator is
// tested against it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "vta/loop/arithmetic.h"
#include "vta/loop/stmt.h"

namespace vta::loop {

// A buffer's storage.
struct Array {
  explicit Array(const BufferNode& buffer)
      : values(static_cast<size_t>(buffer.elements()), Value{.integer = 0}) {}
  std::vector<Value> values;
};

// Executes `function` on the storage of its parameters. Loops run in order, whatever their kind.
// Throws Error: an index outside its buffer, a binding outside its iteration's extent, division by
// zero, a negative shift, an intrinsic that is not in `intrinsics`.
void interpret(const Function& function, std::span<Array*> arguments,
               const Intrinsics& intrinsics = {}, std::span<const Value> scalars = {});

}  // namespace vta::loop

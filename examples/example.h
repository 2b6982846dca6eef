// What the examples share: command line, running a program once, comparing with plain C++.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vta/base/tensor.h"
#include "vta/runtime/command_stream.h"
#include "vta/runtime/device.h"

namespace vta::examples {

// main() of an example: --device and --hw choose the device that `body` gets. Returns 0 when body
// returns true, 1 when it returns false or an Error was thrown.
int run_example(int argc, char** argv, const std::string& description,
                bool (*body)(runtime::Device& device));

// Proves the program safe (vta/isa/check.h), runs it with `inputs` as buffers 0, 1, … and the
// output as the buffer after them, prints what the device counted, and returns the output's bytes.
std::vector<uint8_t> execute(runtime::Device& device, const runtime::RelocatableProgram& program,
                             const std::vector<std::vector<uint8_t>>& inputs,
                             uint64_t output_bytes);

// Values of `bits` bits, signed, as i8.
Tensor random_tensor(Shape shape, int bits, uint32_t seed);

// Compares two i8 tensors of one shape; prints the verdict, and the first difference.
bool matches(const Tensor& got, const Tensor& expected);

}  // namespace vta::examples

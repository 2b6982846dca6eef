// Running a function on the interpreter and, through the code generator, on a device.
#pragma once

#include <string>
#include <vector>

#include "vta/codegen/accel/generate.h"
#include "vta/loop/interpret.h"

namespace vta::codegen::accel {

// The contents of all parameters, by parameter, after a run on contents drawn from `seed`.
using Contents = std::vector<std::vector<int64_t>>;
Contents draw_contents(const loop::Function& f, uint64_t seed);
Contents interpreted(const loop::Function& f, const hw::Config& config, Contents contents);
// Also expects that the checker proves the program.
Contents executed(const loop::Function& f, const hw::Config& config, const std::string& device,
                  Contents contents);

// The program with every buffer at a multiple of 0x10000 bytes, micro-ops first.
isa::Program placed(const runtime::RelocatableProgram& program, const loop::Function& f,
                    const hw::Config& config);

}  // namespace vta::codegen::accel

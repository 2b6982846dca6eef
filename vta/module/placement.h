// Where the buffers of a module's kernels lie in device memory.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "vta/module/module.h"

namespace vta::module {

// Addresses by the kernel's own buffer numbers, from the addresses of the module's buffers. The
// micro-ops' buffer is not among them.
std::map<int, uint64_t> kernel_addresses(const Kernel& kernel,
                                         std::span<const uint64_t> module_addresses);

// The programs of the kernels, in their order, as they could lie in an empty memory: constants from
// address 0 on, then the kernel's micro-ops, then the arena with its plan, so that buffers share
// bytes where the plan lets them. For checking and printing without a device. The module is a
// verified one. Throws Error that names the kernel when its memory ends beyond the 32-bit element
// address.
std::vector<isa::Program> placed_programs(const Module& module);

}  // namespace vta::module

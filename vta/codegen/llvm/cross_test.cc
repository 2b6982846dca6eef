// Objects for the boards' processor, linked by its own compiler and run under emulation: they
// leave the bytes that this machine's code leaves.
#include <cstdlib>
#include <filesystem>

#include "vta/base/file.h"
#include "vta/base/process.h"
#include "vta/codegen/llvm/codegen_testing.h"
#include "vta/codegen/llvm/compile.h"
#include "vta/te/random_testing.h"

namespace vta::codegen {
namespace {

// TBD
}  // namespace
}  // namespace vta::codegen

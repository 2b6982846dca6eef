// From a function of the loop IR to machine code: into this process, or an object file for another
// machine. What it computes is what loop::interpret does, float for float; where that throws Error
// (an index outside, a division by zero) it is undefined.
//
// Vectorised loops become vectors of up to 64 lanes: accesses that are a constant 1 apart are
// vector loads and stores, others gathers and scatters. A vectorised loop whose body allocates,
// calls an intrinsic, holds another vectorised loop or writes what does not depend on the lane
// runs its iterations one by one. Virtual threads run one after the other.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "vta/loop/interpret.h"
#include "vta/loop/stmt.h"

namespace vta::codegen {

// As LLVM names them; features as "+avx2,-avx512f".
struct Target {
  std::string triple;
  std::string cpu;
  std::string features;
};
Target host_target();           // this machine, all that its processor has
Target aarch64_linux_target();  // the boards' Cortex-A53

enum class Optimize : uint8_t { kQuickly, kFully };  // quickly: for code that runs once

// The LLVM IR before and after optimisation, for people.
std::string llvm_text(const loop::Function& function, const Target& target);
std::string optimized_llvm_text(const loop::Function& function, const Target& target);

// A relocatable ELF object with the functions under their names (vta/codegen/llvm/emit.h has their
// C signature); link it with vta/codegen/runtime and the C library's mathematics. Throws Error for
// a target that LLVM does not know, and for two functions of one name.
std::vector<uint8_t> object_file(std::span<const loop::Function> functions, const Target& target);

// Compiled code in this process, which lives as long as the kernel.
class Kernel {
 public:
  // A buffer for each parameter, at a multiple of 64 bytes, none overlapping another: elements of
  // less than a byte take one (storage.h). Throws Error for another number of buffers or alignment.
  void operator()(std::span<void* const> buffers, std::span<const loop::Value> scalars = {}) const;

 private:
  friend class Jit;
  struct Code;
  std::shared_ptr<const Code> code_;
};

// Compiles for the machine that it runs on. One at a time: compile() is not for several threads.
class Jit {
 public:
  explicit Jit(const Target& target = host_target());
  ~Jit();
  // Throws Error for what the target does not have.
  Kernel compile(const loop::Function& function, Optimize optimize = Optimize::kFully);

 private:
  friend struct Kernel::Code;
  struct Engine;
  std::shared_ptr<Engine> engine_;
};

}  // namespace vta::codegen

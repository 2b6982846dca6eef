// The micro-op buffer as a program fills it, for those who look at a program without running it.
#pragma once

#include <span>
#include <vector>

#include "vta/isa/program.h"

namespace vta::fuzz {

class UopBuffer {
 public:
  explicit UopBuffer(const isa::Program& program)
      : program_(program), buffer_(static_cast<size_t>(program.config.depth(hw::Memory::kUop))) {}

  // Takes what `i`, if it is a legal LOAD of uop, brings. Unknown micro-ops are zeros.
  void load(const isa::Instruction& i);
  // The micro-ops of a GEMM or ALU; none where its range is empty or beyond the buffer.
  std::span<const isa::MicroOp> of(const isa::Instruction& i) const;

 private:
  const isa::Program& program_;
  std::vector<isa::MicroOp> buffer_;
};

}  // namespace vta::fuzz

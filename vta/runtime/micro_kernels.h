// Micro-kernels of one program: lists of micro-ops, each stored once in the program's micro-op
// image in DRAM, and which of them the micro-op buffer holds at this point of the program.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "vta/isa/field.h"

namespace vta::runtime {

class MicroKernels {
 public:
  explicit MicroKernels(const isa::Encoding& encoding);

  // Where a kernel lies, in micro-ops: from `image_begin` in the image, from `begin` in the buffer.
  struct Residence {
    uint32_t image_begin = 0;
    uint32_t begin = 0;
    uint32_t count = 0;
    bool load_needed = false;  // it was not in the buffer: the caller emits the LOAD
  };
  // Makes the kernel resident. The buffer is filled as a ring: a kernel that is not in it goes
  // behind the one that was placed last, and evicts what lies there. Throws Error when the kernel
  // is empty, larger than the buffer, or holds an index that does not fit the micro-op.
  Residence use(const std::vector<isa::MicroOp>& kernel);

  const std::vector<isa::MicroOp>& image() const { return image_; }

 private:
  struct Kernel {
    uint32_t image_begin = 0;
    uint32_t count = 0;
  };

  void evict(uint32_t begin, uint32_t end);

  isa::Encoding encoding_;
  uint32_t depth_;
  std::vector<isa::MicroOp> image_;
  std::unordered_map<std::string, Kernel> kernels_;  // by their encoded micro-ops
  // What the buffer holds: kernels by their begin in it, and its inverse, that begin by
  // image_begin.
  std::map<uint32_t, Kernel> residents_;
  std::map<uint32_t, uint32_t> places_;
  uint32_t next_ = 0;
};

}  // namespace vta::runtime

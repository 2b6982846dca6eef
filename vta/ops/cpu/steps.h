// A network as calls of compiled functions on memory of its own: what float and integer networks of
// the host have in common.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "vta/codegen/llvm/compile.h"
#include "vta/graph/graph.h"

namespace vta::ops::cpu {

// A window that is the same in both dimensions.
struct Square {
  int64_t stride, pad;
};
// Of a convolution or pool. Throws Error that names the node where it has another window.
Square square_window(const graph::Node& node);

class Steps {
 public:
  explicit Steps(codegen::Jit& jit) : jit_(jit) {}

  // Zeros, at a multiple of 64 bytes, for as long as this object lives.
  template <typename T>
  T* allocate(int64_t elements) {
    return static_cast<T*>(allocate_bytes(elements * static_cast<int64_t>(sizeof(T))));
  }
  // Equal functions share their code.
  void add(const loop::Function& function, std::vector<void*> buffers);
  void run() const {
    for (const Step& step : steps_) step.kernel(step.buffers);
  }

 private:
  struct Release {
    void operator()(void* memory) const;
  };
  struct Step {
    codegen::Kernel kernel;
    std::vector<void*> buffers;
  };

  void* allocate_bytes(int64_t bytes);

  codegen::Jit& jit_;
  std::map<std::string, codegen::Kernel> kernels_;  // by text
  std::vector<std::unique_ptr<void, Release>> memory_;
  std::vector<Step> steps_;
};

}  // namespace vta::ops::cpu

// Scratchpad elements: how a buffer's indices number them, and where its elements lie.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "vta/hw/config.h"
#include "vta/loop/stmt.h"

namespace vta::codegen::accel {

// How the leading dimensions of a buffer in a scratchpad number its elements.
struct ElementLayout {
  hw::Memory memory;
  std::vector<int64_t> strides;  // elements between neighbours of each leading dimension
  int64_t count;                 // elements
};
// Throws Error unless the buffer's type and last two dimensions are one element of its scope.
ElementLayout element_layout(const loop::BufferNode& buffer, const hw::Config& config);

// Allocates by nesting: what is allocated last is freed first. Threads are nested side by side:
// each begins where the one before reached highest.
class Scratchpads {
 public:
  explicit Scratchpads(const hw::Config& config) : config_(config) {}

  struct Place {
    ElementLayout layout;
    int64_t base;
  };
  // Throws Error with all buffers and their sizes where the scratchpad overflows.
  void allocate(const loop::Buffer& buffer);
  void free(const loop::Buffer& buffer);
  const Place& place(const loop::Buffer& buffer) const;

  void begin_threads();
  void next_thread();
  void end_threads();

 private:
  using Marks = std::array<int64_t, hw::kMemoryNames.size()>;
  struct Frame {
    Marks top, high;
  };
  struct Live {
    std::string name;
    hw::Memory memory;
    int64_t count;
  };

  hw::Config config_;
  std::map<const loop::BufferNode*, Place> places_;
  std::vector<Live> live_;
  Marks top_{}, high_{};
  std::vector<Frame> frames_;
};

}  // namespace vta::codegen::accel

// What a compile leaves: programs for the accelerator, the data that they need, and the order in
// which kernels and host operators make up the network.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "vta/graph/graph.h"
#include "vta/module/layout.h"
#include "vta/module/window_fold.h"
#include "vta/runtime/command_stream.h"

namespace vta::module {

// One accelerator program. Its own buffer number b is the module's buffer `buffers[b]`.
struct Kernel {
  std::string name;
  runtime::RelocatableProgram program;
  std::vector<int> buffers;
  uint64_t macs = 0;  // multiply-accumulates of the network that it does, padding not counted
};

// Device memory. A constant has contents, is copied once at load, and has memory of its own; an
// activation lies in the arena from `offset` on, where buffers may share bytes when their lifetimes
// do not overlap.
struct BufferPlan {
  std::string name;
  uint64_t bytes = 0;
  std::shared_ptr<const std::vector<uint8_t>> contents;
  uint64_t offset = 0;
};

// Runs a node of the graph on the host.
struct HostStep {
  int node = 0;
  bool operator==(const HostStep&) const = default;
};
// Packs a value (i8), or what its windows fold to, into a buffer.
struct UploadStep {
  graph::ValueId value = graph::kNoValue;
  int buffer = 0;
  BlockLayout layout;
  std::optional<WindowFold> fold = std::nullopt;
  bool operator==(const UploadStep&) const = default;
};
struct KernelStep {
  int kernel = 0;
  bool operator==(const KernelStep&) const = default;
};
// Unpacks a buffer into a value (i8).
struct DownloadStep {
  int buffer = 0;
  graph::ValueId value = graph::kNoValue;
  BlockLayout layout;
  bool operator==(const DownloadStep&) const = default;
};
using Step = std::variant<HostStep, UploadStep, KernelStep, DownloadStep>;

struct Module {
  hw::Config config;
  graph::Graph graph;  // the quantised network: the host's nodes, and every value's name and type
  std::vector<BufferPlan> buffers;
  uint64_t arena_bytes = 0;
  std::vector<Kernel> kernels;
  std::vector<Step> steps;  // in the order of execution
};

// Throws Error that names the kernel, buffer or step, unless: every index is in range; every buffer
// lies in the arena or has contents of its size; every transfer of a kernel is relocated and stays
// inside its buffer, and none stores to a constant; uploaded and downloaded values are i8 and fit
// their buffers; every value is computed before a step or the graph's outputs need it. The graph is
// taken to be valid (graph::verify).
void verify(const Module& module);

}  // namespace vta::module

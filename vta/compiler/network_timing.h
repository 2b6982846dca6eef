// How long a compiled network takes on the accelerator, layer by layer, by the cycle-exact model
// without data; beside what each layer must take at least, and what its other cycles went to.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <vector>

#include "vta/codegen/accel/time.h"
#include "vta/compiler/compile.h"
#include "vta/sim/timing.h"

namespace vta::compiler {

// What a cycle of the compute unit went to. The first three are those in which it works: on the
// layer's own MACs, on other ones (padded channels, zeros of block-diagonal weights, pooling), on
// the ALU or on resets. The others are the causes of sim::Cause from kTokenPrev on.
inline constexpr size_t kCycleUses = 2 + sim::kCauseNames.size();
std::string_view cycle_use_name(size_t use);  // "own_macs", "other_macs", "alu", "token_prev", …

// One program of the accelerator.
struct LayerTiming {
  std::string name;
  std::string op;
  uint64_t macs = 0;                        // the layer's own, as papers count them
  uint64_t cycles = 0;                      // from its first instruction to its last
  uint64_t dram_bytes = 0;                  // loaded, stored and fetched
  uint64_t least_dram_bytes = 0;            // its operands and its result, each once, no padding
  uint64_t mac_bound = 0;                   // cycles: own MACs / MACs per cycle
  uint64_t dram_bound = 0;                  // cycles: least bytes / bytes per cycle
  std::array<uint64_t, kCycleUses> uses{};  // sum to `cycles`

  uint64_t bound() const { return std::max(mac_bound, dram_bound); }
};

struct NetworkTiming {
  std::vector<LayerTiming> layers;  // in the order of execution
  uint64_t cycles() const;
  uint64_t macs() const;
  uint64_t dram_bytes() const;
  uint64_t bound() const;
};

// A kernel's program alone: when each instruction ran.
codegen::accel::Timed time_kernel(const module::Module& module, const module::Kernel& kernel);

// `layer_done`, where given, is called after each layer.
NetworkTiming time_network(const Compiled& compiled,
                           const std::function<void()>& layer_done = nullptr);

}  // namespace vta::compiler

// The simulators as devices: each with a DRAM of its own.
#include <algorithm>
#include <array>
#include <string_view>

#include "vta/base/error.h"
#include "vta/rtlsim/rtl.h"
#include "vta/runtime/allocator.h"
#include "vta/runtime/device.h"
#include "vta/sim/dram.h"
#include "vta/sim/simulator.h"

namespace vta::runtime {

namespace {

// Of the DRAM, unless addresses are narrower.
uint64_t capacity_of(const hw::Config& config) {
  return std::min(uint64_t{1} << 30, config.memory_bytes());
}

class SimDevice : public Device {
 public:
  SimDevice(std::string name, const hw::Config& config, std::unique_ptr<sim::Simulator> simulator)
      : name_(std::move(name)),
        config_(config),
        simulator_(std::move(simulator)),
        dram_(capacity_of(config)),
        // Address 0 is never handed out: an address that was forgotten points to it.
        allocator_(static_cast<uint64_t>(config.dram_alignment()), capacity_of(config),
                   static_cast<uint64_t>(config.dram_alignment())) {}

  std::string name() const override { return name_; }
  const hw::Config& config() const override { return config_; }

  DeviceAddress allocate(uint64_t bytes) override { return allocator_.allocate(bytes); }
  void free(DeviceAddress address) override { allocator_.free(address); }

  void copy_to(DeviceAddress to, std::span<const uint8_t> from) override {
    std::ranges::copy(from, dram_.at(to, from.size()).begin());
  }
  void copy_from(DeviceAddress from, std::span<uint8_t> to) override {
    std::ranges::copy(dram_.at(from, to.size()), to.begin());
  }

  Counters run(DeviceAddress address, uint64_t count) override {
    return simulator_->run(dram_, address, count);
  }

 private:
  std::string name_;
  hw::Config config_;
  std::unique_ptr<sim::Simulator> simulator_;
  sim::Dram dram_;
  Allocator allocator_;
};

struct Kind {
  std::string_view name;
  std::unique_ptr<sim::Simulator> (*make)(const hw::Config& config, uint64_t seed);
};

constexpr std::array kKinds = {
    Kind{"ref",
         [](const hw::Config& config, uint64_t seed) { return sim::make_reference(config, seed); }},
    Kind{"fsim", [](const hw::Config& config, uint64_t) { return sim::make_functional(config); }},
    Kind{"tsim",
         [](const hw::Config& config, uint64_t) -> std::unique_ptr<sim::Simulator> {
           return sim::make_timed(config);
         }},
    Kind{"rtl",
         [](const hw::Config& config, uint64_t) -> std::unique_ptr<sim::Simulator> {
           return rtlsim::make_rtl(config);
         }},
};

}  // namespace

std::vector<std::string> device_names() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

std::unique_ptr<Device> make_device(const std::string& name, const hw::Config& config,
                                    uint64_t seed) {
  for (const Kind& kind : kKinds) {
    if (kind.name == name) {
      return std::make_unique<SimDevice>(name, config, kind.make(config, seed));
    }
  }
  fail("there is no device '{}' (devices: {})", name, fmt::join(device_names(), ", "));
}

}  // namespace vta::runtime

#include "vta/rtlsim/rtl.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <numeric>
#include <optional>

#include "vta/base/error.h"
#include "vta/isa/field.h"
#include "vta/rtl/package.h"
#include "vta/rtl/register_map.h"
#include "vta/rtl/sources.h"
#include "vta/rtlsim/build.h"
#include "vta/rtlsim/fault.h"
#include "vta/rtlsim/harness.h"
#include "vta/sim/bounds.h"
#include "vta/sim/checks.h"
#include "vta/sim/memory_timing.h"

namespace vta::rtlsim {

namespace {

constexpr size_t kUnits = 3;

Design design_of(const hw::Config& config, bool wave) {
  Design design{.sources = {}, .bus_bits = config.bus_bits, .wave = wave};
  design.sources.push_back({"vta_pkg.sv", rtl::package_text(config)});
  for (const EmbeddedFile& file : rtl::sources()) {
    design.sources.push_back({std::string(file.name), std::string(file.text)});
  }
  return design;
}

// Verilator's writer says nothing when it cannot.
const char* writable(const std::filesystem::path& path) {
  if (path.empty()) return nullptr;
  require(std::ofstream(path).good(), "{}: cannot write", path.string());
  return path.c_str();
}

uint16_t address_of(std::string_view name) {
  return static_cast<uint16_t>(rtl::register_address(name));
}

// Value of CONTROL that does `what`.
uint32_t control(std::string_view what) {
  const auto& registers = rtl::registers();
  const auto& fields = std::ranges::find(registers, "CONTROL", &rtl::Register::name)->fields;
  return 1U << std::ranges::find(fields, what, &rtl::RegisterField::name)->lsb;
}

// The library's functions. It stays loaded: unloading would gain nothing.
struct Library {
  explicit Library(const std::filesystem::path& path) {
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    require(handle != nullptr, "cannot load the Verilated RTL: {}", dlerror());
    const auto get = [&]<typename Function>(Function*& function, const char* name) {
      function = reinterpret_cast<Function*>(dlsym(handle, name));
      require(function != nullptr, "{}: no function {}", path.string(), name);
    };
    get(open, "vta_rtl_open");
    get(close, "vta_rtl_close");
    get(write, "vta_rtl_write");
    get(read, "vta_rtl_read");
    get(execute, "vta_rtl_execute");
    get(message, "vta_rtl_message");
  }

  VtaRtlOpen* open;
  VtaRtlClose* close;
  VtaRtlWrite* write;
  VtaRtlRead* read;
  VtaRtlExecute* execute;
  VtaRtlMessage* message;
};

// The accelerator with its registers.
class Model {
 public:
  Model(const hw::Config& config, const RtlOptions& options)
      : library_(build_library(design_of(config, !options.wave.empty()))),
        model_(library_.open(writable(options.wave), options.wave_begin, options.wave_end)) {}
  ~Model() { library_.close(model_); }
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  void write(std::string_view name, uint32_t value) {
    check(library_.write(model_, address_of(name), value));
  }
  uint32_t read(uint32_t address) {
    uint32_t value = 0;
    check(library_.read(model_, static_cast<uint16_t>(address), &value));
    return value;
  }
  uint32_t read(std::string_view name) { return read(address_of(name)); }
  // Of which the upper half is at the next word.
  uint64_t read_wide(uint32_t address) { return read(address) | uint64_t{read(address + 4)} << 32; }
  void execute(VtaRtlRun& run) { check(library_.execute(model_, &run)); }

 private:
  void check(int failed) {
    require(failed == 0, "the RTL misbehaves: {}", library_.message(model_));
  }

  Library library_;
  VtaRtlModel* model_;
};

// What the host knows of a program before it runs.
struct Outline {
  std::vector<uint8_t> units;  // by instruction
  std::array<uint64_t, kUnits> counts{};
  sim::Counters work;
  uint64_t longest = 0;  // an upper bound of the cycles that an instruction works
};

class Rtl : public sim::TimedSimulator {
 public:
  Rtl(const hw::Config& config, const RtlOptions& options)
      : config_(config),
        encoding_(config),
        memory_(config),
        options_(options),
        model_(config, options) {
    const uint64_t fingerprint = model_.read_wide(address_of("FINGERPRINT_LOW"));
    require(fingerprint == rtl::fingerprint_hash(config),
            "the RTL's fingerprint is {:#x}, that of the configuration {:#x}", fingerprint,
            rtl::fingerprint_hash(config));
  }

  sim::Counters run(sim::Dram& dram, uint64_t address, uint64_t count) override {
    timing_ = {};
    if (address >> 32 != 0 || count >> 32 != 0) {
      check_program(encoding_, dram, address, count);
      fail("the program, {} instructions at {:#x}, is beyond the 4 GiB that the RTL addresses",
           count, address);
    }
    const Outline outline = outline_of(dram, address, count);
    model_.write("PROGRAM_ADDRESS", static_cast<uint32_t>(address));
    model_.write("PROGRAM_COUNT", static_cast<uint32_t>(count));
    const VtaRtlRun run = execute(outline, dram);
    timing_.cycles = run.cycles;
    for (size_t unit = 0; unit < timing_.attribution.size(); ++unit) {
      std::copy_n(run.attribution[unit], timing_.attribution[unit].size(),
                  timing_.attribution[unit].begin());
    }
    check_counters();
    const auto code = static_cast<rtl::FaultCode>(model_.read("FAULT_CODE"));
    if (code != rtl::FaultCode::kNone) {
      throw_fault({code, model_.read("FAULT_INSTRUCTION")}, encoding_, dram, address, count);
    }
    for (size_t unit = 0; unit < kUnits; ++unit) {
      require(run.started[unit] == outline.counts[unit] && run.ended[unit] == outline.counts[unit],
              "the RTL misbehaves: of {} instructions of unit {} it started {} and ended {}",
              outline.counts[unit], unit_name(static_cast<isa::Unit>(unit)), run.started[unit],
              run.ended[unit]);
    }
    return outline.work;
  }

  const sim::Timing& timing() const override { return timing_; }

 private:
  // Up to the first instruction that the hardware refuses to fetch.
  Outline outline_of(const sim::Dram& dram, uint64_t address, uint64_t count) const {
    Outline outline;
    const auto bytes = static_cast<uint64_t>(encoding_.instruction_bytes());
    for (uint64_t index = 0; index < count; ++index) {
      const uint64_t at = address + index * bytes;
      if (at + bytes > dram.capacity()) break;
      isa::Instruction instruction;
      try {
        instruction = fetch_instruction(encoding_, dram, address, count, index);
      } catch (const sim::Fault&) {
        break;
      }
      const auto unit = static_cast<uint8_t>(unit_of(instruction));
      outline.units.push_back(unit);
      ++outline.counts[unit];
      outline.work += sim::work_of(config_, {&instruction, 1});
      outline.longest = std::max(outline.longest, longest_work(instruction));
    }
    return outline;
  }

  uint64_t longest_work(const isa::Instruction& i) const {
    if (i.is_memory()) {
      const auto bytes = static_cast<uint64_t>(config_.element_bytes(dram_element(i.memory)));
      return (sim::padded_rows(i) + 1) * (sim::padded_columns(i) + 1) * bytes;
    }
    const auto vector = static_cast<uint64_t>(config_.batch * config_.block_out);
    const uint64_t uops = i.uop_end > i.uop_begin ? i.uop_end - i.uop_begin : 1;
    return uint64_t{i.iter_out} * i.iter_in * uops * (vector + 16);
  }

  VtaRtlRun execute(const Outline& outline, sim::Dram& dram) {
    const uint64_t burst = 16 * (memory_.beat_cost() / 65536 + 1);
    VtaRtlRun run{.dram = dram.at(0, dram.capacity()).data(),
                  .capacity = dram.capacity(),
                  .error_begin = options_.error_begin,
                  .error_end = options_.error_end,
                  .latency = memory_.latency(),
                  .beat_cost = memory_.beat_cost(),
                  .start_address = address_of("CONTROL"),
                  .start_value = control("START"),
                  .stop_address = address_of("CONTROL"),
                  .stop_value = control("STOP"),
                  .stop_cycle = options_.stop_cycle,
                  .stall_limit = 10000 + outline.longest + 200 * (memory_.latency() + burst)};
    std::array<std::vector<uint64_t>, kUnits> starts;
    std::array<std::vector<uint64_t>, kUnits> ends;
    for (size_t unit = 0; unit < kUnits; ++unit) {
      starts[unit].resize(outline.counts[unit]);
      ends[unit].resize(outline.counts[unit]);
      run.starts[unit] = starts[unit].data();
      run.ends[unit] = ends[unit].data();
      run.room[unit] = outline.counts[unit];
    }
    timing_.dispatched.resize(outline.units.size());
    run.dispatches = timing_.dispatched.data();
    run.dispatch_room = outline.units.size();
    model_.execute(run);
    std::array<size_t, kUnits> next{};
    for (const uint8_t unit : outline.units) {
      const size_t n = next[unit]++;
      timing_.instructions.push_back({starts[unit][n], ends[unit][n]});
    }
    return run;
  }

  // The host's counters say the same as the outputs that the harness watched.
  void check_counters() {
    const uint64_t cycles = model_.read_wide(address_of("CYCLES_LOW"));
    const uint64_t mask =
        config_.counter_bits == 0 ? 0 : ~uint64_t{0} >> (64 - config_.counter_bits);
    require(cycles == (timing_.cycles & mask), "the RTL misbehaves: it counted {} of {} cycles",
            cycles, timing_.cycles & mask);
    for (uint32_t unit = 0; unit < timing_.attribution.size(); ++unit) {
      const auto& causes = timing_.attribution[unit];
      require(std::accumulate(causes.begin(), causes.end(), uint64_t{0}) == timing_.cycles,
              "the RTL misbehaves: not every cycle of {} has a cause", sim::kTimedUnitNames[unit]);
      for (uint32_t cause = 0; cause < causes.size(); ++cause) {
        const uint64_t counter = model_.read_wide(rtl::counter_address(unit, cause));
        require(counter == (causes[cause] & mask),
                "the RTL misbehaves: its counter of {} cycles of {} is {}, expected {}",
                sim::kCauseNames[cause], sim::kTimedUnitNames[unit], counter, causes[cause] & mask);
      }
    }
  }

  hw::Config config_;
  isa::Encoding encoding_;
  sim::MemoryTiming memory_;
  RtlOptions options_;
  Model model_;
  sim::Timing timing_;
};

}  // namespace

std::unique_ptr<sim::TimedSimulator> make_rtl(const hw::Config& config, const RtlOptions& options) {
  return std::make_unique<Rtl>(config, options);
}

}  // namespace vta::rtlsim

// The surroundings of the Verilated accelerator: clock, AXI4-Lite, and the memory behind AXI4 with
// the timing of docs/hardware.md. Compiled with what Verilator makes of the RTL, not with vta.
//
// In cycle t: the rising edge that ends t - 1; what registers show is read, and the memory's
// answers for t are put on the inputs; the falling edge settles the logic; handshakes and events of
// t are read.
#include "vta/rtlsim/harness.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <deque>
#include <optional>
#include <string>

#include "Vvta.h"
#include "verilated.h"
#include "vta/sim/memory_timing.h"
#ifdef VTA_RTL_WAVE
#include "verilated_fst_c.h"
#endif

namespace {

constexpr uint64_t kBeat = VTA_RTL_BEAT_BYTES;
constexpr uint32_t kResponseError = 2;
constexpr uint32_t kCauseWorking = 0;       // of fetch: it dispatches an instruction
constexpr uint64_t kHandshakeLimit = 1000;  // cycles that a register access may take

// What the model says through $display and failed assertions. The newest run's; one line.
thread_local std::string printed;
thread_local bool stopped = false;

struct ReadBurst {
  uint64_t address;
  uint64_t beats;
  vta::sim::MemoryTiming::Read timing;
};

struct WriteBurst {
  uint64_t address;
  uint64_t beats;
};

struct Response {
  uint64_t ready;  // first cycle
  bool error;
};

// An access to a register: what of it is still to be handed over.
struct Access {
  bool address = false;  // AW or AR
  bool data = false;     // W
  bool answer = false;   // B or R
  bool write = false;
  bool error = false;
  uint32_t value = 0;
};

}  // namespace

struct VtaRtlModel {
  VtaRtlModel(const char* wave, uint64_t wave_begin, uint64_t wave_end);
  ~VtaRtlModel();

  bool access(uint16_t address, bool write, uint32_t& value);
  bool execute(VtaRtlRun& run);

  std::string message;

 private:
  void tick();
  void begin_access(uint16_t address, bool write, uint32_t value);
  void access_inputs();
  void access_outputs();
  void memory_inputs();
  void memory_outputs();
  void accept_write_beat();
  void present_read_beat();
  bool is_error(uint64_t address, uint64_t bytes) const;
  void record_events();
  void dump_wave();
  bool fail(const std::string& what);

  VerilatedContext context_;
  Vvta top_{&context_};
#ifdef VTA_RTL_WAVE
  VerilatedFstC trace_;
#endif
  uint64_t wave_begin_;
  uint64_t wave_end_;
  uint64_t wave_cycle_ = 0;  // running cycles of all runs

  uint64_t now_ = 0;
  uint64_t progress_ = 0;  // the last cycle in which something was handed over, started or ended
  std::optional<Access> access_;
  std::string violation_;  // of AXI by the model

  VtaRtlRun* run_ = nullptr;
  bool running_ = false;
  vta::sim::MemoryTiming memory_{1, 1};
  std::deque<ReadBurst> reads_;
  uint64_t read_beat_ = 0;  // of reads_.front()
  bool presented_ = false;  // that beat is on the inputs
  std::deque<WriteBurst> writes_;
  uint64_t write_beat_ = 0;  // of writes_.front()
  bool write_error_ = false;
  std::deque<Response> responses_;
};

VtaRtlModel::VtaRtlModel(const char* wave, uint64_t wave_begin, uint64_t wave_end)
    : wave_begin_(wave_begin), wave_end_(wave_end) {
#ifdef VTA_RTL_WAVE
  context_.traceEverOn(true);
  top_.trace(&trace_, 99);
  if (wave != nullptr) trace_.open(wave);
#else
  (void)wave;
#endif
  top_.axil_wstrb_i = 0xf;
  top_.axil_bready_i = 1;
  top_.axil_rready_i = 1;
  top_.axi_arready_i = 1;
  top_.axi_awready_i = 1;
  top_.axi_wready_i = 1;
  top_.rst_ni = 0;
  for (int i = 0; i < 4; ++i) tick();
  top_.rst_ni = 1;
  tick();
}

VtaRtlModel::~VtaRtlModel() {
#ifdef VTA_RTL_WAVE
  trace_.close();
#endif
  top_.final();
}

void VtaRtlModel::tick() {
  context_.time(run_ == nullptr ? 0 : run_->cycles);  // which failed assertions show
  top_.clk_i = 1;
  top_.eval();
  ++now_;
  running_ = (top_.event_o >> 6 & 1) != 0;
  if (access_) access_inputs();
  memory_inputs();
  dump_wave();
  top_.clk_i = 0;
  top_.eval();
  dump_wave();
  if (access_) access_outputs();
  memory_outputs();
  if (run_ != nullptr && running_) record_events();
}

// Registers.

void VtaRtlModel::begin_access(uint16_t address, bool write, uint32_t value) {
  access_ = Access{.address = true, .data = write, .answer = true, .write = write};
  access_->value = value;
  top_.axil_awaddr_i = address;
  top_.axil_araddr_i = address;
  top_.axil_wdata_i = value;
}

void VtaRtlModel::access_inputs() {
  top_.axil_awvalid_i = access_->write && access_->address;
  top_.axil_arvalid_i = !access_->write && access_->address;
  top_.axil_wvalid_i = access_->data;
}

void VtaRtlModel::access_outputs() {
  Access& a = *access_;
  if (a.write) {
    if (top_.axil_awvalid_i && top_.axil_awready_o) a.address = false;
    if (top_.axil_wvalid_i && top_.axil_wready_o) a.data = false;
    if (top_.axil_bvalid_o) {
      a.answer = false;
      a.error = top_.axil_bresp_o != 0;
    }
  } else {
    if (top_.axil_arvalid_i && top_.axil_arready_o) a.address = false;
    if (top_.axil_rvalid_o) {
      a.answer = false;
      a.error = top_.axil_rresp_o != 0;
      a.value = top_.axil_rdata_o;
    }
  }
}

bool VtaRtlModel::access(uint16_t address, bool write, uint32_t& value) {
  begin_access(address, write, value);
  for (uint64_t i = 0; i < kHandshakeLimit; ++i) {
    tick();
    if (access_->answer || access_->address || access_->data) continue;
    const Access done = *access_;
    access_inputs();
    access_.reset();
    value = done.value;
    return !done.error ||
           fail("an error response to the access to register " + std::to_string(address));
  }
  access_.reset();
  return fail("no answer to the access to register " + std::to_string(address));
}

// Memory. Requests and write data come from registers, so they are known right after the edge.

void VtaRtlModel::memory_inputs() {
  if (run_ == nullptr) {
    top_.axi_rvalid_i = 0;
    top_.axi_bvalid_i = 0;
    return;
  }
  if (top_.axi_arvalid_o) {
    const uint64_t beats = uint64_t{top_.axi_arlen_o} + 1;
    reads_.push_back({top_.axi_araddr_o, beats, memory_.read(now_, beats)});
    progress_ = now_;
  }
  if (top_.axi_awvalid_o) writes_.push_back({top_.axi_awaddr_o, uint64_t{top_.axi_awlen_o} + 1});
  if (top_.axi_wvalid_o) accept_write_beat();

  if (!presented_ && !reads_.empty() && now_ >= reads_.front().timing.ready(read_beat_)) {
    present_read_beat();
  }
  top_.axi_rvalid_i = presented_;
  top_.axi_bvalid_i = !responses_.empty() && now_ >= responses_.front().ready;
  if (top_.axi_bvalid_i) top_.axi_bresp_i = responses_.front().error ? kResponseError : 0;
}

void VtaRtlModel::accept_write_beat() {
  progress_ = now_;
  if (writes_.empty()) {
    violation_ = "write data came before its address";
    return;
  }
  WriteBurst& burst = writes_.front();
  const uint64_t address = burst.address + write_beat_ * kBeat;
  uint64_t strobes = 0;
  std::memcpy(&strobes, &top_.axi_wstrb_o, (kBeat + 7) / 8);
  const auto* data = reinterpret_cast<const uint8_t*>(&top_.axi_wdata_o);
  const bool whole = strobes == (~uint64_t{0} >> (64 - kBeat));
  if (whole && address + kBeat <= run_->capacity && !is_error(address, kBeat)) {
    std::memcpy(run_->dram + address, data, kBeat);
  } else {
    for (uint64_t i = 0; i < kBeat; ++i) {
      if ((strobes >> i & 1) == 0) continue;
      if (address + i < run_->capacity) run_->dram[address + i] = data[i];
      write_error_ = write_error_ || is_error(address + i, 1);
    }
  }
  ++write_beat_;
  if ((write_beat_ == burst.beats) != static_cast<bool>(top_.axi_wlast_o)) {
    violation_ = "the last beat of a write burst is not where its length says";
  }
  if (write_beat_ < burst.beats) return;
  responses_.push_back({memory_.write(now_, burst.beats), write_error_});
  writes_.pop_front();
  write_beat_ = 0;
  write_error_ = false;
}

bool VtaRtlModel::is_error(uint64_t address, uint64_t bytes) const {
  return address >= run_->capacity ||
         (address < run_->error_end && run_->error_begin < address + bytes);
}

void VtaRtlModel::present_read_beat() {
  const ReadBurst& burst = reads_.front();
  const uint64_t address = burst.address + read_beat_ * kBeat;
  auto* data = reinterpret_cast<uint8_t*>(&top_.axi_rdata_i);
  if (address + kBeat <= run_->capacity) {
    std::memcpy(data, run_->dram + address, kBeat);
  } else {
    std::memset(data, 0, kBeat);
    if (address < run_->capacity) std::memcpy(data, run_->dram + address, run_->capacity - address);
  }
  top_.axi_rresp_i = is_error(address, kBeat) ? kResponseError : 0;
  top_.axi_rlast_i = read_beat_ + 1 == burst.beats;
  presented_ = true;
}

void VtaRtlModel::memory_outputs() {
  if (run_ == nullptr) return;
  if (presented_ && top_.axi_rready_o) {
    progress_ = now_;
    presented_ = false;
    if (++read_beat_ == reads_.front().beats) {
      read_beat_ = 0;
      reads_.pop_front();
    }
  }
  if (top_.axi_bvalid_i && top_.axi_bready_o) {
    progress_ = now_;
    responses_.pop_front();
  }
}

void VtaRtlModel::record_events() {
  const uint32_t events = top_.event_o & 0x3f;
  if (events != 0) {
    progress_ = now_;
    for (int unit = 0; unit < 3; ++unit) {
      if (events >> (2 * unit) & 1) {
        const uint64_t n = run_->started[unit]++;
        if (n < run_->room[unit]) run_->starts[unit][n] = run_->cycles;
      }
      if (events >> (2 * unit + 1) & 1) {
        const uint64_t n = run_->ended[unit]++;
        if (n < run_->room[unit]) run_->ends[unit][n] = run_->cycles;
      }
    }
  }
  uint32_t causes = top_.cause_o;
  if ((causes & 0xf) == kCauseWorking) {
    progress_ = now_;
    const uint64_t n = run_->dispatched++;
    if (n < run_->dispatch_room) run_->dispatches[n] = run_->cycles;
  }
  for (auto& unit : run_->attribution) {
    ++unit[causes & 0xf];
    causes >>= 4;
  }
  ++run_->cycles;
}

// Two times a cycle: 2t with the rising edge, 2t + 1 with the falling one, when all is settled.
void VtaRtlModel::dump_wave() {
#ifdef VTA_RTL_WAVE
  if (run_ == nullptr || !running_) return;
  const bool in_window = wave_cycle_ >= wave_begin_ && wave_cycle_ < wave_end_;
  const bool settled = top_.clk_i == 0;
  if (in_window && trace_.isOpen()) trace_.dump(2 * wave_cycle_ + (settled ? 1 : 0));
  if (settled) ++wave_cycle_;
#endif
}

bool VtaRtlModel::fail(const std::string& what) {
  message = what;
  return false;
}

bool VtaRtlModel::execute(VtaRtlRun& run) {
  run_ = &run;
  reads_.clear();
  writes_.clear();
  responses_.clear();
  presented_ = false;
  read_beat_ = write_beat_ = 0;
  memory_ = vta::sim::MemoryTiming(run.latency, run.beat_cost);
  progress_ = now_;
  for (int unit = 0; unit < 3; ++unit) run.started[unit] = run.ended[unit] = 0;
  run.cycles = 0;
  stopped = false;
  printed.clear();
  violation_.clear();

  uint32_t value = run.start_value;
  bool good = access(run.start_address, true, value);
  const auto watch = [&] {
    if (stopped) return fail(printed.substr(0, printed.find('\n')));
    if (!violation_.empty()) return fail("AXI: " + violation_);
    if (now_ - progress_ > run.stall_limit) {
      return fail("no progress for " + std::to_string(run.stall_limit) + " cycles");
    }
    return true;
  };
  while (good && (running_ || (run.cycles == 0 && now_ - progress_ < kHandshakeLimit))) {
    tick();
    if (run.cycles == run.stop_cycle && running_ && !access_) {
      begin_access(run.stop_address, true, run.stop_value);
    }
    if (access_ && !access_->answer) {
      access_inputs();
      access_.reset();
    }
    good = watch();
  }
  access_.reset();
  run_ = nullptr;
  return good;
}

extern "C" {

#define VTA_RTL_EXPORT __attribute__((visibility("default")))

VTA_RTL_EXPORT VtaRtlModel* vta_rtl_open(const char* wave, uint64_t begin, uint64_t end) {
  return new VtaRtlModel(wave, begin, end);
}

VTA_RTL_EXPORT void vta_rtl_close(VtaRtlModel* model) {
  delete model;
}

VTA_RTL_EXPORT int vta_rtl_write(VtaRtlModel* model, uint16_t address, uint32_t value) {
  return model->access(address, true, value) ? 0 : 1;
}

VTA_RTL_EXPORT int vta_rtl_read(VtaRtlModel* model, uint16_t address, uint32_t* value) {
  return model->access(address, false, *value) ? 0 : 1;
}

VTA_RTL_EXPORT int vta_rtl_execute(VtaRtlModel* model, VtaRtlRun* run) {
  return model->execute(*run) ? 0 : 1;
}

VTA_RTL_EXPORT const char* vta_rtl_message(VtaRtlModel* model) {
  return model->message.c_str();
}

}  // extern "C"

// Verilator's runtime calls these instead of printing and aborting.
void vta_rtl_print(const char* format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (!stopped) printed += text;
}

void vl_stop(const char*, int, const char*) {
  stopped = true;
}
void vl_fatal(const char* file, int line, const char*, const char* text) {
  vta_rtl_print("%s:%d: %s", file, line, text);
  stopped = true;
}

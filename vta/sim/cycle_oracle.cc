#include "vta/sim/cycle_oracle.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <optional>

#include "vta/base/error.h"
#include "vta/isa/field.h"
#include "vta/sim/checks.h"
#include "vta/sim/memory_timing.h"

namespace vta::sim {

namespace {

using hw::AluOp;
using isa::Instruction;
using isa::MemoryType;
using isa::MicroOp;
using isa::Opcode;
using isa::Unit;

constexpr uint64_t kBurstBeats = 16;
constexpr uint64_t kBufferBeats = 64;
constexpr uint64_t kRequantiseStages = 6;

// Registers that change at the end of a cycle: `push` and `pop` are noted, clock() does them.

template <typename T>
class SmallFifo {
 public:
  bool valid() const { return !entries_.empty(); }
  const T& head() const { return entries_.front(); }
  size_t count() const { return entries_.size(); }
  void push(T value) { pushed_ = std::move(value); }
  void pop() { popped_ = true; }
  void clock() {
    if (popped_) entries_.pop_front();
    if (pushed_) entries_.push_back(*std::move(pushed_));
    popped_ = false;
    pushed_.reset();
  }

 private:
  std::deque<T> entries_;
  std::optional<T> pushed_;
  bool popped_ = false;
};

template <typename T>
class RamFifo {
 public:
  bool valid() const { return output_.has_value(); }
  const T& head() const { return *output_; }
  size_t count() const { return waiting_.size() + (output_ ? 1 : 0); }
  void push(T value) { pushed_ = std::move(value); }
  void pop() { popped_ = true; }
  void clock() {
    if (popped_) output_.reset();
    if (!output_ && !waiting_.empty()) {
      output_ = std::move(waiting_.front());
      waiting_.pop_front();
    }
    if (pushed_) waiting_.push_back(*std::move(pushed_));
    popped_ = false;
    pushed_.reset();
  }

 private:
  std::deque<T> waiting_;
  std::optional<T> output_;
  std::optional<T> pushed_;
  bool popped_ = false;
};

class TokenQueue {
 public:
  bool valid() const { return count_ > 0; }
  void push() { ++pushed_; }
  void pop() { ++popped_; }
  void clock() {
    count_ += pushed_ - popped_;
    pushed_ = popped_ = 0;
  }

 private:
  int count_ = 0;
  int pushed_ = 0;
  int popped_ = 0;
};

// What moves: for each burst, in order, the elements in each of its beats (1 for elements of a beat
// or more, in each beat).
using Burst = std::vector<uint64_t>;

std::deque<Burst> bursts_of(const hw::Config& config, const Instruction& i) {
  std::deque<Burst> bursts;
  const auto beat_bytes = static_cast<uint64_t>(config.bus_bits / 8);
  const auto element_bytes = static_cast<uint64_t>(config.element_bytes(dram_element(i.memory)));
  for (uint64_t y = 0; y < i.y_size && i.x_size > 0; ++y) {
    const uint64_t begin = dram_address(i, config, y, 0);
    const uint64_t end = dram_address(i, config, y, i.x_size);
    const uint64_t last = (end - 1) / beat_bytes;
    for (uint64_t beat = begin / beat_bytes; beat <= last; ++beat) {
      if (beat == begin / beat_bytes || beat % kBurstBeats == 0) bursts.emplace_back();
      const uint64_t from = std::max(begin, beat * beat_bytes);
      const uint64_t to = std::min(end, (beat + 1) * beat_bytes);
      bursts.back().push_back(element_bytes < beat_bytes ? (to - from) / element_bytes : 1);
    }
  }
  return bursts;
}

bool reads(const Instruction& i) {
  return i.x_size > 0 && i.y_size > 0;
}

uint64_t elements(const Instruction& i) {
  return padded_rows(i) * padded_columns(i);
}

uint64_t pad_cycles(const Instruction& i) {
  const bool has_pads = (i.y_pad_before | i.y_pad_after | i.x_pad_before | i.x_pad_after) != 0;
  if (!has_pads || elements(i) == 0) return 0;
  return uint64_t{i.y_pad_before + i.y_pad_after} * padded_columns(i) +
         uint64_t{i.y_size} * std::max(1U, i.x_pad_before + i.x_pad_after);
}

struct Command {
  uint64_t index = 0;
  const OracleInstruction* what = nullptr;
  const Instruction& instruction() const { return what->instruction; }
};

enum Owner : size_t { kFetch, kCompute, kLoad };

// The issue side of a read DMA.
struct ReadDma {
  enum State { kIdle, kSetup, kIssue };
  State state = kIdle;
  std::deque<Burst> bursts;

  uint64_t request() const { return state == kIssue ? bursts.front().size() : 0; }
  void clock(const hw::Config& config, const Command* started, bool granted) {
    if (started != nullptr) {
      bursts = bursts_of(config, started->instruction());
      state = kSetup;
    } else if (state == kSetup) {
      state = bursts.empty() ? kIdle : kIssue;
    } else if (granted) {
      bursts.pop_front();
      if (bursts.empty()) state = kIdle;
    }
  }
};

// The memory behind the read and write channels.
class Bus {
 public:
  explicit Bus(const hw::Config& config) : timing_(config) {}

  bool read_valid(uint64_t t) const {
    return !reads_.empty() && reads_.front().timing.ready(reads_.front().next) <= t;
  }
  bool read_is_last() const { return reads_.front().next + 1 == reads_.front().beats; }
  void take_beat() {
    if (++reads_.front().next == reads_.front().beats) reads_.pop_front();
  }
  void read(uint64_t t, uint64_t beats) { reads_.push_back({timing_.read(t, beats), beats, 0}); }
  void write(uint64_t t, uint64_t beats) { responses_.push_back(timing_.write(t, beats)); }
  bool take_response(uint64_t t) {
    if (responses_.empty() || responses_.front() > t) return false;
    responses_.pop_front();
    return true;
  }

 private:
  struct Read {
    MemoryTiming::Read timing;
    uint64_t beats;
    uint64_t next;
  };
  MemoryTiming timing_;
  std::deque<Read> reads_;
  std::deque<uint64_t> responses_;
};

class Oracle {
 public:
  Oracle(const hw::Config& config, uint64_t address, std::span<const OracleInstruction> program)
      : config_(config),
        program_(program),
        tree_(
            static_cast<uint64_t>(std::bit_width(static_cast<unsigned>(config.block_in) - 1) + 1) /
            2),
        descriptors_(static_cast<uint64_t>(config.descriptors)),
        bus_(config) {
    const isa::Encoding encoding(config);
    beat_bytes_ = static_cast<uint64_t>(config.bus_bits / 8);
    instruction_bytes_ = static_cast<uint64_t>(encoding.instruction_bytes());
    const uint64_t begin = address / beat_bytes_;
    const uint64_t end =
        (address + program.size() * instruction_bytes_ + beat_bytes_ - 1) / beat_bytes_;
    for (uint64_t beat = begin; beat < end; ++beat) {
      if (beat == begin || beat % kBurstBeats == 0) fetch_bursts_.push_back(0);
      ++fetch_bursts_.back();
    }
    beats_left_ = end - begin;
    timing_.instructions.resize(program.size());
  }

  Timing run(uint64_t limit) {
    while (!finished_) {
      require(t_ < limit, "the program has not ended after {} cycles", limit);
      step();
      ++t_;
    }
    timing_.cycles = t_;
    return timing_;
  }

 private:
  void cause(size_t unit, Cause why) { ++timing_.attribution[unit][static_cast<size_t>(why)]; }
  void starts(const Command& command) { timing_.instructions[command.index].start = t_; }
  void ends(uint64_t index) { timing_.instructions[index].end = t_; }

  void step() {
    // What the units see of one another is registers; within a cycle only grants and beats pass.
    const bool fetch_done = dispatched_ == program_.size();
    arbitrate();
    deliver();
    step_store(fetch_done);
    step_load(fetch_done);
    step_compute(fetch_done);
    step_fetch();
    memory();
    clock();
  }

  // Read arbiter and channel.

  void arbitrate() {
    granted_ = {};
    const std::array<uint64_t, 3> request = {fetch_request(), compute_request(),
                                             load_dma_.request()};
    if (outstanding_ >= static_cast<uint64_t>(config_.outstanding_bursts)) return;
    for (size_t owner = 0; owner < 3; ++owner) {
      if (request[owner] == 0) continue;
      granted_[owner] = request[owner];
      owners_.push(owner);
      return;
    }
  }

  uint64_t fetch_request() const {
    if (fetch_bursts_.empty() || fetch_credits_ < fetch_bursts_.front()) return 0;
    return fetch_bursts_.front();
  }
  uint64_t compute_request() const {
    const uint64_t beats = compute_dma_.request();
    return beats <= compute_credits_ ? beats : 0;
  }

  void deliver() {
    beat_ = {};
    delivering_.reset();
    took_last_ = false;
    const bool valid = bus_.read_valid(t_);
    if (valid || mid_burst_) delivering_ = owners_.head();
    if (valid) beat_[owners_.head()] = true;
  }
  // The owner takes the beat.
  void take_beat() {
    took_last_ = bus_.read_is_last();
    mid_burst_ = !took_last_;
    if (took_last_) owners_.pop();
    bus_.take_beat();
  }

  // Fetch.

  void step_fetch() {
    if (beat_[kFetch]) {
      fetch_buffer_.push(Nothing{});
      take_beat();
    }
    bool pop = false;
    const bool done = dispatched_ == program_.size();
    bool whole = false;
    bool dispatch = false;
    if (!done && fetch_buffer_.valid()) {
      const uint64_t parts = instruction_bytes_ / beat_bytes_;
      whole = parts <= 1 || part_ + 1 == parts;
      const auto unit = static_cast<size_t>(unit_of(program_[dispatched_].instruction));
      dispatch = whole && queues_[unit].count() < static_cast<size_t>(config_.command_queue_depth);
      if (dispatch) {
        queues_[unit].push({dispatched_, &program_[dispatched_]});
        timing_.dispatched.push_back(t_);
      }
      if (parts > 1) {
        pop = !whole || dispatch;
        if (pop) part_ = (part_ + 1) % parts;
      } else if (dispatch) {
        const uint64_t slots = beat_bytes_ / instruction_bytes_;
        pop = part_ + 1 == slots || dispatched_ + 1 == program_.size();
        part_ = (part_ + 1) % slots;
      }
    }
    if (pop) fetch_buffer_.pop();
    if (granted_[kFetch] > 0) fetch_bursts_.pop_front();
    fetch_credits_ += (pop ? 1 : 0) - granted_[kFetch];
    if (dispatch) {
      cause(0, Cause::kWorking);
      next_dispatched_ = dispatched_ + 1;
    } else if (done) {
      cause(0, Cause::kDrained);
    } else {
      cause(0, whole ? Cause::kQueueFull : Cause::kDmaLatency);
    }
  }

  // Load unit.

  struct LoadCur {
    uint64_t index = 0;
    bool push_next = false;
    std::deque<Burst> bursts;
    uint64_t in_beat = 0;  // elements of the beat consumed
    size_t beat = 0;
    uint64_t pads_left = 0;
    bool any = false;
  };

  void step_load(bool fetch_done) {
    auto& queue = queues_[0];
    const bool tokens =
        queue.valid() && (!queue.head().instruction().pop_next || compute_to_load_.valid());
    const bool start = queue.valid() && tokens && load_dma_.state == ReadDma::kIdle &&
                       load_descriptors_.count() < descriptors_;
    const bool in_flight = load_dma_.state != ReadDma::kIdle || load_descriptors_.valid() ||
                           load_cur_.has_value() || load_ending_.has_value();
    load_idle_ = queue.count() == 0 && !in_flight;
    if (load_ending_) {
      ends(load_ending_->index);
      if (load_ending_->push_next) load_to_compute_.push();
      load_ending_.reset();
    }
    bool consumed = false;
    bool padded = false;
    bool complete = false;
    const bool active = load_cur_.has_value();
    const bool any_before = active && load_cur_->any;
    if (active) {
      LoadCur& cur = *load_cur_;
      if (!cur.bursts.empty() && beat_[kLoad]) {
        consumed = cur.any = true;
        if (++cur.in_beat == cur.bursts.front()[cur.beat]) {
          take_beat();
          cur.in_beat = 0;
          if (++cur.beat == cur.bursts.front().size()) {
            cur.beat = 0;
            cur.bursts.pop_front();
          }
        }
      }
      if (cur.pads_left > 0) {
        padded = true;
        --cur.pads_left;
      }
      complete = cur.bursts.empty() && cur.pads_left == 0;
    }
    if (consumed || padded) {
      cause(1, Cause::kWorking);
    } else if (active) {
      if (delivering_ && *delivering_ != kLoad) {
        cause(1, Cause::kArbitration);
      } else {
        cause(1, any_before ? Cause::kDmaBandwidth : Cause::kDmaLatency);
      }
    } else if (in_flight || start) {
      cause(1, Cause::kIssue);
    } else if (queue.valid()) {
      cause(1, Cause::kTokenNext);
    } else {
      cause(1, fetch_done ? Cause::kDrained : Cause::kIssue);
    }
    if (complete) {
      load_ending_ = *load_cur_;
      load_cur_.reset();
    }
    if (load_descriptors_.valid() && !load_cur_) {
      const Command& command = load_descriptors_.head();
      load_cur_ = LoadCur{.index = command.index,
                          .push_next = command.instruction().push_next,
                          .bursts = bursts_of(config_, command.instruction()),
                          .pads_left = pad_cycles(command.instruction())};
      load_descriptors_.pop();
    }
    if (load_dma_.state == ReadDma::kSetup) load_descriptors_.push(load_setup_);
    if (start) {
      load_setup_ = queue.head();
      starts(load_setup_);
      queue.pop();
      if (load_setup_.instruction().pop_next) compute_to_load_.pop();
    }
    load_dma_.clock(config_, start ? &load_setup_ : nullptr, granted_[kLoad] > 0);
  }

  // Compute unit.

  struct Exec {
    const OracleInstruction* what = nullptr;
    uint64_t position = 0;  // micro-op
    uint64_t phase = 0;     // cycle of an ALU micro-op
    bool begun = false;
    uint64_t micro_ops() const { return micro_op_count(what->instruction); }
    bool is_requantise() const {
      return what->instruction.opcode == Opcode::kAlu &&
             what->instruction.alu_op == AluOp::kRequantise && micro_ops() > 0;
    }
  };
  struct ComputeLoad {
    Command command;
    bool gated = false;
    uint64_t execs_before = 0;
  };
  struct LoadEngine {
    ComputeLoad load;
    std::deque<Burst> bursts;
    uint64_t in_beat = 0;
    size_t beat = 0;
    uint64_t pads_left = 0;
  };
  struct Requantise {
    uint64_t dst = 0;
    uint64_t src = 0;
    bool first = false;
    bool last = false;
  };

  bool is_load(const Instruction& i) const { return i.opcode == Opcode::kLoad; }
  static bool overlap(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    return a < b && c < d && a < d && c < b;
  }

  void step_compute(bool fetch_done) {
    auto& queue = queues_[1];
    const bool visible = queue.valid();
    const uint64_t unfinished = execs_started_ - execs_finished_;
    const bool loads_in_flight = acc_in_flight_ + uop_in_flight_ > 0;
    bool tokens = false;
    bool waits_for_load = false;
    bool start = false;
    bool start_exec = false;
    bool start_load = false;
    bool finish = false;
    // The micro-ops that a LOAD writes are known in the cycle after its start.
    const bool setup = compute_dma_.state == ReadDma::kSetup;
    const bool uop_setup = setup && compute_setup_.command.instruction().memory == MemoryType::kUop;
    if (setup) compute_setup_.gated = !uop_setup || is_read(compute_setup_.command.instruction());

    step_requantise();
    const bool active = cur_.has_value();
    const bool next_valid = next_.has_value();
    bool draining = false;
    const bool last_issue = active && issue(draining);
    const bool takes = next_valid && (!active || last_issue);

    if (visible) {
      const Instruction& i = queue.head().instruction();
      tokens =
          (!i.pop_prev || load_to_compute_.valid()) && (!i.pop_next || store_to_compute_.valid());
      bool ready = completions_.count() < 2 * descriptors_;
      if (is_load(i)) {
        ready = ready && compute_dma_.state == ReadDma::kIdle &&
                compute_descriptors_.count() < descriptors_;
      } else if (i.opcode == Opcode::kFinish) {
        ready = ready && completions_.count() == 0 && load_idle_ && store_idle_;
      } else {
        waits_for_load =
            acc_in_flight_ > 0 || uop_setup ||
            (uop_in_flight_ > 0 && overlap(hull_low_, hull_high_, i.uop_begin, i.uop_end));
        ready = ready && (!next_valid || takes) && !waits_for_load;
      }
      start = ready && tokens;
      start_load = start && is_load(i);
      finish = start && i.opcode == Opcode::kFinish;
      start_exec = start && !start_load && !finish;
    }

    // In order of their finish counts as they were at the beginning of the cycle.
    if (completions_.valid()) {
      const auto& head = completions_.head();
      const uint64_t finished = head.second ? execs_finished_ : loads_finished_;
      uint64_t& ended = head.second ? execs_ended_ : loads_ended_;
      if (finished > ended) {
        ++ended;
        ends(head.first.index);
        if (head.first.instruction().push_prev) compute_to_load_.push();
        if (head.first.instruction().push_next) compute_to_store_.push();
        completions_.pop();
      }
    }

    const uint64_t execs_finished = execs_finished_;
    const bool consumed = step_load_engine(execs_finished);
    finish_execs();

    if (active && !draining) {
      cause(2, Cause::kWorking);
    } else if (active) {
      cause(2, Cause::kPipeline);
    } else if (next_valid || start) {
      cause(2, Cause::kIssue);
    } else if (!visible) {
      if (unfinished > 0) {
        cause(2, Cause::kPipeline);
      } else if (loads_in_flight) {
        cause(2, Cause::kDmaLatency);
      } else {
        cause(2, fetch_done ? Cause::kDrained : Cause::kIssue);
      }
    } else {
      const Instruction& i = queue.head().instruction();
      if (i.pop_prev && !load_to_compute_.valid()) {
        cause(2, Cause::kTokenPrev);
      } else if (i.pop_next && !store_to_compute_.valid()) {
        cause(2, Cause::kTokenNext);
      } else if (i.opcode == Opcode::kFinish) {
        cause(2, Cause::kDrained);
      } else if (waits_for_load) {
        cause(2, consumed ? Cause::kDmaBandwidth : Cause::kDmaLatency);
      } else {
        cause(2, Cause::kIssue);
      }
    }

    if (takes) {
      cur_ = next_;
      next_.reset();
    } else if (last_issue) {
      cur_.reset();
    }
    if (compute_dma_.state == ReadDma::kSetup) compute_descriptors_.push(compute_setup_);
    if (start) {
      const Command command = queue.head();
      const Instruction& i = command.instruction();
      starts(command);
      queue.pop();
      if (i.pop_prev) load_to_compute_.pop();
      if (i.pop_next) store_to_compute_.pop();
      if (finish) {
        ends(command.index);
        finished_ = true;
      } else {
        completions_.push({command, start_exec});
      }
      if (start_exec) {
        next_ = Exec{.what = command.what};
        ++execs_started_;
      }
      if (start_load) start_compute_load(command);
    }
    compute_dma_.clock(config_, start_load ? &compute_setup_.command : nullptr,
                       granted_[kCompute] > 0);
    compute_credits_ -= granted_[kCompute];
    // In flight until the cycle after completion.
    if (load_completed_) {
      (load_completed_is_uop_ ? uop_in_flight_ : acc_in_flight_) -= 1;
      load_completed_ = false;
    }
  }

  // The upper bound of the micro-ops that the load writes.
  uint64_t written_end(const Instruction& load) const {
    if (elements(load) == 0) return load.sram_base;
    if (padded_rows(load) == 1) return load.sram_base + padded_columns(load);
    return static_cast<uint64_t>(config_.depth(hw::Memory::kUop));
  }

  // Whether an instruction in `cur` or `next` reads micro-ops that the load writes.
  bool is_read(const Instruction& load) const {
    const auto reads = [&](const std::optional<Exec>& exec) {
      return exec && overlap(load.sram_base, written_end(load), exec->what->instruction.uop_begin,
                             exec->what->instruction.uop_end);
    };
    return reads(cur_) || reads(next_);
  }

  void start_compute_load(const Command& command) {
    const Instruction& i = command.instruction();
    const bool is_uop = i.memory == MemoryType::kUop;
    const uint64_t low = i.sram_base;
    const uint64_t high = written_end(i);
    compute_setup_ = {.command = command, .execs_before = execs_started_};
    if (is_uop) {
      hull_low_ = uop_in_flight_ == 0 ? low : std::min(hull_low_, low);
      hull_high_ = uop_in_flight_ == 0 ? high : std::max(hull_high_, high);
      ++uop_in_flight_;
    } else {
      ++acc_in_flight_;
    }
  }

  // True when the data side consumes or pads.
  bool step_load_engine(uint64_t execs_finished) {
    if (beat_[kCompute]) {
      compute_buffer_.push(Nothing{});
      take_beat();
    }
    bool consumed = false;
    bool complete = false;
    if (engine_) {
      LoadEngine& e = *engine_;
      if (!e.load.gated || execs_finished >= e.load.execs_before) {
        e.load.gated = false;
        if (e.pads_left > 0) {
          consumed = true;
          --e.pads_left;
        } else if (!e.bursts.empty() && compute_buffer_.valid()) {
          consumed = true;
          if (++e.in_beat == e.bursts.front()[e.beat]) {
            compute_buffer_.pop();
            ++compute_credits_;
            e.in_beat = 0;
            if (++e.beat == e.bursts.front().size()) {
              e.beat = 0;
              e.bursts.pop_front();
            }
          }
        }
        complete = e.bursts.empty() && e.pads_left == 0;
      }
    }
    if (complete) {
      load_completed_ = true;
      load_completed_is_uop_ = engine_->load.command.instruction().memory == MemoryType::kUop;
      next_loads_finished_ = loads_finished_ + 1;
      engine_.reset();
    }
    if (compute_descriptors_.valid() && !engine_) {
      const ComputeLoad& load = compute_descriptors_.head();
      engine_ = LoadEngine{.load = load,
                           .bursts = bursts_of(config_, load.command.instruction()),
                           .pads_left = pad_cycles(load.command.instruction())};
      compute_descriptors_.pop();
    }
    return consumed;
  }

  // A slot of `cur` issues, unless it drains; true when it is the last one.
  bool issue(bool& draining) {
    Exec& cur = *cur_;
    const uint64_t count = cur.micro_ops();
    if (!cur.begun) {
      draining = cur.is_requantise() ? !array_.empty() : !requantise_.empty();
      if (draining) return false;
      cur.begun = true;
    }
    const Instruction& i = cur.what->instruction;
    if (count == 0) {
      array_.push_back(t_ + 6 + tree_);
      return true;
    }
    if (cur.is_requantise()) {
      if (stalled_) return false;
      const uint64_t uops = i.uop_end - i.uop_begin;
      const Indices at =
          indices_of(i, cur.what->uops[cur.position % uops], cur.position / uops / i.iter_in,
                     cur.position / uops % i.iter_in);
      issued_ = Requantise{.dst = at.dst,
                           .src = at.src,
                           .first = cur.position == 0,
                           .last = cur.position + 1 == count};
      requantise_.push_back(*issued_);
      return ++cur.position == count;
    }
    const uint64_t lanes =
        i.uses_array()
            ? 1
            : static_cast<uint64_t>(config_.batch * config_.block_out / config_.alu_lanes);
    const bool reads_source = i.opcode == Opcode::kAlu && !i.use_imm;
    const uint64_t cycles = lanes + (reads_source ? 1 : 0);
    const bool is_destination = cur.phase == (reads_source ? 1 : 0);
    if (is_destination && cur.position + 1 == count) array_.push_back(t_ + 5 + tree_ + lanes);
    if (++cur.phase == cycles) {
      cur.phase = 0;
      ++cur.position;
    }
    return cur.position == count;
  }

  // S1 and S2 of the requantise engine, and what is pending behind them.
  void step_requantise() {
    accepted_ = false;
    issued_.reset();
    const auto vector = static_cast<uint64_t>(config_.batch * config_.block_out);
    const uint64_t n = vector / static_cast<uint64_t>(config_.requantise_lanes);
    std::erase_if(pending_, [&](const auto& p) { return p.second < t_; });
    if (s2_) {
      const bool needs_record = s2_->first || s2_->src != last_src_ ||
                                (last_dst_ >= s2_->src && last_dst_ <= s2_->src + 2);
      if (needs_record) {
        if (!record_read_ && pending_.empty()) record_read_ = t_;
        accepted_ = record_read_ && t_ == *record_read_ + 3;
      } else {
        accepted_ = t_ >= last_accept_ + n;
        for (const auto& [dst, written] : pending_) accepted_ = accepted_ && dst != s2_->dst;
      }
      if (accepted_) {
        record_read_.reset();
        last_accept_ = t_;
        last_src_ = s2_->src;
        last_dst_ = s2_->dst;
        pending_.emplace_back(s2_->dst, t_ + n + kRequantiseStages);
        writes_.push_back({t_ + n + kRequantiseStages, s2_->last});
      }
    }
    stalled_ = s2_ && !accepted_;
  }

  // At the end of a cycle in which they finish.
  void finish_execs() {
    next_execs_finished_ = execs_finished_;
    while (!array_.empty() && array_.front() <= t_) {
      array_.pop_front();
      ++next_execs_finished_;
    }
    while (!writes_.empty() && writes_.front().first <= t_) {
      if (writes_.front().second) ++next_execs_finished_;
      writes_.pop_front();
      requantise_.pop_front();
    }
  }

  // Store unit.

  struct StoreRun {
    Command command;
    std::deque<Burst> bursts;
    uint64_t in_beat = 0;
    size_t beat = 0;
    bool moves = false;
  };

  void step_store(bool fetch_done) {
    auto& queue = queues_[2];
    const bool tokens =
        queue.valid() && (!queue.head().instruction().pop_prev || compute_to_store_.valid());
    const bool start = queue.valid() && tokens && !store_slot_ && stores_started_ < descriptors_;
    store_idle_ = queue.count() == 0 && stores_started_ == 0;
    bool generated = false;
    bool done = false;
    const bool running = store_run_.has_value();
    bool begun = false;
    if (running) {
      StoreRun& run = *store_run_;
      if (!run.moves) {
        done = true;
      } else {
        const bool first = run.beat == 0 && run.in_beat == 0;
        if (!first || writes_outstanding_ < static_cast<uint64_t>(config_.outstanding_bursts)) {
          generated = true;
          begun = first;
          if (++run.in_beat == run.bursts.front()[run.beat]) {
            run.in_beat = 0;
            if (++run.beat == run.bursts.front().size()) {
              last_beats_.push_back({t_ + 2, run.beat});
              run.beat = 0;
              run.bursts.pop_front();
            }
          }
          done = run.bursts.empty();
        }
      }
    }
    const bool ending = stores_pending_.valid() && acknowledged_ >= stores_pending_.head().second;
    if (generated || (running && !store_run_->moves)) {
      cause(3, Cause::kWorking);
    } else if (running) {
      cause(3, Cause::kDmaBandwidth);
    } else if (store_slot_) {
      cause(3, Cause::kIssue);
    } else if (queue.valid() && !tokens) {
      cause(3, Cause::kTokenPrev);
    } else if (stores_pending_.valid()) {
      cause(3, Cause::kDmaLatency);
    } else {
      cause(3, queue.valid() || !fetch_done ? Cause::kIssue : Cause::kDrained);
    }
    bursts_begun_ += begun ? 1 : 0;
    const bool take = store_slot_ && (!running || done);
    if (done) {
      stores_pending_.push({store_run_->command, bursts_begun_});
      store_run_.reset();
    }
    if (ending) {
      const Command& command = stores_pending_.head().first;
      ends(command.index);
      if (command.instruction().push_prev) store_to_compute_.push();
      stores_pending_.pop();
    }
    if (take) {
      store_run_ = StoreRun{.command = *store_slot_,
                            .bursts = bursts_of(config_, store_slot_->instruction()),
                            .moves = reads(store_slot_->instruction())};
      store_slot_.reset();
    }
    if (start) {
      store_slot_ = queue.head();
      starts(queue.head());
      queue.pop();
      if (store_slot_->instruction().pop_prev) compute_to_store_.pop();
    }
    stores_started_ += (start ? 1 : 0) - (ending ? 1 : 0);
    const bool response = bus_.take_response(t_);
    acknowledged_ += response ? 1 : 0;
    writes_outstanding_ += (begun ? 1 : 0) - (response ? 1 : 0);
  }

  // The memory takes requests, reads first.
  void memory() {
    if (address_beats_ > 0) bus_.read(t_, address_beats_);
    while (!last_beats_.empty() && last_beats_.front().first == t_) {
      bus_.write(t_, last_beats_.front().second);
      last_beats_.pop_front();
    }
    address_beats_ = granted_[0] + granted_[1] + granted_[2];
    outstanding_ += (address_beats_ > 0 ? 1 : 0) - (took_last_ ? 1 : 0);
  }

  void clock() {
    for (auto& queue : queues_) queue.clock();
    for (TokenQueue* tokens :
         {&load_to_compute_, &compute_to_load_, &compute_to_store_, &store_to_compute_}) {
      tokens->clock();
    }
    owners_.clock();
    fetch_buffer_.clock();
    compute_buffer_.clock();
    load_descriptors_.clock();
    compute_descriptors_.clock();
    completions_.clock();
    stores_pending_.clock();
    dispatched_ = next_dispatched_;
    execs_finished_ = next_execs_finished_;
    loads_finished_ = next_loads_finished_;
    if (!stalled_) {
      s2_ = s1_;
      s1_ = issued_;
    }
  }

  struct Nothing {};

  hw::Config config_;
  std::span<const OracleInstruction> program_;
  uint64_t tree_;
  uint64_t descriptors_;
  uint64_t beat_bytes_;
  uint64_t instruction_bytes_;
  Timing timing_;
  uint64_t t_ = 0;
  bool finished_ = false;

  Bus bus_;
  std::array<uint64_t, 3> granted_{};  // beats, by owner
  std::array<bool, 3> beat_{};         // a beat is there, by owner
  std::optional<size_t> delivering_;
  bool mid_burst_ = false;
  bool took_last_ = false;
  uint64_t outstanding_ = 0;
  uint64_t address_beats_ = 0;  // of the request in the AR register
  SmallFifo<size_t> owners_;

  std::deque<uint64_t> fetch_bursts_;
  uint64_t beats_left_ = 0;
  uint64_t fetch_credits_ = kBufferBeats;
  RamFifo<Nothing> fetch_buffer_;
  uint64_t part_ = 0;
  uint64_t dispatched_ = 0;
  uint64_t next_dispatched_ = 0;
  std::array<RamFifo<Command>, 3> queues_;
  TokenQueue load_to_compute_, compute_to_load_, compute_to_store_, store_to_compute_;

  ReadDma load_dma_;
  Command load_setup_;
  SmallFifo<Command> load_descriptors_;
  std::optional<LoadCur> load_cur_;
  std::optional<LoadCur> load_ending_;
  bool load_idle_ = false;

  ReadDma compute_dma_;
  ComputeLoad compute_setup_;
  SmallFifo<ComputeLoad> compute_descriptors_;
  uint64_t compute_credits_ = kBufferBeats;
  RamFifo<Nothing> compute_buffer_;
  std::optional<LoadEngine> engine_;
  bool load_completed_ = false;
  bool load_completed_is_uop_ = false;
  uint64_t acc_in_flight_ = 0;
  uint64_t uop_in_flight_ = 0;
  uint64_t hull_low_ = 0;
  uint64_t hull_high_ = 0;
  SmallFifo<std::pair<Command, bool>> completions_;  // whether it is for the array
  uint64_t execs_started_ = 0;
  uint64_t execs_finished_ = 0;
  uint64_t next_execs_finished_ = 0;
  uint64_t execs_ended_ = 0;
  uint64_t loads_finished_ = 0;
  uint64_t next_loads_finished_ = 0;
  uint64_t loads_ended_ = 0;
  std::optional<Exec> next_, cur_;
  std::deque<uint64_t> array_;         // when the instructions in the pipeline finish
  std::deque<Requantise> requantise_;  // in the engine or before it
  std::optional<Requantise> issued_, s1_, s2_;
  bool accepted_ = false;
  bool stalled_ = false;
  std::optional<uint64_t> record_read_;
  uint64_t last_accept_ = 0;
  uint64_t last_src_ = 0;
  uint64_t last_dst_ = 0;
  std::vector<std::pair<uint64_t, uint64_t>> pending_;  // dst, when it is written
  std::deque<std::pair<uint64_t, bool>> writes_;        // when, and whether it is the last one

  std::optional<Command> store_slot_;
  std::optional<StoreRun> store_run_;
  uint64_t stores_started_ = 0;
  uint64_t bursts_begun_ = 0;
  uint64_t acknowledged_ = 0;
  uint64_t writes_outstanding_ = 0;
  std::deque<std::pair<uint64_t, uint64_t>> last_beats_;  // when, and the burst's beats
  SmallFifo<std::pair<Command, uint64_t>> stores_pending_;
  bool store_idle_ = false;
};

}  // namespace

Timing cycle_oracle(const hw::Config& config, uint64_t address,
                    std::span<const OracleInstruction> program, uint64_t limit) {
  return Oracle(config, address, program).run(limit);
}

}  // namespace vta::sim

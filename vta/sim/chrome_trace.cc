#include "vta/sim/chrome_trace.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <vector>

#include "vta/isa/assembly.h"
#include "vta/isa/mnemonic.h"

namespace vta::sim {

namespace {

using isa::Instruction;
using isa::Unit;

constexpr size_t kUnits = 3;
constexpr size_t kLanes = 32;  // tracks of a unit, at most

std::string_view name_of(size_t unit) {
  return unit_name(static_cast<Unit>(unit));
}

// One event a line.
class Events {
 public:
  template <typename... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    text_ += text_.empty() ? "" : ",\n";
    fmt::format_to(std::back_inserter(text_), "{{\"pid\":1,");
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '}';
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// A number that goes up and down with time.
class Level {
 public:
  void change(uint64_t cycle, int64_t by) { changes_[cycle] += by; }
  void append_to(Events& events, const std::string& name) const {
    int64_t level = 0;
    for (const auto& [cycle, by] : changes_) {
      if (by == 0) continue;
      level += by;
      events.add(R"("ph":"C","name":"{}","ts":{},"args":{{"count":{}}})", name, cycle, level);
    }
  }

 private:
  std::map<uint64_t, int64_t> changes_;
};

class Picture {
 public:
  Picture(std::span<const Instruction> instructions, const Timing& timing)
      : instructions_(instructions), timing_(timing), lane_(lanes_of(instructions, timing)) {
    for (size_t i = 0; i < lane_.size(); ++i) {
      size_t& lanes = lanes_[unit_of_index(i)];
      lanes = std::max(lanes, lane_[i] + 1);
    }
  }

  std::string json() {
    name_tracks();
    slices();
    for (size_t unit = 0; unit + 1 < kUnits; ++unit) {
      tokens(unit, unit + 1);
      tokens(unit + 1, unit);
    }
    if (!timing_.dispatched.empty()) command_queues();
    return "{\"traceEvents\":[\n" + events_.text() + "\n]}\n";
  }

 private:
  size_t unit_of_index(size_t index) const {
    return static_cast<size_t>(unit_of(instructions_[index]));
  }

  void name_tracks() {
    events_.add(
        R"("ph":"M","name":"process_name","args":{{"name":"accelerator, 1 us = 1 cycle"}})");
    for (size_t unit = 0; unit < kUnits; ++unit) {
      for (size_t lane = 0; lane < lanes_[unit]; ++lane) {
        const size_t track = unit * kLanes + lane;
        const std::string name = lane == 0 ? std::string(name_of(unit))
                                           : fmt::format("{}, {} more", name_of(unit), lane);
        events_.add(R"("tid":{},"ph":"M","name":"thread_name","args":{{"name":"{}"}})", track,
                    name);
        events_.add(R"("tid":{},"ph":"M","name":"thread_sort_index","args":{{"sort_index":{}}})",
                    track, track);
      }
    }
  }

  size_t track_of(size_t index) const { return unit_of_index(index) * kLanes + lane_[index]; }

  void slices() {
    for (size_t i = 0; i < instructions_.size(); ++i) {
      const auto [start, end] = timing_.instructions[i];
      const std::string text = isa::to_string(instructions_[i]);
      events_.add(
          R"("tid":{},"ph":"X","name":"{}","ts":{},"dur":{},"args":{{"instruction":{},"text":"{}"}})",
          track_of(i), isa::mnemonic(instructions_[i]), start, end + 1 - start, i, text);
    }
  }

  // The queue from one unit to its neighbour: its n-th token goes from the n-th instruction that
  // gives one to the n-th that takes one.
  void tokens(size_t from, size_t to) {
    std::deque<size_t> givers;
    std::deque<size_t> takers;
    Level level;
    for (size_t i = 0; i < instructions_.size(); ++i) {
      const Instruction& instruction = instructions_[i];
      const size_t unit = unit_of_index(i);
      if (unit == from && (from < to ? instruction.push_next : instruction.push_prev)) {
        givers.push_back(i);
        level.change(timing_.instructions[i].end + 1, 1);
      }
      if (unit == to && (from < to ? instruction.pop_prev : instruction.pop_next)) {
        takers.push_back(i);
        level.change(timing_.instructions[i].start + 1, -1);
      }
    }
    for (size_t n = 0; n < std::min(givers.size(), takers.size()); ++n) {
      const std::string id = fmt::format("{}-{}-{}", from, to, n);
      events_.add(R"("tid":{},"ph":"s","cat":"token","name":"token","id":"{}","ts":{})",
                  track_of(givers[n]), id, timing_.instructions[givers[n]].end);
      events_.add(R"("tid":{},"ph":"f","bp":"e","cat":"token","name":"token","id":"{}","ts":{})",
                  track_of(takers[n]), id, timing_.instructions[takers[n]].start);
    }
    level.append_to(events_, fmt::format("tokens from {} to {}", name_of(from), name_of(to)));
  }

  void command_queues() {
    std::array<Level, kUnits> levels;
    for (size_t i = 0; i < instructions_.size(); ++i) {
      levels[unit_of_index(i)].change(timing_.dispatched[i] + 1, 1);
      levels[unit_of_index(i)].change(timing_.instructions[i].start + 1, -1);
    }
    for (size_t unit = 0; unit < kUnits; ++unit) {
      levels[unit].append_to(events_, fmt::format("commands of {}", name_of(unit)));
    }
  }

  std::span<const Instruction> instructions_;
  const Timing& timing_;
  std::vector<size_t> lane_;  // by instruction
  std::array<size_t, kUnits> lanes_{};
  Events events_;
};

}  // namespace

std::vector<size_t> lanes_of(std::span<const Instruction> instructions, const Timing& timing) {
  std::array<std::vector<uint64_t>, kUnits> free_from;
  std::vector<size_t> lane_of;
  for (size_t i = 0; i < instructions.size(); ++i) {
    auto& lanes = free_from[static_cast<size_t>(unit_of(instructions[i]))];
    const InstructionTime time = timing.instructions[i];
    auto lane = std::ranges::find_if(lanes, [&](uint64_t cycle) { return cycle <= time.start; });
    if (lane == lanes.end() && lanes.size() < kLanes) lane = lanes.insert(lanes.end(), 0);
    if (lane == lanes.end()) --lane;
    *lane = time.end + 1;
    lane_of.push_back(static_cast<size_t>(lane - lanes.begin()));
  }
  return lane_of;
}

std::string chrome_trace(std::span<const Instruction> instructions, const Timing& timing) {
  require(timing.instructions.size() == instructions.size(), "the run knows {} instructions of {}",
          timing.instructions.size(), instructions.size());
  return Picture(instructions, timing).json();
}

}  // namespace vta::sim

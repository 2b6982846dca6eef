// For a reader, the instructions of the writing unit that are unordered with it are a window of
// that unit's order, and the window only moves forward from reader to reader. So one sweep over
// both units, with a count for each entry of how many writers in the window touch it, looks at
// every pair.
#include "vta/isa/races.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>

#include "vta/isa/findings.h"

namespace vta::isa {

namespace {

// The entries that some member of a changing group of sets has.
class Cover {
 public:
  explicit Cover(uint64_t depth) : count_(depth), words_((depth + 63) / 64) {}

  void add(const EntrySet& set) {
    set.for_each([&](uint64_t entry) {
      if (count_[entry]++ == 0) words_[entry / 64] |= uint64_t{1} << (entry % 64);
    });
  }
  void remove(const EntrySet& set) {
    set.for_each([&](uint64_t entry) {
      if (--count_[entry] == 0) words_[entry / 64] &= ~(uint64_t{1} << (entry % 64));
    });
  }
  std::optional<uint64_t> first_common(const EntrySet& set) const {
    for (size_t i = 0; i < set.words().size(); ++i) {
      const uint64_t word = set.first_word() + i;
      const uint64_t common = set.words()[i] & words_[word];
      if (common != 0) return word * 64 + static_cast<uint64_t>(std::countr_zero(common));
    }
    return std::nullopt;
  }

 private:
  std::vector<uint32_t> count_;
  std::vector<uint64_t> words_;
};

class RaceFinder {
 public:
  RaceFinder(const Program& program, const std::vector<Footprint>& footprints,
             const TokenOrder& order, CheckReport& report)
      : program_(program), footprints_(footprints), order_(order), report_(report) {}

  void run() {
    sweep(Unit::kLoad, Unit::kCompute, hw::Memory::kInp, &Footprint::inp);
    sweep(Unit::kLoad, Unit::kCompute, hw::Memory::kWgt, &Footprint::wgt);
    sweep(Unit::kCompute, Unit::kStore, hw::Memory::kAcc, &Footprint::acc);
    sweep_dram();
  }

 private:
  // The instructions of `unit` that touch something through `member` and can run.
  template <typename Set>
  std::vector<uint32_t> users(Unit unit, Set Footprint::*member) const {
    const auto& list = order_.of_unit[static_cast<size_t>(unit)];
    std::vector<uint32_t> result;
    for (uint32_t k = 0; k < order_.executed[static_cast<size_t>(unit)]; ++k) {
      if (!(footprints_[list[k]].*member).empty()) result.push_back(list[k]);
    }
    return result;
  }

  void sweep(Unit writing, Unit reading, hw::Memory memory, EntrySet Footprint::*member) {
    const std::vector<uint32_t> writers = users(writing, member);
    Cover cover(static_cast<uint64_t>(program_.config.depth(memory)));
    size_t begin = 0;  // the window in `writers`
    size_t end = 0;
    for (const uint32_t reader : users(reading, member)) {
      for (; end < writers.size() && !order_.is_before(reader, writers[end]); ++end) {
        cover.add(footprints_[writers[end]].*member);
      }
      for (; begin < end && order_.is_before(writers[begin], reader); ++begin) {
        cover.remove(footprints_[writers[begin]].*member);
      }
      report_.concurrent_pairs += end - begin;
      const auto entry = cover.first_common(footprints_[reader].*member);
      if (!entry) continue;
      size_t writer = begin;
      while (!(footprints_[writers[writer]].*member).contains(*entry)) ++writer;
      report_race(writers[writer], reader,
                  std::string(hw::kMemoryNames[static_cast<size_t>(memory)]), *entry);
    }
  }

  void sweep_dram() {
    const std::vector<uint32_t> stores = users(Unit::kStore, &Footprint::dram);
    if (stores.empty()) return;
    for (const uint32_t store : stores) {
      lowest_store_ = std::min(lowest_store_, footprints_[store].dram.begin);
      highest_store_ = std::max(highest_store_, footprints_[store].dram.end());
    }
    for (const Unit unit : {Unit::kLoad, Unit::kCompute}) {
      for (const uint32_t load : users(unit, &Footprint::dram)) check_load(stores, load);
    }
  }

  void check_load(const std::vector<uint32_t>& stores, uint32_t load) {
    const DramRegion& region = footprints_[load].dram;
    if (region.begin >= highest_store_ || region.end() <= lowest_store_) return;
    const bool is_uop = program_.instructions[load].memory == MemoryType::kUop;
    const auto ordered = [&](uint32_t store) { return order_.is_before(store, load); };
    const auto first = is_uop ? stores.begin() : std::ranges::partition_point(stores, ordered);
    for (auto store = first; store != stores.end(); ++store) {
      if (order_.is_before(load, *store)) return;
      if (!is_uop) ++report_.concurrent_pairs;
      const auto byte = first_common_byte(footprints_[*store].dram, region);
      if (!byte) continue;
      return is_uop ? report_stored_uops(*store, load, *byte)
                    : report_race(*store, load, "dram", *byte);
    }
  }

  void report_stored_uops(uint32_t store, uint32_t load, uint64_t byte) {
    add_error(report_, program_, load, "uops", "dram", byte,
              fmt::format("loads micro-ops from DRAM byte {:#x}, which {} writes: they cannot be "
                          "known before the run",
                          byte, describe(program_, store)));
  }

  void report_race(uint32_t writer, uint32_t reader, const std::string& memory, uint64_t entry) {
    const bool raw = writer < reader;
    const uint32_t first = std::min(writer, reader);
    const uint32_t second = std::max(writer, reader);
    const std::string place = memory == "dram" ? fmt::format("DRAM byte {:#x}", entry)
                                               : fmt::format("{}[{}]", memory, entry);
    add_error(report_,
              {.kind = raw ? "RAW" : "WAR",
               .instructions = {first, second},
               .memory = memory,
               .entry = entry,
               .message = fmt::format("{} on {}: {} {} what {} {}, and no token orders them: {}",
                                      raw ? "RAW" : "WAR", place, describe(program_, second),
                                      raw ? "reads" : "overwrites", describe(program_, first),
                                      raw ? "writes" : "reads", missing_token(first, second))});
  }

  // What would let `second` begin only after `first` is done.
  std::string missing_token(uint32_t first, uint32_t second) const {
    const Unit from = order_.unit[first];
    const Unit to = order_.unit[second];
    const auto bit = [](std::string_view verb, Unit self, Unit other) {
      return fmt::format("{}_{}", verb, other < self ? "prev" : "next");
    };
    const auto queue = [](Unit a, Unit b) {
      return fmt::format("{}->{}", unit_name(a), unit_name(b));
    };
    const std::string one = short_name(program_, first);
    const std::string other = short_name(program_, second);
    if (from != Unit::kCompute && to != Unit::kCompute) {
      constexpr Unit kVia = Unit::kCompute;
      return fmt::format(
          "{} must {} ({}), a compute instruction between must {} and {} ({}), and {} must {}", one,
          bit("push", from, kVia), queue(from, kVia), bit("pop", kVia, from), bit("push", kVia, to),
          queue(kVia, to), other, bit("pop", to, kVia));
    }
    if (has_both_bits(first, second)) {
      return fmt::format("{} must push one more token ({}), as the one that {} pops is older", one,
                         queue(from, to), other);
    }
    return fmt::format("{} must {} ({}) and {} must {}", one, bit("push", from, to),
                       queue(from, to), other, bit("pop", to, from));
  }

  bool has_both_bits(uint32_t first, uint32_t second) const {
    for (size_t q = 0; q < kQueues; ++q) {
      if (pushes(program_.instructions[first], q) && pops(program_.instructions[second], q)) {
        return true;
      }
    }
    return false;
  }

  const Program& program_;
  const std::vector<Footprint>& footprints_;
  const TokenOrder& order_;
  CheckReport& report_;
  uint64_t lowest_store_ = ~uint64_t{0};
  uint64_t highest_store_ = 0;
};

}  // namespace

void find_races(const Program& program, const std::vector<Footprint>& footprints,
                const TokenOrder& order, CheckReport& report) {
  RaceFinder(program, footprints, order, report).run();
}

}  // namespace vta::isa

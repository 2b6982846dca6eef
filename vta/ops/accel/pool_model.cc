#include "vta/ops/accel/pool_model.h"

#include <algorithm>

#include "vta/ops/accel/does_not_fit.h"
#include "vta/ops/accel/splits.h"

namespace vta::ops::accel {

namespace {

using hw::Memory;

constexpr int64_t kRecord = 3;  // elements

class Model {
 public:
  Model(PoolKind kind, const PoolShape& s, const PoolKnobs& k, const hw::Config& c)
      : is_max_(kind == PoolKind::kMax),
        s_(s),
        k_(k),
        c_(c),
        ipb_(std::max(c.block_out / c.block_in, 1)),
        opb_(std::max(c.block_in / c.block_out, 1)),
        span_(k.planes * s.h.span(k.rows, k.kernel_rows) * s.w.span(k.columns, s.w.kernel)),
        out_(k.planes * k.rows * k.columns * opb_) {}

  // Each thread has a tile at least, and all together have room.
  bool fits() const {
    const int64_t tiles =
        k_.split_rows ? ceil_div(s_.h.out, k_.rows) : ceil_div(s_.planes, k_.planes);
    if (tiles < k_.threads) return false;
    const int64_t records = is_max_ ? 0 : kRecord * s_.classes();
    const int64_t acc = k_.threads * (out_ + (is_max_ ? span_ * opb_ : 0)) + records;
    return k_.threads * span_ * ipb_ <= c_.depth(Memory::kInp) && acc <= c_.depth(Memory::kAcc) &&
           ipb_ * opb_ <= c_.depth(Memory::kWgt) &&
           k_.threads * micro_ops() <= c_.depth(Memory::kUop);
  }

  double cycles() const {
    const double tiles =
        static_cast<double>(ceil_div(s_.planes, k_.planes) * ceil_div(s_.h.out, k_.rows) *
                            ceil_div(s_.w.out, k_.columns));
    const auto steps = static_cast<double>(ceil_div(s_.h.kernel, k_.kernel_rows));
    const auto taps = static_cast<double>(s_.h.kernel * s_.w.kernel);
    const auto in = static_cast<double>(span_), out = static_cast<double>(out_);

    const double copies = static_cast<double>(ipb_ * opb_);
    const double vector = alu_factor();
    const double reduce =
        is_max_ ? steps * (in * copies + kDrain) + out * (1 + vector + taps * (1 + vector)) +
                      (unrolled() ? taps * kInstruction : 0)
                : out * (static_cast<double>(ipb_) * taps + (k_.first_overwrites ? 0 : 1)) +
                      out * requantise_factor() + kDrain +
                      kRecordChange * static_cast<double>(s_.classes());
    const double inputs = static_cast<double>(k_.planes);
    const double load =
        steps * (in * static_cast<double>(ipb_) * cycles_of(Memory::kInp) + kInstruction * inputs);
    const double store = out * cycles_of(Memory::kOut) + kInstruction * inputs;
    const double compute = reduce + kInstruction * steps;
    const double tile = k_.threads > 1 ? std::max(compute, load + store)
                                       : compute + load + store + (1 + steps) * kLatency;
    return tiles * tile + load / steps + store + 2 * kLatency;
  }

 private:
  static constexpr double kLatency = 90;      // from a request to the token behind its data
  static constexpr double kDrain = 20;        // of the pipeline, before what depends on it
  static constexpr double kRecordChange = 9;  // of a requantisation
  static constexpr double kInstruction = 4;   // of a DMA, or to start in another unit

  bool unrolled() const {
    return (s_.h.leaves_input() || s_.w.leaves_input()) && k_.rows * k_.columns > 1;
  }

  // Two of an instruction's loops are the hardware's.
  int64_t micro_ops() const {
    const int64_t tap_rows = unrolled() ? 1 : k_.kernel_rows;
    const int64_t tap_columns = unrolled() ? 1 : s_.w.kernel;
    std::vector<int64_t> loops = {k_.planes, k_.rows, k_.columns};
    if (!k_.first_overwrites) loops.insert(loops.end(), {tap_rows, tap_columns});
    std::ranges::sort(loops);
    int64_t window = ipb_ * opb_ * (k_.first_overwrites ? tap_rows * tap_columns : 1);
    for (size_t i = 0; i + 2 < loops.size(); ++i) window *= loops[i];
    const int64_t instructions = unrolled() ? s_.h.kernel * s_.w.kernel : 1;
    return window * instructions + (is_max_ ? k_.planes * ipb_ * opb_ : k_.planes * opb_);
  }

  // Cycles that an element takes on the bus.
  double cycles_of(Memory memory) const {
    const double bus = std::min<double>(c_.memory_bytes_per_cycle, c_.bus_bits / 8.0);
    return std::max(1.0, static_cast<double>(c_.element_bytes(memory)) / bus);
  }
  double requantise_factor() const {
    return std::max(1.0, static_cast<double>(c_.batch * c_.block_out) / c_.requantise_lanes);
  }
  double alu_factor() const {
    return std::max(1.0, static_cast<double>(c_.batch * c_.block_out) / c_.alu_lanes);
  }

  bool is_max_;
  const PoolShape& s_;
  const PoolKnobs& k_;
  const hw::Config& c_;
  int64_t ipb_, opb_;
  int64_t span_, out_;  // elements of a tile: pixels that its windows cover, outputs
};

}  // namespace

std::optional<double> estimated_cycles(PoolKind kind, const PoolShape& shape,
                                       const PoolKnobs& knobs, const hw::Config& config) {
  const Model model(kind, shape, knobs, config);
  return model.fits() ? std::optional(model.cycles()) : std::nullopt;
}

PoolKnobs default_knobs(PoolKind kind, const PoolShape& shape, const hw::Config& config) {
  std::optional<PoolKnobs> best;
  double fewest = 0;
  const auto consider = [&](const PoolKnobs& k) {
    const auto cycles = estimated_cycles(kind, shape, k, config);
    if (!cycles || (best && *cycles >= fewest)) return;
    best = k;
    fewest = *cycles;
  };
  for (const int64_t planes : splits(shape.planes)) {
    for (const int64_t rows : splits(shape.h.out)) {
      for (const int64_t columns : splits(shape.w.out)) {
        for (const int64_t kernel_rows : splits(shape.h.kernel)) {
          for (const bool first : {true, false}) {
            if (first && kind == PoolKind::kMax) continue;
            consider({planes, rows, columns, kernel_rows, 1, false, first});
            consider({planes, rows, columns, kernel_rows, 2, false, first});
            consider({planes, rows, columns, kernel_rows, 2, true, first});
          }
        }
      }
    }
  }
  if (!best) throw DoesNotFit("no tile fits the input, accumulator and micro-op buffers");
  return *best;
}

}  // namespace vta::ops::accel

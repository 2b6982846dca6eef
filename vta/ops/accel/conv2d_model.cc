#include "vta/ops/accel/conv2d_model.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "vta/ops/accel/depthwise_conv2d.h"
#include "vta/ops/accel/does_not_fit.h"
#include "vta/ops/accel/splits.h"

namespace vta::ops::accel {

namespace {

using hw::Memory;

class Model {
 public:
  Model(const Conv2dWork& s, const Conv2dKnobs& k, const hw::Config& c)
      : s_(s),
        k_(k),
        c_(c),
        ipb_(std::max(c.block_out / c.block_in, 1)),
        opb_(std::max(c.block_in / c.block_out, 1)),
        span_h_((k.rows - 1) * s.stride_h + s.reach_h),
        span_w_((k.columns - 1) * s.stride_w + s.reach_w),
        o_threads_(k.across == Across::kRows ? 1 : k.threads) {}

  // Each thread has a tile at least, and all together have room.
  bool fits() const {
    const auto [extent, tile] = split();
    if (ceil_div(extent, tile) < k_.threads) return false;
    const int64_t out = k_.groups * k_.out_blocks * opb_, in = k_.in_blocks * ipb_;
    const int64_t all_in = s_.in_blocks * ipb_, pixels = k_.rows * k_.columns;
    const int64_t inp = k_.threads * k_.groups * in * span_h_ * span_w_;
    const int64_t wgt =
        (k_.weights_stay ? o_threads_ * all_in : k_.threads * in) / s_.elements * out * s_.taps;
    const int64_t all_out = of_whole_tiles(s_.groups, k_.groups, Across::kGroups) *
                            of_whole_tiles(s_.out_blocks, k_.out_blocks, Across::kOutBlocks) * opb_;
    const int64_t records =
        (k_.records_stay ? all_out : o_threads_ * out) * 3 * s_.row_classes * s_.column_classes;
    const int64_t acc = k_.threads * out * pixels * s_.outputs + records;
    // Two of a step's loops are the hardware's; a kernel that starts sums anew, and one that does
    // not, for each thread.
    std::vector<int64_t> loops = {k_.groups, k_.out_blocks * opb_, in / s_.elements, k_.rows,
                                  k_.columns};
    std::ranges::sort(loops);
    const int64_t uops = 2 * k_.threads * loops[0] * loops[1] * loops[2] * s_.taps;
    return inp <= c_.depth(Memory::kInp) && wgt <= c_.depth(Memory::kWgt) &&
           acc <= c_.depth(Memory::kAcc) && uops <= c_.depth(Memory::kUop);
  }

  double cycles() const {
    const double tiles_g = static_cast<double>(ceil_div(s_.groups, k_.groups));
    const double tiles_o = static_cast<double>(ceil_div(s_.out_blocks, k_.out_blocks));
    const double tiles_h = static_cast<double>(ceil_div(s_.rows, k_.rows));
    const double tiles_w = static_cast<double>(ceil_div(s_.columns, k_.columns));
    const double steps = static_cast<double>(ceil_div(s_.in_blocks, k_.in_blocks));
    // What a tile of average size takes: the last ones of an axis may be smaller.
    const double groups = static_cast<double>(s_.groups) / tiles_g;
    const double out = groups * static_cast<double>(s_.out_blocks * opb_) / tiles_o;
    const double in = static_cast<double>(s_.in_blocks * ipb_) / steps;
    const double pixels = static_cast<double>(s_.rows * s_.columns) / (tiles_h * tiles_w);
    const double outputs = pixels * static_cast<double>(s_.outputs);
    const auto taps = static_cast<double>(s_.taps);

    const double products = in / static_cast<double>(s_.elements);
    const double multiply = out * pixels * products * taps;
    const double classes =
        of_a_tile(s_.row_classes, tiles_h) * of_a_tile(s_.column_classes, tiles_w);
    const double requantise = out * (outputs * lanes_factor() + kRecord * classes) + kDrain;
    const double store = out * outputs * cycles_of(Memory::kOut) + kInstruction * out;
    const double inputs =
        groups * in *
        (static_cast<double>(rows_read() * columns_read()) * cycles_of(Memory::kInp) +
         kInstruction);
    const double weights = out * products * taps * cycles_of(Memory::kWgt) + kInstruction * out;
    const double load = inputs + (k_.weights_stay ? 0 : weights);

    // A thread's loads run while another multiplies; in the last round, while that one's last tile,
    // which may be small or missing, does.
    const double tiles = static_cast<double>(s_.batches) * tiles_g * tiles_o * tiles_h * tiles_w;
    const double other = k_.threads > 1 ? multiply : 0;
    const double step = std::max(0.0, load + kLatency - other) + multiply;
    const double tile = std::max(steps * step + requantise, steps * load + store) +
                        (k_.threads > 1 ? 0 : store + kLatency);
    const double last = k_.threads > 1 ? last_part() * multiply : 0;
    const double last_round =
        steps * std::max(0.0, load + kLatency - last) - steps * (step - multiply);
    double total = tiles * tile + last_round + weights + inputs + kLatency + store + kLatency;
    const double changes = std::ceil(tiles_g * tiles_o / static_cast<double>(o_threads_));
    if (!k_.records_stay) {
      total += static_cast<double>(s_.batches * o_threads_ * s_.row_classes * s_.column_classes) *
               changes * (kLatency + kDrain);
    }
    if (k_.weights_stay) {
      // In their first tiles the threads wait for weights too.
      const double first =
          std::max(0.0, load + weights + kLatency - other) - std::max(0.0, load + kLatency - other);
      total += static_cast<double>(s_.batches) * changes *
               (steps * static_cast<double>(o_threads_) * first + kLatency);
    }
    return total;
  }

 private:
  static constexpr double kLatency = 90;     // from a request to the token behind its data
  static constexpr double kDrain = 40;       // of the pipeline before and after requantising
  static constexpr double kRecord = 9;       // to change the record
  static constexpr double kInstruction = 4;  // of a DMA

  // An axis' extent, with what of the last round's tiles lies beyond it.
  int64_t of_whole_tiles(int64_t extent, int64_t tile, Across axis) const {
    const int64_t round = tile * (k_.across == axis ? k_.threads : 1);
    return ceil_div(extent, round) * round;
  }

  // How many of an axis' classes each of its tiles has, on the average.
  static double of_a_tile(int64_t classes, double tiles) {
    return (static_cast<double>(classes) + tiles - 1) / tiles;
  }

  // What the threads take, and how much of it a tile has.
  std::pair<int64_t, int64_t> split() const {
    switch (k_.across) {
      case Across::kGroups:
        return {s_.groups, k_.groups};
      case Across::kOutBlocks:
        return {s_.out_blocks, k_.out_blocks};
      case Across::kRows:
        break;
    }
    return {s_.rows, k_.rows};
  }

  // The last round's last tile as a part of a whole one: 0 where a thread has none.
  double last_part() const {
    const auto [extent, tile] = split();
    const int64_t tiles = ceil_div(extent, tile);
    if (tiles % k_.threads != 0) return 0;
    return static_cast<double>(extent - (tiles - 1) * tile) / static_cast<double>(tile);
  }

  // Cycles that an element takes on the bus.
  double cycles_of(Memory memory) const {
    const double bus = std::min<double>(c_.memory_bytes_per_cycle, c_.bus_bits / 8.0);
    return std::max(1.0, static_cast<double>(c_.element_bytes(memory)) / bus);
  }
  double lanes_factor() const {
    return std::max(1.0, static_cast<double>(c_.batch * c_.block_out) / c_.requantise_lanes);
  }
  // Of the span, what is inside the picture.
  int64_t rows_read() const { return std::min(span_h_, s_.in_h); }
  int64_t columns_read() const { return std::min(span_w_, s_.in_w); }

  const Conv2dWork& s_;
  const Conv2dKnobs& k_;
  const hw::Config& c_;
  int64_t ipb_, opb_, span_h_, span_w_, o_threads_;
};

}  // namespace

Conv2dWork::Conv2dWork(const Conv2dShape& s)
    : batches(s.batches),
      groups(s.groups),
      in_blocks(s.in_blocks),
      in_h(s.in_h),
      in_w(s.in_w),
      out_blocks(s.out_blocks),
      rows(s.out_h),
      columns(s.out_w),
      outputs(1),
      taps(s.kernel_h * s.kernel_w),
      stride_h(s.stride_h),
      stride_w(s.stride_w),
      reach_h((s.kernel_h - 1) * s.dilation_h + 1),
      reach_w((s.kernel_w - 1) * s.dilation_w + 1),
      row_classes(std::ssize(s.row_classes)),
      column_classes(std::ssize(s.column_classes)) {}

Conv2dWork Conv2dWork::depthwise(const Conv2dShape& shape, const hw::Config& config) {
  Conv2dWork work(shape);
  work.taps = shape.kernel_h * tap_runs(shape, config).count;
  work.elements = config.block_out / config.block_in;
  return work;
}

Conv2dWork::Conv2dWork(const Conv2dTransposeShape& s)
    : batches(s.batches),
      groups(s.groups),
      in_blocks(s.in_blocks),
      in_h(s.in_h),
      in_w(s.in_w),
      out_blocks(s.out_blocks),
      rows(ceil_div(s.out_h, s.stride_h)),
      columns(ceil_div(s.out_w, s.stride_w)),
      outputs(s.stride_h * s.stride_w),
      taps(s.kernel_h * s.kernel_w),
      stride_h(1),
      stride_w(1),
      reach_h(s.span_h(s.stride_h)),
      reach_w(s.span_w(s.stride_w)),
      row_classes(std::ssize(s.row_classes)),
      column_classes(std::ssize(s.column_classes)) {}

std::optional<double> estimated_cycles(const Conv2dWork& work, const Conv2dKnobs& knobs,
                                       const hw::Config& config) {
  const Model model(work, knobs, config);
  return model.fits() ? std::optional(model.cycles()) : std::nullopt;
}

Conv2dKnobs default_knobs(const Conv2dWork& work, const hw::Config& config) {
  std::optional<Conv2dKnobs> best;
  double fewest = 0;
  const auto consider = [&](Conv2dKnobs k) {
    auto cycles = estimated_cycles(work, k, config);
    if (!cycles) {
      k.records_stay = false;
      cycles = estimated_cycles(work, k, config);
    }
    if (!cycles || (best && *cycles >= fewest)) return;
    best = k;
    fewest = *cycles;
  };
  constexpr std::pair<int64_t, Across> kThreads[] = {
      {1, Across::kRows}, {2, Across::kRows}, {2, Across::kOutBlocks}, {2, Across::kGroups}};
  for (const int64_t groups : splits(work.groups)) {
    for (const int64_t out_blocks : splits(work.out_blocks)) {
      for (const int64_t in_blocks : splits(work.in_blocks)) {
        for (const int64_t rows : splits(work.rows)) {
          for (const int64_t columns : splits(work.columns)) {
            for (const bool stay : {true, false}) {
              for (const auto& [threads, across] : kThreads) {
                consider({groups, out_blocks, in_blocks, rows, columns, threads, across, stay});
              }
            }
          }
        }
      }
    }
  }
  if (!best) {
    throw DoesNotFit(
        fmt::format("conv2d: no tile fits the scratchpads of configuration '{}'", config.name));
  }
  return *best;
}

}  // namespace vta::ops::accel

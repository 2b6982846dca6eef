// qmax_pool, qaverage_pool, qglobal_average_pool: one ALU pass for each tap of the window, over
// just the outputs whose tap lies inside the input, so that nothing is ever padded.
#include <algorithm>
#include <functional>
#include <map>

#include "vta/compiler/lower.h"
#include "vta/compiler/packing.h"
#include "vta/compiler/requantise_records.h"
#include "vta/compiler/window.h"

namespace vta::compiler {

namespace {

using hw::AluOp;
using hw::Memory;
using isa::MemoryType;
using isa::MicroOp;
using isa::Unit;

enum Buffer : int { kOutput = 0, kInput = 1, kRecords = 2 };

constexpr int64_t kMaxLoop = (1 << 14) - 1;  // iter_in, iter_out

struct Window {
  Axis y, x;
};

Window window_of(const graph::Node& node, const PackedShape& in, const PackedShape& out) {
  if (node.op == "qglobal_average_pool") {
    return {{in.h, 1, in.h, 1, 1, 0}, {in.w, 1, in.w, 1, 1, 0}};
  }
  const auto& kernel = node.ints_attr("kernel_shape");
  const auto& strides = node.ints_attr("strides");
  const auto& pads = node.ints_attr("pads");
  const std::vector<int64_t> dilations = node.attributes.contains("dilations")
                                             ? node.ints_attr("dilations")
                                             : std::vector<int64_t>{1, 1};
  return {{in.h, out.h, kernel[0], strides[0], dilations[0], pads[0]},
          {in.w, out.w, kernel[1], strides[1], dilations[1], pads[1]}};
}

class PoolProgram {
 public:
  PoolProgram(const graph::Node& node, const PackedShape& in, const PackedShape& out,
              const hw::Config& config)
      : node_(node),
        config_(config),
        p_(config),
        window_(window_of(node, in, out)),
        planes_(p_.batches(in.n) * p_.blocks(in.c)),
        stream_(config) {
    if (average()) number_divisors();
  }

  LoweredKernel generate() {
    const int64_t rows = rows_of_a_tile();
    if (!divisors_.empty()) {
      stream_.load(MemoryType::kAcc, 0, {kRecords, 0},
                   {.row_size = record_elements(), .row_stride = 1});
    }
    const int64_t tiles_of_a_plane = ceil_div(window_.y.out, rows);
    tiles_ = planes_ * tiles_of_a_plane;
    for (int64_t plane = 0; plane < planes_; ++plane) {
      for (int64_t begin = 0; begin < window_.y.out; begin += rows) {
        pool_tile(plane, {begin, std::min(begin + rows, window_.y.out)});
        ++tile_;
      }
    }
    LoweredKernel kernel{.program = stream_.finish(), .constants = {}, .macs = 0};
    if (!divisors_.empty()) kernel.constants.push_back(records());
    return kernel;
  }

 private:
  bool average() const { return node_.op != "qmax_pool"; }

  // -- tiles: the input rows of a tile, then its output rows, in one half of the accumulator ---

  Span input_rows(Span rows) const {
    const Axis& y = window_.y;
    const int64_t last = y.first(rows.end - 1) + (y.kernel - 1) * y.dilation;
    return {std::clamp<int64_t>(y.first(rows.begin), 0, y.in),
            std::clamp<int64_t>(last + 1, 0, y.in)};
  }

  int64_t half() const {
    return std::min((config_.depth(Memory::kAcc) - record_elements()) / 2, kMaxLoop);
  }

  int64_t rows_of_a_tile() const {
    for (int64_t rows = window_.y.out; rows >= 1; --rows) {
      const int64_t span =
          (rows - 1) * window_.y.stride + (window_.y.kernel - 1) * window_.y.dilation + 1;
      const int64_t in = std::min(span, window_.y.in) * window_.x.in;
      if ((in + rows * window_.x.out) * p_.out_per_block <= half()) return rows;
    }
    throw DoesNotFit("no tile fits the accumulator");
  }

  void pool_tile(int64_t plane, Span rows) {
    rows_ = rows;
    in_rows_ = input_rows(rows);
    const int64_t in_pixel = (plane * window_.y.in + in_rows_.begin) * window_.x.in;
    const int64_t out_pixel = (plane * window_.y.out + rows.begin) * window_.x.out;
    if (tile_ >= 2) stream_.pop(Unit::kStore, Unit::kCompute);
    stream_.load(MemoryType::kAcc8, in_base(), {kInput, in_pixel * p_.out_per_block},
                 {.row_size = in_elements(), .row_stride = 1});
    clear();
    reduce();
    if (average()) divide();
    stream_.push(Unit::kCompute, Unit::kStore);
    stream_.pop(Unit::kCompute, Unit::kStore);
    stream_.store(out_base(), {kOutput, out_pixel * p_.out_per_block},
                  {.row_size = out_elements(), .row_stride = 1});
    if (tile_ + 2 < tiles_) stream_.push(Unit::kStore, Unit::kCompute);
  }

  int64_t in_base() const { return record_elements() + tile_ % 2 * half(); }
  int64_t in_elements() const { return in_rows_.size() * window_.x.in * p_.out_per_block; }
  int64_t out_base() const { return in_base() + in_elements(); }
  int64_t out_elements() const { return rows_.size() * window_.x.out * p_.out_per_block; }

  int64_t in_element(int64_t y, int64_t x) const {
    return in_base() + ((y - in_rows_.begin) * window_.x.in + x) * p_.out_per_block;
  }
  int64_t out_element(int64_t y, int64_t x) const {
    return out_base() + ((y - rows_.begin) * window_.x.out + x) * p_.out_per_block;
  }

  // -- the passes -----------------------------------------------------------------------------

  // A micro-kernel of one micro-op for each output element of a pixel.
  std::vector<MicroOp> pixel_kernel(int64_t dst, int64_t src, int64_t src_step) const {
    std::vector<MicroOp> kernel;
    for (int64_t e = 0; e < p_.out_per_block; ++e) {
      kernel.push_back(
          {static_cast<uint32_t>(dst + e), static_cast<uint32_t>(src + e * src_step), 0});
    }
    return kernel;
  }

  void clear() {
    const runtime::LoopNest each{.inner = out_elements(), .dst_inner = 1};
    const std::vector<MicroOp> first = {MicroOp{static_cast<uint32_t>(out_base()), 0, 0}};
    stream_.reset(first, each);
    if (!average()) stream_.alu_immediate(AluOp::kAdd, lowest(), first, each);
  }

  int32_t lowest() const { return -(1 << (config_.out_bits - 1)); }

  void reduce() {
    if (rows_.size() == 1 && window_.x.out == 1) {
      reduce_one_output();
      return;
    }
    for (int64_t ty = 0; ty < window_.y.kernel; ++ty) {
      for (const Span& ys : valid(window_.y, rows_, ty)) {
        for (int64_t tx = 0; tx < window_.x.kernel; ++tx) {
          for (const Span& xs : valid(window_.x, {0, window_.x.out}, tx)) {
            reduce_tap(ys, xs, ty, tx);
          }
        }
      }
    }
  }

  // The outputs of `range` whose tap lies inside the input.
  static std::vector<Span> valid(const Axis& axis, Span range, int64_t tap) {
    std::vector<Span> spans = runs(range, [&](int64_t o) { return axis.inside(o, tap); });
    std::erase_if(spans, [&](const Span& span) { return !axis.inside(span.begin, tap); });
    return spans;
  }

  void reduce_tap(Span ys, Span xs, int64_t ty, int64_t tx) {
    const int64_t y = window_.y.first(ys.begin) + ty * window_.y.dilation;
    const int64_t x = window_.x.first(xs.begin) + tx * window_.x.dilation;
    stream_.alu(op(), pixel_kernel(out_element(ys.begin, xs.begin), in_element(y, x), 1),
                {.outer = ys.size(),
                 .inner = xs.size(),
                 .dst_outer = window_.x.out * p_.out_per_block,
                 .dst_inner = p_.out_per_block,
                 .src_outer = window_.y.stride * window_.x.in * p_.out_per_block,
                 .src_inner = window_.x.stride * p_.out_per_block});
  }

  // A single output, as of a global pooling: the loops run over the window instead.
  void reduce_one_output() {
    const Span ty = window_.y.taps_inside(rows_.begin);
    const Span tx = window_.x.taps_inside(0);
    if (ty.size() == 0 || tx.size() == 0) return;
    const int64_t y = window_.y.first(rows_.begin) + ty.begin * window_.y.dilation;
    const int64_t x = window_.x.first(0) + tx.begin * window_.x.dilation;
    stream_.alu(op(), pixel_kernel(out_element(rows_.begin, 0), in_element(y, x), 1),
                {.outer = ty.size(),
                 .inner = tx.size(),
                 .src_outer = window_.y.dilation * window_.x.in * p_.out_per_block,
                 .src_inner = window_.x.dilation * p_.out_per_block});
  }

  AluOp op() const { return average() ? AluOp::kAdd : AluOp::kMax; }

  // -- averages: a requantise record for each divisor -----------------------------------------

  bool counts_padding() const {
    return node_.attributes.contains("count_include_pad") &&
           node_.int_attr("count_include_pad") != 0;
  }

  int64_t taps_y(int64_t y) const { return window_.y.taps_inside(y).size(); }
  int64_t taps_x(int64_t x) const { return window_.x.taps_inside(x).size(); }

  // A record is told by how many taps lie inside, which the zero point's share of the sum depends
  // on; the divisor is that or the whole window.
  void number_divisors() {
    for (const Span& ys : runs({0, window_.y.out}, [&](int64_t y) { return taps_y(y); })) {
      for (const Span& xs : runs({0, window_.x.out}, [&](int64_t x) { return taps_x(x); })) {
        divisors_.try_emplace(taps_y(ys.begin) * taps_x(xs.begin),
                              static_cast<int64_t>(divisors_.size()));
      }
    }
  }

  int64_t record_elements() const {
    return static_cast<int64_t>(divisors_.size()) * kRecordElements;
  }

  std::vector<uint8_t> records() const {
    std::vector<std::vector<uint8_t>> in_order(divisors_.size());
    for (const auto& [taps, number] : divisors_) {
      const int64_t divisor = counts_padding() ? window_.y.kernel * window_.x.kernel : taps;
      const QuantizedMultiplier ratio =
          quantize_multiplier(node_.float_attr("scale") / static_cast<double>(divisor));
      in_order[static_cast<size_t>(number)] =
          uniform_record({.bias = static_cast<int32_t>(-taps * node_.int_attr("x_zero_point")),
                          .factor = ratio.factor,
                          .shift = ratio.shift,
                          .zero_point = static_cast<int>(node_.int_attr("zero_point")),
                          .clip_min = static_cast<int>(node_.int_attr("clip_min")),
                          .clip_max = static_cast<int>(node_.int_attr("clip_max"))},
                         config_);
    }
    std::vector<uint8_t> bytes;
    for (const auto& record : in_order) bytes.insert(bytes.end(), record.begin(), record.end());
    return bytes;
  }

  void divide() {
    for (const Span& ys : runs(rows_, [&](int64_t y) { return taps_y(y); })) {
      for (const Span& xs : runs({0, window_.x.out}, [&](int64_t x) { return taps_x(x); })) {
        const int64_t record = divisors_.at(taps_y(ys.begin) * taps_x(xs.begin)) * kRecordElements;
        stream_.alu(AluOp::kRequantise, pixel_kernel(out_element(ys.begin, xs.begin), record, 0),
                    {.outer = ys.size(),
                     .inner = xs.size(),
                     .dst_outer = window_.x.out * p_.out_per_block,
                     .dst_inner = p_.out_per_block});
      }
    }
  }

  const graph::Node& node_;
  const hw::Config& config_;
  const Packing p_;
  const Window window_;
  const int64_t planes_;
  runtime::CommandStream stream_;
  std::map<int64_t, int64_t> divisors_;  // taps inside the input -> number of the record
  int64_t tiles_ = 0;
  int64_t tile_ = 0;
  Span rows_{};     // outputs of the current tile
  Span in_rows_{};  // input rows that it reads
};

}  // namespace

LoweredKernel lower_pool(const graph::Graph& graph, const graph::Node& node,
                         const hw::Config& config) {
  return PoolProgram(node, PackedShape(graph.value(node.input(0)).type.shape),
                     PackedShape(graph.value(node.outputs[0]).type.shape), config)
      .generate();
}

}  // namespace vta::compiler

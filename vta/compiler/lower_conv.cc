// qconv and qgemm. Those of one group are the operator library's scheduled convolution. Others are
// written here: output tiles one after another, each a reduction over chunks of input channels.
//
// Loads alternate between two halves of the input and weight buffers, output tiles between two
// halves of the accumulator, so that the load unit fetches the next step while this one multiplies
// and the store unit writes the tile before. One step of the reduction is one GEMM instruction: its
// hardware loops run over the tile's rows and columns, its micro-ops over channel blocks and kernel
// taps. A tile ends with requantise instructions, one for each of its output element columns.
#include <algorithm>
#include <array>
#include <optional>

#include "vta/codegen/accel/generate.h"
#include "vta/compiler/conv_node.h"
#include "vta/compiler/conv_tiling.h"
#include "vta/compiler/conv_weights.h"
#include "vta/compiler/lower.h"
#include "vta/compiler/requantise_records.h"
#include "vta/module/layout.h"
#include "vta/ops/accel/conv2d_model.h"

namespace vta::compiler {

namespace {

using hw::AluOp;
using hw::Memory;
using isa::MemoryType;
using isa::MicroOp;
using isa::Unit;

enum Buffer : int { kOutput = 0, kInput = 1, kWeights = 2, kRecords = 3 };

ConvShape packed_shape(const ConvNode& node, const GroupMerge& merge, const Packing& packing,
                       int64_t records) {
  return {.batches = packing.batches(node.input.n),
          .groups = merge.groups,
          .in_blocks = merge.in_blocks,
          .out_blocks = merge.out_blocks,
          .in_h = node.input.h,
          .in_w = node.input.w,
          .out_h = node.output.h,
          .out_w = node.output.w,
          .kernel_h = node.weights.shape()[2],
          .kernel_w = node.weights.shape()[3],
          .stride_h = node.strides[0],
          .stride_w = node.strides[1],
          .dilation_h = node.dilations[0],
          .dilation_w = node.dilations[1],
          .pad_top = node.pads[0],
          .pad_left = node.pads[1],
          .records = records};
}

// [0, extent) in pieces of `size`, the last one as long as it happens to be.
std::vector<Span> pieces(int64_t extent, int64_t size) {
  std::vector<Span> result;
  for (int64_t begin = 0; begin < extent; begin += size) {
    result.push_back({begin, std::min(begin + size, extent)});
  }
  return result;
}

// One output tile: blocks of one group, rows and columns.
struct OutputTile {
  int64_t batch;
  int64_t group;
  Span blocks;
  Span rows;
  Span columns;
};

// The part of an input extent that a tile needs: padding before, what memory has, padding after.
struct Window {
  Window(int64_t first, int64_t span, int64_t extent)
      : before(std::clamp<int64_t>(-first, 0, span)),
        begin(std::clamp<int64_t>(first, 0, extent)),
        size(std::max<int64_t>(0, std::min(first + span, extent) - begin)),
        after(span - before - size) {}
  int64_t before;
  int64_t begin;
  int64_t size;
  int64_t after;
};

class ConvProgram {
 public:
  ConvProgram(const ConvShape& shape, const ConvTile& tile, const BorderClasses& border,
              const hw::Config& config)
      : s_(shape), tile_(tile), border_(border), config_(config), p_(config), stream_(config) {}

  runtime::RelocatableProgram generate() {
    const auto reduction = pieces(s_.in_blocks, tile_.in_blocks);
    const std::vector<OutputTile> tiles = output_tiles();
    steps_ = static_cast<int64_t>(tiles.size() * reduction.size());
    tiles_ = static_cast<int64_t>(tiles.size());
    for (const OutputTile& tile : tiles) {
      begin_tile();
      for (const Span& in_blocks : reduction) {
        load_step(tile, in_blocks);
        multiply(tile, in_blocks, in_blocks.begin == 0);
        ++step_;
      }
      requantise(tile);
      store(tile);
      ++tile_index_;
    }
    return stream_.finish();
  }

 private:
  std::vector<OutputTile> output_tiles() const {
    std::vector<OutputTile> tiles;
    for (int64_t group = 0; group < s_.groups; ++group) {
      for (const Span& blocks : pieces(s_.out_blocks, tile_.out_blocks)) {
        for (int64_t batch = 0; batch < s_.batches; ++batch) {
          for (const Span& rows : pieces(s_.out_h, tile_.rows)) {
            for (const Span& columns : pieces(s_.out_w, tile_.columns)) {
              tiles.push_back({batch, group, blocks, rows, columns});
            }
          }
        }
      }
    }
    return tiles;
  }

  // The half of the accumulator that this tile will use must have been stored.
  void begin_tile() {
    if (tile_index_ >= 2) stream_.pop(Unit::kStore, Unit::kCompute);
  }

  void load_step(const OutputTile& tile, const Span& in_blocks) {
    if (step_ >= 2) stream_.pop(Unit::kCompute, Unit::kLoad);
    load_inputs(tile, in_blocks);
    load_weights(tile, in_blocks);
    stream_.push(Unit::kLoad, Unit::kCompute);
  }

  void load_inputs(const OutputTile& tile, const Span& in_blocks) {
    const int64_t span_h = s_.span_h(tile.rows.size());
    const int64_t span_w = s_.span_w(tile.columns.size());
    const Window rows(tile.rows.begin * s_.stride_h - s_.pad_top, span_h, s_.in_h);
    const Window columns(tile.columns.begin * s_.stride_w - s_.pad_left, span_w, s_.in_w);
    const int64_t planes = s_.groups * s_.in_blocks;
    for (int64_t b = 0; b < in_blocks.size(); ++b) {
      const int64_t plane = tile.batch * planes + tile.group * s_.in_blocks + in_blocks.begin + b;
      const int64_t pixel = (plane * s_.in_h + rows.begin) * s_.in_w + columns.begin;
      stream_.load(MemoryType::kInp, input_base() + b * span_h * span_w * p_.inp_per_block,
                   {kInput, pixel * p_.inp_per_block},
                   {.rows = rows.size,
                    .row_size = columns.size * p_.inp_per_block,
                    .row_stride = s_.in_w * p_.inp_per_block,
                    .pad_top = rows.before,
                    .pad_bottom = rows.after,
                    .pad_left = columns.before * p_.inp_per_block,
                    .pad_right = columns.after * p_.inp_per_block});
    }
  }

  // Weights stay where they are while the tiles that follow use the same ones.
  void load_weights(const OutputTile& tile, const Span& in_blocks) {
    const std::array<int64_t, 3> wanted = {tile.group, tile.blocks.begin, in_blocks.begin};
    if (resident_weights_ == wanted) return;
    resident_weights_ = wanted;
    weight_half_ = 1 - weight_half_;
    const int64_t taps = s_.kernel_h * s_.kernel_w;
    const int64_t row = s_.in_blocks * p_.inp_per_block * taps;
    const int64_t first_row = (tile.group * s_.out_blocks + tile.blocks.begin) * p_.out_per_block;
    stream_.load(MemoryType::kWgt, weight_base(),
                 {kWeights, first_row * row + in_blocks.begin * p_.inp_per_block * taps},
                 {.rows = tile.blocks.size() * p_.out_per_block,
                  .row_size = in_blocks.size() * p_.inp_per_block * taps,
                  .row_stride = row});
  }

  void multiply(const OutputTile& tile, const Span& in_blocks, bool first) {
    if (first) clear(tile);
    stream_.pop(Unit::kLoad, Unit::kCompute);
    const int64_t span_w = s_.span_w(tile.columns.size());
    stream_.gemm(micro_kernel(tile, in_blocks),
                 {.outer = tile.rows.size(),
                  .inner = tile.columns.size(),
                  .dst_outer = tile.columns.size() * p_.out_per_block,
                  .dst_inner = p_.out_per_block,
                  .src_outer = s_.stride_h * span_w * p_.inp_per_block,
                  .src_inner = s_.stride_w * p_.inp_per_block});
    if (step_ + 2 < steps_) stream_.push(Unit::kCompute, Unit::kLoad);
  }

  void clear(const OutputTile& tile) {
    stream_.reset({MicroOp{index(accumulator_base()), 0, 0}}, {.outer = tile.blocks.size(),
                                                               .inner = block_elements(tile),
                                                               .dst_outer = block_elements(tile),
                                                               .dst_inner = 1});
  }

  std::vector<MicroOp> micro_kernel(const OutputTile& tile, const Span& in_blocks) const {
    const int64_t span_h = s_.span_h(tile.rows.size());
    const int64_t span_w = s_.span_w(tile.columns.size());
    const int64_t in_elements = in_blocks.size() * p_.inp_per_block;
    std::vector<MicroOp> kernel;
    for (int64_t o = 0; o < tile.blocks.size() * p_.out_per_block; ++o) {
      for (int64_t i = 0; i < in_elements; ++i) {
        for (int64_t y = 0; y < s_.kernel_h; ++y) {
          for (int64_t x = 0; x < s_.kernel_w; ++x) {
            const int64_t pixel =
                (i / p_.inp_per_block * span_h + y * s_.dilation_h) * span_w + x * s_.dilation_w;
            kernel.push_back(
                {.dst = index(element_base(tile, o)),
                 .src = index(input_base() + pixel * p_.inp_per_block + i % p_.inp_per_block),
                 .wgt = index(weight_base() +
                              ((o * in_elements + i) * s_.kernel_h + y) * s_.kernel_w + x)});
          }
        }
      }
    }
    return kernel;
  }

  void requantise(const OutputTile& tile) {
    int64_t records = accumulator_base() + tile.blocks.size() * block_elements(tile);
    for (size_t i = 0; i < border_.rows.size(); ++i) {
      for (size_t j = 0; j < border_.columns.size(); ++j) {
        const Span rows = intersect(border_.rows[i], tile.rows);
        const Span columns = intersect(border_.columns[j], tile.columns);
        if (rows.size() == 0 || columns.size() == 0) continue;
        const auto border_class = static_cast<int64_t>(i * border_.columns.size() + j);
        requantise_class(tile, rows, columns, border_class, records);
        records += tile.blocks.size() * p_.out_per_block * kRecordElements;
      }
    }
    stream_.push(Unit::kCompute, Unit::kStore);
  }

  // The part of the tile that is in one border class, whose records go to `records`.
  void requantise_class(const OutputTile& tile, Span rows, Span columns, int64_t border_class,
                        int64_t records) {
    const int64_t elements = tile.blocks.size() * p_.out_per_block;
    const int64_t all_elements = s_.groups * s_.out_blocks * p_.out_per_block;
    const int64_t first = (tile.group * s_.out_blocks + tile.blocks.begin) * p_.out_per_block;
    stream_.load(MemoryType::kAcc, records,
                 {kRecords, (border_class * all_elements + first) * kRecordElements},
                 {.row_size = elements * kRecordElements, .row_stride = 1});
    const int64_t pixel =
        (rows.begin - tile.rows.begin) * tile.columns.size() + (columns.begin - tile.columns.begin);
    for (int64_t o = 0; o < elements; ++o) {
      stream_.alu(AluOp::kRequantise,
                  {MicroOp{index(element_base(tile, o) + pixel * p_.out_per_block),
                           index(records + o * kRecordElements), 0}},
                  {.outer = rows.size(),
                   .inner = columns.size(),
                   .dst_outer = tile.columns.size() * p_.out_per_block,
                   .dst_inner = p_.out_per_block});
    }
  }

  void store(const OutputTile& tile) {
    stream_.pop(Unit::kCompute, Unit::kStore);
    const int64_t planes = s_.groups * s_.out_blocks;
    for (int64_t b = 0; b < tile.blocks.size(); ++b) {
      const int64_t plane =
          tile.batch * planes + tile.group * s_.out_blocks + tile.blocks.begin + b;
      const int64_t pixel = (plane * s_.out_h + tile.rows.begin) * s_.out_w + tile.columns.begin;
      stream_.store(accumulator_base() + b * block_elements(tile),
                    {kOutput, pixel * p_.out_per_block},
                    {.rows = tile.rows.size(),
                     .row_size = tile.columns.size() * p_.out_per_block,
                     .row_stride = s_.out_w * p_.out_per_block});
    }
    if (tile_index_ + 2 < tiles_) stream_.push(Unit::kStore, Unit::kCompute);
  }

  // Scratchpad places: two halves each, used in turn.
  int64_t input_base() const { return step_ % 2 * (config_.depth(Memory::kInp) / 2); }
  int64_t weight_base() const { return weight_half_ * (config_.depth(Memory::kWgt) / 2); }
  int64_t accumulator_base() const { return tile_index_ % 2 * (config_.depth(Memory::kAcc) / 2); }
  // Accumulators of one channel block of the tile, and where output element column `o` begins.
  int64_t block_elements(const OutputTile& tile) const {
    return tile.rows.size() * tile.columns.size() * p_.out_per_block;
  }
  int64_t element_base(const OutputTile& tile, int64_t o) const {
    return accumulator_base() + o / p_.out_per_block * block_elements(tile) + o % p_.out_per_block;
  }
  static uint32_t index(int64_t value) { return static_cast<uint32_t>(value); }

  const ConvShape s_;
  const ConvTile tile_;
  const BorderClasses& border_;
  const hw::Config& config_;
  const Packing p_;
  runtime::CommandStream stream_;
  int64_t steps_ = 0;
  int64_t tiles_ = 0;
  int64_t step_ = 0;
  int64_t tile_index_ = 0;
  int64_t weight_half_ = 1;
  std::array<int64_t, 3> resident_weights_ = {-1, -1, -1};
};

// The library's convolution, its output as the first buffer.
runtime::RelocatableProgram scheduled_program(const ConvShape& s, const BorderClasses& border,
                                              const hw::Config& config) {
  ops::accel::Conv2dShape shape{.batches = s.batches,
                                .in_blocks = s.in_blocks,
                                .in_h = s.in_h,
                                .in_w = s.in_w,
                                .out_blocks = s.out_blocks,
                                .out_h = s.out_h,
                                .out_w = s.out_w,
                                .kernel_h = s.kernel_h,
                                .kernel_w = s.kernel_w,
                                .stride_h = s.stride_h,
                                .stride_w = s.stride_w,
                                .dilation_h = s.dilation_h,
                                .dilation_w = s.dilation_w,
                                .pad_top = s.pad_top,
                                .pad_left = s.pad_left};
  const auto begins = [](const std::vector<Span>& runs) {
    std::vector<int64_t> first;
    for (const Span& run : runs) first.push_back(run.begin);
    return first;
  };
  shape.row_classes = begins(border.rows);
  shape.column_classes = begins(border.columns);
  const auto knobs = ops::accel::default_knobs(shape, config);
  loop::Function f = ops::accel::scheduled_conv2d(shape, knobs, config);
  std::rotate(f.parameters.begin(), f.parameters.end() - 1, f.parameters.end());
  return codegen::accel::generate(f, config);
}

runtime::RelocatableProgram written_program(const ConvShape& shape, const BorderClasses& border,
                                            const hw::Config& config) {
  const std::optional<ConvTile> tile = search_conv_tile(shape, config);
  if (!tile) throw DoesNotFit("no tile fits the input, weight, accumulator and micro-op buffers");
  return ConvProgram(shape, *tile, border, config).generate();
}

}  // namespace

LoweredKernel lower_conv(const graph::Graph& graph, const graph::Node& node,
                         const hw::Config& config) {
  const Packing packing(config);
  const ConvNode conv(graph, node);
  const GroupMerge merge = merge_groups(conv.input.c, conv.output.c, conv.groups, packing);
  const BorderClasses border(conv, conv.has_padding() ? node.int_attr("x_zero_point") : int64_t{0});
  const ConvShape shape = packed_shape(conv, merge, packing, border.count());
  LoweredKernel kernel;
  kernel.program = shape.groups == 1 ? scheduled_program(shape, border, config)
                                     : written_program(shape, border, config);
  kernel.constants.push_back(
      module::pack_weights(expand_weights(conv.weights, conv.groups, merge, packing), config));
  const int64_t elements = shape.groups * shape.out_blocks * packing.out_per_block;
  kernel.constants.push_back(conv_records(graph, node, conv, border, elements, config));
  kernel.macs = conv.output.n * conv.output.h * conv.output.w * conv.weights.size();
  return kernel;
}

}  // namespace vta::compiler

// A blocked 3x3 convolution with two virtual threads and explicit tokens, after the program on
// slide 40 of the VTA talk (TVM conference, 2018): y = clip((conv(x, w) + bias) >> 9, 0, 127).
//
// The output is cut into strips of rows. Strips take turns in two contexts, each with its own half
// of the input and accumulator buffers (the slide's ACTIV[0-24] and ACTIV[25-50], STBUF[0-7] and
// STBUF[32-39]), so that a strip is loaded and another one stored while a third is computed. Four
// kinds of tokens keep the units from overtaking one another:
//   LD->EX  the strip's activations are there          EX->LD  its half of the inputs is free again
//   EX->ST  the strip's results are there              ST->EX  its half of the results is free
//   again
#include <algorithm>

#include "example.h"
#include "vta/module/layout.h"

namespace vta::examples {
namespace {

using isa::MemoryType;
using isa::Unit;

// The kernel's buffers.
constexpr int kActivations = 0;
constexpr int kParameters = 1;
constexpr int kBias = 2;
constexpr int kResults = 3;

constexpr int64_t kHeight = 8;
constexpr int64_t kWidth = 10;
constexpr int64_t kBlocksIn = 2;  // channels, in blocks of the GEMM core
constexpr int64_t kBlocksOut = 3;
constexpr int64_t kTaps = 3;  // kernel height and width; one row and column of zeros around
constexpr int kShift = 9;

constexpr int64_t kStripRows = 2;
constexpr int64_t kStrips = kHeight / kStripRows;
static_assert(kStrips % 2 == 0, "both contexts work on every block of channels");
constexpr int64_t kStripPixels = kStripRows * kWidth;
// A strip needs one row more above and below, and one column left and right.
constexpr int64_t kPaddedWidth = kWidth + kTaps - 1;
constexpr int64_t kInputPlane = (kStripRows + kTaps - 1) * kPaddedWidth;
constexpr int64_t kInputStrip = kBlocksIn * kInputPlane;
constexpr int64_t kFilter = kBlocksIn * kTaps * kTaps;  // weight tiles of one block of outputs

// Scratchpad addresses, in elements: contexts 0 and 1 side by side, then the bias.
constexpr int64_t input_base(int64_t context) {
  return context * kInputStrip;
}
constexpr int64_t result_base(int64_t context) {
  return context * kStripPixels;
}
constexpr int64_t kBiasEntry = 2 * kStripPixels;

class BlockedConvolution {
 public:
  explicit BlockedConvolution(const hw::Config& config) : stream_(config) {}

  runtime::RelocatableProgram program() {
    for (int64_t block = 0; block < kBlocksOut; ++block) {
      for (int64_t strip = 0; strip < kStrips; ++strip) {
        const Tile tile{block, strip, block * kStrips + strip};
        load(tile);
        execute(tile);
        store(tile);
      }
    }
    return stream_.finish();
  }

 private:
  struct Tile {
    int64_t block;   // of output channels
    int64_t strip;   // of output rows
    int64_t number;  // in the order of execution

    // Two contexts: what a tile frees is waited for by the tile after next, if there is one.
    int64_t context() const { return number % 2; }
    bool has_predecessor() const { return number >= 2; }
    bool has_successor() const { return number + 2 < kBlocksOut * kStrips; }
    int64_t parameter_base() const { return block % 2 * kFilter; }
  };

  // LD@context
  void load(const Tile& tile) {
    if (tile.has_predecessor()) stream_.pop(Unit::kCompute, Unit::kLoad);
    // The slide loads PARAM over the parameters that the other context may still be using. Here
    // blocks of channels take turns in two halves. The half was last read by the tiles of two
    // blocks ago; the token just popped came after all of them, for the compute unit works in
    // order.
    if (tile.strip == 0) {
      stream_.load(MemoryType::kWgt, tile.parameter_base(), {kParameters, tile.block * kFilter},
                   {.row_size = kFilter});
    }
    // Rows above and below the picture do not exist in DRAM: LOAD makes zeros instead, as it does
    // at the left and right border.
    const int64_t first = tile.strip * kStripRows - 1;
    const int64_t last = first + kStripRows + kTaps - 2;
    const int64_t top = std::max<int64_t>(0, -first);
    const int64_t bottom = std::max<int64_t>(0, last - (kHeight - 1));
    for (int64_t b = 0; b < kBlocksIn; ++b) {
      stream_.load(MemoryType::kInp, input_base(tile.context()) + b * kInputPlane,
                   {kActivations, (b * kHeight + first + top) * kWidth},
                   {.rows = last - bottom - (first + top) + 1,
                    .row_size = kWidth,
                    .row_stride = kWidth,
                    .pad_top = top,
                    .pad_bottom = bottom,
                    .pad_left = 1,
                    .pad_right = 1});
    }
    stream_.push(Unit::kLoad, Unit::kCompute);
  }

  // EX@context
  void execute(const Tile& tile) {
    stream_.pop(Unit::kLoad, Unit::kCompute);
    if (tile.has_predecessor()) stream_.pop(Unit::kStore, Unit::kCompute);
    convolve(tile);
    // The activations have been read: their half may be filled again while the epilogue runs.
    if (tile.has_successor()) stream_.push(Unit::kCompute, Unit::kLoad);
    finish_pixels(tile);
    stream_.push(Unit::kCompute, Unit::kStore);
  }

  void convolve(const Tile& tile) {
    const int64_t acc = result_base(tile.context());
    stream_.reset({{.dst = static_cast<uint32_t>(acc)}}, {.inner = kStripPixels, .dst_inner = 1});
    for (int64_t b = 0; b < kBlocksIn; ++b) {
      // The micro-ops are the pixels, the loops the taps: one weight tile stays for all pixels, and
      // an accumulator is met again only after all others.
      std::vector<isa::MicroOp> kernel;
      for (int64_t pixel = 0; pixel < kStripPixels; ++pixel) {
        const int64_t source = pixel / kWidth * kPaddedWidth + pixel % kWidth;
        kernel.push_back(
            {.dst = static_cast<uint32_t>(acc + pixel),
             .src = static_cast<uint32_t>(input_base(tile.context()) + b * kInputPlane + source),
             .wgt = static_cast<uint32_t>(tile.parameter_base() + b * kTaps * kTaps)});
      }
      stream_.gemm(kernel, {.outer = kTaps,
                            .inner = kTaps,
                            .src_outer = kPaddedWidth,
                            .src_inner = 1,
                            .wgt_outer = kTaps,
                            .wgt_inner = 1});
    }
  }

  void finish_pixels(const Tile& tile) {
    // The slide's LDBUF. A LOAD of accumulators is the compute unit's own, so it needs no token.
    if (tile.strip == 0) {
      stream_.load(MemoryType::kAcc, kBiasEntry, {kBias, tile.block}, {.row_size = 1});
    }
    const std::vector<isa::MicroOp> kernel = {
        {.dst = static_cast<uint32_t>(result_base(tile.context())),
         .src = static_cast<uint32_t>(kBiasEntry)}};
    const runtime::LoopNest each{.inner = kStripPixels, .dst_inner = 1};
    stream_.alu(hw::AluOp::kAdd, kernel, each);
    stream_.alu_immediate(hw::AluOp::kShr, kShift, kernel, each);
    stream_.alu_immediate(hw::AluOp::kMax, 0, kernel, each);
    stream_.alu_immediate(hw::AluOp::kMin, 127, kernel, each);
  }

  // ST@context
  void store(const Tile& tile) {
    stream_.pop(Unit::kCompute, Unit::kStore);
    stream_.store(result_base(tile.context()),
                  {kResults, (tile.block * kHeight + tile.strip * kStripRows) * kWidth},
                  {.row_size = kStripPixels});
    if (tile.has_successor()) stream_.push(Unit::kStore, Unit::kCompute);
  }

  runtime::CommandStream stream_;
};

int32_t bias_of(int64_t channel) {
  return static_cast<int32_t>(channel * 977 % 20001 - 10000);
}

// One accumulator element for each block of channels: int32, the same for each row of the batch.
std::vector<uint8_t> pack_bias(const hw::Config& config) {
  std::vector<uint8_t> bytes;
  for (int64_t b = 0; b < kBlocksOut; ++b) {
    for (int64_t lane = 0; lane < int64_t{config.batch} * config.block_out; ++lane) {
      const auto bias =
          static_cast<uint32_t>(bias_of(b * config.block_out + lane % config.block_out));
      for (int shift = 0; shift < 32; shift += 8)
        bytes.push_back(static_cast<uint8_t>(bias >> shift));
    }
  }
  return bytes;
}

// One output of the convolution, before bias and clipping.
int32_t convolve_at(const Tensor& x, const Tensor& w, int64_t n, int64_t o, int64_t y,
                    int64_t column) {
  const int64_t channels = x.shape()[1];
  int32_t sum = 0;
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t tap = 0; tap < kTaps * kTaps; ++tap) {
      const int64_t row = y + tap / kTaps - 1;
      const int64_t col = column + tap % kTaps - 1;
      if (row < 0 || row >= kHeight || col < 0 || col >= kWidth) continue;
      sum +=
          x.as<int8_t>()[static_cast<size_t>(((n * channels + c) * kHeight + row) * kWidth + col)] *
          w.as<int8_t>()[static_cast<size_t>((o * channels + c) * kTaps * kTaps + tap)];
    }
  }
  return sum;
}

Tensor convolve_in_plain_cpp(const Tensor& x, const Tensor& w) {
  const int64_t outputs = w.shape()[0];
  Tensor result(DType::kInt8, {x.shape()[0], outputs, kHeight, kWidth});
  for (int64_t i = 0; i < result.size(); ++i) {
    const int64_t o = i / (kHeight * kWidth) % outputs;
    const int32_t sum =
        convolve_at(x, w, i / (outputs * kHeight * kWidth), o, i / kWidth % kHeight, i % kWidth);
    result.as<int8_t>()[static_cast<size_t>(i)] =
        static_cast<int8_t>(std::clamp((sum + bias_of(o)) >> kShift, 0, 127));
  }
  return result;
}

bool blocked_convolution(runtime::Device& device) {
  const hw::Config& config = device.config();
  require(config.out_bits == 8,
          "blocked_convolution needs 8-bit outputs, the configuration has {} bits",
          config.out_bits);
  const int64_t channels = kBlocksIn * config.block_in;
  const Tensor x = random_tensor({config.batch, channels, kHeight, kWidth}, config.inp_bits, 1);
  const Tensor w =
      random_tensor({kBlocksOut * config.block_out, channels, kTaps, kTaps}, config.wgt_bits, 2);
  const Shape shape = {config.batch, w.shape()[0], kHeight, kWidth};
  fmt::print("{} to {} channels, {} x {} pixels, in {} tiles and two contexts\n", channels,
             shape[1], kHeight, kWidth, kBlocksOut * kStrips);
  const module::BlockLayout layout = module::output_layout(config);
  const auto bytes = execute(device, BlockedConvolution(config).program(),
                             {module::pack(x, module::input_layout(config)),
                              module::pack_weights(w, config), pack_bias(config)},
                             module::packed_bytes(shape, layout));
  return matches(module::unpack(bytes, shape, layout), convolve_in_plain_cpp(x, w));
}

}  // namespace
}  // namespace vta::examples

int main(int argc, char** argv) {
  return vta::examples::run_example(argc, argv, "blocked convolution",
                                    vta::examples::blocked_convolution);
}

// C = clip((A x B^T) >> 9): a matrix product cut into tiles, with loads of the next step running
// while the current one is multiplied, and a shift as requantisation.
#include <algorithm>

#include "example.h"
#include "vta/module/layout.h"

namespace vta::examples {
namespace {

using isa::MemoryType;
using isa::Unit;

constexpr int kA = 0;
constexpr int kB = 1;
constexpr int kC = 2;
constexpr int kShift = 9;

// Everything is counted in elements: A is kRows x kDepth input elements, B kColumns x kDepth weight
// tiles, C kRows x kColumns output elements.
constexpr int64_t kRows = 16;
constexpr int64_t kColumns = 8;
constexpr int64_t kDepth = 12;
// A tile of C, and how deep one step towards it goes.
constexpr int64_t kTileRows = 8;
constexpr int64_t kTileColumns = 4;
constexpr int64_t kStepDepth = 4;
constexpr int64_t kSteps = kDepth / kStepDepth;
constexpr int64_t kTiles = kRows / kTileRows * (kColumns / kTileColumns);

class MatrixMultiply {
 public:
  explicit MatrixMultiply(const hw::Config& config) : stream_(config) {}

  runtime::RelocatableProgram program() {
    for (int64_t tile = 0; tile < kTiles; ++tile) multiply_tile(tile);
    return stream_.finish();
  }

 private:
  void multiply_tile(int64_t tile) {
    const int64_t row = tile / (kColumns / kTileColumns) * kTileRows;
    const int64_t column = tile % (kColumns / kTileColumns) * kTileColumns;
    // Two accumulator tiles take turns: one is stored while the other is computed. Before a tile is
    // begun again, the store of two tiles ago must be done.
    const int64_t acc = tile % 2 * kTileRows * kTileColumns;
    if (tile >= 2) stream_.pop(Unit::kStore, Unit::kCompute);
    stream_.reset({{.dst = static_cast<uint32_t>(acc)}},
                  {.inner = kTileRows * kTileColumns, .dst_inner = 1});
    for (int64_t step = 0; step < kSteps; ++step) {
      multiply_step(tile * kSteps + step, row, column, step * kStepDepth, acc);
    }
    requantise(acc);
    stream_.push(Unit::kCompute, Unit::kStore);
    stream_.pop(Unit::kCompute, Unit::kStore);
    stream_.store(acc, {kC, row * kColumns + column},
                  {.rows = kTileRows, .row_size = kTileColumns, .row_stride = kColumns});
    if (tile + 2 < kTiles) stream_.push(Unit::kStore, Unit::kCompute);
  }

  // Step number `index` of the whole program: tile(A) x tile(B)^T onto the accumulators.
  void multiply_step(int64_t index, int64_t row, int64_t column, int64_t depth, int64_t acc) {
    // Input and weight buffer have two halves, which take turns as well.
    const int64_t inp = index % 2 * kTileRows * kStepDepth;
    const int64_t wgt = index % 2 * kTileColumns * kStepDepth;
    if (index >= 2) stream_.pop(Unit::kCompute, Unit::kLoad);
    stream_.load(MemoryType::kInp, inp, {kA, row * kDepth + depth},
                 {.rows = kTileRows, .row_size = kStepDepth, .row_stride = kDepth});
    stream_.load(MemoryType::kWgt, wgt, {kB, column * kDepth + depth},
                 {.rows = kTileColumns, .row_size = kStepDepth, .row_stride = kDepth});
    stream_.push(Unit::kLoad, Unit::kCompute);

    stream_.pop(Unit::kLoad, Unit::kCompute);
    // The columns are the innermost loop, as micro-ops, then come the rows: an accumulator is met
    // again only after kTileRows x kTileColumns others, so no pipeline has to wait for it.
    std::vector<isa::MicroOp> kernel;
    for (int64_t c = 0; c < kTileColumns; ++c) {
      kernel.push_back({.dst = static_cast<uint32_t>(acc + c),
                        .src = static_cast<uint32_t>(inp),
                        .wgt = static_cast<uint32_t>(wgt + c * kStepDepth)});
    }
    stream_.gemm(kernel, {.outer = kStepDepth,
                          .inner = kTileRows,
                          .dst_inner = kTileColumns,
                          .src_outer = 1,
                          .src_inner = kStepDepth,
                          .wgt_outer = 1});
    if (index + 2 < kTiles * kSteps) stream_.push(Unit::kCompute, Unit::kLoad);
  }

  void requantise(int64_t acc) {
    const std::vector<isa::MicroOp> kernel = {{.dst = static_cast<uint32_t>(acc)}};
    const runtime::LoopNest each{.inner = kTileRows * kTileColumns, .dst_inner = 1};
    stream_.alu_immediate(hw::AluOp::kShr, kShift, kernel, each);
    stream_.alu_immediate(hw::AluOp::kMin, 127, kernel, each);
    stream_.alu_immediate(hw::AluOp::kMax, -128, kernel, each);
  }

  runtime::CommandStream stream_;
};

Tensor multiply_in_plain_cpp(const Tensor& a, const Tensor& b) {
  const int64_t rows = a.shape()[0];
  const int64_t columns = b.shape()[0];
  const int64_t depth = a.shape()[1];
  Tensor c(DType::kInt8, {rows, columns});
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      int32_t sum = 0;
      for (int64_t k = 0; k < depth; ++k) {
        sum += a.as<int8_t>()[static_cast<size_t>(i * depth + k)] *
               b.as<int8_t>()[static_cast<size_t>(j * depth + k)];
      }
      c.as<int8_t>()[static_cast<size_t>(i * columns + j)] =
          static_cast<int8_t>(std::clamp(sum >> kShift, -128, 127));
    }
  }
  return c;
}

bool matrix_multiply(runtime::Device& device) {
  const hw::Config& config = device.config();
  require(config.out_bits == 8,
          "matrix_multiply needs 8-bit outputs, the configuration has {} bits", config.out_bits);
  const Tensor a =
      random_tensor({kRows * config.batch, kDepth * config.block_in}, config.inp_bits, 1);
  const Tensor b =
      random_tensor({kColumns * config.block_out, kDepth * config.block_in}, config.wgt_bits, 2);
  const Shape shape = {a.shape()[0], b.shape()[0]};
  fmt::print("{} x {} by {} x {} in {} tiles of {} steps\n", shape[0], a.shape()[1], a.shape()[1],
             shape[1], kTiles, kSteps);
  const module::BlockLayout layout = module::output_layout(config);
  const auto bytes =
      execute(device, MatrixMultiply(config).program(),
              {module::pack(a, module::input_layout(config)), module::pack_weights(b, config)},
              module::packed_bytes(shape, layout));
  return matches(module::unpack(bytes, shape, layout), multiply_in_plain_cpp(a, b));
}

}  // namespace
}  // namespace vta::examples

int main(int argc, char** argv) {
  return vta::examples::run_example(argc, argv, "matrix multiply", vta::examples::matrix_multiply);
}

// The smallest complete program: c = a + b on int8 vectors, saturated, on the vector ALU.
#include <algorithm>

#include "example.h"
#include "vta/module/layout.h"

namespace vta::examples {
namespace {

// Kernel buffers, in the order of execute().
constexpr int kA = 0;
constexpr int kB = 1;
constexpr int kC = 2;

runtime::RelocatableProgram add_program(const hw::Config& config, int64_t elements) {
  using isa::Unit;
  runtime::CommandStream stream(config);
  // LOAD of acc8 sign-extends int8 values to the 32 bits of the accumulator, so that the sum is
  // exact.
  stream.load(isa::MemoryType::kAcc8, 0, {kA, 0}, {.row_size = elements});
  stream.load(isa::MemoryType::kAcc8, elements, {kB, 0}, {.row_size = elements});

  // One micro-op, acc[0] op= acc[elements], that the loop moves over all elements.
  const std::vector<isa::MicroOp> kernel = {{.dst = 0, .src = static_cast<uint32_t>(elements)}};
  const runtime::LoopNest each{.inner = elements, .dst_inner = 1, .src_inner = 1};
  stream.alu(hw::AluOp::kAdd, kernel, each);
  // STORE keeps the low bits of an accumulator: clip first.
  stream.alu_immediate(hw::AluOp::kMin, 127, kernel, each);
  stream.alu_immediate(hw::AluOp::kMax, -128, kernel, each);

  // Loads of accumulators, and the ALU, are the compute unit's and follow one another. The store
  // unit runs by itself and must be told when the sum is there.
  stream.push(Unit::kCompute, Unit::kStore);
  stream.pop(Unit::kCompute, Unit::kStore);
  stream.store(0, {kC, 0}, {.row_size = elements});
  return stream.finish();
}

Tensor add_in_plain_cpp(const Tensor& a, const Tensor& b) {
  Tensor sum(DType::kInt8, a.shape());
  for (size_t i = 0; i < sum.as<int8_t>().size(); ++i) {
    const int exact = a.as<int8_t>()[i] + b.as<int8_t>()[i];
    sum.as<int8_t>()[i] = static_cast<int8_t>(std::clamp(exact, -128, 127));
  }
  return sum;
}

bool vector_add(runtime::Device& device) {
  const hw::Config& config = device.config();
  require(config.out_bits == 8, "vector_add needs 8-bit outputs, the configuration has {} bits",
          config.out_bits);
  constexpr int64_t kElements = 60;
  const Shape shape = {config.batch, kElements * config.block_out};
  const Tensor a = random_tensor(shape, 8, 1);
  const Tensor b = random_tensor(shape, 8, 2);
  const module::BlockLayout layout = module::output_layout(config);
  const auto bytes = execute(device, add_program(config, kElements),
                             {module::pack(a, layout), module::pack(b, layout)},
                             module::packed_bytes(shape, layout));
  return matches(module::unpack(bytes, shape, layout), add_in_plain_cpp(a, b));
}

}  // namespace
}  // namespace vta::examples

int main(int argc, char** argv) {
  return vta::examples::run_example(argc, argv, "vector add", vta::examples::vector_add);
}

// The host's layers against the interpreter, and a network of them against the reference kernels.
#include <gtest/gtest.h>

#include <cmath>

#include "vta/codegen/llvm/codegen_testing.h"
#include "vta/graph/interpreter.h"
#include "vta/graph/passes.h"
#include "vta/isa/instruction.h"
#include "vta/ops/cpu/conv2d.h"
#include "vta/ops/cpu/integer_layers.h"
#include "vta/ops/cpu/integer_network.h"
#include "vta/ops/cpu/layers.h"
#include "vta/ops/cpu/network.h"
#include "vta/ops/intrin/intrin.h"
#include "vta/quantize/quantize.h"
#include "vta/zoo/zoo.h"

namespace vta::ops::cpu {
namespace {

using codegen::computes_the_same;

Record record(int32_t factor, int shift) {
  return {factor, isa::pack_requantise({.shift = shift, .zero_point = 5})};
}

TEST(HostLayers, ComputeWhatTheirScheduleSays) {
  const std::vector<loop::Function> all = {
      conv2d_f32("conv", {.in_channels = 32,
                          .out_channels = 32,
                          .height = 6,
                          .width = 6,
                          .kernel = 3,
                          .pad = 1,
                          .residual = true,
                          .relu = true}),
      conv2d_f32("conv",
                 {.in_channels = 16, .out_channels = 16, .height = 9, .width = 9, .stride = 2}),
      conv2d_f32("conv", {.in_channels = 3,
                          .out_channels = 64,
                          .height = 15,
                          .width = 17,
                          .kernel = 7,
                          .stride = 2,
                          .pad = 3,
                          .relu = true,
                          .in_block = 3}),
      pack(32, 5, 4, 16),
      max_pool({.channels = 32, .height = 7, .width = 8, .kernel = 3, .stride = 2, .pad = 1}),
      global_average_pool(32, 3, 5),
      dense(20, 24),
      max_pool({.channels = 32, .height = 7, .width = 8, .kernel = 3, .stride = 2, .pad = 1},
               loop::kUInt8),
      quantize(3, 5, 7, 4, 0.01, -3),
      dequantize(20, 0.25, 7),
      global_average_pool_bytes(32, 12, 1234, record(1 << 30, -3)),
      add_bytes({.blocks = 6,
                 .a_zero_point = 3,
                 .b_zero_point = -128,
                 .left_shift = 20,
                 .a = {1 << 30, isa::pack_requantise({.shift = 0, .wide = true})},
                 .b = {1476395008, isa::pack_requantise({.shift = -1, .wide = true})},
                 .sum = record(1610612736, -18)}),
  };
  for (const codegen::Target& target : codegen::host_targets()) {
    codegen::Jit jit(target);
    for (const loop::Function& f : all) {
      const codegen::Kernel kernel = jit.compile(f);
      EXPECT_TRUE(computes_the_same(kernel, f, 1)) << target.cpu;
    }
  }
}

TEST(HostLayers, BytesAreConvolvedByDotProducts) {
  const std::vector<loop::Function> all = {
      conv2d_i8(
          "conv",
          {.in_channels = 32, .out_channels = 32, .height = 6, .width = 6, .kernel = 3, .pad = 1},
          131),
      conv2d_i8("conv",
                {.in_channels = 4,
                 .out_channels = 64,
                 .height = 15,
                 .width = 17,
                 .kernel = 7,
                 .stride = 2,
                 .pad = 3,
                 .in_block = 4},
                0),
  };
  for (const codegen::Target& target : codegen::host_targets()) {
    codegen::Jit jit(target);
    for (const loop::Function& f : all) {
      EXPECT_TRUE(computes_the_same(jit.compile(f), f, 1, {}, host_intrinsics())) << target.cpu;
    }
  }
}

// Some picture.
Tensor input_for(const graph::Graph& network) {
  Tensor x(DType::kFloat32, network.value(network.inputs[0]).type.shape);
  for (size_t i = 0; i < x.as<float>().size(); ++i) {
    x.as<float>()[i] = std::sin(static_cast<float>(i * i % 1000));
  }
  return x;
}

Tensor reference(const graph::Graph& network, const Tensor& x) {
  return graph::run(network, {{network.value(network.inputs[0]).name, x}}).begin()->second;
}

TEST(HostNetwork, ResNet18IsWhatTheReferenceKernelsSay) {
  const graph::Graph network =
      simplify(fold_batch_norm(zoo::build("resnet18", {.seed = 3, .size = 64})));
  codegen::Jit jit;
  const Network compiled(network, jit);
  const Tensor x = input_for(network), expected = reference(network, x), actual = compiled.run(x);
  float largest = 0;
  for (const float v : expected.as<float>()) largest = std::max(largest, std::abs(v));
  for (size_t i = 0; i < expected.as<float>().size(); ++i) {
    ASSERT_NEAR(actual.as<float>()[i], expected.as<float>()[i], 1e-4F * largest) << "class " << i;
  }
}

TEST(HostNetwork, QuantizedResNet18HasEachBitOfTheReferenceKernels) {
  const graph::Graph network = simplify(zoo::build("resnet18", {.seed = 3, .size = 64}));
  const Tensor x = input_for(network);
  const graph::Graph integer = quantize::quantize(
      network, quantize::calibrate(network, {{{network.value(network.inputs[0]).name, x}}}));
  const Tensor expected = reference(integer, x);
  for (const codegen::Target& target : codegen::host_targets()) {
    codegen::Jit jit(target);
    const IntegerNetwork compiled(integer, jit);
    EXPECT_EQ(compiled.run(x), expected) << target.cpu;
  }
}

TEST(HostNetwork, NamesTheNodeThatItDoesNotHave) {
  codegen::Jit jit;
  try {
    const Network compiled(simplify(fold_batch_norm(zoo::build("mobilenet_v1"))), jit);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).substr(0, 6), "conv '") << error.what();
  }
  try {
    const IntegerNetwork compiled(zoo::build("resnet18", {.size = 64}), jit);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).substr(0, 6), "conv '") << error.what();
  }
}

}  // namespace
}  // namespace vta::ops::cpu

#include "vta/ops/accel/residual_add.h"

#include <algorithm>

#include "vta/ops/accel/does_not_fit.h"
#include "vta/ops/intrin/intrin.h"
#include "vta/te/schedule.h"
#include "vta/te/tensor.h"

namespace vta::ops::accel {

namespace {

using loop::Expr;
using loop::kInt32;
using loop::kInt8;
using loop::Scope;
using te::Tensor;
using Indices = std::vector<te::Var>;

constexpr int64_t kRecords = 3 * 3;  // elements

Expr requantised(const Expr& x, const Tensor& record, const Indices& i) {
  const auto field = [&](int f) { return record(0, f, i[1], i[2]); };
  return loop::call("requantise", {x, field(0), field(1), field(2)});
}

}  // namespace

ResidualAddKnobs default_knobs(int64_t elements, const hw::Config& config) {
  const int64_t left = config.depth(hw::Memory::kAcc) - kRecords;
  if (2 * elements <= left) return {.length = elements, .threads = 1};
  if (left < 4) {
    throw DoesNotFit(
        fmt::format("residual_add: the accumulator has {} elements, must have {} for two threads",
                    left + kRecords, 4 + kRecords));
  }
  return {.length = left / 4, .threads = 2};
}

loop::Function residual_add(int64_t elements, int64_t left_shift, const hw::Config& c) {
  const std::vector<int64_t> shape = {elements, c.batch, c.block_out};
  const std::vector<int64_t> record = {1, 3, c.batch, c.block_out};
  const Tensor a = te::placeholder(shape, kInt8, "a"), b = te::placeholder(shape, kInt8, "b");
  const Tensor ra = te::placeholder(record, kInt32, "ra"),
               rb = te::placeholder(record, kInt32, "rb");
  const Tensor ry = te::placeholder(record, kInt32, "ry");
  const auto each = [&](const std::string& name, const auto& value) {
    return te::compute_by(
        shape, [&](const Indices& i) -> te::Body { return value(i); }, name);
  };
  const auto scaled = [&](const Tensor& x, const Tensor& by, const std::string& name) {
    const Tensor wide =
        each(name + "_acc", [&](const Indices& i) { return cast(kInt32, x(i[0], i[1], i[2])); });
    const Tensor left = each(name + "_left", [&](const Indices& i) {
      return wide(i[0], i[1], i[2]) << constant(kInt32, left_shift);
    });
    return each(name + "_scaled",
                [&](const Indices& i) { return requantised(left(i[0], i[1], i[2]), by, i); });
  };
  const Tensor xa = scaled(a, ra, "a"), xb = scaled(b, rb, "b");
  const Tensor sum =
      each("sum", [&](const Indices& i) { return xa(i[0], i[1], i[2]) + xb(i[0], i[1], i[2]); });
  const Tensor clipped =
      each("clipped", [&](const Indices& i) { return requantised(sum(i[0], i[1], i[2]), ry, i); });
  const Tensor y =
      each("y", [&](const Indices& i) { return cast(kInt8, clipped(i[0], i[1], i[2])); });
  return te::lower("residual_add", {y, a, b, ra, rb, ry});
}

loop::Function scheduled_residual_add(int64_t elements, int64_t left_shift,
                                      const ResidualAddKnobs& knobs, const hw::Config& config) {
  te::Schedule s(residual_add(elements, left_shift, config), accelerator_intrinsics(config));
  for (const auto& [block, record] :
       {std::pair("a_scaled", "ra"), std::pair("b_scaled", "rb"), std::pair("clipped", "ry")}) {
    s.cache_read(block, record, Scope::kAcc);
  }

  const auto run = s.split("y_i", {0, knobs.threads, knobs.length});
  s.bind_vthread(run[1]);
  for (const char* block :
       {"clipped", "sum", "b_scaled", "b_left", "b_acc", "a_scaled", "a_left", "a_acc"}) {
    s.set_scope(block, Scope::kAcc);
    s.compute_at(block, run[1]);
  }
  for (const auto& [block, over] :
       {std::pair("a_left", "a_acc"), std::pair("a_scaled", "a_acc"), std::pair("b_left", "b_acc"),
        std::pair("b_scaled", "b_acc"), std::pair("sum", "a_acc"), std::pair("clipped", "a_acc")}) {
    s.in_place(block, over);
  }
  for (const auto& [block, intrinsic] :
       {std::pair("a_left", "vta.shl_imm"), std::pair("a_scaled", "vta.rqt"),
        std::pair("b_left", "vta.shl_imm"), std::pair("b_scaled", "vta.rqt"),
        std::pair("sum", "vta.add"), std::pair("clipped", "vta.rqt")}) {
    s.tensorize(std::string(block) + "_j", intrinsic);
  }
  return s.function();
}

}  // namespace vta::ops::accel

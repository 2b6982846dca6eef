// qadd: both operands are widened into the accumulator, brought to a common scale, added and
// requantised, one run of consecutive elements after another.
#include "vta/compiler/lower.h"
#include "vta/compiler/packing.h"
#include "vta/compiler/requantise_records.h"

namespace vta::compiler {

namespace {

using hw::AluOp;
using hw::Memory;
using isa::MemoryType;
using isa::MicroOp;
using isa::Unit;

enum Buffer : int { kOutput = 0, kA = 1, kB = 2, kRecords = 3 };

// The accumulator: three records first, then two halves of a run of each operand.
constexpr int64_t kRecordA = 0;
constexpr int64_t kRecordB = kRecordElements;
constexpr int64_t kRecordOut = 2 * kRecordElements;
constexpr int64_t kRuns = 3 * kRecordElements;

Requantize operand_scale(const graph::Node& node, const std::string& operand) {
  return {.factor = static_cast<int32_t>(node.int_attr(operand + "_factor")),
          .shift = static_cast<int>(node.int_attr(operand + "_shift")),
          .wide = true};
}

Requantize output_scale(const graph::Node& node) {
  return {.factor = static_cast<int32_t>(node.int_attr("factor")),
          .shift = static_cast<int>(node.int_attr("shift")),
          .zero_point = static_cast<int>(node.int_attr("zero_point")),
          .clip_min = static_cast<int>(node.int_attr("clip_min")),
          .clip_max = static_cast<int>(node.int_attr("clip_max"))};
}

std::vector<MicroOp> kernel(int64_t dst, int64_t src) {
  return {MicroOp{static_cast<uint32_t>(dst), static_cast<uint32_t>(src), 0}};
}

// acc[base, base + size) = (acc - zero point) << left shift, scaled by the record.
void scale_operand(runtime::CommandStream& stream, const graph::Node& node,
                   const std::string& operand, int64_t base, int64_t size, int64_t record) {
  const runtime::LoopNest each{.inner = size, .dst_inner = 1};
  const auto zero_point = static_cast<int32_t>(node.int_attr(operand + "_zero_point"));
  const auto left_shift = static_cast<int32_t>(node.int_attr("left_shift"));
  if (zero_point != 0) {
    stream.alu_immediate(AluOp::kAdd, -zero_point, kernel(base, 0), each);
  }
  if (left_shift != 0) {
    stream.alu_immediate(AluOp::kShr, -left_shift, kernel(base, 0), each);
  }
  stream.alu(AluOp::kRequantise, kernel(base, record), each);
}

}  // namespace

LoweredKernel lower_add(const graph::Graph& graph, const graph::Node& node,
                        const hw::Config& config) {
  const Packing packing(config);
  const PackedShape shape(graph.value(node.outputs[0]).type.shape);
  const int64_t total = packing.batches(shape.n) * packing.blocks(shape.c) * shape.h * shape.w *
                        packing.out_per_block;
  const int64_t half = (config.depth(Memory::kAcc) - kRuns) / 2;
  const int64_t run = std::min<int64_t>(half / 2, 4096);
  if (run < 1) throw DoesNotFit("no run fits the accumulator");
  const int64_t runs = ceil_div(total, run);

  runtime::CommandStream stream(config);
  stream.load(MemoryType::kAcc, 0, {kRecords, 0}, {.row_size = kRuns, .row_stride = 1});
  for (int64_t i = 0; i < runs; ++i) {
    const int64_t first = i * run;
    const int64_t size = std::min(run, total - first);
    const int64_t a = kRuns + i % 2 * half;
    const int64_t b = a + size;
    if (i >= 2) stream.pop(Unit::kStore, Unit::kCompute);
    stream.load(MemoryType::kAcc8, a, {kA, first}, {.row_size = size, .row_stride = 1});
    stream.load(MemoryType::kAcc8, b, {kB, first}, {.row_size = size, .row_stride = 1});
    scale_operand(stream, node, "a", a, size, kRecordA);
    scale_operand(stream, node, "b", b, size, kRecordB);
    stream.alu(AluOp::kAdd, kernel(a, b), {.inner = size, .dst_inner = 1, .src_inner = 1});
    stream.alu(AluOp::kRequantise, kernel(a, kRecordOut), {.inner = size, .dst_inner = 1});
    stream.push(Unit::kCompute, Unit::kStore);
    stream.pop(Unit::kCompute, Unit::kStore);
    stream.store(a, {kOutput, first}, {.row_size = size, .row_stride = 1});
    if (i + 2 < runs) stream.push(Unit::kStore, Unit::kCompute);
  }

  LoweredKernel lowered{.program = stream.finish(), .constants = {{}}, .macs = 0};
  for (const Requantize& record :
       {operand_scale(node, "a"), operand_scale(node, "b"), output_scale(node)}) {
    const std::vector<uint8_t> bytes = uniform_record(record, config);
    lowered.constants[0].insert(lowered.constants[0].end(), bytes.begin(), bytes.end());
  }
  return lowered;
}

}  // namespace vta::compiler

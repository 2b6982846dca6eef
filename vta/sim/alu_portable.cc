// The vector ALU in plain loops over the lanes of an element, one loop for each operation.
#include "vta/base/requantize.h"
#include "vta/isa/instruction.h"
#include "vta/sim/kernels.h"

namespace vta::sim {

namespace {

using hw::AluOp;

template <AluOp kOp>
void apply(const AluCall& call, int32_t* acc, const DstSrc* elements, size_t count) {
  for (size_t e = 0; e < count; ++e) {
    int32_t* x = acc + elements[e].dst * call.lanes;
    const int32_t* y = acc + (call.use_imm ? 0 : elements[e].src * call.lanes);
    for (size_t lane = 0; lane < call.lanes; ++lane) {
      x[lane] = isa::alu(kOp, x[lane], call.use_imm ? call.imm : y[lane]);
    }
  }
}

void requantize_all(const AluCall& call, int32_t* acc, const DstSrc* elements, size_t count) {
  for (size_t e = 0; e < count; ++e) {
    int32_t* x = acc + elements[e].dst * call.lanes;
    const int32_t* record = acc + elements[e].src * call.lanes;
    for (size_t lane = 0; lane < call.lanes; ++lane) {
      const isa::Requantise r = isa::unpack_requantise(record[2 * call.lanes + lane]);
      x[lane] = requantize(x[lane], {.bias = record[lane],
                                     .factor = record[call.lanes + lane],
                                     .shift = r.shift,
                                     .zero_point = r.zero_point,
                                     .clip_min = r.clip_min,
                                     .clip_max = r.clip_max,
                                     .wide = r.wide});
    }
  }
}

}  // namespace

void alu_portable(const AluCall& call, int32_t* acc, const DstSrc* elements, size_t count) {
  switch (call.op) {
    case AluOp::kMin:
      return apply<AluOp::kMin>(call, acc, elements, count);
    case AluOp::kMax:
      return apply<AluOp::kMax>(call, acc, elements, count);
    case AluOp::kAdd:
      return apply<AluOp::kAdd>(call, acc, elements, count);
    case AluOp::kShr:
      return apply<AluOp::kShr>(call, acc, elements, count);
    case AluOp::kMul:
      return apply<AluOp::kMul>(call, acc, elements, count);
    case AluOp::kRequantise:
      return requantize_all(call, acc, elements, count);
  }
}

}  // namespace vta::sim

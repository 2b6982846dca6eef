// The intrinsics that schedules may name (te::Schedule::tensorize), each with its meaning as loop
// IR: what the interpreter executes for a call, and what tensorize proves a block to compute.
#pragma once

#include "vta/hw/config.h"
#include "vta/loop/stmt.h"

namespace vta::ops {

// The accelerator's, on single elements of its scratchpads in this configuration's shape:
//   acc i32[batch, block_out], inp [batch, block_in], wgt [block_out, block_in].
//   vta.gemm(acc, inp, wgt)            acc += inp * transpose(wgt)
//   vta.gemm_overwrite(acc, inp, wgt)  acc = inp * transpose(wgt)
//   vta.depthwise(acc, inp [depthwise_taps, parts, batch, block_in], wgt), parts = block_out /
//     block_in   acc[b, n] += sum over t of inp[t, n / block_in, b, n % block_in] * wgt[n, t]
//   vta.depthwise_overwrite(acc, inp, wgt)  the same sum alone
//   vta.reset(acc)                     acc = 0
//   vta.set(acc; n)                    acc = n, i16, in all lanes
//   vta.add, min, max, mul, shr(dst, src)      dst = dst op src, lane by lane
//   vta.add_imm, min_imm, …, shr_imm(dst; n)   the same with n, i16, for all lanes; shr_imm: n >= 0
//   vta.shl_imm(dst; n)                dst = dst << n, n >= 0: shr by -n
//   vta.rqt(dst, record)               requantise; record acc[3, batch, block_out]: bias, factor,
//                                      packed word (isa::pack_requantise)
// Those of the ALU only where the configuration has the operation.
loop::Intrinsics accelerator_intrinsics(const hw::Config& config);

// The host's dot products of four, in `lanes` of 32 bits, exact: acc[l] += sum of a[k] * b[l, k].
//   avx2.dot_u8i8, avx2.dot_i8(acc i32[8], a[4], b i8[8, 4]): a is u8, i8
//   vnni.dot_u8i8(acc i32[16], a u8[4], b i8[16, 4])
loop::Intrinsics host_intrinsics();

}  // namespace vta::ops

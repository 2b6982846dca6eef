// From a scheduled function of the loop IR to a program for the accelerator.
//
// All extents are constants, so generating is partial evaluation: walk() runs the loops and leaves
// the tasks in program order, sort_loads() brings first what is needed first, order() finds the
// tokens, and the command stream writes them down.
//
// What a function may consist of: loops of any kind; buffers in the scopes inp, wgt and acc, of
// which the last two dimensions are one scratchpad element (inp [batch, block_in], wgt [block_out,
// block_in], acc [batch, block_out]) and the others number the elements, row-major; copies between
// those and the parameters; blocks, which loop::lower_blocks and loop::form_copies take apart; and
// these intrinsics, all of single elements:
//   vta.gemm(acc, inp, wgt)            acc += inp * transpose(wgt)
//   vta.gemm_overwrite(acc, inp, wgt)  acc = inp * transpose(wgt)
//   vta.reset(acc)                     acc = 0
//   vta.set(acc; n)                    acc = n: a reset and an addition
//   vta.add|max|min|mul|shr(acc, acc)  the vector ALU: first = first op second
//   vta.add_imm|max_imm|…(acc; n)      first = first op n
//   vta.shl_imm(acc; n)                first = first << n
//   vta.rqt(acc, record)               requantise by a record of three elements
#pragma once

#include "vta/hw/config.h"
#include "vta/loop/stmt.h"
#include "vta/runtime/command_stream.h"

namespace vta::codegen::accel {

// The program's buffer b is the function's parameter b. Throws Error that names the buffer, loop or
// intrinsic that the accelerator cannot do, or the scratchpad that overflows with the size of each
// buffer in it.
runtime::RelocatableProgram generate(const loop::Function& function, const hw::Config& config);

}  // namespace vta::codegen::accel

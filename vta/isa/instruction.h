// The instruction set in decoded form: what each field means. How fields lie in memory is in
// field.h.
//
// Four units run one instruction each at a time: fetch hands every instruction, in program order,
// to the queue of its unit (load, compute or store; see unit_of). Units wait for one another only
// through tokens, in four queues: load->compute, compute->load, compute->store, store->compute. An
// instruction first takes the tokens that its pop bits name, then executes, then puts those that
// its push bits name. "prev" and "next" are the neighbours in the order load, compute, store.
#pragma once

#include <cstdint>
#include <string>

#include "vta/hw/config.h"

namespace vta::isa {

enum class Opcode : uint8_t {
  kLoad = 0,
  kStore = 1,
  kGemm = 2,
  kFinish = 3,
  kAlu = 4,
  kDepthwise = 5,  // only where the configuration has gemm.depthwise_taps
};

// What a LOAD or STORE moves. Sizes and addresses count elements of this type.
enum class MemoryType : uint8_t {
  kUop = 0,
  kWgt = 1,
  kInp = 2,
  kAcc = 3,
  kOut = 4,   // STORE only: accumulators narrowed to the low out_bits
  kAcc8 = 5,  // LOAD only: output-type scalars in DRAM, sign-extended into accumulators
};

enum class Unit : uint8_t { kLoad = 0, kCompute = 1, kStore = 2 };

struct Instruction {
  Opcode opcode = Opcode::kFinish;
  bool pop_prev = false;
  bool pop_next = false;
  bool push_prev = false;
  bool push_next = false;

  // LOAD, STORE: y_size rows of x_size elements, x_stride elements apart in DRAM, dense in SRAM.
  // LOAD surrounds the rows with padding: a padded row is x_pad_before + x_size + x_pad_after long,
  // and y_pad_before and y_pad_after such rows of padding come before and after. It is zeros; with
  // pad_min and inp, the least integer of the type in each scalar. STORE takes no padding. With
  // x_size = 0 or y_size = 0 and no padding nothing moves: such an instruction only carries tokens.
  MemoryType memory = MemoryType::kUop;
  uint32_t sram_base = 0;  // elements
  uint32_t dram_base = 0;  // elements: byte address / element bytes
  uint32_t y_size = 0;
  uint32_t x_size = 0;
  uint32_t x_stride = 0;
  uint32_t y_pad_before = 0;
  uint32_t y_pad_after = 0;
  uint32_t x_pad_before = 0;
  uint32_t x_pad_after = 0;
  bool pad_min = false;  // LOAD of inp only

  // GEMM, DEPTHWISE, ALU: for o < iter_out, for i < iter_in, for u in [uop_begin, uop_end), with
  // micro-op u:
  //   dst = u.dst + o * dst_factor_out + i * dst_factor_in, and src, wgt likewise.
  // GEMM: acc[dst] += inp[src] * transpose(wgt[wgt]); with overwrite, acc[dst] = the product alone;
  // with reset, acc[dst] = 0 whether overwrite is set or not.
  // DEPTHWISE: as GEMM, but output channel n sums up over t < depthwise_taps
  //   inp[src + t * block_out / block_in + n / block_in][n % block_in] * wgt[wgt][n][t].
  // ALU:  acc[dst] = op(acc[dst], use_imm ? imm : acc[src]), lane by lane; reset is ignored.
  bool reset = false;
  uint32_t uop_begin = 0;
  uint32_t uop_end = 0;
  uint32_t iter_out = 0;
  uint32_t iter_in = 0;
  uint32_t dst_factor_out = 0;
  uint32_t dst_factor_in = 0;
  uint32_t src_factor_out = 0;
  uint32_t src_factor_in = 0;
  uint32_t wgt_factor_out = 0;  // GEMM, DEPTHWISE only
  uint32_t wgt_factor_in = 0;
  bool overwrite = false;              // GEMM, DEPTHWISE only
  hw::AluOp alu_op = hw::AluOp::kMin;  // ALU only
  bool use_imm = false;
  int32_t imm = 0;  // 16 bits, signed

  bool operator==(const Instruction&) const = default;

  bool is_memory() const { return opcode == Opcode::kLoad || opcode == Opcode::kStore; }
  bool has_micro_ops() const { return uses_array() || opcode == Opcode::kAlu; }
  bool uses_array() const { return opcode == Opcode::kGemm || opcode == Opcode::kDepthwise; }
  bool multiplies() const { return uses_array() && !reset; }
};

// One micro-op of a GEMM or DEPTHWISE (dst: accumulator, src: input, wgt: weight) or ALU (dst, src:
// accumulator) instruction.
struct MicroOp {
  uint32_t dst = 0;
  uint32_t src = 0;
  uint32_t wgt = 0;
  bool operator==(const MicroOp&) const = default;
};

// ALU semantics, per lane, x = acc[dst] and y = imm or acc[src]; two's complement, 32 bits.
//   min, max  the signed smaller, larger
//   add, mul  wrap; mul keeps the low half
//   shr       y >= 0: arithmetic shift right; y < 0: shift left by -y. |y| >= 32 behaves as the
//   limit:
//             0, or -1 for a negative x shifted right
//   rqt       requantise (vta/base/requantize.h) by the record of three vectors acc[src],
//             acc[src + 1], acc[src + 2]; takes no immediate. Lane by lane: acc[src] is the bias,
//             acc[src + 1] the factor, acc[src + 2] packs shift (bits 5:0, signed), wide (bit 7),
//             zero point (15:8, signed), clip minimum (23:16, signed) and maximum (31:24, signed);
//             bit 6 is ignored.
int32_t alu(hw::AluOp op, int32_t x, int32_t y);  // all but rqt

// The third vector's word of a requantise record, and back.
struct Requantise {
  int shift = 0;
  bool wide = false;
  int zero_point = 0;
  int clip_min = -128;
  int clip_max = 127;
};
int32_t pack_requantise(const Requantise& record);
Requantise unpack_requantise(int32_t word);

// The unit that executes an instruction: LOAD of inp and wgt is the load unit's; LOAD of uop, acc
// and acc8, GEMM, DEPTHWISE, ALU and FINISH are compute's; STORE is the store unit's.
Unit unit_of(const Instruction& instruction);

// Element type in DRAM that a memory type moves: kAcc8 moves elements of the size of kOut.
hw::Memory dram_element(MemoryType type);
// The scratchpad that it addresses: kAcc for kAcc, kAcc8 and kOut.
hw::Memory scratchpad(MemoryType type);

std::string_view opcode_name(Opcode opcode);    // "load", "store", "gemm", …
std::string_view memory_name(MemoryType type);  // "uop", "wgt", "inp", "acc", "out", "acc8"
std::string_view unit_name(Unit unit);          // "load", "compute", "store"

}  // namespace vta::isa

#include "vta/isa/docs.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "vta/isa/mnemonic.h"

namespace vta::isa {

namespace {

constexpr std::string_view kUnitsText = R"(
## Units and tokens

Fetch hands every instruction, in program order, to the command queue of its unit, {commands} deep;
it waits while that queue is full. Each unit executes its instructions in order, one at a time.

| unit | instructions |
| --- | --- |
| load | `load.inp`, `load.wgt` |
| compute | `load.uop`, `load.acc`, `load.acc8`, `gemm`, `alu.*`, `finish` |
| store | `store.out` |

Units wait for one another only through tokens, in four queues, {tokens} deep: load to compute,
compute to load, compute to store, store to compute. An instruction first takes the tokens that its
`pop` bits name, then executes, then gives those that its `push` bits name. *prev* and *next* are
the neighbours in the order load, compute, store; load has no prev and store no next, and naming
them is a fault. Queues are empty when a program begins. A push to a full queue is a fault.
`finish` ends a program: it is the last instruction, and the run is over when all units are idle
and all stores have been acknowledged. `vta check` proves that the tokens of a program order every
pair of conflicting accesses.
)";

constexpr std::string_view kTransferText = R"(
Sizes, strides and bases count elements of the memory type; a DRAM byte address is `dram_base` times
the element's bytes. `y_size` rows of `x_size` elements lie `x_stride` elements apart in DRAM and one
after the other in the scratchpad, from `sram_base` on. LOAD surrounds them with padding: each row
becomes `x_pad_before + x_size + x_pad_after` long, and `y_pad_before` and `y_pad_after` such rows of
padding come before and after. Padding is zeros; with `pad_min`, that of `inp` is the least integer of
its type in each scalar, as what follows a rectifier has as its zero point. Others ignore `pad_min`.
STORE takes no padding. Where that makes no elements nothing moves, and
the instruction only carries its tokens. An index beyond the scratchpad or an address beyond 32 bits
is a fault.
)";

constexpr std::string_view kLoopText = R"(
For each `o` below `iter_out`, `i` below `iter_in` and micro-op `u` from `uop_begin` to before
`uop_end`, in that nesting and in this order, with each of the micro-op's indices

    index = u.index + o * factor_out + i * factor_in

the instruction does one step; each step sees what the steps before it wrote. An index beyond its
scratchpad is a fault.
)";

constexpr std::string_view kGemmText = R"(
GEMM: `acc[dst] += inp[src] * transpose(wgt[wgt])`, a {batch} x {block_in} times {block_in} x
{block_out} product of integers with exact sums, added to the accumulators modulo 2^32. With `overwrite`,
`acc[dst] = inp[src] * transpose(wgt[wgt])`: what was there is lost, also where a step before of the
same instruction wrote it. With `reset`, `acc[dst] = 0` instead, and `src`, `wgt` and `overwrite` are
not used.
)";

constexpr std::string_view kDepthwiseText = R"(
DEPTHWISE is GEMM with another sum: with N = {block_out} / {block_in} entries of `inp` for the channels of an
output,

    acc[dst][b][n] += sum of inp[src + t * N + n / {block_in}][b][n % {block_in}] * wgt[wgt][n][t] for t < taps

so that each of {block_out} channels is convolved with as many neighbouring pixels as the configuration
has `gemm.depthwise_taps` ({taps}; 0: the opcode is not assigned). `overwrite` and `reset` mean what they
mean in GEMM. All taps * N entries from `src` on are read, and must lie in the scratchpad.
)";

constexpr std::string_view kAluText = R"(
ALU: `acc[dst] = op(acc[dst], y)`, lane by lane over {batch} x {block_out} signed 32-bit lanes; `y` is
`imm` with `use_imm`, else `acc[src]`. `reset` is ignored.

| operation | result for x = acc[dst] |
| --- | --- |
| `min` | the smaller of x and y |
| `max` | the larger of x and y |
| `add` | x + y modulo 2^32 |
| `shr` | y >= 0: x shifted right, with copies of the sign; y < 0: x shifted left by -y. Amounts of 32 and more are the limit: 0, or -1 for a negative x shifted right |
| `mul` | the low 32 bits of x * y |
| `rqt` | requantise: see below; takes no immediate |

Requantise reads a record of three vectors, a value for each lane: `acc[src]` is the bias,
`acc[src + 1]` the factor, and `acc[src + 2]` packs

| bits | value |
| --- | --- |
| 5:0 | shift, signed, from -32 to 31 |
| 6 | ignored |
| 7 | wide: the clip is left out |
| 15:8 | zero point, signed |
| 23:16 | clip minimum, signed |
| 31:24 | clip maximum, signed |

The result is `clip(scale(x + bias) + zero_point)`, where `scale` multiplies by factor * 2^(shift - 31)
with the rounding of TensorFlow Lite's reference kernels: x + bias shifted left by a positive
shift, modulo 2^32; the high half of twice the product with the factor, rounded to nearest with ties
upwards, and saturating where both operands are -2^31; divided by 2^-shift for a negative shift,
rounded to nearest with ties away from zero. Sums are modulo 2^32.
)";

std::string width_rule(const Width& width) {
  if (!width.index) return fmt::format("{}", width.fixed);
  const std::string depth =
      fmt::format("log2({} depth)", hw::kMemoryNames[static_cast<size_t>(*width.index)]);
  return width.fixed == 0 ? depth : fmt::format("{} + {}", depth, width.fixed);
}

std::string bit_range(const Placement& p) {
  return p.width == 1 ? fmt::format("{}", p.lsb) : fmt::format("{}:{}", p.lsb + p.width - 1, p.lsb);
}

std::string field_table(const Encoding& encoding, Opcode opcode) {
  std::string text = "\n| field | bits | width | meaning |\n| --- | --- | --- | --- |\n";
  const auto table = fields(opcode);
  for (size_t i = 0; i < table.size(); ++i) {
    text += fmt::format("| `{}` | {} | {}{} | {} |\n", table[i].name,
                        bit_range(encoding.placements(opcode)[i]), width_rule(table[i].width),
                        table[i].is_signed ? ", signed" : "", table[i].doc);
  }
  return text;
}

std::string memory_table(const hw::Config& config) {
  constexpr std::array<std::string_view, 6> kMoves = {
      "LOAD: micro-ops",
      "LOAD: weights, block_out x block_in",
      "LOAD: inputs, batch x block_in",
      "LOAD: accumulators, batch x block_out of 32 bits",
      "STORE: accumulators narrowed to their low bits, as wide as the output type",
      "LOAD: output-type scalars, sign-extended into accumulators"};
  std::string text =
      "\n| memory type | code | moves | element bytes in DRAM | scratchpad depth |\n"
      "| --- | --- | --- | --- | --- |\n";
  for (size_t code = 0; code < kMoves.size(); ++code) {
    const auto type = static_cast<MemoryType>(code);
    text += fmt::format("| `{}` | {} | {} | {} | {} {} |\n", memory_name(type), code, kMoves[code],
                        config.element_bytes(dram_element(type)),
                        hw::kMemoryNames[static_cast<size_t>(scratchpad(type))],
                        config.depth(scratchpad(type)));
  }
  return text;
}

std::string uop_table(const Encoding& encoding) {
  constexpr std::array<std::array<std::string_view, 3>, 3> kIndices = {
      {{"dst", "log2(acc depth)", "accumulator"},
       {"src", "the larger of log2(inp depth) and log2(acc depth)",
        "GEMM: input; ALU: accumulator"},
       {"wgt", "log2(wgt depth)", "GEMM: weight; ALU: not used"}}};
  std::string text = "\n| field | bits | width | index of |\n| --- | --- | --- | --- |\n";
  for (size_t i = 0; i < kIndices.size(); ++i) {
    text += fmt::format("| `{}` | {} | {} | {} |\n", kIndices[i][0],
                        bit_range(encoding.uop_placements()[i]), kIndices[i][1], kIndices[i][2]);
  }
  return text;
}

std::string head(const Encoding& encoding) {
  const hw::Config& c = encoding.config();
  return fmt::format(
      "# Instruction set\n\n"
      "Generated by `vta isa --doc --hw {}` from the field table in `vta/isa/field.cc`; bit\n"
      "positions are those of the configuration `{}` (`{}`).\n\n"
      "Fields lie in the order of the tables, least significant bit first, in little-endian "
      "64-bit\n"
      "words; a field that would straddle two words starts at the next one. An instruction takes\n"
      "128 bits where the fields of every opcode fit, else 256; a micro-op 32 or 64. `overwrite` "
      "and\n"
      "`pad_min`, which the published instruction set lacks, move none of its fields: each takes "
      "the\n"
      "lowest bit that they leave free. Here an\n"
      "instruction takes {} bits and a micro-op {}. Bits that no field covers are ignored; "
      "opcodes,\n"
      "memory types and ALU operations without a name are faults.\n",
      c.name, c.name, c.fingerprint(), encoding.instruction_bits(), encoding.uop_bits());
}

std::string with_shape(std::string_view text, const hw::Config& c) {
  return fmt::format(fmt::runtime(text), fmt::arg("batch", c.batch),
                     fmt::arg("block_in", c.block_in), fmt::arg("block_out", c.block_out),
                     fmt::arg("taps", c.depthwise_taps));
}

}  // namespace

std::string isa_markdown(const hw::Config& config) {
  const Encoding encoding(config);
  std::string text = head(encoding);
  text += fmt::format(fmt::runtime(kUnitsText), fmt::arg("commands", config.command_queue_depth),
                      fmt::arg("tokens", config.token_queue_depth));
  text += "\n## LOAD and STORE\n" + field_table(encoding, Opcode::kLoad);
  text += memory_table(config) + std::string(kTransferText);
  text += "\n## GEMM\n" + field_table(encoding, Opcode::kGemm) + std::string(kLoopText);
  text += with_shape(kGemmText, config);
  text += "\n## DEPTHWISE\n\nThe fields and loops are those of GEMM.\n";
  text += with_shape(kDepthwiseText, config);
  text += "\n## ALU\n" + field_table(encoding, Opcode::kAlu);
  text += "\nThe loops are those of GEMM.\n" + with_shape(kAluText, config);
  text += "\n## FINISH\n" + field_table(encoding, Opcode::kFinish);
  text += "\n## Micro-ops\n" + uop_table(encoding);
  return text;
}

}  // namespace vta::isa

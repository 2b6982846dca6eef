// The accelerator's intrinsics: what isa::Instruction says, as loop IR.
#include <fmt/format.h>

#include "vta/loop/text.h"
#include "vta/ops/intrin/intrin.h"

namespace vta::ops {

namespace {

// A function over these parameters that does `step` for each lane: b, o.
loop::Function lane_by_lane(const hw::Config& c, const std::string& name,
                            const std::string& parameters, const std::string& step) {
  return loop::parse(fmt::format("func {}({}) {{ for b in {} {{ for o in {} {{ {} }} }} }}", name,
                                 parameters, c.batch, c.block_out, step));
}

// `name`, which adds to acc, and `name`_overwrite: sums of `terms` products with an input of this
// shape at this index.
void add_sums(const hw::Config& c, const std::string& acc, const std::string& name, int64_t terms,
              const std::string& shape, const std::string& index, loop::Intrinsics& to) {
  const std::string operands =
      fmt::format("acc: {}, inp: i{}[{}, {}] inp, wgt: i{}[{}, {}] wgt", acc, c.inp_bits, shape,
                  c.block_in, c.wgt_bits, c.block_out, c.block_in);
  const auto define = [&](const std::string& full_name, const std::string& init) {
    const std::string block = fmt::format(
        "for i in {} {{ block sum(vb in {} = b, vo in {} = o, vi in {} reduce = i) {{\n"
        "  {} acc[vb, vo] = acc[vb, vo] + i32(inp[{}]) * i32(wgt[vo, vi]) }} }}",
        terms, c.batch, c.block_out, terms, init, index);
    to[full_name] = lane_by_lane(c, full_name, operands, block);
  };
  define(name, "");
  define(name + "_overwrite", "init { acc[vb, vo] = 0:i32 }");
}

void add_gemm(const hw::Config& c, const std::string& acc, loop::Intrinsics& to) {
  add_sums(c, acc, "vta.gemm", c.block_in, fmt::format("{}", c.batch), "vb, vi", to);
  to["vta.reset"] = lane_by_lane(c, "vta.reset", "acc: " + acc, "acc[b, o] = 0:i32");
}

void add_depthwise(const hw::Config& c, const std::string& acc, loop::Intrinsics& to) {
  const int parts = c.block_out / c.block_in;
  const std::string index =
      parts == 1 ? "vi, 0, vb, vo" : fmt::format("vi, vo // {0}, vb, vo % {0}", c.block_in);
  add_sums(c, acc, "vta.depthwise", c.depthwise_taps,
           fmt::format("{}, {}, {}", c.depthwise_taps, parts, c.batch), index, to);
}

// x op y. A shift by less than 0 goes to the left; one by an immediate goes to the right.
std::string alu_value(hw::AluOp op, const std::string& x, const std::string& y, bool is_immediate) {
  switch (op) {
    case hw::AluOp::kMin:
      return fmt::format("min({}, {})", x, y);
    case hw::AluOp::kMax:
      return fmt::format("max({}, {})", x, y);
    case hw::AluOp::kAdd:
      return fmt::format("{} + {}", x, y);
    case hw::AluOp::kMul:
      return fmt::format("{} * {}", x, y);
    default:
      break;
  }
  if (is_immediate) return fmt::format("{} >> {}", x, y);
  return fmt::format("select({1} < 0:i32, {0} << 0:i32 - max({1}, -32:i32), {0} >> {1})", x, y);
}

void add_alu(const hw::Config& c, const std::string& acc, hw::AluOp op, loop::Intrinsics& to) {
  const std::string name = fmt::format("vta.{}", hw::kAluOpNames[static_cast<size_t>(op)]);
  const std::string dst = "dst: " + acc;
  if (op == hw::AluOp::kRequantise) {
    to[name] = lane_by_lane(
        c, name, fmt::format("{}, record: i32[3, {}, {}] acc", dst, c.batch, c.block_out),
        "dst[b, o] = requantise(dst[b, o], record[0, b, o], record[1, b, o], record[2, b, o])");
    return;
  }
  to[name] = lane_by_lane(c, name, dst + ", src: " + acc,
                          "dst[b, o] = " + alu_value(op, "dst[b, o]", "src[b, o]", false));
  if (op == hw::AluOp::kShr) {
    to["vta.shl_imm"] =
        lane_by_lane(c, "vta.shl_imm", dst + "; n: i16", "dst[b, o] = dst[b, o] << i32(n)");
  }
  to[name + "_imm"] = lane_by_lane(c, name + "_imm", dst + "; n: i16",
                                   "dst[b, o] = " + alu_value(op, "dst[b, o]", "i32(n)", true));
}

}  // namespace

loop::Intrinsics accelerator_intrinsics(const hw::Config& config) {
  const std::string acc = fmt::format("i32[{}, {}] acc", config.batch, config.block_out);
  loop::Intrinsics all;
  add_gemm(config, acc, all);
  if (config.depthwise_taps > 0) add_depthwise(config, acc, all);
  if (config.has(hw::AluOp::kAdd)) {
    all["vta.set"] =
        lane_by_lane(config, "vta.set", fmt::format("acc: {}; n: i16", acc), "acc[b, o] = i32(n)");
  }
  for (const hw::AluOp op : config.alu_ops) add_alu(config, acc, op, all);
  return all;
}

}  // namespace vta::ops

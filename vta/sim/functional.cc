// The fast functional simulator. Ranges are checked once for each instruction by its largest
// indices; loops over micro-ops become lists of rows for the kernels. The accumulations of one GEMM
// commute and its inputs and weights do not change, so a weight tile stays while all the rows that
// use it go by: loops whose weight factor is 0 run inside, the others outside. A GEMM that
// overwrites is such accumulations on zeros where it writes each accumulator once, else a step at a
// time.
#include "vta/sim/functional.h"

#include <algorithm>
#include <array>

#include "vta/sim/functional_memory.h"
#include "vta/sim/units.h"

namespace vta::sim {

namespace {

using hw::AluOp;
using hw::Memory;
using isa::Instruction;
using isa::MicroOp;

// Pairs are handed to the kernels in batches that stay in the first-level cache.
constexpr size_t kBatchPairs = 512;

struct Factors {
  uint32_t iterations = 1;
  uint32_t dst = 0;
  uint32_t src = 0;
  uint32_t wgt = 0;
};

Factors outer(const Instruction& i) {
  return {i.iter_out, i.dst_factor_out, i.src_factor_out, i.wgt_factor_out};
}
Factors inner(const Instruction& i) {
  return {i.iter_in, i.dst_factor_in, i.src_factor_in, i.wgt_factor_in};
}

// Collects pairs and gives them away by batches.
template <typename Sink>
class Batcher {
 public:
  explicit Batcher(Sink sink) : sink_(std::move(sink)) {}
  // `count` pairs, `step` apart, from `first`.
  void add(DstSrc first, DstSrc step, uint64_t count) {
    while (count > 0) {
      const uint64_t now = std::min<uint64_t>(count, kBatchPairs - size_);
      for (uint64_t n = 0; n < now; ++n) {
        pairs_[size_ + n] = {first.dst + static_cast<uint32_t>(n) * step.dst,
                             first.src + static_cast<uint32_t>(n) * step.src};
      }
      first.dst += static_cast<uint32_t>(now) * step.dst;
      first.src += static_cast<uint32_t>(now) * step.src;
      count -= now;
      size_ += now;
      if (size_ == kBatchPairs) flush();
    }
  }
  void flush() {
    if (size_ > 0) sink_(pairs_.data(), size_);
    size_ = 0;
  }

 private:
  Sink sink_;
  size_t size_ = 0;
  std::array<DstSrc, kBatchPairs> pairs_;
};

class FunctionalExecutor : public Executor {
 public:
  FunctionalExecutor(const hw::Config& config, const Kernels& kernels)
      : config_(config),
        kernels_(kernels),
        batch_(static_cast<uint32_t>(config.batch)),
        memory_(config, kernels) {}

  const MicroOp* uops() const override { return memory_.uops(); }

  void execute(const Site& site, Dram& dram, Counters& counters) override {
    const Instruction& i = site.instruction;
    check_instruction(site, config_, dram);
    switch (i.opcode) {
      case isa::Opcode::kLoad:
        counters.dram_read_bytes += memory_.load(i, dram);
        break;
      case isa::Opcode::kStore:
        counters.dram_write_bytes += memory_.store(i, dram);
        break;
      case isa::Opcode::kGemm:
        gemm(site, counters);
        break;
      case isa::Opcode::kDepthwise:
        depthwise(site, counters);
        break;
      case isa::Opcode::kAlu:
        alu(site, counters);
        break;
      case isa::Opcode::kFinish:
        break;
    }
    ++counters.instructions;
  }

 private:
  std::span<const MicroOp> micro_ops(const Instruction& i) const {
    if (i.uop_begin >= i.uop_end) return {};
    return {memory_.uops() + i.uop_begin, i.uop_end - i.uop_begin};
  }

  void gemm(const Site& site, Counters& counters) {
    const Instruction& i = site.instruction;
    if (micro_op_count(i) == 0) return;
    check_micro_ops(site, config_, memory_.uops());
    if (i.reset) {
      reset(i);
      return;
    }
    if (i.overwrite && !writes_each_once(i)) {
      overwrite_in_order(i);
    } else {
      if (i.overwrite) reset(i);
      accumulate(i);
    }
    counters.gemm_macs += micro_op_count(i) * static_cast<uint64_t>(config_.macs_per_cycle());
  }

  void reset(const Instruction& i) {
    for_each_in_order(i, [&](const DstSrc* elements, size_t count) {
      const size_t lanes = memory_.element_lanes();
      for (size_t e = 0; e < count; ++e) {
        std::fill_n(memory_.accumulators(elements[e].dst), lanes, 0);
      }
    });
  }

  bool writes_each_once(const Instruction& i) const {
    std::vector<bool> written(static_cast<size_t>(config_.depth(Memory::kAcc)));
    bool once = true;
    for_each_micro_op(i, memory_.uops(), [&](const Indices& at) {
      once = once && !written[at.dst];
      written[at.dst] = true;
    });
    return once;
  }

  void overwrite_in_order(const Instruction& i) {
    std::vector<DstSrc> rows;
    for (uint32_t row = 0; row < batch_; ++row) rows.push_back({row, row});
    for_each_micro_op(i, memory_.uops(), [&](const Indices& at) {
      int32_t* acc = memory_.accumulators(at.dst);
      std::fill_n(acc, memory_.element_lanes(), 0);
      kernels_.accumulate(memory_.shape(), memory_.weights(at.wgt), memory_.inputs(at.src), acc,
                          rows.data(), rows.size());
    });
  }

  void depthwise(const Site& site, Counters& counters) {
    const Instruction& i = site.instruction;
    if (micro_op_count(i) == 0) return;
    check_micro_ops(site, config_, memory_.uops());
    if (i.reset) {
      reset(i);
      return;
    }
    for_each_micro_op(i, memory_.uops(), [&](const Indices& at) {
      int32_t* acc = memory_.accumulators(at.dst);
      if (i.overwrite) std::fill_n(acc, memory_.element_lanes(), 0);
      add_taps(memory_.taps(at.wgt), at.src, acc);
    });
    counters.gemm_macs += micro_op_count(i) * static_cast<uint64_t>(config_.macs_per_cycle());
  }

  // The inputs of a tap lie block_out / block_in elements one after another.
  void add_taps(const int8_t* taps, uint64_t src, int32_t* acc) {
    const auto block_in = static_cast<size_t>(config_.block_in);
    const auto block_out = static_cast<size_t>(config_.block_out);
    const auto elements = static_cast<uint64_t>(config_.depthwise_inputs());
    const size_t parts = block_out / block_in;
    for (uint64_t k = 0; k < elements; ++k) {
      const int8_t* x = memory_.plain_inputs(src + k);
      const int8_t* w = taps + k * block_in;  // tap k / parts, outputs of part k % parts
      int32_t* sums = acc + k % parts * block_in;
      for (size_t b = 0; b < batch_; ++b) {
        multiply_lanes(x + b * block_in, w, sums + b * memory_.row_lanes(), block_in);
      }
    }
  }

  static void multiply_lanes(const int8_t* x, const int8_t* w, int32_t* sums, size_t lanes) {
    for (size_t n = 0; n < lanes; ++n) {
      sums[n] = static_cast<int32_t>(static_cast<uint32_t>(sums[n]) +
                                     static_cast<uint32_t>(int32_t{x[n]} * w[n]));
    }
  }

  void alu(const Site& site, Counters& counters) {
    const Instruction& i = site.instruction;
    if (micro_op_count(i) == 0) return;
    check_micro_ops(site, config_, memory_.uops());
    const size_t lanes = memory_.element_lanes();
    const AluCall call{.op = i.alu_op, .use_imm = i.use_imm, .imm = i.imm, .lanes = lanes};
    for_each_in_order(i, [&](const DstSrc* elements, size_t count) {
      kernels_.alu(call, memory_.accumulators(0), elements, count);
    });
    counters.alu_ops += micro_op_count(i) * batch_ * static_cast<uint64_t>(config_.block_out);
  }

  // Calls body(elements, count) with the micro-ops' dst and src, in the order of the specification.
  template <typename Body>
  void for_each_in_order(const Instruction& i, const Body& body) {
    Batcher batcher(body);
    const auto uops = micro_ops(i);
    for (uint32_t o = 0; o < i.iter_out; ++o) {
      const DstSrc base{o * i.dst_factor_out, o * i.src_factor_out};
      if (uops.size() == 1) {
        batcher.add({base.dst + uops[0].dst, base.src + uops[0].src},
                    {i.dst_factor_in, i.src_factor_in}, i.iter_in);
        continue;
      }
      for (uint32_t in = 0; in < i.iter_in; ++in) {
        for (const MicroOp& uop : uops) {
          batcher.add({base.dst + in * i.dst_factor_in + uop.dst,
                       base.src + in * i.src_factor_in + uop.src},
                      {0, 0}, 1);
        }
      }
    }
    batcher.flush();
  }

  void accumulate(const Instruction& i) {
    std::array<Factors, 2> outside;
    std::array<Factors, 2> inside;
    (i.wgt_factor_out == 0 ? inside : outside)[0] = outer(i);
    (i.wgt_factor_in == 0 ? inside : outside)[1] = inner(i);
    Batcher batcher([&](const DstSrc* rows, size_t count) {
      accumulate_tiles(micro_ops(i), outside, rows, count);
    });
    const DstSrc step{inside[1].dst * batch_, inside[1].src * batch_};
    for (uint32_t o = 0; o < inside[0].iterations; ++o) {
      for (uint32_t row = 0; row < batch_; ++row) {
        batcher.add({o * inside[0].dst * batch_ + row, o * inside[0].src * batch_ + row}, step,
                    inside[1].iterations);
      }
    }
    batcher.flush();
  }

  // `rows` count from the dst and src of each micro-op of each iteration of `loops`.
  void accumulate_tiles(std::span<const MicroOp> uops, const std::array<Factors, 2>& loops,
                        const DstSrc* rows, size_t count) {
    for (uint32_t a = 0; a < loops[0].iterations; ++a) {
      for (uint32_t b = 0; b < loops[1].iterations; ++b) {
        const uint32_t dst = a * loops[0].dst + b * loops[1].dst;
        const uint32_t src = a * loops[0].src + b * loops[1].src;
        const uint32_t wgt = a * loops[0].wgt + b * loops[1].wgt;
        for (const MicroOp& uop : uops) {
          kernels_.accumulate(memory_.shape(), memory_.weights(wgt + uop.wgt),
                              memory_.inputs(src + uop.src), memory_.accumulators(dst + uop.dst),
                              rows, count);
        }
      }
    }
  }

  hw::Config config_;
  const Kernels& kernels_;
  uint32_t batch_;
  FunctionalMemory memory_;
};

class Functional : public Simulator {
 public:
  Functional(const hw::Config& config, const Kernels& kernels)
      : encoding_(config), executor_(config, kernels) {}

  Counters run(Dram& dram, uint64_t address, uint64_t count) override {
    Counters counters;
    run_units(encoding_, dram, address, count, /*seed=*/0,
              [&](const Site& site) { executor_.execute(site, dram, counters); });
    return counters;
  }

 private:
  isa::Encoding encoding_;
  FunctionalExecutor executor_;
};

}  // namespace

std::unique_ptr<Executor> make_functional_executor(const hw::Config& config,
                                                   const Kernels& kernels) {
  return std::make_unique<FunctionalExecutor>(config, kernels);
}

std::unique_ptr<Simulator> make_functional_with(const hw::Config& config, const Kernels& kernels) {
  return std::make_unique<Functional>(config, kernels);
}

std::unique_ptr<Simulator> make_functional(const hw::Config& config, SimdLevel level) {
  return make_functional_with(config, kernels_of(level));
}

}  // namespace vta::sim

#include <algorithm>
#include <vector>

#include "vta/isa/field.h"
#include "vta/sim/executor.h"

namespace vta::sim {

namespace {

using isa::Instruction;
using isa::MicroOp;

class MicroOpExecutor : public Executor {
 public:
  explicit MicroOpExecutor(const hw::Config& config)
      : config_(config),
        encoding_(config),
        uops_(static_cast<size_t>(config.depth(hw::Memory::kUop))) {}

  const MicroOp* uops() const override { return uops_.data(); }

  void execute(const Site& site, Dram& dram, Counters& counters) override {
    const Instruction& i = site.instruction;
    check_instruction(site, config_, dram);
    switch (i.opcode) {
      case isa::Opcode::kLoad:
        counters.dram_read_bytes += bytes_moved(i);
        if (i.memory == isa::MemoryType::kUop) load(i, dram);
        break;
      case isa::Opcode::kStore:
        counters.dram_write_bytes += bytes_moved(i);
        break;
      case isa::Opcode::kGemm:
      case isa::Opcode::kDepthwise:
        check_micro_ops(site, config_, uops_.data());
        if (!i.reset) {
          counters.gemm_macs += micro_op_count(i) * static_cast<uint64_t>(config_.macs_per_cycle());
        }
        break;
      case isa::Opcode::kAlu:
        check_micro_ops(site, config_, uops_.data());
        counters.alu_ops +=
            micro_op_count(i) * static_cast<uint64_t>(int64_t{config_.batch} * config_.block_out);
        break;
      case isa::Opcode::kFinish:
        break;
    }
    ++counters.instructions;
  }

 private:
  uint64_t bytes_moved(const Instruction& i) const {
    const auto bytes = static_cast<uint64_t>(config_.element_bytes(dram_element(i.memory)));
    return uint64_t{i.y_size} * i.x_size * bytes;
  }

  void load(const Instruction& i, const Dram& dram) {
    const uint64_t columns = padded_columns(i);
    std::fill_n(uops_.begin() + i.sram_base, padded_rows(i) * columns, MicroOp{});
    const auto bytes = static_cast<size_t>(encoding_.uop_bytes());
    for (uint64_t y = 0; y < i.y_size; ++y) {
      const auto row = dram.at(dram_address(i, config_, y, 0), i.x_size * bytes);
      MicroOp* to = &uops_[i.sram_base + (y + i.y_pad_before) * columns + i.x_pad_before];
      for (size_t x = 0; x < i.x_size; ++x) {
        to[x] = encoding_.decode_uop(row.subspan(x * bytes, bytes));
      }
    }
  }

  hw::Config config_;
  isa::Encoding encoding_;
  std::vector<MicroOp> uops_;
};

}  // namespace

std::unique_ptr<Executor> make_micro_op_executor(const hw::Config& config) {
  return std::make_unique<MicroOpExecutor>(config);
}

}  // namespace vta::sim

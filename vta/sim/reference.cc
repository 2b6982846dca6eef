// The reference interpreter: the specification of the instruction set, written to be read. Each
// function is one row of the architecture's table; no case is treated specially for speed.
#include <vector>

#include "vta/base/requantize.h"
#include "vta/sim/scalars.h"
#include "vta/sim/simulator.h"
#include "vta/sim/units.h"

namespace vta::sim {

namespace {

using hw::AluOp;
using hw::Memory;
using isa::Instruction;
using isa::MemoryType;
using isa::MicroOp;

class Reference : public Simulator {
 public:
  Reference(const hw::Config& config, uint64_t seed)
      : config_(config),
        encoding_(config),
        seed_(seed),
        uop_(depth(Memory::kUop)),
        inp_(depth(Memory::kInp) * inp_scalars()),
        wgt_(depth(Memory::kWgt) * wgt_scalars()),
        acc_(depth(Memory::kAcc) * acc_scalars()) {}

  Counters run(Dram& dram, uint64_t address, uint64_t count) override {
    counters_ = {};
    run_units(encoding_, dram, address, count, seed_,
              [&](const Site& site) { execute(site, dram); });
    return counters_;
  }

 private:
  void execute(const Site& site, Dram& dram) {
    check_instruction(site, config_, dram);
    switch (site.instruction.opcode) {
      case isa::Opcode::kLoad:
        load(site.instruction, dram);
        break;
      case isa::Opcode::kStore:
        store(site.instruction, dram);
        break;
      case isa::Opcode::kGemm:
      case isa::Opcode::kDepthwise:
        gemm(site);
        break;
      case isa::Opcode::kAlu:
        alu(site);
        break;
      case isa::Opcode::kFinish:
        break;
    }
    ++counters_.instructions;
  }

  void load(const Instruction& i, const Dram& dram) {
    const uint64_t bytes = dram_element_bytes(i.memory);
    uint64_t element = i.sram_base;
    for (uint64_t y = 0; y < padded_rows(i); ++y) {
      for (uint64_t x = 0; x < padded_columns(i); ++x, ++element) {
        const bool inside = y >= i.y_pad_before && y < uint64_t{i.y_pad_before} + i.y_size &&
                            x >= i.x_pad_before && x < uint64_t{i.x_pad_before} + i.x_size;
        if (inside) {
          const uint64_t from = dram_address(i, config_, y - i.y_pad_before, x - i.x_pad_before);
          load_element(i.memory, element, dram.at(from, bytes));
          counters_.dram_read_bytes += bytes;
        } else {
          load_element(i.memory, element, std::vector<uint8_t>(bytes));
          if (i.memory == MemoryType::kInp && i.pad_min) {
            std::fill_n(inp_.begin() + static_cast<ptrdiff_t>(element * inp_scalars()),
                        inp_scalars(), config_.least_input());
          }
        }
      }
    }
  }

  void load_element(MemoryType type, uint64_t element, std::span<const uint8_t> bytes) {
    switch (type) {
      case MemoryType::kUop:
        uop_[element] = encoding_.decode_uop(bytes);
        break;
      case MemoryType::kInp:
        for (size_t k = 0; k < inp_scalars(); ++k) {
          inp_[element * inp_scalars() + k] = read_scalar(bytes.data(), k, config_.inp_bits);
        }
        break;
      case MemoryType::kWgt:
        for (size_t k = 0; k < wgt_scalars(); ++k) {
          wgt_[element * wgt_scalars() + k] = read_scalar(bytes.data(), k, config_.wgt_bits);
        }
        break;
      case MemoryType::kAcc:
      case MemoryType::kAcc8:
        for (size_t k = 0; k < acc_scalars(); ++k) {
          const int bits = type == MemoryType::kAcc ? config_.acc_bits : config_.out_bits;
          acc_[element * acc_scalars() + k] = read_scalar(bytes.data(), k, bits);
        }
        break;
      case MemoryType::kOut:
        break;
    }
  }

  void store(const Instruction& i, Dram& dram) {
    const uint64_t bytes = dram_element_bytes(i.memory);
    uint64_t element = i.sram_base;
    for (uint64_t y = 0; y < i.y_size; ++y) {
      for (uint64_t x = 0; x < i.x_size; ++x, ++element) {
        uint8_t* to = dram.at(dram_address(i, config_, y, x), bytes).data();
        for (size_t k = 0; k < acc_scalars(); ++k) {
          write_scalar(to, k, config_.out_bits, acc_[element * acc_scalars() + k]);
        }
        counters_.dram_write_bytes += bytes;
      }
    }
  }

  void gemm(const Site& site) {
    const auto rows = static_cast<size_t>(config_.batch);
    const auto block_in = static_cast<size_t>(config_.block_in);
    const auto block_out = static_cast<size_t>(config_.block_out);
    for_each_micro_op(site.instruction, uop_.data(), [&](const Indices& at) {
      check_micro_op(site, config_, at);
      int32_t* acc = &acc_[at.dst * acc_scalars()];
      if (site.instruction.reset) {
        std::fill_n(acc, acc_scalars(), 0);
        return;
      }
      if (site.instruction.overwrite) std::fill_n(acc, acc_scalars(), 0);
      const bool depthwise = site.instruction.opcode == isa::Opcode::kDepthwise;
      const size_t depth = depthwise ? static_cast<size_t>(config_.depthwise_taps) : block_in;
      const int32_t* wgt = &wgt_[at.wgt * wgt_scalars()];
      for (size_t b = 0; b < rows; ++b) {
        for (size_t n = 0; n < block_out; ++n) {
          for (size_t k = 0; k < depth; ++k) {
            const int32_t x =
                depthwise ? input(at.src + k * block_out / block_in + n / block_in, b, n % block_in)
                          : input(at.src, b, k);
            int32_t& sum = acc[b * block_out + n];
            sum = wrap_add(sum, x * wgt[n * block_in + k]);
          }
        }
      }
      counters_.gemm_macs += rows * block_out * block_in;
    });
  }

  int32_t input(uint64_t element, size_t row, size_t channel) const {
    return inp_[element * inp_scalars() + row * static_cast<size_t>(config_.block_in) + channel];
  }

  void alu(const Site& site) {
    const Instruction& i = site.instruction;
    for_each_micro_op(i, uop_.data(), [&](const Indices& at) {
      check_micro_op(site, config_, at);
      int32_t* x = &acc_[at.dst * acc_scalars()];
      const uint64_t src = i.use_imm ? at.dst : at.src;  // with an immediate src is not read
      for (size_t k = 0; k < acc_scalars(); ++k) {
        const int32_t* y = &acc_[src * acc_scalars() + k];
        x[k] = i.alu_op == AluOp::kRequantise
                   ? requantize(x[k], record(y[0], y[acc_scalars()], y[2 * acc_scalars()]))
                   : isa::alu(i.alu_op, x[k], i.use_imm ? i.imm : *y);
      }
      counters_.alu_ops += acc_scalars();
    });
  }

  static Requantize record(int32_t bias, int32_t factor, int32_t packed) {
    const isa::Requantise r = isa::unpack_requantise(packed);
    return {.bias = bias,
            .factor = factor,
            .shift = r.shift,
            .zero_point = r.zero_point,
            .clip_min = r.clip_min,
            .clip_max = r.clip_max,
            .wide = r.wide};
  }

  size_t depth(Memory memory) const { return static_cast<size_t>(config_.depth(memory)); }
  uint64_t dram_element_bytes(MemoryType type) const {
    return static_cast<uint64_t>(config_.element_bytes(dram_element(type)));
  }
  // Scalars of one element.
  size_t inp_scalars() const { return static_cast<size_t>(config_.batch * config_.block_in); }
  size_t wgt_scalars() const { return static_cast<size_t>(config_.block_out * config_.block_in); }
  size_t acc_scalars() const { return static_cast<size_t>(config_.batch * config_.block_out); }

  hw::Config config_;
  isa::Encoding encoding_;
  uint64_t seed_;
  Counters counters_;
  // The scratchpads, one entry for each scalar: rows of batch or block_out, then columns.
  std::vector<MicroOp> uop_;
  std::vector<int32_t> inp_;
  std::vector<int32_t> wgt_;
  std::vector<int32_t> acc_;
};

}  // namespace

std::unique_ptr<Simulator> make_reference(const hw::Config& config, uint64_t seed) {
  return std::make_unique<Reference>(config, seed);
}

}  // namespace vta::sim

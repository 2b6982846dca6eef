// vta zoo: well-known networks with random weights, as ONNX files.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "vta/compiler/macs.h"
#include "vta/export/onnx.h"
#include "vta/zoo/zoo.h"

namespace vta::tools {

using Json = nlohmann::ordered_json;

namespace {

struct Options {
  std::string name;
  std::string output;
  zoo::BuildOptions build;
  bool json = false;
};

std::string input_text(const graph::Graph& network) {
  return to_string(network.value(network.inputs[0]).type.shape);
}

std::string millions(double count, int digits) {
  return count == 0 ? "-" : fmt::format("{:.{}f}", count / 1e6, digits);
}

void print_list() {
  fmt::print("{:<13} {:<13} {:>17} {:>18}  {}\n", "", "", "million MACs", "million parameters",
             "source of the");
  fmt::print("{:<13} {:<13} {:>8} {:>8} {:>8} {:>9}  {}\n", "network", "input", "here", "publ.",
             "here", "publ.", "published counts");
  for (const zoo::Network& entry : zoo::networks()) {
    const graph::Graph network = zoo::build(entry.name);
    fmt::print("{:<13} {:<13} {:>8} {:>8} {:>8} {:>9}  {}\n", entry.name, input_text(network),
               millions(static_cast<double>(compiler::macs(network)), 1),
               millions(entry.published.macs, 0),
               millions(static_cast<double>(zoo::parameters(network)), 3),
               millions(entry.published.parameters, 2), entry.published.source);
  }
}

void print_list_json() {
  Json list = Json::array();
  for (const zoo::Network& entry : zoo::networks()) {
    const graph::Graph network = zoo::build(entry.name);
    Json item = {{"network", entry.name},
                 {"about", entry.about},
                 {"input", network.value(network.inputs[0]).type.shape},
                 {"macs", compiler::macs(network)},
                 {"parameters", zoo::parameters(network)},
                 {"source", entry.published.source}};
    if (entry.published.macs != 0) item["published_macs"] = entry.published.macs;
    if (entry.published.parameters != 0) {
      item["published_parameters"] = entry.published.parameters;
    }
    list.push_back(std::move(item));
  }
  fmt::print("{}\n", list.dump(2));
}

void write(const Options& options) {
  const graph::Graph network = zoo::build(options.name, options.build);
  exporter::save_onnx(options.output, network);
  fmt::print("wrote {}: {}, input {}, {} million MACs, {} million parameters\n", options.output,
             options.name, input_text(network),
             millions(static_cast<double>(compiler::macs(network)), 1),
             millions(static_cast<double>(zoo::parameters(network)), 3));
}

}  // namespace

void add_zoo_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("zoo", "Write a well-known network, with random weights, as ONNX");
  command->footer(
      "Examples:\n"
      "  vta zoo list\n"
      "  vta zoo resnet18 -o resnet18.onnx\n"
      "  vta zoo mobilenet_v2 --size 96 --seed 7 -o small.onnx\n"
      "The structure is the published one; answers mean nothing.");
  command->add_option("NAME", options->name, "A network that `vta zoo list` lists");
  command->add_option("-o,--output", options->output, "The model to write")->type_name("FILE.onnx");
  command->add_option("--seed", options->build.seed, "Of the weights")->capture_default_str();
  command
      ->add_option("--size", options->build.size,
                   "Height and width of the input picture; not given: as published")
      ->type_name("N");
  CLI::App* list = command->add_subcommand("list", "The networks, and what they cost");
  add_json_flag(*list, options->json);
  list->callback([options] { options->json ? print_list_json() : print_list(); });
  command->callback([options, command, list] {
    if (command->got_subcommand(list)) return;
    if (options->name.empty()) throw CLI::RequiredError("NAME or list");
    if (options->output.empty()) throw CLI::RequiredError("--output");
    write(*options);
  });
}

}  // namespace vta::tools

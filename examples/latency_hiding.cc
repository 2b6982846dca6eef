// Latency hiding by virtual threads: each convolution of ResNet-18 with the same tiles in one
// thread and in two, on the cycle-exact model: cycles, and the share of them in which the MAC array
// works. With --svg FILE it draws what the load, compute and store units do in one layer, one
// thread above two.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "bench/resnet18_layers.h"
#include "vta/base/file.h"
#include "vta/ops/accel/conv2d_model.h"

namespace vta::examples {
namespace {

using codegen::accel::Timed;

double working_share(const Timed& t) {
  return static_cast<double>(t.bounds.mac) / static_cast<double>(t.timing.cycles);
}

// Times of the same schedule in one and in two threads.
struct Pair {
  Timed one, two;
};
Pair time_pair(const bench::Layer& layer, const hw::Config& config) {
  ops::accel::Conv2dKnobs knobs = ops::accel::default_knobs(layer.shape(), config);
  require(knobs.threads == 2, "{}: the default schedule has {} threads", layer.name, knobs.threads);
  Pair pair;
  pair.two = bench::time_layer(layer, knobs, config);
  knobs.threads = 1;
  pair.one = bench::time_layer(layer, knobs, config);
  return pair;
}

void print_table(const hw::Config& config) {
  fmt::print("{:<6}{:>12}{:>9}{:>12}{:>9}{:>8}\n", "layer", "one thread", "working", "two",
             "working", "gain");
  for (const bench::Layer& layer : bench::kResnet18Layers) {
    const Pair p = time_pair(layer, config);
    const auto one = static_cast<double>(p.one.timing.cycles);
    const auto two = static_cast<double>(p.two.timing.cycles);
    fmt::print("{:<6}{:>12}{:>8.1f}%{:>12}{:>8.1f}%{:>7.1f}%\n", layer.name, p.one.timing.cycles,
               100 * working_share(p.one), p.two.timing.cycles, 100 * working_share(p.two),
               100 * (one / two - 1));
  }
}

// One rectangle an instruction, from its start to its end: the units as rows.
std::string tracks(const Timed& t, uint64_t cycles, int top) {
  constexpr double kWidth = 1000;
  constexpr std::array kColours = {"#4878a8", "#c8553d", "#5b8c5a"};
  std::string text;
  for (size_t i = 0; i < t.program.instructions.size(); ++i) {
    const isa::Instruction& instruction = t.program.instructions[i];
    const sim::InstructionTime& time = t.timing.instructions[i];
    if (instruction.opcode == isa::Opcode::kFinish || time.start >= cycles) continue;
    const auto unit = static_cast<size_t>(isa::unit_of(instruction));
    const double scale = kWidth / static_cast<double>(cycles);
    const double x = 80 + scale * static_cast<double>(time.start);
    const double width = scale * static_cast<double>(std::min(time.end, cycles) - time.start);
    text += fmt::format(
        R"(<rect x="{:.2f}" y="{}" width="{:.2f}" height="24" fill="{}"><title>{} {}: {} to {}</title></rect>)"
        "\n",
        x, top + 30 * static_cast<int>(unit), std::max(0.3, width), kColours[unit], i,
        isa::opcode_name(instruction.opcode), time.start, time.end);
  }
  return text;
}

// The beginning of both programs, over the same cycles.
std::string picture(const Pair& p, std::string_view layer) {
  const uint64_t cycles = std::min<uint64_t>(p.two.timing.cycles, 20000);
  std::string text = R"(<svg xmlns="http://www.w3.org/2000/svg" width="1100" height="260")"
                     R"( font-family="sans-serif" font-size="13">)"
                     "\n<rect width=\"1100\" height=\"260\" fill=\"white\"/>\n";
  int top = 30;
  for (const auto& [name, timed] :
       {std::pair("one thread", &p.one), std::pair("two threads", &p.two)}) {
    text += fmt::format("<text x=\"80\" y=\"{}\">{}, {}: the first {} of {} cycles</text>\n",
                        top - 8, layer, name, cycles, timed->timing.cycles);
    int y = top + 17;
    for (const char* unit : {"load", "compute", "store"}) {
      text += fmt::format("<text x=\"10\" y=\"{}\">{}</text>\n", y, unit);
      y += 30;
    }
    text += tracks(*timed, cycles, top);
    top += 125;
  }
  return text + "</svg>\n";
}

int run(int argc, char** argv) {
  std::string svg, drawn = "C10";
  CLI::App app("virtual threads hide the latency of memory");
  app.add_option("--svg", svg, "file for a picture of one layer");
  app.add_option("--layer", drawn, "which one, C2 to C11")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const hw::Config config = hw::load_config("default");
  print_table(config);
  if (svg.empty()) return 0;
  const auto layer = std::ranges::find(bench::kResnet18Layers, drawn, &bench::Layer::name);
  require(layer != bench::kResnet18Layers.end(), "there is no layer '{}', only C2 to C11", drawn);
  write_text_file(svg, picture(time_pair(*layer, config), drawn));
  return 0;
}

}  // namespace
}  // namespace vta::examples

int main(int argc, char** argv) {
  try {
    return vta::examples::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

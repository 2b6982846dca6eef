#include "tools/report_data.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "vta/isa/assembly.h"
#include "vta/isa/mnemonic.h"
#include "vta/sim/chrome_trace.h"

namespace vta::tools {

using Json = nlohmann::ordered_json;

namespace {

Json nodes_json(const Bench& bench) {
  const graph::Graph& graph = bench.compiled.module.graph;
  const std::vector<int32_t> producers = graph::producers(graph);
  Json nodes = Json::array();
  size_t layers = 0;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    Json json = {{"name", node.name}, {"op", node.op}, {"inputs", Json::array()}};
    for (const graph::ValueId input : node.inputs) {
      if (input == graph::kNoValue) continue;
      const int32_t producer = producers[static_cast<size_t>(input)];
      if (producer >= 0) json["inputs"].push_back(producer);
    }
    json["type"] = graph::to_string(graph.value(node.outputs.at(0)).type);
    if (bench.report().nodes.at(i).instructions != 0) json["layer"] = layers++;
    nodes.push_back(std::move(json));
  }
  return nodes;
}

// Slices are [unit, lane, first cycle, last cycle, index of the mnemonic].
Json timeline_json(const module::Module& module, const module::Kernel& kernel) {
  const codegen::accel::Timed timed = compiler::time_kernel(module, kernel);
  const std::vector<isa::Instruction>& instructions = timed.program.instructions;
  const std::vector<size_t> lanes = sim::lanes_of(instructions, timed.timing);
  std::map<std::string, size_t> index;
  Json mnemonics = Json::array(), slices = Json::array();
  for (size_t i = 0; i < instructions.size(); ++i) {
    const std::string mnemonic = isa::mnemonic(instructions[i]);
    const auto [at, added] = index.try_emplace(mnemonic, index.size());
    if (added) mnemonics.push_back(mnemonic);
    const sim::InstructionTime time = timed.timing.instructions[i];
    slices.push_back({static_cast<int>(isa::unit_of(instructions[i])), lanes[i], time.start,
                      time.end, at->second});
  }
  return {{"mnemonics", std::move(mnemonics)}, {"slices", std::move(slices)}};
}

std::vector<int> buffers_of(const module::Module& module, const module::Step& step) {
  if (const auto* upload = std::get_if<module::UploadStep>(&step)) return {upload->buffer};
  if (const auto* download = std::get_if<module::DownloadStep>(&step)) return {download->buffer};
  if (const auto* kernel = std::get_if<module::KernelStep>(&step)) {
    return module.kernels.at(static_cast<size_t>(kernel->kernel)).buffers;
  }
  return {};
}

// Time is the accelerator's: what the host does takes none of it.
Json memory_json(const Bench& bench) {
  const module::Module& module = bench.compiled.module;
  struct Span {
    uint64_t first, end;
  };
  std::vector<std::optional<Span>> needed(module.buffers.size());
  uint64_t clock = 0;
  for (const module::Step& step : module.steps) {
    const uint64_t begin = clock;
    if (const auto* kernel = std::get_if<module::KernelStep>(&step)) {
      clock += bench.timing.layers.at(static_cast<size_t>(kernel->kernel)).cycles;
    }
    for (const int buffer : buffers_of(module, step)) {
      auto& span = needed.at(static_cast<size_t>(buffer));
      span = Span{span ? span->first : begin, clock};
    }
  }
  Json buffers = Json::array();
  uint64_t constant_bytes = 0;
  for (size_t i = 0; i < module.buffers.size(); ++i) {
    const module::BufferPlan& buffer = module.buffers[i];
    if (buffer.contents) constant_bytes += buffer.bytes;
    if (buffer.contents || !needed[i]) continue;
    buffers.push_back({{"name", buffer.name},
                       {"bytes", buffer.bytes},
                       {"offset", buffer.offset},
                       {"first_cycle", needed[i]->first},
                       {"end_cycle", needed[i]->end}});
  }
  return {{"arena_bytes", module.arena_bytes},
          {"constant_bytes", constant_bytes},
          {"buffers", std::move(buffers)}};
}

struct Change {
  std::string name;
  std::function<std::string(hw::Config&)> apply;  // returns what it changed
};

std::string double_bandwidth(hw::Config& config) {
  config.memory_bytes_per_cycle *= 2;
  while (config.memory_bytes_per_cycle > config.bus_bits / 8.0) config.bus_bits *= 2;
  return fmt::format("{} bytes a cycle, bus of {} bits", config.memory_bytes_per_cycle,
                     config.bus_bits);
}

std::string double_buffers(hw::Config& config) {
  for (int64_t* bytes :
       {&config.uop_buffer, &config.inp_buffer, &config.wgt_buffer, &config.acc_buffer}) {
    *bytes *= 2;
  }
  return fmt::format("uop {}, inp {}, wgt {}, acc {} KiB", config.uop_buffer >> 10,
                     config.inp_buffer >> 10, config.wgt_buffer >> 10, config.acc_buffer >> 10);
}

// The narrower side of the array; more outputs a cycle need as many more lanes behind them.
std::string double_array(hw::Config& config) {
  if (config.block_in < config.block_out) {
    config.block_in *= 2;
  } else {
    config.block_out *= 2;
    config.alu_lanes *= 2;
    config.requantise_lanes *= 2;
  }
  return fmt::format("{}x{}x{} MACs, {} ALU and {} requantise lanes", config.batch, config.block_in,
                     config.block_out, config.alu_lanes, config.requantise_lanes);
}

Json changed(const Bench& base, const graph::Graph& integer, const Change& change) {
  hw::Config config = base.config();
  Json json = {{"name", change.name}, {"change", change.apply(config)}};
  config.name += " with " + change.name;
  try {
    hw::validate(config, config.name);
    json["bench"] = bench_json(bench(base.network, integer, config));
  } catch (const Error& error) {
    json["error"] = error.what();
  }
  return json;
}

}  // namespace

Json report_data(const Bench& bench) {
  const module::Module& module = bench.compiled.module;
  Json timelines = Json::array();
  for (const module::Kernel& kernel : module.kernels) {
    timelines.push_back(timeline_json(module, kernel));
  }
  return {{"bench", bench_json(bench)},
          {"roof",
           {{"macs_per_cycle", module.config.macs_per_cycle()},
            {"bytes_per_cycle", module.config.memory_bytes_per_cycle}}},
          {"hw", Json::parse(hw::to_json(module.config))},
          {"nodes", nodes_json(bench)},
          {"timelines", std::move(timelines)},
          {"memory", memory_json(bench)}};
}

Json what_if(const Bench& bench, const graph::Graph& integer) {
  Json results = Json::array();
  for (const Change& change :
       {Change{"twice the bandwidth", double_bandwidth},
        Change{"twice the buffers", double_buffers}, Change{"twice the array", double_array}}) {
    results.push_back(changed(bench, integer, change));
  }
  return results;
}

}  // namespace vta::tools

#include "example.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <random>

#include "vta/isa/check.h"
#include "vta/runtime/loaded_program.h"

namespace vta::examples {

namespace {

using Addresses = std::map<int, runtime::DeviceAddress>;

void prove_safe(const runtime::RelocatableProgram& program, const hw::Config& config,
                Addresses addresses) {
  // Where the micro-ops lie makes no difference to the proof, as long as nothing else is there.
  addresses[runtime::RelocatableProgram::kUopBuffer] = uint64_t{1} << 29;
  const isa::CheckReport report = isa::check(runtime::place(program, config, addresses));
  require(report.ok(), "the program is not safe: {}", isa::to_string(report));
  fmt::print("checked: {} instructions and {} tokens, no race, no deadlock\n", report.instructions,
             report.tokens);
}

}  // namespace

int run_example(int argc, char** argv, const std::string& description,
                bool (*body)(runtime::Device& device)) {
  std::string device_name = "fsim";
  std::string hw_name = "default";
  CLI::App app(description);
  app.add_option("--device", device_name, "ref or fsim")->capture_default_str();
  app.add_option("--hw", hw_name, "a preset or a configuration file")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    const auto device = runtime::make_device(device_name, hw::load_config(hw_name));
    fmt::print("{} on {}, {}\n", description, device_name, device->config().fingerprint());
    return body(*device) ? 0 : 1;
  } catch (const Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

std::vector<uint8_t> execute(runtime::Device& device, const runtime::RelocatableProgram& program,
                             const std::vector<std::vector<uint8_t>>& inputs,
                             uint64_t output_bytes) {
  std::vector<runtime::DeviceBuffer> buffers;
  Addresses addresses;
  for (const auto& input : inputs) {
    const auto number = static_cast<int>(buffers.size());
    addresses[number] = buffers.emplace_back(device, input.size()).address();
    device.copy_to(addresses[number], input);
  }
  const runtime::DeviceBuffer output(device, output_bytes);
  addresses[static_cast<int>(buffers.size())] = output.address();
  prove_safe(program, device.config(), addresses);

  const runtime::Counters counters =
      runtime::LoadedProgram(device, program, std::move(addresses)).run();
  fmt::print("ran: {} instructions, {} MACs, {} ALU operations, {} bytes read, {} written\n",
             counters.instructions, counters.gemm_macs, counters.alu_ops, counters.dram_read_bytes,
             counters.dram_write_bytes);
  std::vector<uint8_t> bytes(output_bytes);
  device.copy_from(output.address(), bytes);
  return bytes;
}

Tensor random_tensor(Shape shape, int bits, uint32_t seed) {
  Tensor tensor(DType::kInt8, std::move(shape));
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> value(-(1 << (bits - 1)), (1 << (bits - 1)) - 1);
  for (int8_t& x : tensor.as<int8_t>()) x = static_cast<int8_t>(value(random));
  return tensor;
}

bool matches(const Tensor& got, const Tensor& expected) {
  for (size_t i = 0; i < expected.as<int8_t>().size(); ++i) {
    const int g = got.as<int8_t>()[i];
    const int e = expected.as<int8_t>()[i];
    if (g == e) continue;
    fmt::print("MISMATCH at index {} of {}: got {}, expected {}\n", i, to_string(expected.shape()),
               g, e);
    return false;
  }
  fmt::print("all {} results equal plain C++\n", expected.size());
  return true;
}

}  // namespace vta::examples

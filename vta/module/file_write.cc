// A module to the bytes of its file.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/module/file.h"
#include "vta/module/file_format.h"

namespace vta::module {

namespace {

using Json = nlohmann::json;

void append_u32(std::vector<uint8_t>& out, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<uint8_t>(value >> shift));
}

void append(std::vector<uint8_t>& out, std::span<const uint8_t> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

Json constants_json(const graph::GraphText& text) {
  Json list = Json::array();
  for (const auto& constant : text.constants) {
    list.push_back({{"type", dtype_name(constant->dtype())}, {"shape", constant->shape()}});
  }
  return list;
}

Json buffers_json(const Module& module) {
  Json list = Json::array();
  for (const BufferPlan& buffer : module.buffers) {
    list.push_back({{"name", buffer.name},
                    {"bytes", buffer.bytes},
                    {"constant", buffer.contents != nullptr},
                    {"offset", buffer.offset}});
  }
  return list;
}

Json kernels_json(const Module& module) {
  Json list = Json::array();
  for (const Kernel& kernel : module.kernels) {
    list.push_back({{"name", kernel.name},
                    {"macs", kernel.macs},
                    {"buffers", kernel.buffers},
                    {"instructions", kernel.program.instructions.size()},
                    {"uops", kernel.program.uops.size()},
                    {"relocations", kernel.program.relocations.size()}});
  }
  return list;
}

// Values go by name: their numbers are not kept by the graph's text form.
Json move_json(const Module& module, const auto& step) {
  return {{"value", module.graph.value(step.value).name},
          {"buffer", step.buffer},
          {"rows", step.layout.rows},
          {"columns", step.layout.columns},
          {"bits", step.layout.bits}};
}

Json axis_json(const FoldedAxis& axis) {
  return {{"kernel", axis.kernel},
          {"stride", axis.stride},
          {"dilation", axis.dilation},
          {"pad", axis.pad},
          {"out", axis.out}};
}

Json step_json(const Module&, const HostStep& step) {
  return {{"host", step.node}};
}
Json step_json(const Module&, const KernelStep& step) {
  return {{"kernel", step.kernel}};
}
Json step_json(const Module& module, const UploadStep& step) {
  Json json = move_json(module, step);
  if (const auto& fold = step.fold) {
    json["fold"] = {{"rows", axis_json(fold->rows)},
                    {"columns", axis_json(fold->columns)},
                    {"outside", fold->outside}};
  }
  return {{"upload", std::move(json)}};
}
Json step_json(const Module& module, const DownloadStep& step) {
  return {{"download", move_json(module, step)}};
}

std::string header_text(const Module& module, const graph::GraphText& text) {
  Json steps = Json::array();
  for (const Step& step : module.steps) {
    steps.push_back(std::visit([&](const auto& s) { return step_json(module, s); }, step));
  }
  const Json header = {{"config", Json::parse(hw::to_json(module.config))},
                       {"fingerprint", module.config.fingerprint()},
                       {"graph", text.text},
                       {"constants", constants_json(text)},
                       {"buffers", buffers_json(module)},
                       {"arena_bytes", module.arena_bytes},
                       {"kernels", kernels_json(module)},
                       {"steps", std::move(steps)}};
  try {
    return header.dump();
  } catch (const Json::exception& error) {
    fail("module '{}': a name is not UTF-8: {}", module.graph.name, error.what());
  }
}

void append_program(std::vector<uint8_t>& out, const runtime::RelocatableProgram& program,
                    const isa::Encoding& encoding) {
  for (const isa::Instruction& instruction : program.instructions) {
    encoding.encode(instruction, out);
  }
  for (const isa::MicroOp& uop : program.uops) encoding.encode(uop, out);
  for (const runtime::Relocation& relocation : program.relocations) {
    append_u32(out, relocation.instruction);
    append_u32(out, static_cast<uint32_t>(relocation.buffer));
  }
}

}  // namespace

std::vector<uint8_t> format_module(const Module& module) {
  const graph::GraphText text = graph::print(module.graph);
  const std::string header = header_text(module, text);
  require(header.size() <= kMaxHeaderBytes, "module '{}': its header has {} bytes, at most {} fit",
          module.graph.name, header.size(), kMaxHeaderBytes);
  std::vector<uint8_t> out(kMagic.begin(), kMagic.end());
  append_u32(out, kFormatVersion);
  append_u32(out, static_cast<uint32_t>(header.size()));
  out.insert(out.end(), header.begin(), header.end());
  for (const auto& constant : text.constants) append(out, constant->bytes());
  for (const BufferPlan& buffer : module.buffers) {
    if (buffer.contents != nullptr) append(out, *buffer.contents);
  }
  const isa::Encoding encoding(module.config);
  for (const Kernel& kernel : module.kernels) append_program(out, kernel.program, encoding);
  return out;
}

void save_module(const std::filesystem::path& path, const Module& module) {
  write_file(path, format_module(module));
}

}  // namespace vta::module

#include "vta/module/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <random>

#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/module/executor.h"
#include "vta/module/test_module.h"

namespace vta::module {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string error_of(std::span<const uint8_t> bytes) {
  try {
    parse_module(bytes);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::vector<uint8_t> tiny_file() {
  return format_module(make_add_module(hw::load_config("tiny")));
}

// The file with one piece of its header's text replaced by another of the same length.
std::string error_with(std::string_view from, std::string_view to) {
  const std::vector<uint8_t> bytes = tiny_file();
  std::string text(bytes.begin(), bytes.end());
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(from.size(), to.size());
  text.replace(at, from.size(), to);
  return error_of({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

TEST(ModuleFile, RoundTrips) {
  const Module module = make_add_module(hw::load_config("default"));
  const Module back = parse_module(format_module(module));
  EXPECT_EQ(back.config.fingerprint(), module.config.fingerprint());
  EXPECT_EQ(graph::print(back.graph).text, graph::print(module.graph).text);
  EXPECT_EQ(back.arena_bytes, module.arena_bytes);
  ASSERT_EQ(back.kernels.size(), 1U);
  EXPECT_EQ(back.kernels[0].program.instructions, module.kernels[0].program.instructions);
  EXPECT_EQ(back.kernels[0].program.uops, module.kernels[0].program.uops);
  EXPECT_EQ(back.kernels[0].program.relocations, module.kernels[0].program.relocations);
  EXPECT_EQ(back.kernels[0].buffers, module.kernels[0].buffers);
  ASSERT_EQ(back.buffers.size(), 3U);
  EXPECT_EQ(*back.buffers[1].contents, *module.buffers[1].contents);
  EXPECT_EQ(back.buffers[2].contents, nullptr);
  EXPECT_EQ(back.buffers[2].offset, 4096U);
  EXPECT_EQ(back.steps.size(), module.steps.size());
  EXPECT_EQ(format_module(back), format_module(module));
}

TEST(ModuleFile, AFoldedUploadRoundTrips) {
  Module module = make_add_module(hw::load_config("tiny"));
  const auto folded = module.graph.add_input("folded", {DType::kInt8, {1, 1, 1, 5}});
  const WindowFold fold{
      .rows = {.kernel = 1, .stride = 4, .dilation = 2, .pad = 0, .out = 1},
      .columns = {.kernel = 3, .stride = 2, .dilation = 1, .pad = 1, .out = 3},
      .outside = -7};
  module.graph.inputs = {module.graph.inputs[0], folded};
  auto& steps = module.steps;
  steps.insert(steps.begin(), UploadStep{folded, 0, input_layout(module.config), fold});
  const Module back = parse_module(format_module(module));
  EXPECT_EQ(std::get<UploadStep>(back.steps[0]).fold, fold);
  EXPECT_EQ(std::get<UploadStep>(back.steps[1]).fold, std::nullopt);
  std::get<UploadStep>(steps[0]).fold->outside = 300;
  EXPECT_EQ(error_of(format_module(module)),
            "header.steps[0].upload.fold.outside: must be an integer from -128 to 127");
}

TEST(ModuleFile, WhatWasLoadedRuns) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("vta_{}.vtam", getpid());
  save_module(path, make_add_module(hw::load_config("tiny")));
  const Module module = load_module(path);
  std::filesystem::remove(path);
  const auto device = runtime::make_device("ref", module.config);
  const Tensor a(DType::kInt8, {1, 4, 3});
  const graph::NamedTensors outputs = Executor(module, *device).run({{"a", a}});
  EXPECT_EQ(outputs.at("y").as<int8_t>()[4], -5);
}

TEST(ModuleFile, EveryTruncationIsAnError) {
  const std::vector<uint8_t> bytes = tiny_file();
  ASSERT_EQ(error_of(bytes), "no error");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(error_of(std::span(bytes).first(size)), "no error") << size;
  }
}

TEST(ModuleFile, SaysWhatIsWrong) {
  std::vector<uint8_t> bytes = tiny_file();
  EXPECT_EQ(error_of({}), "not a compiled module: must begin with VTAMODUL");
  EXPECT_THAT(error_of(std::span(bytes).first(20)),
              HasSubstr("must be at most the 4 that follow, and 16777216"));
  EXPECT_EQ(error_of(std::span(bytes).first(bytes.size() - 1)),
            "header.kernels[0].relocations: needs 4 times 8 bytes, the file has 31 left");
  bytes.push_back(0);
  EXPECT_EQ(error_of(bytes), "1 bytes are left over");
  bytes[8] = 2;
  EXPECT_EQ(error_of(bytes), "format version 2, must be 1: compile the network again");
}

TEST(ModuleFile, HeaderIsStrict) {
  EXPECT_EQ(error_with("\"fingerprint\"", "\"fingerprunt\""), "header: 'fingerprint' is missing");
  EXPECT_EQ(error_with("{\"host\":1}", "{\"hast\":1}"),
            "header.steps[3]: is 'hast', must be host, upload, kernel or download");
  EXPECT_EQ(error_with("{\"host\":1}", "{\"host\":9}"), "step 3: node 9, the module has 2");
  EXPECT_THAT(error_with("{\"kernel\":0}", "{\"kernel\":-}"), StartsWith("header: "));
  EXPECT_EQ(error_with("\"value\":\"sum\"", "\"value\":\"som\""),
            "header.steps[2].download: the graph has no value 'som'");
  EXPECT_THAT(error_with("\"fingerprint\":\"1x4x4", "\"fingerprint\":\"1x4x8"),
              HasSubstr("that of the configuration is '1x4x4-"));
  EXPECT_THAT(error_with("\"uops\":1", "\"uops\":9"), HasSubstr("header.kernels[0]"));
  EXPECT_EQ(error_with("\"arena_bytes\":4108", "\"arena_bytes\":  -1"),
            "header.arena_bytes: must be an integer from 0 to 18446744073709551615");
}

TEST(ModuleFile, DamagedBytesNeverDoMoreThanThrow) {
  const std::vector<uint8_t> bytes = tiny_file();
  std::mt19937 random(3);
  for (int i = 0; i < 2000; ++i) {
    std::vector<uint8_t> damaged = bytes;
    for (int k = 0; k < 3; ++k) damaged[random() % damaged.size()] = static_cast<uint8_t>(random());
    try {
      format_module(parse_module(damaged));
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace vta::module

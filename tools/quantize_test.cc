// vta quantize, through the real command.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>

#include "tests/python.h"
#include "tools/tool_testing.h"
#include "vta/base/npy.h"

namespace vta::tools {
namespace {

using nlohmann::json;

const std::string kModel = VTA_SOURCE_DIR "/models/fashion_resnet8.onnx";
const std::string kFashion = "/usr/share/datasets/fashion-mnist";

class QuantizeCommand : public Tools {
 protected:
  // A folder for each of two classes, with random pictures.
  std::string data() const {
    std::mt19937 random(5);
    std::uniform_real_distribution<float> uniform(0, 1);
    for (const std::string name : {"0/a", "0/b", "8/a", "8/b"}) {
      const std::filesystem::path file = path("data/" + name + ".npy");
      std::filesystem::create_directories(file.parent_path());
      Tensor picture(DType::kFloat32, {1, 28, 28});
      for (float& value : picture.as<float>()) value = uniform(random);
      save_npy(file, picture);
    }
    return path("data");
  }
};

TEST_F(QuantizeCommand, MixedWidthsTradeCyclesForAccuracy) {
  const Outcome outcome =
      vta(fmt::format("quantize {} --data {} --bits mixed --max-drop 100 -o {} --json", kModel,
                      data(), path("q.vtam")));
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const json result = json::parse(outcome.out);
  EXPECT_EQ(result.at("trials").size(), 16U);
  const json& candidates = result.at("candidates");
  ASSERT_EQ(candidates.size(), 11U);  // the network has ten layers with weights
  EXPECT_EQ(candidates.front().at("narrow").size(), 0U);
  EXPECT_EQ(candidates.back().at("narrow").size(), 10U);
  EXPECT_LT(candidates.back().at("cycles"), candidates.front().at("cycles"));
  for (const json& candidate : candidates) {
    // Everything is within the drop, so the fastest is taken, which is on the front.
    EXPECT_LE(candidates[result.at("chosen").get<size_t>()].at("cycles"), candidate.at("cycles"));
  }
  EXPECT_TRUE(candidates[result.at("chosen").get<size_t>()].at("on_front").get<bool>());
  const Outcome ran = vta(fmt::format("run {} --input {}", path("q.vtam"), path("data/0/a.npy")));
  EXPECT_EQ(ran.status, 0) << ran.err;
}

TEST_F(QuantizeCommand, FourBitsLoseLittleAndOtherEnginesAgree) {
  if (!std::filesystem::exists(kFashion)) GTEST_SKIP() << kFashion << " is absent";
  const Outcome outcome =
      vta(fmt::format("quantize {} --data {} --bits 4 --samples 400 --max-drop 1.5 -o {} --json",
                      kModel, kFashion, path("q.onnx")));
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const json result = json::parse(outcome.out);
  EXPECT_GE(result.at("float_top1"), 0.9);
  EXPECT_GE(result.at("same_as_float"), 0.97);

  // What is read back is the same network.
  const Outcome evaluated =
      vta(fmt::format("eval {} --data {} --samples 400 --json", path("q.onnx"), kFashion));
  ASSERT_EQ(evaluated.status, 0) << evaluated.err;
  const json read_back = json::parse(evaluated.out);
  EXPECT_EQ(read_back.at("top1"), result.at("top1"));

  if (!has_python_module("onnxruntime", path(""))) GTEST_SKIP() << "PyPI's onnxruntime is absent";
  const int status = run_python({VTA_SOURCE_DIR "/tools/top1_onnxruntime.py", path("q.onnx"),
                                 kFashion, "400", path("answers.npy")},
                                path(""));
  ASSERT_EQ(status, 0) << read_text_file(path("log"));
  const Tensor answers = load_npy(path("answers.npy"));
  int same = 0;
  for (size_t i = 0; i < 400; ++i) {
    same += read_back.at("predictions")[i] == answers.as<int64_t>()[i] ? 1 : 0;
  }
  EXPECT_GE(same, 398);  // 99.5 %
}

TEST_F(QuantizeCommand, SaysWhatIsWrong) {
  const std::string command = fmt::format("quantize {} --data {} ", kModel, data());
  expect_error(command + "-o q.txt", "q.txt: expected a name that ends in .onnx or .vtam");
  expect_error(command + "--bits mixed --hw ultra96-w4",
               "--hw ultra96-w4: has weights of 4 bits, expected 8");
  expect_error(command + "--max-drop -101",
               kModel + ": 8 bits lose 0.00 points, --max-drop allows -101");
  expect_usage_error(command + "--bits 5",
                     "vta: --bits: 5 not in {8,4,mixed}; see 'vta quantize --help'");
}

}  // namespace
}  // namespace vta::tools

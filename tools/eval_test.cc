// vta eval, through the real command: every form of data set, and a network whose answers are
// known.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tools/tool_testing.h"
#include "vta/base/npy.h"

namespace vta::tools {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kModel = VTA_SOURCE_DIR "/models/fashion_resnet8.onnx";
const std::string kFashion = "/usr/share/datasets/fashion-mnist";

void append(std::vector<uint8_t>& bytes, uint64_t number, int size) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<uint8_t>(number >> (8 * i)));
}

// A zip archive of stored members, or deflated ones of a single stored block (under 64 KiB).
std::vector<uint8_t> npz(const std::map<std::string, Tensor>& arrays, bool deflated) {
  std::vector<uint8_t> bytes, directory;
  for (const auto& [name, tensor] : arrays) {
    const std::vector<uint8_t> content = format_npy(tensor);
    const std::string file = name + ".npy";
    const size_t header = bytes.size();
    const size_t packed = content.size() + (deflated ? 5 : 0);
    std::vector<uint8_t> common;
    append(common, 20, 2);
    append(common, 0, 2);
    append(common, deflated ? 8 : 0, 2);
    append(common, 0, 8);  // time, date, checksum, which nothing here looks at
    append(common, packed, 4);
    append(common, content.size(), 4);
    append(common, file.size(), 2);
    append(common, 0, 2);
    append(bytes, 0x04034b50, 4);
    bytes.insert(bytes.end(), common.begin(), common.end());
    bytes.insert(bytes.end(), file.begin(), file.end());
    if (deflated) {
      append(bytes, 1, 1);
      append(bytes, content.size(), 2);
      append(bytes, ~content.size(), 2);
    }
    bytes.insert(bytes.end(), content.begin(), content.end());
    append(directory, 0x02014b50, 4);
    append(directory, 20, 2);
    directory.insert(directory.end(), common.begin(), common.end());
    append(directory, 0, 10);
    append(directory, header, 4);
    directory.insert(directory.end(), file.begin(), file.end());
  }
  const size_t place = bytes.size();
  bytes.insert(bytes.end(), directory.begin(), directory.end());
  append(bytes, 0x06054b50, 4);
  append(bytes, 0, 4);
  append(bytes, arrays.size(), 2);
  append(bytes, arrays.size(), 2);
  append(bytes, directory.size(), 4);
  append(bytes, place, 4);
  append(bytes, 0, 2);
  return bytes;
}

class EvalCommand : public Tools {
 protected:
  json eval(const std::string& arguments) const {
    const Outcome outcome = vta("eval " + arguments + " --json");
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return json::parse(outcome.out);
  }
  static Tensor pictures(int64_t count) {
    Tensor all(DType::kUInt8, {count, 28, 28});
    for (int64_t i = 0; i < all.size(); ++i) {
      all.as<uint8_t>()[static_cast<size_t>(i)] = static_cast<uint8_t>(i * 37 % 251);
    }
    return all;
  }
};

TEST_F(EvalCommand, EveryFormOfTheSameDataGivesTheSame) {
  const Tensor labels = Tensor::of<int64_t>({3}, std::vector<int64_t>{0, 8, 8});
  write_file(path("stored.npz"), npz({{"x", pictures(3)}, {"y", labels}}, false));
  write_file(path("deflated.npz"), npz({{"x", pictures(3)}, {"y", labels}}, true));
  for (size_t i = 0; i < 3; ++i) {
    const std::filesystem::path folder = path(i == 0 ? "folders/0" : "folders/8");
    std::filesystem::create_directories(folder);
    Tensor sample(DType::kFloat32, {1, 28, 28});
    const Tensor all = pictures(3);
    for (size_t p = 0; p < 784; ++p) {
      sample.as<float>()[p] = static_cast<float>(all.as<uint8_t>()[784 * i + p]) / 255;
    }
    save_npy(folder / fmt::format("{}.npy", i), sample);
  }
  json stored = eval(kModel + " --data " + path("stored.npz"));
  EXPECT_EQ(stored.at("samples"), 3);
  EXPECT_EQ(stored.at("confusion")[0].size(), stored.at("confusion").size());
  EXPECT_EQ(eval(kModel + " --data " + path("deflated.npz")), stored);
  EXPECT_EQ(eval(kModel + " --data " + path("folders")), stored);
  EXPECT_EQ(eval(kModel + " --device float --data " + path("folders")).at("difference_points"), 0);
}

TEST_F(EvalCommand, FashionMnistIsRightNineTimesInTen) {
  if (!std::filesystem::exists(kFashion)) GTEST_SKIP() << kFashion << " is absent";
  const json result = eval(kModel + " --samples 200 --data " + kFashion);
  EXPECT_GE(result.at("float_top1"), 0.9);
  EXPECT_NEAR(result.at("difference_points"), 0, 1);
  EXPECT_GE(result.at("same_as_float"), 0.98);
}

TEST_F(EvalCommand, MnistIsRightAsPublished) {
  const char* given = std::getenv("VTA_MODELS");
  const std::string models = given != nullptr ? given : VTA_SOURCE_DIR "/../shared/models";
  if (!std::filesystem::exists(models)) GTEST_SKIP() << models << " is absent";
  const json result =
      eval(models + "/onnx/mnist_cntk.onnx --scale 1 --data " + models + "/data/mnist");
  EXPECT_EQ(result.at("samples"), 3000);
  EXPECT_NEAR(result.at("float_top1"), 0.981, 1e-9);
  EXPECT_NEAR(result.at("difference_points"), 0, 0.5);
}

TEST_F(EvalCommand, SaysWhatIsWrongWithTheData) {
  const std::string command = "eval " + kModel + " --data ";
  expect_error(command + path("none"), path("none") + ": not a folder and not an .npz file");
  std::filesystem::create_directories(path("empty"));
  expect_error(command + path("empty"),
               path("empty") +
                   ": no labelled data: neither IDX files, nor NAME_batch_K.png, nor a folder for "
                   "each class");
  write_text_file(path("text.npz"), "certainly not a zip archive");
  expect_error(command + path("text.npz"), path("text.npz") + ": not a zip archive");
  std::vector<uint8_t> damaged = npz({{"x", pictures(1)}}, false);
  damaged[0] = 'Q';
  damaged[4] = 0xff;
  write_file(path("damaged.npz"), damaged);
  expect_error(command + path("damaged.npz"),
               path("damaged.npz") + ": damaged: no local header at byte 0");
  write_file(path("x.npz"), npz({{"x", pictures(1)}}, false));
  expect_error(command + path("x.npz"), path("x.npz") + ": holds no array 'y'");
  const Tensor two = Tensor::of<int64_t>({2}, std::vector<int64_t>{1, 2});
  write_file(path("two.npz"), npz({{"x", pictures(1)}, {"y", two}}, false));
  expect_error(command + path("two.npz"), path("two.npz") + ": 2 labels for 1 samples");
  write_file(path("y.npz"), npz({{"x", two}, {"y", two}}, false));
  expect_error(command + path("y.npz"), path("y.npz") +
                                            ": a sample has 1 values, the network's "
                                            "input is f32[1x1x28x28]");
}

}  // namespace
}  // namespace vta::tools

// vta compile, run, demo and exec on the demonstration's network, through the real command.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>

#include "tools/tool_testing.h"
#include "vta/base/npy.h"
#include "vta/base/tensor_testing.h"

namespace vta::tools {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

class NetworkCommands : public Tools {
 protected:
  void SetUp() override {
    Tools::SetUp();
    save_npy(path("samples.npy"), random_pictures(4));
    save_npy(path("picture.npy"), random_pictures(1));
  }

  static Tensor random_pictures(int64_t count) {
    std::mt19937 random(11);
    std::uniform_real_distribution<float> uniform(0, 1);
    Tensor pictures(DType::kFloat32, {count, 1, 28, 28});
    for (float& value : pictures.as<float>()) value = uniform(random);
    return pictures;
  }

  void compile(const std::string& options = "") const {
    const Outcome outcome = vta(fmt::format("compile {} --calibrate {} -o {} {}", kModel,
                                            path("samples.npy"), path("m.vtam"), options));
    ASSERT_EQ(outcome.status, 0) << outcome.err;
  }

  // The network's one output.
  Tensor run(const std::string& model, const std::string& options) const {
    const Outcome outcome = vta(fmt::format("run {} --input {} --output-dir {} {}", model,
                                            path("picture.npy"), path("outputs"), options));
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return load_npy(path("outputs/logits.npy"));
  }

  const std::string kModel = VTA_SOURCE_DIR "/models/fashion_resnet8.onnx";
  const std::string kRefused = VTA_SOURCE_DIR "/fuzz/corpus/onnx/refused.onnx";
};

TEST_F(NetworkCommands, ModelAndModuleGiveTheSameOnEveryDevice) {
  compile();
  const Tensor expected = run(path("m.vtam"), "");
  const std::string calibrate = "--calibrate " + path("samples.npy");
  EXPECT_EQ(run(path("m.vtam"), "--device ref --seed 5"), expected);
  EXPECT_EQ(run(path("m.vtam"), "--device tsim"), expected);
  EXPECT_EQ(run(path("m.vtam"), "--device rtl"), expected);
  EXPECT_EQ(run(kModel, calibrate), expected);
  EXPECT_GT(cosine(run(kModel, "--device float"), expected), 0.99);
}

// --device float interprets the graph, which is integer then.
TEST_F(NetworkCommands, ModelThatArrivesQuantisedKeepsItsIntegers) {
  const std::string model = VTA_SOURCE_DIR "/fuzz/corpus/tflite/int8.tflite";
  Tensor input(DType::kInt8, {1, 2, 6, 6});
  std::mt19937 random(3);
  for (int8_t& value : input.as<int8_t>()) value = static_cast<int8_t>(random());
  save_npy(path("x.npy"), input);
  std::vector<Tensor> outputs;
  for (const char* device : {"float", "fsim", "ref"}) {
    const Outcome outcome =
        vta(fmt::format("run {} --input {} --hw tiny --device {} --output-dir {}", model,
                        path("x.npy"), device, path("outputs")));
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    outputs.push_back(load_npy(path("outputs/y.npy")));
  }
  EXPECT_EQ(outputs[1], outputs[0]);
  EXPECT_EQ(outputs[2], outputs[0]);
  const Outcome compiled = vta(fmt::format("compile {} -o {} --json", model, path("m.vtam")));
  EXPECT_EQ(json::parse(compiled.out).at("calibration"), "the model's own integers are kept");
}

TEST_F(NetworkCommands, EveryKernelOfAModuleIsProven) {
  compile("--hw ultra96");
  const Outcome outcome = vta("check " + path("m.vtam") + " --json");
  EXPECT_EQ(outcome.status, 0);
  const json report = json::parse(outcome.out);
  EXPECT_TRUE(report.at("ok").get<bool>());
  EXPECT_EQ(report.at("kernels").size(), 14U);
}

TEST_F(NetworkCommands, ModuleIsRefusedOnAnotherConfiguration) {
  compile();
  expect_error(fmt::format("run {} --input {} --hw tiny", path("m.vtam"), path("picture.npy")),
               "the module was compiled for "
               "1x16x16-i8w8o8a32-u8192i2048w1024a2048-min.max.add.shr.mul.rqt-d3, "
               "device 'fsim' is 1x4x4-i8w8o8a32-u256i256w128a256-min.max.add.shr.mul.rqt");
}

// What only a model can use is refused, not ignored.
TEST_F(NetworkCommands, ModuleTakesNoOptionsOfModels) {
  compile();
  const std::string run_module =
      fmt::format("run {} --input {} ", path("m.vtam"), path("picture.npy"));
  expect_error(run_module + "--device float",
               path("m.vtam") + " is compiled to integers: --device float needs the model");
  for (const std::string option : {"--dim batch=1", "--calibrate samples.npy"}) {
    expect_error(run_module + option,
                 path("m.vtam") + " is compiled: --calibrate and --dim are for models");
  }
}

TEST_F(NetworkCommands, OneKernelDisassemblesToTextThatAssembles) {
  compile("--hw tiny");
  const json report = json::parse(vta("check " + path("m.vtam") + " --json").out);
  const std::string kernel = report.at("kernels").at(0).at("name");
  const Outcome text =
      vta(fmt::format("disasm {} --kernel {} -o {}", path("m.vtam"), kernel, path("k.vasm")));
  ASSERT_EQ(text.status, 0) << text.err;
  const Outcome proven = vta("check " + path("k.vasm") + " --json");
  EXPECT_EQ(proven.status, 0) << proven.err;
  EXPECT_EQ(json::parse(proven.out).at("instructions"),
            report.at("kernels").at(0).at("instructions"));
  EXPECT_THAT(vta("disasm " + path("m.vtam") + " --kernel none").err,
              HasSubstr("no kernel 'none'"));
}

TEST_F(NetworkCommands, DemoReportsAccuracyAndOffload) {
  const Outcome outcome = vta("demo --images 40 --json");
  if (outcome.status != 0 && outcome.err.find("dataset-fashion-mnist") != std::string::npos) {
    GTEST_SKIP() << "the data set is absent";
  }
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const json result = json::parse(outcome.out);
  EXPECT_EQ(result.at("images"), 40);
  EXPECT_EQ(result.at("device"), "fsim");
  EXPECT_GT(result.at("float_top1").get<double>(), 0.8);
  EXPECT_NEAR(result.at("accel_top1").get<double>(), result.at("float_top1").get<double>(), 0.0501);
  EXPECT_EQ(result.at("macs_on_accel"), result.at("macs"));
  EXPECT_GT(result.at("seconds").get<double>(), 0);
}

TEST_F(NetworkCommands, ErrorsSayWhatIsWrongAndWhatIsRight) {
  const std::string run_model = "run " + kModel + " --input ";
  expect_error(run_model + path("none.npy"), path("none.npy") + ": no such file");
  expect_error(
      run_model + path("samples.npy"),
      path("samples.npy") + ": holds f32[4x1x28x28], the network's input is f32[1x1x28x28]");
  expect_error(
      run_model + "foo=" + path("picture.npy"),
      "--input foo=" + path("picture.npy") + ": not one of the network's inputs, which are image");
  expect_error(run_model + path("picture.npy") + " --dim batch=0",
               "--dim batch=0: expected NAME=N with N of 1 or more");
  expect_error("run model.pt --input x.npy",
               "model.pt: not a model that this tool reads (.onnx, .tflite)");
  expect_error("demo --images 0", "--images 0: expected 1 to 10000, the size of the test set");
  expect_error(
      "run " + kRefused + " --input x.npy",
      kRefused +
          ": 3 of 4 nodes cannot be imported (operator set 13):\n"
          "  node 0 (LRN): this operator is not supported\n"
          "  node 2 (If): this operator is not supported\n"
          "  node 3 (Cast): element type STRING is not supported; floats of 16 to 64 bits, "
          "integers of 8 to 64 and bool are");
  expect_usage_error(run_model + path("picture.npy") + " --device fpga",
                     "vta: --device: fpga not in {ref,fsim,tsim,rtl,float}; see 'vta run --help'");
  expect_usage_error("run " + kModel, "vta: --input is required; see 'vta run --help'");
}

TEST_F(NetworkCommands, NothingIsHalfWritten) {
  const Outcome outcome =
      vta(fmt::format("compile {} -o {}", kModel, path("missing/folder/m.vtam")));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, StartsWith("vta: " + path("missing/folder/m.vtam") + ": cannot write"));

  compile();
  const std::string module = read_text_file(path("m.vtam"));
  write_text_file(path("cut.vtam"), module.substr(0, module.size() / 2));
  const Outcome cut = vta(fmt::format("run {} --input {}", path("cut.vtam"), path("picture.npy")));
  EXPECT_EQ(cut.status, 1);
  EXPECT_THAT(cut.err, StartsWith("vta: " + path("cut.vtam") + ": "));
}

TEST_F(NetworkCommands, ExecPrintsMatchAndItsCounters) {
  const Outcome outcome =
      vta("exec " VTA_SOURCE_DIR "/fuzz/corpus/vtatrace/gemm.vtatrace --device ref --json");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const json result = json::parse(outcome.out);
  EXPECT_TRUE(result.at("match").get<bool>());
  for (const char* key :
       {"instructions", "gemm_macs", "alu_ops", "dram_read_bytes", "dram_write_bytes", "seconds"}) {
    EXPECT_TRUE(result.contains(key)) << key;
  }
}

const std::string kGemmTrace = VTA_SOURCE_DIR "/fuzz/corpus/vtatrace/gemm.vtatrace";

TEST_F(NetworkCommands, ExecSaysWhereTheCyclesWent) {
  std::vector<json> results;
  for (const std::string device : {"tsim", "rtl"}) {
    const Outcome outcome = vta(fmt::format("exec {} --device {} --json --trace {}", kGemmTrace,
                                            device, path("trace.json")));
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    json result = json::parse(outcome.out);
    for (const char* bound : {"mac", "alu", "dram", "issue"}) {
      EXPECT_LE(result.at("bounds").at(bound), result.at("cycles")) << bound;
    }
    for (const char* unit : {"fetch", "load", "compute", "store"}) {
      int64_t sum = 0;
      for (const json& cycles : result.at("attribution").at(unit)) sum += cycles.get<int64_t>();
      EXPECT_EQ(sum, result.at("cycles")) << unit;
    }
    EXPECT_GT(json::parse(read_text_file(path("trace.json"))).at("traceEvents").size(), 10U);
    result.erase("seconds");
    results.push_back(result);
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_THAT(vta("exec " + kGemmTrace + " --device tsim").out,
              testing::AllOf(HasSubstr("above the bound of dram"), HasSubstr("token_next")));
}

TEST_F(NetworkCommands, ExecRefusesWhatTheDeviceCannotShow) {
  expect_error("exec " + kGemmTrace + " --trace " + path("t.json"),
               "--trace needs a device that knows time: --device tsim or rtl");
  expect_error("exec " + kGemmTrace + " --device tsim --wave " + path("w.fst"),
               "--wave needs the hardware's signals: --device rtl");
  expect_error("exec " + kGemmTrace + " --device rtl --wave-cycles 1:2",
               "--wave-cycles needs --wave FILE");
  expect_error("exec " + kGemmTrace + " --device rtl --wave w.fst --wave-cycles 9:2",
               "--wave-cycles 9:2: there are no cycles from 9 to 2");
  expect_error("exec " + kGemmTrace + " --device rtl --wave w.fst --wave-cycles x",
               "--wave-cycles x: expected A:B, the cycles from A up to but not including B");
}

}  // namespace
}  // namespace vta::tools

#include "vta/import/onnx/onnx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "vta/base/file.h"
#include "vta/graph/interpreter.h"
#include "vta/import/onnx/model_builder.h"

namespace vta::import {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

ModelBuilder relu_model(const std::vector<std::string>& dims) {
  ModelBuilder model(13);
  model.input("x", dims).node("Relu", {"x"}, {"y"}).output("y");
  return model;
}

Shape input_shape(const graph::Graph& graph) {
  return graph.value(graph.inputs.at(0)).type.shape;
}

TEST(Onnx, NamesAreThoseOfTheModel) {
  ModelBuilder model(13);
  model.input("x", {"2"}).node("Relu", {"x"}, {"mid"}).node("Neg", {"mid"}, {"mid_node"});
  model.output("mid").output("mid_node");
  const graph::Graph graph = model.import();
  EXPECT_EQ(graph.value(graph.inputs[0]).name, "x");
  EXPECT_EQ(graph.value(graph.outputs[0]).name, "mid");
  EXPECT_EQ(graph.value(graph.outputs[1]).name, "mid_node") << "also the name of a node";
  EXPECT_EQ(graph.nodes.at(0).name, "mid_node");
}

TEST(Onnx, OpenDimensions) {
  EXPECT_EQ(input_shape(relu_model({"N", "3"}).import()), (Shape{1, 3}));
  EXPECT_EQ(input_shape(relu_model({"", "3"}).import()), (Shape{1, 3}));
  EXPECT_EQ(
      input_shape(relu_model({"N", "3"}).import({.dims = {{"N", 4}}, .bind = {}, .folder = {}})),
      (Shape{4, 3}));
  EXPECT_EQ(input_shape(
                relu_model({"N", "3"}).import({.dims = {{"batch", 4}}, .bind = {}, .folder = {}})),
            (Shape{4, 3}));
  EXPECT_EQ(
      input_shape(relu_model({"1", ""}).import({.dims = {{"x.1", 7}}, .bind = {}, .folder = {}})),
      (Shape{1, 7}));
}

TEST(Onnx, OpenDimensionsThatAreNotGiven) {
  EXPECT_EQ(relu_model({"1", "width"}).import_error(),
            "input 'x': the size of dimension 1 ('width') is open; give it with --dim width=N");
  EXPECT_EQ(relu_model({"1", ""}).import_error(),
            "input 'x': the size of dimension 1 is open; give it with --dim x.1=N");
  EXPECT_EQ(relu_model({"N", "3"}).import_error({.dims = {{"M", 4}}, .bind = {}, .folder = {}}),
            "--dim M: no input has an open dimension of that name; the model's are: N");
  EXPECT_EQ(relu_model({"N"}).import_error({.dims = {{"N", -4}}, .bind = {}, .folder = {}}),
            "input 'x': shape -4 has a negative dimension");
}

TEST(Onnx, BoundInputsAreConstants) {
  ModelBuilder model(13);
  model.input("x", {"2", "3"}).input("shape", {"1"}, onnx::TensorProto::INT64);
  model.node("Reshape", {"x", "shape"}, {"y"}).output("y");
  EXPECT_THAT(model.import_error(),
              HasSubstr("input 'shape' must be a constant, because the output's "
                        "shape follows from it: store it in the model"));
  const std::vector<int64_t> six{6};
  OnnxOptions options{.dims = {}, .bind = {{"shape", Tensor::of<int64_t>({1}, six)}}, .folder = {}};
  const graph::Graph graph = model.import(options);
  EXPECT_EQ(graph.inputs.size(), 1u);
  EXPECT_EQ(graph.value(graph.outputs[0]).type.shape, (Shape{6}));

  options.bind = {{"shape", Tensor(DType::kInt64, {2})}};
  EXPECT_EQ(model.import_error(options),
            "input 'shape' is i64[1], but the value bound to it is i64[2]");
  options.bind = {{"form", Tensor(DType::kInt64, {1})}};
  EXPECT_EQ(model.import_error(options), "cannot bind 'form': the model has no such input");
}

TEST(Onnx, InitializersMayBeListedAsInputs) {
  ModelBuilder model(8);
  model.input("x", {"2"}).input("b", {"2"}).floats("b", {2}, {1, 2});
  model.node("Add", {"x", "b"}, {"y"}).output("y");
  EXPECT_EQ(model.import().inputs.size(), 1u);
}

TEST(Onnx, EverythingUnsupportedIsListed) {
  ModelBuilder model(13);
  model.input("x", {"1", "2", "4", "4"});
  model.node("LRN", {"x"}, {"a"}).attr("size", 3L);
  model.node("Relu", {"a"}, {"b"});  // depends on what is refused: no problem of its own
  model.node("Resize", {"x", "", "scales"}, {"c"}).attr("mode", "cubic");
  model.floats("scales", {4}, {1, 1, 2, 2});
  model.node("Relu", {"x"}, {"d"}).attr("surprise", 1L);
  model.node("FancyOp", {"x"}, {"e"});
  model.proto.mutable_graph()->mutable_node(4)->set_domain("com.example");
  model.node("Cast", {"x"}, {"f"}).attr("to", int64_t{onnx::TensorProto::STRING});
  model.proto.mutable_graph()->mutable_node(5)->clear_name();
  model.output("b");
  EXPECT_EQ(
      model.import_error(),
      "5 of 6 nodes cannot be imported (operator set 13):\n"
      "  node 'a_node' (LRN): this operator is not supported\n"
      "  node 'c_node' (Resize): mode 'cubic' is not supported; nearest and linear are\n"
      "  node 'd_node' (Relu): attribute 'surprise' is not supported\n"
      "  node 'e_node' (FancyOp): operators of the domain 'com.example' are not supported\n"
      "  node 5 (Cast): element type STRING is not supported; floats of 16 to 64 bits, integers "
      "of 8 to 64 and bool are");
}

TEST(Onnx, OperatorSetsOutOfRange) {
  EXPECT_EQ(ModelBuilder(21).import_error(), "not an ONNX model: it has no graph");
  ModelBuilder model(21);
  model.input("x", {"1"});
  EXPECT_EQ(model.import_error(), "operator set 21 is not supported; 7 to 20 are");
  ModelBuilder other(1, "ai.onnx.ml");
  other.input("x", {"1"});
  EXPECT_EQ(other.import_error(), "the model imports no operator set of the default domain");
}

TEST(Onnx, BrokenGraphs) {
  ModelBuilder unknown(13);
  unknown.input("x", {"1"}).node("Relu", {"z"}, {"y"}).output("y");
  EXPECT_THAT(unknown.import_error(), HasSubstr("input 'z' is not produced by anything before it"));
  ModelBuilder twice(13);
  twice.input("x", {"1"}).node("Relu", {"x"}, {"y"}).node("Neg", {"x"}, {"y"}).output("y");
  EXPECT_THAT(twice.import_error(), HasSubstr("value 'y' has another producer"));
  ModelBuilder nothing(13);
  nothing.input("x", {"1"}).output("y");
  EXPECT_EQ(nothing.import_error(), "output 'y' is not produced by any node");
}

TEST(Onnx, TruncatedAndRandomBytes) {
  const std::vector<uint8_t> whole = relu_model({"2"}).bytes();
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::vector<uint8_t> part(whole.begin(), whole.begin() + size);
    try {
      import_onnx(part, {});
    } catch (const Error&) {
      continue;
    }
    EXPECT_GT(size, whole.size() - 10) << "only the operator set's version may be missing";
  }
  const std::vector<uint8_t> noise{0xff, 0x13, 0x37, 0x00, 0x42};
  EXPECT_THROW(import_onnx(noise, {}), Error);
}

TEST(Onnx, TensorsThatClaimMoreThanTheyHave) {
  ModelBuilder model(13);
  onnx::TensorProto& huge = model.floats("w", {int64_t{1} << 30, int64_t{1} << 30}, {1});
  EXPECT_THAT(model.import_error(), HasSubstr("has more than 2^40 elements"));
  huge.set_dims(1, 256);
  EXPECT_EQ(model.import_error(), "initializer 'w': has 1 values, its shape needs 274877906944");
  huge.set_raw_data("abcd");
  EXPECT_THAT(model.import_error(), HasSubstr("initializer 'w': has 4 bytes of data"));
}

class ExternalData : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / fmt::format("onnx_external_{}", getpid());
    fs::create_directories(root_ / "model");
    const std::vector<float> values{9, 1, 2, 9};
    const auto* bytes = reinterpret_cast<const uint8_t*>(values.data());
    write_file(root_ / "model/weights.bin", {bytes, 16});
    write_file(root_ / "secret.bin", {bytes, 16});
  }
  void TearDown() override { fs::remove_all(root_); }

  // y = x + w, with w of two elements from the second in `location`.
  std::string import_error(const std::string& location, const std::string& offset,
                           const std::string& length) {
    ModelBuilder model(13);
    onnx::TensorProto& w = model.floats("w", {2}, {});
    w.set_data_location(onnx::TensorProto::EXTERNAL);
    const auto add = [&](const char* key, const std::string& value) {
      auto* entry = w.add_external_data();
      entry->set_key(key);
      entry->set_value(value);
    };
    add("location", location);
    add("offset", offset);
    add("length", length);
    model.input("x", {"2"}).node("Add", {"x", "w"}, {"y"}).output("y");
    write_file(root_ / "model/model.onnx", model.bytes());
    try {
      const graph::Graph graph = load_onnx(root_ / "model/model.onnx");
      sum_ = graph::run(graph, {{"x", Tensor(DType::kFloat32, {2})}}).at("y");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  fs::path root_;
  Tensor sum_;
};

TEST_F(ExternalData, IsReadFromTheModelsFolder) {
  ASSERT_EQ(import_error("weights.bin", "4", "8"), "");
  EXPECT_EQ(sum_, Tensor::of<float>({2}, std::vector<float>{1, 2}));
}

TEST_F(ExternalData, OutsideTheFolderIsRefused) {
  fs::create_symlink(root_ / "secret.bin", root_ / "model/link.bin");
  for (const std::string& location :
       {std::string("../secret.bin"), (root_ / "secret.bin").string(), std::string("link.bin"),
        std::string("./../model/../secret.bin"), std::string("")}) {
    EXPECT_THAT(import_error(location, "4", "8"), HasSubstr("lies outside the model's folder"));
  }
}

TEST_F(ExternalData, SizesAreChecked) {
  EXPECT_THAT(import_error("weights.bin", "12", "8"),
              HasSubstr("has 16 bytes, too few for 8 from 12"));
  EXPECT_THAT(import_error("weights.bin", "4", "12"),
              HasSubstr("12 bytes for the tensor, which needs 8"));
  EXPECT_THAT(import_error("weights.bin", "-4", "8"), HasSubstr("offset '-4' is not a size"));
  EXPECT_THAT(import_error("absent.bin", "4", "8"), HasSubstr("'absent.bin' is not a file"));
}

TEST(Onnx, ErrorsOfFilesBeginWithThePath) {
  const fs::path path = fs::path(::testing::TempDir()) / fmt::format("bad_{}.onnx", getpid());
  write_text_file(path, "this is no model");
  try {
    load_onnx(path);
    ADD_FAILURE() << "a text is no model";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), StartsWith(path.string() + ": not an ONNX model"));
  }
  fs::remove(path);
}

}  // namespace
}  // namespace vta::import

#include <gtest/gtest.h>

#include "vta/graph/graph.h"

namespace vta::graph {
namespace {

using Constants = std::vector<std::shared_ptr<const Tensor>>;

TEST(Text, PrintsAndParsesBack) {
  const std::string text =
      "graph \"two heads\"(%x: f32[1x2x4x4], %\"input:0\": f32[1x2x4x4]) -> (%norm, %pooled) {\n"
      "  const %w: f32[2x2x3x3] = #0\n"
      "  const %scale: f32[2] = [1.0, -0.1]\n"
      "  const %mean: f32[2] = [1e-30, inf]\n"
      "  const %mask: bool[2] = [1, 0]\n"
      "  const %one: i64[] = [-9223372036854775808]\n"
      "  %conv0: f32[1x2x4x4] = conv(%x, %w, _) name=\"a \\\"conv\\\"\\x0a\" {dilations = [1, 1], "
      "group = 1, pads = [1, 1, 1, 1], strides = [1, 1]}\n"
      "  %norm: f32[1x2x4x4] = batch_normalization(%conv0, %scale, %scale, %mean, %mean) "
      "name=\"norm\" {epsilon = 0.001}\n"
      "  %unused: f32[1x2x1x1] = global_max_pool(%\"input:0\") name=\"unused\"\n"
      "  %pooled: f32[1x2x1x1] = global_average_pool(%\"input:0\") name=\"pooled\"\n"
      "}\n";
  const Constants constants{std::make_shared<const Tensor>(DType::kFloat32, Shape{2, 2, 3, 3})};
  const GraphText printed = print(parse(text, constants));
  // Constants that nothing reads are not printed.
  std::string expected = text;
  for (const std::string line :
       {"  const %mask: bool[2] = [1, 0]\n", "  const %one: i64[] = [-9223372036854775808]\n"}) {
    expected.erase(expected.find(line), line.size());
  }
  EXPECT_EQ(printed.text, expected);
  EXPECT_EQ(printed.constants, constants);
  EXPECT_EQ(print(parse(printed.text, printed.constants)).text, printed.text);
}

TEST(Text, LeavesOutWhatCanBeInferred) {
  const Graph graph =
      parse("graph g(%x: f32[1x3x4x4]) -> (%y) { %y = max_pool(%x) {kernel_shape = [2, 2]} }", {});
  EXPECT_EQ(graph.nodes[0].name, "y");
  EXPECT_EQ(graph.nodes[0].ints_attr("strides"), (std::vector<int64_t>{1, 1}));
  EXPECT_EQ(to_string(graph.value(graph.outputs[0]).type), "f32[1x3x3x3]");
}

TEST(Text, KeepsAllElementTypesOfConstants) {
  const std::string text =
      "graph g() -> (%a, %b, %c, %d) {\n"
      "  const %a: u64[1x1] = [18446744073709551615]\n"
      "  const %b: i8[3] = [-128, 0, 127]\n"
      "  const %c: bool[2] = [1, 0]\n"
      "  const %d: f64[0] = []\n"
      "}\n";
  const Graph graph = parse(text, {});
  EXPECT_EQ(graph.constant(2)->as<bool>()[0], true);
  EXPECT_EQ(print(graph).text, text);
}

std::string error_of(const std::string& text) {
  try {
    parse(text, {nullptr});
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

// `line` is the second line of a graph whose input is %x.
std::string line_error(const std::string& line) {
  return error_of("graph g(%x: f32[1x2x4x4]) -> (%x) {\n  " + line + "\n}");
}

TEST(Text, ErrorsNameLineAndColumn) {
  EXPECT_EQ(error_of(""), "line 1, column 1: expected 'graph', got the end");
  EXPECT_EQ(error_of("graph g(%x: f31[1]) -> () {}").substr(0, 51),
            "line 1, column 13: unknown element type 'f31', expe");
  EXPECT_EQ(error_of("graph g(%x: f32[1x]) -> () {}"),
            "line 1, column 17: expected sizes with 'x' between them, got '1x'");
  EXPECT_EQ(error_of("graph g(%x: f32[99999999x9999999]) -> () {}"),
            "line 1, column 17: shape 99999999x9999999 has more than 2^40 elements");
  EXPECT_EQ(error_of("graph g() -> (%y) {\n}"),
            "line 1, column 15: output 'y' is not defined in the graph");
  EXPECT_EQ(error_of("graph g() -> () {"), "line 1, column 18: expected 'const', got the end");
  EXPECT_EQ(error_of("graph g() -> () {} x"), "line 1, column 20: text after the end of the graph");
  EXPECT_EQ(error_of("graph \"g"), "line 1, column 7: the string has no end");
  EXPECT_EQ(
      error_of("graph \"\\q\""),
      "line 1, column 8: unknown escape, expected \\\", \\\\ or \\x and two hexadecimal digits");

  EXPECT_EQ(line_error("%y = foo(%x)"), "line 2, column 8: no operator is called 'foo'");
  EXPECT_EQ(line_error("%y = global_max_pool(%z)"), "line 2, column 24: value 'z' is not defined");
  EXPECT_EQ(line_error("%x = global_max_pool(%x)"), "line 2, column 3: value 'x' is defined twice");
  EXPECT_EQ(line_error("%y = global_max_pool(%x, %x)"),
            "line 2, column 8: global_max_pool 'y': takes 1 inputs, got 2");
  EXPECT_EQ(line_error("%y: f32[1] = global_max_pool(%x)"),
            "line 2, column 7: output 'y' is f32[1], but inference gives f32[1x2x1x1]");
  EXPECT_EQ(line_error("%y = max_pool(%x) {kernel_shape = [2, 2.5]}"),
            "line 2, column 41: expected a number of type i64, got '2.5'");
  EXPECT_EQ(line_error("%y = max_pool(%x) {kernel = [2]}"),
            "line 2, column 22: max_pool has no attribute 'kernel'");
  EXPECT_EQ(line_error("const %c: i8[1] = [128]"),
            "line 2, column 22: 128 does not fit a number of type i8");
  EXPECT_EQ(line_error("const %c: i8[1000000] = [1]"),
            "line 2, column 27: a constant of type i8[1000000] has 1000000 values, got 1");
  EXPECT_EQ(line_error("const %c: i8[1] = #1"), "line 2, column 22: no constant #1, 1 are given");
  EXPECT_EQ(line_error("const %c: i8[1] = #0"), "line 2, column 22: no constant #0, 1 are given");
}

TEST(Text, SurvivesTruncation) {
  const std::string text =
      "graph g(%x: f32[1x2x4x4]) -> (%y) {\n  const %c: f32[1] = [1.5e3]\n"
      "  %y: f32[1x2x1x1] = global_max_pool(%x) name=\"y\\x41\"\n}\n";
  ASSERT_EQ(error_of(text), "no error");
  for (size_t length = 0; length + 2 < text.size(); ++length) {
    ASSERT_NE(error_of(text.substr(0, length)), "no error") << length;
  }
}

}  // namespace
}  // namespace vta::graph

#include "vta/graph/interpreter.h"

#include <gtest/gtest.h>

namespace vta::graph {
namespace {

const char* const kText =
    "graph g(%x: f32[2x2], %y: f32[2x2]) -> (%xy, %xyx) {\n"
    "  %xy = matmul(%x, %y)\n"
    "  %xyx = matmul(%xy, %x)\n"
    "  %unused = matmul(%xyx, %xyx)\n"
    "}\n";

Tensor matrix(float a, float b, float c, float d) {
  return Tensor::of<float>({2, 2}, std::vector<float>{a, b, c, d});
}

TEST(Interpreter, ReturnsOutputsByName) {
  const Graph graph = parse(kText, {});
  const NamedTensors outputs = run(graph, {{"x", matrix(1, 2, 3, 4)}, {"y", matrix(0, 1, 1, 0)}});
  EXPECT_EQ(outputs, (NamedTensors{{"xy", matrix(2, 1, 4, 3)}, {"xyx", matrix(5, 8, 13, 20)}}));
}

TEST(Interpreter, ShowsEachValueToTheObserver) {
  const Graph graph = parse(kText, {});
  std::vector<std::string> seen;
  run(graph, {{"x", matrix(1, 2, 3, 4)}, {"y", matrix(0, 1, 1, 0)}},
      [&](ValueId id, const Tensor& tensor) {
        EXPECT_EQ(tensor.shape(), (Shape{2, 2}));
        seen.push_back(graph.value(id).name);
      });
  EXPECT_EQ(seen, (std::vector<std::string>{"x", "y", "xy", "xyx", "unused"}));
}

// x and y take 16 bytes each; unused is made while xy and xyx are kept as outputs.
TEST(Interpreter, FootprintCountsWhatIsAliveAtATime) {
  const Footprint kept = footprint(parse(kText, {}));
  EXPECT_EQ(kept.bytes, 2U * 16 + 3 * 16);

  const Graph chain = parse(
      "graph g(%x: f32[1000]) -> (%d) {\n"
      "  const %two: f32[1] = [2]\n"
      "  %a = add(%x, %x)\n"
      "  %b = mul(%a, %a)\n"
      "  %c = mul(%b, %two)\n"
      "  %d = reduce_sum(%c)\n"
      "}\n",
      {});
  EXPECT_EQ(footprint(chain).bytes, 4000U + 4 + 2 * 4000);  // one result made from another
  EXPECT_EQ(footprint(parse("graph g() -> () {\n}\n", {})).largest, kNoValue);
}

TEST(Interpreter, FootprintNamesTheLargestValue) {
  const Graph graph = parse(
      "graph g(%x: f32[1048576x1], %y: f32[1x1048576]) -> (%sum) {\n"
      "  %outer = mul(%x, %y)\n"
      "  %sum = reduce_sum(%outer)\n"
      "}\n",
      {});
  EXPECT_EQ(graph.value(footprint(graph).largest).name, "outer");
  EXPECT_GE(footprint(graph).bytes, uint64_t{4} << 40);
}

std::string run_error(const NamedTensors& inputs) {
  try {
    run(parse(kText, {}), inputs);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Interpreter, RefusesInputsThatAreNotTheGraphs) {
  const Tensor m = matrix(1, 2, 3, 4);
  EXPECT_EQ(run_error({{"x", m}}), "graph 'g': input 'y', f32[2x2], is missing");
  EXPECT_EQ(run_error({{"x", m}, {"y", m}, {"z", m}}),
            "graph 'g': no input 'z', the inputs are 'x', 'y'");
  EXPECT_EQ(run_error({{"x", m}, {"y", m.reshaped({4})}}),
            "graph 'g': input 'y' must be f32[2x2], got f32[4]");
}

TEST(Interpreter, ErrorsOfKernelsNameTheNode) {
  const Graph graph = parse(
      "graph g(%q: i8[1x1], %n: i32[1]) -> (%y) { %y = qgemm(%q, %q, %n, %n, %n) name=\"dense 1\" "
      "}",
      {});
  try {
    run(graph, {{"q", Tensor(DType::kInt8, {1, 1})},
                {"n", Tensor::of<int32_t>({1}, std::vector<int32_t>{77})}});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "qgemm 'dense 1': shift must be in [-32, 31], got 77 for channel 0");
  }
}

}  // namespace
}  // namespace vta::graph

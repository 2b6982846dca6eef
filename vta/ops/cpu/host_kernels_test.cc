// Every operator, compiled by the default schedule, against the graph's reference kernel on random
// shapes, attributes and values: integers bit for bit, floats within rounding.
#include "vta/ops/cpu/host_kernels.h"

#include <gtest/gtest.h>

#include "vta/graph/interpreter.h"
#include "vta/ops/operator_cases.h"

namespace vta::ops::cpu {
namespace {

// Of each operator. Views, gather and integer div and mod have no code of their own: what runs for
// them is the reference kernel, so here they are only run.
constexpr uint32_t kCasesOfEach = 16;

class HostKernel : public testing::TestWithParam<std::string> {};

TEST_P(HostKernel, ComputesWhatTheReferenceKernelDoes) {
  for (uint32_t seed = 0; seed < kCasesOfEach; ++seed) {
    const OperatorCase c = draw_case(GetParam(), 1000 + seed);
    const graph::Node& node = c.graph.nodes[0];
    HostKernels kernels(c.graph);
    const std::vector<Tensor> got = kernels.run(node, c.inputs());
    const std::vector<Tensor> expected = graph::run_node(c.graph, node, c.inputs());
    ASSERT_EQ(got.size(), expected.size());
    for (size_t i = 0; i < got.size(); ++i) {
      ASSERT_EQ(difference(got[i], expected[i]), "") << "seed " << seed << ", output " << i << "\n"
                                                     << graph::print(c.graph).text;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Of, HostKernel, testing::ValuesIn(drawn_operators()),
                         [](const auto& operator_name) { return operator_name.param; });

}  // namespace
}  // namespace vta::ops::cpu

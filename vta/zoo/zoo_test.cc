// Counts against the published ones, scale of activations, and the way through ONNX.
#include "vta/zoo/zoo.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "vta/compiler/macs.h"
#include "vta/export/onnx.h"
#include "vta/graph/interpreter.h"
#include "vta/graph/passes.h"
#include "vta/import/onnx/onnx.h"

namespace vta::zoo {
namespace {

using graph::Graph;

class Zoo : public testing::TestWithParam<Network> {
 protected:
  // Of a quarter or less of the published work.
  static Graph small(uint64_t seed = 3) {
    return build(GetParam().name, {.seed = seed, .size = 4 * GetParam().size_step});
  }
};

graph::NamedTensors random_input(const Graph& network, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  const graph::Value& input = network.value(network.inputs[0]);
  Tensor tensor(DType::kFloat32, input.type.shape);
  for (float& value : tensor.as<float>()) value = normal(random);
  return {{input.name, std::move(tensor)}};
}

double root_mean_square(std::span<const float> values) {
  double total = 0;
  for (const float value : values) total += double{value} * value;
  return std::sqrt(total / static_cast<double>(values.size()));
}

// Papers round to two digits, and count one or the other small thing differently.
void expect_about(double count, double published) {
  if (published != 0) {
    EXPECT_NEAR(count / published, 1.0, 0.035) << published;
  }
}

TEST_P(Zoo, CostsWhatIsPublished) {
  const Graph network = build(GetParam().name);
  expect_about(static_cast<double>(compiler::macs(network)), GetParam().published.macs);
  expect_about(static_cast<double>(parameters(network)), GetParam().published.parameters);
}

TEST_P(Zoo, ActivationsKeepASaneScaleAndTellInputsApart) {
  const Graph network = small();
  const auto observe = [&](graph::ValueId id, const Tensor& tensor) {
    const double scale = root_mean_square(tensor.as<float>());
    EXPECT_GT(scale, 0.1) << network.value(id).name;
    EXPECT_LT(scale, 12) << network.value(id).name;
  };
  const auto first = graph::run(network, random_input(network, 1), observe);
  const auto second = graph::run(network, random_input(network, 2));
  for (const auto& [name, tensor] : first) {
    std::vector<float> difference(tensor.as<float>().begin(), tensor.as<float>().end());
    const auto other = second.at(name).as<float>();
    for (size_t i = 0; i < difference.size(); ++i) difference[i] -= other[i];
    EXPECT_GT(root_mean_square(difference), 0.1 * root_mean_square(other)) << name;
  }
}

TEST_P(Zoo, SeedMakesTheWeights) {
  const auto first = graph::print(small(1)), again = graph::print(small(1));
  const auto other = graph::print(small(2));
  EXPECT_EQ(first.text, again.text);
  EXPECT_EQ(*first.constants[0], *again.constants[0]);
  EXPECT_NE(*first.constants[0], *other.constants[0]);
}

TEST_P(Zoo, IsTheSameAfterOnnx) {
  const Graph network = small();
  const Graph imported = import::import_onnx(exporter::export_onnx(network), {});
  EXPECT_EQ(graph::print(imported).text, graph::print(network).text);
  const auto input = random_input(network, 5);
  EXPECT_EQ(graph::run(imported, input), graph::run(network, input));
}

INSTANTIATE_TEST_SUITE_P(Networks, Zoo, testing::ValuesIn(networks().begin(), networks().end()),
                         [](const auto& tested) { return std::string(tested.param.name); });

std::string build_error(std::string_view name, const BuildOptions& options) {
  try {
    build(name, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ZooErrors, SayWhatIsPossible) {
  EXPECT_EQ(build_error("resnet19", {}),
            "'resnet19' is not a network of the zoo, which are resnet18, resnet34, resnet50, "
            "mobilenet_v1, mobilenet_v2, dcgan, squeezenet, unet, yolov3_tiny");
  EXPECT_EQ(build_error("resnet18", {.seed = 0, .size = 100}),
            "resnet18: size 100 is not possible; multiples of 32 from 64 to 4096 are");
  EXPECT_EQ(build_error("dcgan", {.seed = 0, .size = 64}),
            "dcgan: its input is not a picture, so it has no size");
}

}  // namespace
}  // namespace vta::zoo

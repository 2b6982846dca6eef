#include "vta/quantize/patch_statistics.h"

#include <algorithm>

#include "vta/quantize/weighted_layer.h"

namespace vta::quantize {

namespace {

constexpr int64_t kPatches = 4096;  // of each layer, about

// Patches of one tensor: `groups` times `count` rows of `depth` values.
struct Patches {
  int64_t count = 0;
  int64_t depth = 0;
  std::vector<float> values;
  std::span<const float> row(int64_t group, int64_t patch) const {
    return std::span(values).subspan(static_cast<size_t>((group * count + patch) * depth),
                                     static_cast<size_t>(depth));
  }
};

// Which of `places` to take: `wanted` of them, other ones for each `sample`.
std::vector<int64_t> draw(int64_t places, int64_t wanted, int64_t sample) {
  const int64_t count = std::min(places, wanted);
  std::vector<int64_t> result;
  for (int64_t i = 0; i < count; ++i) {
    result.push_back((i * places / count + sample * 7919) % places);
  }
  return result;
}

Patches rows_of_matrix(const Tensor& matrix, int64_t wanted, int64_t sample) {
  const int64_t depth = matrix.shape().back();
  Patches result{.count = 0, .depth = depth, .values = {}};
  for (const int64_t r : draw(matrix.size() / std::max<int64_t>(depth, 1), wanted, sample)) {
    const auto row =
        matrix.as<float>().subspan(static_cast<size_t>(r * depth), static_cast<size_t>(depth));
    result.values.insert(result.values.end(), row.begin(), row.end());
    ++result.count;
  }
  return result;
}

Patches windows(const Tensor& x, const graph::Node& node, const Shape& weights, const Shape& output,
                int64_t wanted, int64_t sample) {
  const auto& strides = node.ints_attr("strides");
  const auto& pads = node.ints_attr("pads");
  const auto& dilations = node.ints_attr("dilations");
  const int64_t groups = node.int_attr("group");
  const int64_t channels = weights[1], height = x.shape()[2], width = x.shape()[3];
  const auto places = draw(output[0] * output[2] * output[3], wanted, sample);
  Patches result{.count = static_cast<int64_t>(places.size()),
                 .depth = channels * weights[2] * weights[3],
                 .values = {}};
  const auto values = x.as<float>();
  for (int64_t g = 0; g < groups; ++g) {
    for (const int64_t place : places) {
      const int64_t n = place / (output[2] * output[3]);
      const int64_t top = place / output[3] % output[2] * strides[0] - pads[0];
      const int64_t left = place % output[3] * strides[1] - pads[1];
      for (int64_t c = g * channels; c < (g + 1) * channels; ++c) {
        for (int64_t ky = 0; ky < weights[2]; ++ky) {
          for (int64_t kx = 0; kx < weights[3]; ++kx) {
            const int64_t row = top + ky * dilations[0], column = left + kx * dilations[1];
            const bool inside = row >= 0 && row < height && column >= 0 && column < width;
            const int64_t at = ((n * x.shape()[1] + c) * height + row) * width + column;
            result.values.push_back(inside ? values[static_cast<size_t>(at)] : 0.0F);
          }
        }
      }
    }
  }
  return result;
}

// Sums over patches, of values and of products of two.
class Moments {
 public:
  Moments(int64_t groups, int64_t depth) : depth_(depth), groups_(static_cast<size_t>(groups)) {
    for (GroupStatistics& group : groups_) {
      group.mean.assign(static_cast<size_t>(depth), 0.0);
      for (int64_t at = 0; at < depth; at += GroupStatistics::kBlock) {
        group.covariance.emplace_back(static_cast<size_t>(size_at(at) * size_at(at)));
      }
    }
  }

  void add(const Patches& patches) {
    count_ += patches.count;
    for (size_t g = 0; g < groups_.size(); ++g) {
      for (int64_t p = 0; p < patches.count; ++p) {
        const auto row = patches.row(static_cast<int64_t>(g), p);
        for (size_t i = 0; i < row.size(); ++i) groups_[g].mean[i] += row[i];
      }
      for (size_t b = 0; b < groups_[g].covariance.size(); ++b) {
        add_products(patches, static_cast<int64_t>(g), static_cast<int64_t>(b),
                     groups_[g].covariance[b]);
      }
    }
  }

  std::vector<GroupStatistics> finished() && {
    for (GroupStatistics& group : groups_) {
      for (double& mean : group.mean) mean /= static_cast<double>(count_);
      for (size_t b = 0; b < group.covariance.size(); ++b) {
        const int64_t first = static_cast<int64_t>(b) * GroupStatistics::kBlock;
        const int64_t size = size_at(first);
        for (int64_t i = 0; i < size * size; ++i) {
          float& value = group.covariance[b][static_cast<size_t>(i)];
          value = static_cast<float>(value / static_cast<double>(count_) -
                                     group.mean[static_cast<size_t>(first + i / size)] *
                                         group.mean[static_cast<size_t>(first + i % size)]);
        }
      }
    }
    return std::move(groups_);
  }

 private:
  int64_t size_at(int64_t first) const { return std::min(GroupStatistics::kBlock, depth_ - first); }

  void add_products(const Patches& patches, int64_t group, int64_t block,
                    std::vector<float>& sums) const {
    const int64_t first = block * GroupStatistics::kBlock;
    const auto size = static_cast<size_t>(size_at(first));
    for (size_t i = 0; i < size; ++i) {
      float* const to = sums.data() + i * size;
      for (int64_t p = 0; p < patches.count; ++p) {
        const float* const row = patches.row(group, p).data() + first;
        const float factor = row[i];
        if (factor == 0) continue;
        for (size_t j = 0; j < size; ++j) to[j] += factor * row[j];
      }
    }
  }

  int64_t depth_;
  int64_t count_ = 0;
  std::vector<GroupStatistics> groups_;
};

}  // namespace

StatisticsByNode patch_statistics(const graph::Graph& graph,
                                  const std::vector<graph::NamedTensors>& samples) {
  struct Layer {
    const graph::Node* node;
    Moments moments;
  };
  std::multimap<graph::ValueId, Layer> layers;  // by the value that they read
  for (const graph::Node& node : graph.nodes) {
    const auto layer = weighted_layer(graph, node);
    if (layer && layer->depth() > 0) {
      layers.emplace(node.input(0), Layer{&node, Moments(layer->groups, layer->depth())});
    }
  }
  const int64_t wanted =
      std::max<int64_t>(kPatches / std::max<int64_t>(1, static_cast<int64_t>(samples.size())), 1);
  for (size_t s = 0; s < samples.size(); ++s) {
    const auto sample = static_cast<int64_t>(s);
    graph::run(graph, samples[s], [&](graph::ValueId id, const Tensor& tensor) {
      const auto readers = layers.equal_range(id);
      for (auto it = readers.first; it != readers.second; ++it) {
        const graph::Node& node = *it->second.node;
        it->second.moments.add(
            node.op == "gemm" ? rows_of_matrix(tensor, wanted, sample)
                              : windows(tensor, node, graph.value(node.input(1)).type.shape,
                                        graph.value(node.outputs[0]).type.shape, wanted, sample));
      }
    });
  }
  StatisticsByNode result;
  for (auto& entry : layers) {
    result.emplace(entry.second.node->name, std::move(entry.second.moments).finished());
  }
  return result;
}

}  // namespace vta::quantize

// One operator of a model on its way into the graph: what the rules in rules.h read and write.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "vta/graph/graph.h"
#include "vta/import/tflite/model.h"

namespace vta::import {

// Integers q of a tensor, in the int8 form of the graph, mean scale * (q - zero_point).
struct TfliteAffine {
  float scale = 1;
  int64_t zero_point = 0;
};

// q - 128 of unsigned bytes, as signed ones.
Tensor signed_bytes(const Tensor& unsigned_bytes);
// N x H x W x C to N x C x H x W, in place of 4 dimensions; others stay.
Shape channels_first(const Shape& shape);
Tensor channels_first(const Tensor& tensor);
Tensor transpose_tensor(const Tensor& tensor, const std::vector<int64_t>& perm);

// Every function throws Error that says what is wrong, without naming the operator.
class OperatorImporter {
 public:
  using Attributes = std::map<std::string, graph::Attribute>;

  // `values` holds the graph's value of each tensor, kNoValue where there is none yet.
  OperatorImporter(graph::Graph& graph, std::vector<graph::ValueId>& values, TfliteModel& model,
                   const TfliteOperator& op)
      : graph_(graph), values_(values), model_(model), op_(op) {}

  const TfliteOptions& options() const { return op_.options; }
  size_t input_count() const { return op_.inputs.size(); }
  bool has_input(size_t index) const { return index < op_.inputs.size() && op_.inputs[index] >= 0; }
  const TfliteTensor& input_tensor(size_t index) const;
  const TfliteTensor& output_tensor() const;
  // As the file has it; throws where the input is not constant.
  const Tensor& constant(size_t index, std::string_view what) const;
  // Its elements in order, whatever its shape.
  std::vector<int64_t> constant_integers(size_t index, std::string_view what) const;

  // The value of an input: channels first, bytes signed. Constants are added to the graph.
  graph::ValueId input(size_t index);
  // A copy: values move when others are added.
  Shape shape(graph::ValueId id) const { return graph_.value(id).type.shape; }

  // Whether integers come out; throws for other integers than of 8 bits.
  bool is_quantised() const;
  TfliteAffine input_affine(size_t index) const { return affine(input_tensor(index)); }
  TfliteAffine output_affine() const { return affine(output_tensor()); }
  // zero_point, clip_min and clip_max of the output, from its type and the fused activation.
  Attributes requantize_attributes() const { return requantize_attributes(options().activation); }
  Attributes requantize_attributes(TfliteActivation activation) const;

  graph::ValueId add_constant(std::string_view what, Tensor value);
  graph::ValueId add_constant(std::string_view what, const std::vector<int64_t>& values);
  // Named after the output.
  graph::ValueId emit(const std::string& op, std::vector<graph::ValueId> inputs,
                      Attributes attributes = {});
  // Of floats: the fused activation applied to x.
  graph::ValueId activated(graph::ValueId x) { return activated(x, options().activation); }
  graph::ValueId activated(graph::ValueId x, TfliteActivation activation);
  // The elements in the order of the file's layout, or back from it.
  graph::ValueId channels_last(graph::ValueId x);
  graph::ValueId reshaped(graph::ValueId x, const Shape& file_shape);

  // Throws unless the value has the type that the file says.
  void set_output(graph::ValueId id);
  void set_constant_output(Tensor value);

 private:
  void give_name(graph::ValueId id, const std::string& name);
  static TfliteAffine affine(const TfliteTensor& tensor);

  graph::Graph& graph_;
  std::vector<graph::ValueId>& values_;
  TfliteModel& model_;
  const TfliteOperator& op_;
};

}  // namespace vta::import

// Cases for each operator, and how two results of one compare.
#include "vta/ops/operator_cases.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <random>

#include "vta/base/error.h"

namespace vta::ops {
namespace {

using graph::Attribute;
using graph::Graph;
using Ints = std::vector<int64_t>;

// An operator with its operands, drawn at random.
struct Case {
  struct Operand {
    Tensor value;
    bool is_constant = false;
  };
  std::vector<Operand> operands;
  std::map<std::string, Attribute> attributes = {};
  size_t outputs = 1;
};

class Draw {
 public:
  explicit Draw(uint32_t seed) : engine_(seed) {}

  int64_t from_to(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(engine_() % static_cast<uint64_t>(high - low + 1));
  }
  bool coin() { return from_to(0, 1) == 1; }
  template <typename T>
  T one_of(std::initializer_list<T> choices) {
    return choices.begin()[from_to(0, std::ssize(choices) - 1)];
  }
  Shape shape(size_t rank, int64_t most = 5) {
    Shape shape(rank);
    for (int64_t& n : shape) n = from_to(1, most);
    return shape;
  }
  Shape shape() { return shape(static_cast<size_t>(from_to(1, 4))); }
  // A shape that broadcasts to `to`.
  Shape narrower(Shape to) {
    to.erase(to.begin(), to.begin() + from_to(0, std::ssize(to) - 1));
    for (int64_t& n : to) n = from_to(0, 3) == 0 ? 1 : n;
    return to;
  }

  // Floats from -4 to 4 in steps of 1/16, integers of the whole type.
  Tensor tensor(DType dtype, Shape shape) {
    Tensor wide(
        dtype == DType::kFloat32 || dtype == DType::kFloat64 ? DType::kFloat64 : DType::kInt64,
        std::move(shape));
    if (wide.dtype() == DType::kFloat64) {
      for (double& v : wide.as<double>()) v = static_cast<double>(from_to(-64, 64)) / 16;
    } else {
      for (int64_t& v : wide.as<int64_t>()) v = static_cast<int64_t>(engine_());
      if (dtype == DType::kBool) {
        for (int64_t& v : wide.as<int64_t>()) v &= 1;
      }
    }
    return wide.cast(dtype);
  }
  Tensor positive(Shape shape) {
    Tensor t = tensor(DType::kFloat32, std::move(shape));
    for (float& v : t.as<float>()) v = std::fabs(v) + 0.125F;
    return t;
  }
  DType number() {
    return one_of({DType::kFloat32, DType::kFloat64, DType::kInt8, DType::kInt16, DType::kInt32,
                   DType::kInt64, DType::kUInt8, DType::kUInt16, DType::kUInt32, DType::kUInt64});
  }
  DType signed_number() {
    return one_of({DType::kFloat32, DType::kFloat64, DType::kInt8, DType::kInt32, DType::kInt64});
  }
  DType real() { return one_of({DType::kFloat32, DType::kFloat64}); }
  DType any() { return coin() ? number() : DType::kBool; }

 private:
  std::mt19937_64 engine_;
};

Tensor ints(const Ints& values) {
  return Tensor::of<int64_t>({std::ssize(values)}, values);
}
Case::Operand constant(Tensor value) {
  return {std::move(value), true};
}

Case unary(Draw& draw, DType dtype) {
  return {{{draw.tensor(dtype, draw.shape())}}};
}
Case real_unary(Draw& draw) {
  return unary(draw, draw.real());
}
Case positive_unary(Draw& draw) {
  return {{{draw.positive(draw.shape())}}};
}
Case with_alpha(Draw& draw) {
  Case c = real_unary(draw);
  c.attributes["alpha"] = 0.3;
  return c;
}

Case binary_of(Draw& draw, DType dtype) {
  const Shape shape = draw.shape();
  Case c{{{draw.tensor(dtype, shape)}, {draw.tensor(dtype, draw.narrower(shape))}}};
  if (draw.coin()) std::swap(c.operands[0], c.operands[1]);
  return c;
}
Case arithmetic(Draw& draw) {
  return binary_of(draw, draw.number());
}
Case division(Draw& draw) {
  Case c = arithmetic(draw);
  Tensor& by = c.operands[1].value;
  if (by.dtype() == DType::kFloat32 || by.dtype() == DType::kFloat64) return c;
  const size_t bytes = dtype_bytes(by.dtype());
  for (size_t i = 0; i < by.bytes().size(); i += bytes) by.bytes()[i] |= 1;  // never 0
  return c;
}
Case several(Draw& draw) {
  Case c = arithmetic(draw);
  if (draw.coin()) c.operands.push_back(c.operands[draw.coin() ? 1 : 0]);
  return c;
}
Case power(Draw& draw) {
  const Shape shape = draw.shape();
  switch (draw.from_to(0, 2)) {
    case 0:  // any base to any whole power
      return {{{draw.tensor(draw.number(), shape)}, constant(ints({draw.from_to(0, 5)}))}};
    case 1: {  // a negative base to whole powers
      Tensor to = draw.tensor(DType::kInt8, shape);
      for (int8_t& v : to.as<int8_t>()) v = static_cast<int8_t>(v % 4);
      return {{{draw.tensor(DType::kFloat32, shape)}, {to}}};
    }
    default:
      return {{{draw.positive(shape)}, {draw.tensor(DType::kFloat32, draw.narrower(shape))}}};
  }
}
Case choice(Draw& draw) {
  Case c = binary_of(draw, draw.any());
  const Shape shape = c.operands[0].value.shape();
  c.operands.insert(c.operands.begin(), {draw.tensor(DType::kBool, draw.narrower(shape))});
  return c;
}
Case sloped(Draw& draw) {
  const Shape shape = draw.shape();
  const DType dtype = draw.signed_number();
  return {{{draw.tensor(dtype, shape)}, {draw.tensor(dtype, draw.narrower(shape))}}};
}
Case clipping(Draw& draw) {
  const DType dtype = draw.number();
  return {
      {{draw.tensor(dtype, draw.shape())}, {draw.tensor(dtype, {})}, {draw.tensor(dtype, {1})}}};
}
Case conversion(Draw& draw) {
  Case c = unary(draw, draw.any());
  c.attributes["to"] = std::string(dtype_name(draw.any()));
  return c;
}

// The attributes of a window of 1 to 3 dimensions; `kernel` and a fitting `in`.
struct DrawnWindow {
  std::map<std::string, Attribute> attributes;
  Shape kernel, in;
};
DrawnWindow window(Draw& draw, bool dilates = true) {
  DrawnWindow w;
  const auto rank = static_cast<size_t>(draw.from_to(1, 3));
  Ints strides, dilations, pads(2 * rank);
  for (size_t d = 0; d < rank; ++d) {
    w.kernel.push_back(draw.from_to(1, 3));
    strides.push_back(draw.from_to(1, 3));
    dilations.push_back(dilates ? draw.from_to(1, 2) : 1);
    pads[d] = draw.from_to(0, w.kernel[d] - 1);
    pads[rank + d] = draw.from_to(0, w.kernel[d] - 1);
    const int64_t extent = (w.kernel[d] - 1) * dilations[d] + 1;
    w.in.push_back(extent + draw.from_to(0, rank == 3 ? 1 : 4));
  }
  w.attributes = {{"strides", strides}, {"dilations", dilations}, {"pads", pads}};
  return w;
}
Shape with_front(std::initializer_list<int64_t> front, const Shape& rest) {
  Shape shape(front);
  shape.insert(shape.end(), rest.begin(), rest.end());
  return shape;
}

Case convolution(Draw& draw) {
  const DrawnWindow w = window(draw);
  const int64_t group = draw.from_to(1, 3), c = draw.from_to(1, 3), o = draw.from_to(1, 2);
  Case result{{{draw.tensor(DType::kFloat32, with_front({draw.from_to(1, 2), group * c}, w.in))},
               {draw.tensor(DType::kFloat32, with_front({group * o, c}, w.kernel))}},
              w.attributes};
  if (draw.coin()) result.operands.push_back({draw.tensor(DType::kFloat32, {group * o})});
  result.attributes["group"] = group;
  return result;
}
Case transposed_convolution(Draw& draw) {
  const DrawnWindow w = window(draw);
  const int64_t group = draw.from_to(1, 2), c = draw.from_to(1, 3), o = draw.from_to(1, 2);
  Case result{{{draw.tensor(DType::kFloat32, with_front({draw.from_to(1, 2), group * c}, w.in))},
               {draw.tensor(DType::kFloat32, with_front({group * c, o}, w.kernel))}},
              w.attributes};
  if (draw.coin()) result.operands.push_back({draw.tensor(DType::kFloat32, {group * o})});
  result.attributes["group"] = group;
  Ints added;
  for (size_t d = 0; d < w.in.size(); ++d) added.push_back(draw.from_to(0, 2));
  result.attributes["output_padding"] = added;
  return result;
}

Case pool(Draw& draw, DType dtype) {
  const DrawnWindow w = window(draw);
  Case c{{{draw.tensor(dtype, with_front({draw.from_to(1, 2), draw.from_to(1, 3)}, w.in))}},
         w.attributes};
  c.attributes["kernel_shape"] = w.kernel;
  c.attributes["ceil_mode"] = draw.from_to(0, 1);
  return c;
}
Case max_pool(Draw& draw) {
  return pool(draw, draw.one_of({DType::kFloat32, DType::kFloat64, DType::kInt8, DType::kUInt8}));
}
Case average_pool(Draw& draw) {
  Case c = pool(draw, DType::kFloat32);
  c.attributes["count_include_pad"] = draw.from_to(0, 1);
  return c;
}
Case global_pool(Draw& draw) {
  return {{{draw.tensor(DType::kFloat32, draw.shape(static_cast<size_t>(draw.from_to(3, 5)), 3))}}};
}

Case gemm(Draw& draw) {
  const int64_t m = draw.from_to(1, 5), n = draw.from_to(1, 5), k = draw.from_to(1, 5);
  const int64_t a = draw.from_to(0, 1), b = draw.from_to(0, 1);
  Case c{{{draw.tensor(DType::kFloat32, a != 0 ? Shape{k, m} : Shape{m, k})},
          {draw.tensor(DType::kFloat32, b != 0 ? Shape{n, k} : Shape{k, n})}},
         {{"transA", a}, {"transB", b}, {"alpha", 0.5}, {"beta", draw.coin() ? 1.0 : 2.0}}};
  if (draw.coin()) c.operands.push_back({draw.tensor(DType::kFloat32, draw.narrower({m, n}))});
  return c;
}
Case matmul(Draw& draw) {
  const int64_t m = draw.from_to(1, 5), n = draw.from_to(1, 5), k = draw.from_to(1, 5);
  const Shape batch = draw.shape(static_cast<size_t>(draw.from_to(1, 2)), 3);
  Shape a = batch, b = draw.narrower(batch);
  a.insert(a.end(), {m, k});
  b.insert(b.end(), {k, n});
  if (draw.from_to(0, 4) == 0) a = {k};
  if (draw.from_to(0, 4) == 0) b = {k};
  return {{{draw.tensor(DType::kFloat32, a)}, {draw.tensor(DType::kFloat32, b)}}};
}
Case normalization(Draw& draw) {
  const Shape shape = draw.shape(static_cast<size_t>(draw.from_to(2, 4)));
  const Shape c = {shape[1]};
  return {{{draw.tensor(DType::kFloat32, shape)},
           {draw.tensor(DType::kFloat32, c)},
           {draw.tensor(DType::kFloat32, c)},
           {draw.tensor(DType::kFloat32, c)},
           {draw.positive(c)}}};
}

int64_t an_axis(Draw& draw, const Case& c) {
  const int64_t rank = c.operands[0].value.rank();
  return draw.from_to(-rank, rank - 1);
}
Case along_axis(Draw& draw, DType dtype) {
  Case c = unary(draw, dtype);
  c.attributes["axis"] = an_axis(draw, c);
  return c;
}
Case reduction(Draw& draw) {
  Case c = unary(draw, draw.number());
  c.attributes["keepdims"] = draw.from_to(0, 1);
  if (draw.coin()) c.attributes["axes"] = Ints{an_axis(draw, c)};
  return c;
}
Case sum(Draw& draw) {
  Case c = unary(draw, draw.number());
  c.attributes["keepdims"] = draw.from_to(0, 1);
  c.attributes["noop_with_empty_axes"] = draw.from_to(0, 1);
  if (draw.coin()) c.operands.push_back(constant(ints({an_axis(draw, c)})));
  return c;
}
Case arg_max(Draw& draw) {
  Case c = along_axis(draw, draw.number());
  c.attributes["keepdims"] = draw.from_to(0, 1);
  c.attributes["select_last_index"] = draw.from_to(0, 1);
  return c;
}

Case transposition(Draw& draw) {
  Case c = unary(draw, draw.any());
  Ints perm;
  for (int64_t d = 0; d < c.operands[0].value.rank(); ++d) {
    perm.insert(perm.begin() + draw.from_to(0, d), d);
  }
  if (draw.coin()) c.attributes["perm"] = perm;
  return c;
}
Case concatenation(Draw& draw) {
  Case c = along_axis(draw, draw.any());
  const Tensor first = c.operands[0].value;
  const auto axis =
      static_cast<size_t>((std::get<int64_t>(c.attributes["axis"]) + first.rank()) % first.rank());
  for (int64_t more = draw.from_to(0, 2); more > 0; --more) {
    Shape shape = first.shape();
    shape[axis] = draw.from_to(1, 3);
    c.operands.push_back({draw.tensor(first.dtype(), shape)});
  }
  return c;
}
Case splitting(Draw& draw) {
  const Ints parts = {draw.from_to(1, 3), draw.from_to(1, 3), draw.from_to(1, 3)};
  const DType dtype = draw.any();
  Tensor x = draw.tensor(dtype, {2, parts[0] + parts[1] + parts[2], 3});
  return {{{std::move(x)}, constant(ints(parts))}, {{"axis", int64_t{1}}}, 3};
}
Case slicing(Draw& draw) {
  Case c = unary(draw, draw.any());
  Ints starts, ends, steps, axes;
  for (int64_t d = 0; d < c.operands[0].value.rank(); ++d) {
    const int64_t size = c.operands[0].value.shape()[d], first = draw.from_to(0, size - 1);
    const bool back = draw.coin();
    axes.push_back(d);
    starts.push_back(draw.coin() ? first : first - size);
    ends.push_back(back ? draw.from_to(0, first) - size - 1 : draw.from_to(first + 1, size + 2));
    steps.push_back(draw.from_to(1, 2) * (back ? -1 : 1));
  }
  for (const Ints& list : {starts, ends, axes, steps}) c.operands.push_back(constant(ints(list)));
  return c;
}
Case padding(Draw& draw) {
  Case c = unary(draw, draw.any());
  const Tensor& x = c.operands[0].value;
  Ints pads;
  for (int64_t side = 0; side < 2; ++side) {
    for (const int64_t size : x.shape()) pads.push_back(draw.from_to(size > 2 ? -1 : 0, 3));
  }
  const bool given = draw.coin();
  const DType dtype = x.dtype();
  c.operands.push_back(constant(ints(pads)));
  if (given) c.operands.push_back({draw.tensor(dtype, {1})});
  c.attributes["mode"] = draw.one_of<std::string>({"constant", "reflect", "edge"});
  return c;
}
Case gathering(Draw& draw) {
  Case c = along_axis(draw, draw.any());
  const Tensor& x = c.operands[0].value;
  const int64_t axis = (std::get<int64_t>(c.attributes["axis"]) + x.rank()) % x.rank();
  Tensor indices(draw.coin() ? DType::kInt32 : DType::kInt64,
                 draw.shape(static_cast<size_t>(draw.from_to(0, 2))));
  Tensor wide(DType::kInt64, indices.shape());
  for (int64_t& v : wide.as<int64_t>()) {
    v = draw.from_to(-x.shape()[axis], x.shape()[axis] - 1);
  }
  c.operands.push_back({wide.cast(indices.dtype())});
  return c;
}
Case blocks(Draw& draw, bool to_space) {
  const int64_t b = draw.from_to(1, 3), c = draw.from_to(1, 3);
  Shape shape = draw.shape(4, 3);
  shape[1] = to_space ? c * b * b : c;
  if (!to_space) shape[2] *= b, shape[3] *= b;
  return {{{draw.tensor(draw.any(), shape)}}, {{"blocksize", b}}};
}
Case depth_to_space(Draw& draw) {
  Case c = blocks(draw, true);
  c.attributes["mode"] = draw.one_of<std::string>({"DCR", "CRD"});
  return c;
}
Case space_to_depth(Draw& draw) {
  return blocks(draw, false);
}

Case reshaping(Draw& draw) {
  const Shape shape = draw.shape(3);
  const Ints to = draw.coin() ? Ints{shape[2], 1, shape[0] * shape[1]} : Ints{-1, shape[1]};
  return {{{draw.tensor(draw.any(), shape)}, constant(ints(to))}};
}
Case flattening(Draw& draw) {
  return along_axis(draw, draw.any());
}
Case squeezing(Draw& draw) {
  Shape shape = draw.shape(3);
  shape[1] = 1;
  return {{{draw.tensor(draw.any(), shape)}, constant(ints({1}))}};
}
Case unsqueezing(Draw& draw) {
  return {{{draw.tensor(draw.any(), draw.shape(2))}, constant(ints({0, draw.from_to(1, 3)}))}};
}
Case expanding(Draw& draw) {
  const Shape to = draw.shape(3);
  return {{{draw.tensor(draw.any(), draw.narrower(to))}, constant(ints(to))}};
}
Case tiling(Draw& draw) {
  return {{{draw.tensor(draw.any(), draw.shape(3))}, constant(ints(draw.shape(3, 3)))}};
}
Case resizing(Draw& draw) {
  const bool linear = draw.coin();
  const DType dtype = linear ? DType::kFloat32 : draw.any();
  const Shape shape = draw.shape(3);
  const std::string mode = draw.one_of<std::string>(
      {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "tf_half_pixel_for_nn",
       "align_corners", "asymmetric", "tf_crop_and_resize"});
  const float roi[] = {0.0F, 0.1F, -0.2F, 1.0F, 0.7F, 1.2F};
  Case c{{{draw.tensor(dtype, shape)},
          constant(Tensor::of<float>({6}, roi)),
          {},
          constant(ints(draw.shape(3, 7)))},
         {{"mode", std::string(linear ? "linear" : "nearest")},
          {"coordinate_transformation_mode", mode},
          {"nearest_mode",
           draw.one_of<std::string>({"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"})},
          {"extrapolation_value", 0.5}}};
  return c;
}

void requantise_by(Draw& draw, Case& c) {
  const int64_t low = draw.from_to(-128, 127);
  c.attributes["zero_point"] = draw.from_to(-128, 127);
  c.attributes["clip_min"] = low;
  c.attributes["clip_max"] = draw.from_to(low, 127);
}
void add_multiplier(Draw& draw, Case& c, const std::string& prefix, int64_t most_shift) {
  c.attributes[prefix + "factor"] = draw.from_to(1 << 30, INT32_MAX);
  c.attributes[prefix + "shift"] = draw.from_to(-12, most_shift);
}
// bias, factor and shift of each channel.
void add_channels(Draw& draw, Case& c, int64_t channels) {
  Tensor factor(DType::kInt32, {channels}), shift(DType::kInt32, {channels});
  for (int32_t& v : factor.as<int32_t>())
    v = static_cast<int32_t>(draw.from_to(1 << 30, INT32_MAX));
  for (int32_t& v : shift.as<int32_t>()) v = static_cast<int32_t>(draw.from_to(-14, 2));
  Tensor bias = draw.tensor(DType::kInt16, {channels}).cast(DType::kInt32);
  c.operands.push_back({std::move(bias)});
  c.operands.push_back({std::move(factor)});
  c.operands.push_back({std::move(shift)});
  requantise_by(draw, c);
  c.attributes["x_zero_point"] = draw.coin() ? 0 : draw.from_to(-128, 127);
}
Case qconv(Draw& draw) {
  DrawnWindow w = window(draw);
  while (w.kernel.size() != 2) w = window(draw);
  const int64_t group = draw.from_to(1, 3), c = draw.from_to(1, 3), o = draw.from_to(1, 2);
  Case result{{{draw.tensor(DType::kInt8, with_front({draw.from_to(1, 2), group * c}, w.in))},
               {draw.tensor(DType::kInt8, with_front({group * o, c}, w.kernel))}},
              w.attributes};
  result.attributes["group"] = group;
  add_channels(draw, result, group * o);
  return result;
}
Case qconv_transpose(Draw& draw) {
  Case c = transposed_convolution(draw);
  while (c.operands[0].value.rank() != 4) c = transposed_convolution(draw);
  const Shape x = c.operands[0].value.shape(), w = c.operands[1].value.shape();
  c.operands = {{draw.tensor(DType::kInt8, x)}, {draw.tensor(DType::kInt8, w)}};
  add_channels(draw, c, w[1] * std::get<int64_t>(c.attributes.at("group")));
  return c;
}
Case qgemm(Draw& draw) {
  const int64_t m = draw.from_to(1, 5), n = draw.from_to(1, 5), k = draw.from_to(1, 9);
  Case c{{{draw.tensor(DType::kInt8, {m, k})}, {draw.tensor(DType::kInt8, {n, k})}}};
  add_channels(draw, c, n);
  return c;
}
Case qadd(Draw& draw) {
  const Shape shape = draw.shape();
  Case c{{{draw.tensor(DType::kInt8, shape)}, {draw.tensor(DType::kInt8, shape)}}};
  requantise_by(draw, c);
  c.attributes["left_shift"] = draw.from_to(0, 22);
  for (const char* operand : {"a_", "b_"}) {
    c.attributes[std::string(operand) + "zero_point"] = draw.from_to(-128, 127);
    add_multiplier(draw, c, operand, 0);
  }
  add_multiplier(draw, c, "", 1);
  return c;
}
Case qrescale(Draw& draw) {
  Case c = unary(draw, DType::kInt8);
  requantise_by(draw, c);
  add_multiplier(draw, c, "", 2);
  c.attributes["x_zero_point"] = draw.from_to(-128, 127);
  return c;
}
Case qaverage(Draw& draw, Case c) {
  requantise_by(draw, c);
  c.attributes["x_zero_point"] = draw.coin() ? 0 : draw.from_to(-128, 127);
  c.attributes["scale"] = static_cast<double>(draw.from_to(1, 300)) / 100;
  return c;
}
Case qaverage_pool(Draw& draw) {
  Case c = qaverage(draw, pool(draw, DType::kInt8));
  c.attributes["count_include_pad"] = draw.from_to(0, 1);
  return c;
}
Case qglobal_average_pool(Draw& draw) {
  return qaverage(draw, {{{draw.tensor(DType::kInt8, draw.shape(4))}}});
}
Case scaled(Draw& draw, DType dtype) {
  Case c = unary(draw, dtype);
  c.attributes["scale"] = static_cast<double>(draw.from_to(1, 100)) / 100;
  c.attributes["zero_point"] = draw.from_to(-128, 127);
  return c;
}

const std::map<std::string, std::function<Case(Draw&)>>& generators() {
  static const std::map<std::string, std::function<Case(Draw&)>> table = {
      {"abs", [](Draw& d) { return unary(d, d.number()); }},
      {"add", arithmetic},
      {"arg_max", arg_max},
      {"average_pool", average_pool},
      {"batch_normalization", normalization},
      {"cast", conversion},
      {"clip", clipping},
      {"concat", concatenation},
      {"conv", convolution},
      {"conv_transpose", transposed_convolution},
      {"depth_to_space", depth_to_space},
      {"dequantize", [](Draw& d) { return scaled(d, DType::kInt8); }},
      {"div", division},
      {"elu", with_alpha},
      {"equal", [](Draw& d) { return binary_of(d, d.any()); }},
      {"exp", real_unary},
      {"expand", expanding},
      {"flatten", flattening},
      {"gather", gathering},
      {"gemm", gemm},
      {"global_average_pool", global_pool},
      {"global_max_pool", global_pool},
      {"hard_sigmoid", with_alpha},
      {"hard_swish", real_unary},
      {"identity", [](Draw& d) { return unary(d, d.any()); }},
      {"leaky_relu", with_alpha},
      {"log", positive_unary},
      {"matmul", matmul},
      {"max", several},
      {"max_pool", max_pool},
      {"min", several},
      {"mul", arithmetic},
      {"neg", [](Draw& d) { return unary(d, d.signed_number()); }},
      {"pad", padding},
      {"pow", power},
      {"prelu", sloped},
      {"qadd", qadd},
      {"qaverage_pool", qaverage_pool},
      {"qconv", qconv},
      {"qconv_transpose", qconv_transpose},
      {"qgemm", qgemm},
      {"qglobal_average_pool", qglobal_average_pool},
      {"qmax_pool", [](Draw& d) { return pool(d, DType::kInt8); }},
      {"qrescale", qrescale},
      {"quantize", [](Draw& d) { return scaled(d, DType::kFloat32); }},
      {"reduce_max", reduction},
      {"reduce_mean", reduction},
      {"reduce_sum", sum},
      {"relu", [](Draw& d) { return unary(d, d.signed_number()); }},
      {"reshape", reshaping},
      {"resize", resizing},
      {"round", real_unary},
      {"sigmoid", real_unary},
      {"slice", slicing},
      {"softmax", [](Draw& d) { return along_axis(d, d.real()); }},
      {"space_to_depth", space_to_depth},
      {"split", splitting},
      {"sqrt", positive_unary},
      {"squeeze", squeezing},
      {"sub", arithmetic},
      {"tanh", real_unary},
      {"tile", tiling},
      {"transpose", transposition},
      {"unsqueeze", unsqueezing},
      {"where", choice},
  };
  return table;
}

}  // namespace

std::vector<std::string> drawn_operators() {
  std::vector<std::string> names;
  for (const auto& entry : generators()) names.push_back(entry.first);
  return names;
}

std::vector<const Tensor*> OperatorCase::inputs() const {
  std::vector<const Tensor*> result;
  for (const Tensor& value : values) result.push_back(value.size() == 0 ? nullptr : &value);
  return result;
}

OperatorCase draw_case(const std::string& op, uint32_t seed) {
  Draw draw(seed);
  Case drawn = generators().at(op)(draw);
  OperatorCase result;
  std::vector<graph::ValueId> ids;
  for (Case::Operand& operand : drawn.operands) {
    const Tensor& value = operand.value;
    if (value.size() == 0) {
      ids.push_back(graph::kNoValue);
    } else if (operand.is_constant) {
      ids.push_back(result.graph.add_constant("c", value));
    } else {
      ids.push_back(result.graph.add_input("x", {value.dtype(), value.shape()}));
    }
    result.values.push_back(std::move(operand.value));
  }
  result.graph.outputs = result.graph.add_node(op, "y", ids, drawn.attributes, drawn.outputs);
  return result;
}

std::string difference(const Tensor& got, const Tensor& expected) {
  if (got == expected) return "";
  if (expected.dtype() != DType::kFloat32 && expected.dtype() != DType::kFloat64) {
    const Tensor a = got.cast(DType::kInt64), b = expected.cast(DType::kInt64);
    for (int64_t i = 0; i < a.size(); ++i) {
      const int64_t x = a.as<int64_t>()[i], y = b.as<int64_t>()[i];
      if (x != y) return fmt::format("element {}: got {}, expected {}", i, x, y);
    }
    return "";
  }
  const Tensor a = got.cast(DType::kFloat64), b = expected.cast(DType::kFloat64);
  double largest = 1;
  for (const double y : b.as<double>()) largest = std::max(largest, std::fabs(y));
  for (int64_t i = 0; i < a.size(); ++i) {
    const double x = a.as<double>()[i], y = b.as<double>()[i];
    const bool same =
        x == y || (std::isnan(x) && std::isnan(y)) || std::fabs(x - y) <= 0x1p-20 * largest;
    if (!same) return fmt::format("element {}: got {}, expected {}", i, x, y);
  }
  return "";
}

}  // namespace vta::ops

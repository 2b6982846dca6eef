// Operators on one tensor, element by element; f16 and bf16 are computed in f32.
//
// abs, neg, relu: every numeric type (neg and relu not of unsigned integers). Integers wrap.
// exp, log, round (halves to even), sqrt, sigmoid, tanh: float types.
// leaky_relu {alpha = 0.01}: x < 0 ? alpha * x : x
// elu {alpha = 1}: x < 0 ? alpha * (exp(x) - 1) : x
// hard_sigmoid {alpha = 0.2, beta = 0.5}: max(0, min(1, alpha * x + beta))
// hard_swish: x * max(0, min(1, x / 6 + 0.5))
// clip(x, [min], [max]): bounds are tensors of one element and x's type.
// cast {to = "f32"}: to an element type by name, as Tensor::cast.
// identity
#include <algorithm>
#include <cmath>
#include <type_traits>

#include "vta/graph/ops/axes.h"
#include "vta/graph/ops/element_types.h"
#include "vta/graph/ops/families.h"

namespace vta::graph {
namespace {

std::vector<TensorType> infer_same(const Node&, std::span<const InferInput> inputs, size_t) {
  return {inputs[0].type};
}
std::vector<TensorType> infer_float(const Node&, std::span<const InferInput> inputs, size_t) {
  require_float(inputs[0].type.dtype, "x");
  return {inputs[0].type};
}
std::vector<TensorType> infer_number(const Node&, std::span<const InferInput> inputs, size_t) {
  require_number(inputs[0].type.dtype, "x");
  return {inputs[0].type};
}
std::vector<TensorType> infer_signed(const Node&, std::span<const InferInput> inputs, size_t) {
  const DType dtype = inputs[0].type.dtype;
  require(is_number(dtype) && !is_unsigned(dtype),
          "x must be a float or signed integer type, got {}", dtype_name(dtype));
  return {inputs[0].type};
}

template <typename T, typename Function>
void map_elements(const Tensor& x, Tensor& result, Function function) {
  std::ranges::transform(x.as<T>(), result.as<T>().begin(), function);
}

// Op(node) has the attributes; Op::operator()<T>(x) is the function.
template <typename Op>
std::vector<Tensor> run_float(const Node& node, std::span<const Tensor* const> inputs,
                              std::span<const TensorType> outputs) {
  const Op op(node);
  const Tensor x = widened(*inputs[0]);
  Tensor result(x.dtype(), x.shape());
  with_float(x.dtype(), [&]<typename T>() { map_elements<T>(x, result, op); });
  return {narrowed(std::move(result), outputs[0].dtype)};
}

template <typename Op>
std::vector<Tensor> run_number(const Node& node, std::span<const Tensor* const> inputs,
                               std::span<const TensorType> outputs) {
  const Op op(node);
  const Tensor x = widened(*inputs[0]);
  Tensor result(x.dtype(), x.shape());
  with_number(x.dtype(), [&]<typename T>() { map_elements<T>(x, result, op); });
  return {narrowed(std::move(result), outputs[0].dtype)};
}

struct Plain {
  explicit Plain(const Node&) {}
};
struct Neg : Plain {
  using Plain::Plain;
  template <typename T>
  T operator()(T x) const {
    if constexpr (std::is_floating_point_v<T>) return -x;
    return static_cast<T>(-static_cast<uint64_t>(x));
  }
};
struct Abs : Neg {
  using Neg::Neg;
  template <typename T>
  T operator()(T x) const {
    if constexpr (std::is_floating_point_v<T>) return std::fabs(x);
    return x < T{} ? Neg::operator()(x) : x;
  }
};
struct Relu : Plain {
  using Plain::Plain;
  template <typename T>
  T operator()(T x) const {
    return x < T{} ? T{} : x;
  }
};
struct Exp : Plain {
  using Plain::Plain;
  template <typename T>
  T operator()(T x) const {
    return std::exp(x);
  }
};
struct Log : Plain {
  using Plain::Plain;
  template <typename T>
  T operator()(T x) const {
    return std::log(x);
  }
};
struct Round : Plain {
  using Plain::Plain;
  template <typename T>
  T operator()(T x) const {
    return std::nearbyint(x);
  }
};
struct Sqrt : Plain {
  using Plain::Plain;
  template <typename T>
  T operator()(T x) const {
    return std::sqrt(x);
  }
};
struct Sigmoid : Plain {
  using Plain::Plain;
  template <typename T>
  T operator()(T x) const {
    return T{1} / (T{1} + std::exp(-x));
  }
};
struct Tanh : Plain {
  using Plain::Plain;
  template <typename T>
  T operator()(T x) const {
    return std::tanh(x);
  }
};
struct LeakyRelu {
  explicit LeakyRelu(const Node& node) : alpha(node.float_attr("alpha")) {}
  template <typename T>
  T operator()(T x) const {
    return x < T{} ? static_cast<T>(alpha) * x : x;
  }
  double alpha;
};
struct Elu {
  explicit Elu(const Node& node) : alpha(node.float_attr("alpha")) {}
  template <typename T>
  T operator()(T x) const {
    return x < T{} ? static_cast<T>(alpha) * std::expm1(x) : x;
  }
  double alpha;
};
struct HardSigmoid {
  HardSigmoid(double slope, double offset) : alpha(slope), beta(offset) {}
  explicit HardSigmoid(const Node& node)
      : HardSigmoid(node.float_attr("alpha"), node.float_attr("beta")) {}
  template <typename T>
  T operator()(T x) const {
    return std::clamp(static_cast<T>(alpha) * x + static_cast<T>(beta), T{0}, T{1});
  }
  double alpha, beta;
};
struct HardSwish : HardSigmoid {
  explicit HardSwish(const Node&) : HardSigmoid(1.0 / 6.0, 0.5) {}
  template <typename T>
  T operator()(T x) const {
    return x * HardSigmoid::operator()(x);
  }
};

std::vector<TensorType> infer_clip(const Node&, std::span<const InferInput> inputs, size_t) {
  require_number(inputs[0].type.dtype, "x");
  for (size_t i = 1; i < inputs.size(); ++i) {
    if (!inputs[i].present) continue;
    const TensorType& bound = inputs[i].type;
    require(bound.dtype == inputs[0].type.dtype && element_count(bound.shape) == 1,
            "{} must be one {}, as x is, got {}", i == 1 ? "min" : "max",
            dtype_name(inputs[0].type.dtype), to_string(bound));
  }
  return {inputs[0].type};
}

std::vector<Tensor> run_clip(const Node&, std::span<const Tensor* const> inputs,
                             std::span<const TensorType> outputs) {
  Tensor result = widened(*inputs[0]);
  const Tensor* const min = tensor_at(inputs, 1);
  const Tensor* const max = tensor_at(inputs, 2);
  with_number(result.dtype(), [&]<typename T>() {
    const auto bounded = [&](const Tensor* bound, auto outside) {
      if (bound == nullptr) return;
      const Tensor limit = widened(*bound);
      const T value = limit.as<T>()[0];
      for (T& x : result.as<T>()) x = outside(x, value) ? value : x;
    };
    bounded(min, [](T x, T bound) { return x < bound; });
    bounded(max, [](T x, T bound) { return x > bound; });
  });
  return {narrowed(std::move(result), outputs[0].dtype)};
}

std::vector<TensorType> infer_cast(const Node& node, std::span<const InferInput> inputs, size_t) {
  return {{dtype_from_name(node.string_attr("to")), inputs[0].type.shape}};
}

std::vector<Tensor> run_cast(const Node&, std::span<const Tensor* const> inputs,
                             std::span<const TensorType> outputs) {
  return {inputs[0]->cast(outputs[0].dtype)};
}

std::vector<Tensor> run_identity(const Node&, std::span<const Tensor* const> inputs,
                                 std::span<const TensorType>) {
  return {*inputs[0]};
}

template <typename Op>
OpDef float_op(const char* name, std::vector<AttributeDef> attributes = {}) {
  return {.name = name,
          .attributes = std::move(attributes),
          .infer = infer_float,
          .run = run_float<Op>};
}

template <typename Op>
OpDef number_op(const char* name, decltype(OpDef::infer) infer) {
  return {.name = name, .attributes = {}, .infer = infer, .run = run_number<Op>};
}

}  // namespace

std::span<const OpDef> unary_ops() {
  static const OpDef kOps[] = {
      number_op<Abs>("abs", infer_number),
      number_op<Neg>("neg", infer_signed),
      number_op<Relu>("relu", infer_signed),
      float_op<Exp>("exp"),
      float_op<Log>("log"),
      float_op<Round>("round"),
      float_op<Sqrt>("sqrt"),
      float_op<Sigmoid>("sigmoid"),
      float_op<Tanh>("tanh"),
      float_op<LeakyRelu>("leaky_relu", {{"alpha", AttributeKind::kFloat, 0.01}}),
      float_op<Elu>("elu", {{"alpha", AttributeKind::kFloat, 1.0}}),
      float_op<HardSigmoid>("hard_sigmoid", {{"alpha", AttributeKind::kFloat, 0.2},
                                             {"beta", AttributeKind::kFloat, 0.5}}),
      float_op<HardSwish>("hard_swish"),
      {.name = "clip", .max_inputs = 3, .attributes = {}, .infer = infer_clip, .run = run_clip},
      {.name = "cast",
       .attributes = {{"to", AttributeKind::kString, {}, true}},
       .infer = infer_cast,
       .run = run_cast},
      {.name = "identity", .attributes = {}, .infer = infer_same, .run = run_identity},
  };
  return kOps;
}

}  // namespace vta::graph

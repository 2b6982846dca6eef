// Operators on two or more tensors, element by element, with NumPy's broadcasting. Integers wrap at
// their width; f16 and bf16 are computed in f32.
//
// add(a, b), sub, mul, div: a and b of one type; integer division truncates.
// pow(a, b): of a's type, b of any numeric type.
// max(a, …), min(a, …): one or more of one type; NaN wins.
// equal(a, b): bool; a and b of one type.
// prelu(x, slope): x where x >= 0, else slope * x; slope broadcasts to x.
// where(condition, a, b): a where the bool condition holds, else b; a and b of one type.
#include <cmath>
#include <limits>
#include <type_traits>

#include "vta/graph/ops/axes.h"
#include "vta/graph/ops/broadcast.h"
#include "vta/graph/ops/element_types.h"
#include "vta/graph/ops/families.h"
#include "vta/graph/ops/movement.h"

namespace vta::graph {
namespace {

// Integer arithmetic modulo 2^bits: 64 unsigned bits hold every product's low bits.
struct Add {
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) return a + b;
    return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  }
};
struct Sub {
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) return a - b;
    return static_cast<T>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
  }
};
struct Mul {
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) return a * b;
    return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
  }
};
struct Div {
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      require(b != 0, "an integer is divided by zero");
      if constexpr (std::is_signed_v<T>) {
        if (b == -1) return Sub::apply<T>(0, a);  // the most negative value has no opposite
      }
      return static_cast<T>(a / b);
    } else {
      return a / b;
    }
  }
};
struct Max {
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(a)) return a;
      return b <= a ? a : b;
    }
    return b < a ? a : b;
  }
};
struct Min {
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(a)) return a;
      return b >= a ? a : b;
    }
    return b > a ? a : b;
  }
};
struct PRelu {
  template <typename T>
  static T apply(T x, T slope) {
    return x < T{} ? Mul::apply(slope, x) : x;
  }
};

void require_same_type(std::span<const InferInput> inputs, size_t first) {
  for (size_t i = first; i < inputs.size(); ++i) {
    require(inputs[i].present, "input {} must be given", i);
    require(inputs[i].type.dtype == inputs[first].type.dtype,
            "inputs must have one element type, got {} and {}",
            dtype_name(inputs[first].type.dtype), dtype_name(inputs[i].type.dtype));
  }
}

std::vector<TensorType> infer_arithmetic(const Node&, std::span<const InferInput> inputs, size_t) {
  require_same_type(inputs, 0);
  TensorType result = inputs[0].type;
  require_number(result.dtype, "inputs");
  for (const InferInput& input : inputs) {
    result.shape = broadcast_shapes(result.shape, input.type.shape);
  }
  return {result};
}

template <typename Op>
Tensor apply_binary(const Tensor& left, const Tensor& right) {
  const Tensor a = widened(left);
  const Tensor b = widened(right);
  Tensor result(a.dtype(), broadcast_shapes(a.shape(), b.shape()));
  with_number(a.dtype(), [&]<typename T>() {
    const T* const x = a.as<T>().data();
    const T* const y = b.as<T>().data();
    T* const z = result.as<T>().data();
    strided_loop<2>(result.shape(),
                    {broadcast_strides(a.shape(), result.shape()),
                     broadcast_strides(b.shape(), result.shape())},
                    [&](int64_t i, const auto& at) { z[i] = Op::apply(x[at[0]], y[at[1]]); });
  });
  return narrowed(std::move(result), left.dtype());
}

template <typename Op>
std::vector<Tensor> run_arithmetic(const Node&, std::span<const Tensor* const> inputs,
                                   std::span<const TensorType>) {
  Tensor result = *inputs[0];
  for (const Tensor* input : inputs.subspan(1)) result = apply_binary<Op>(result, *input);
  return {std::move(result)};
}

std::vector<TensorType> infer_prelu(const Node&, std::span<const InferInput> inputs, size_t) {
  require_same_type(inputs, 0);
  require_number(inputs[0].type.dtype, "inputs");
  broadcast_strides(inputs[1].type.shape, inputs[0].type.shape);  // throws unless it broadcasts
  return {inputs[0].type};
}

std::vector<TensorType> infer_pow(const Node&, std::span<const InferInput> inputs, size_t) {
  require_number(inputs[0].type.dtype, "the base");
  require_number(inputs[1].type.dtype, "the exponent");
  return {{inputs[0].type.dtype, broadcast_shapes(inputs[0].type.shape, inputs[1].type.shape)}};
}

// 1 / base^n truncates to 0 except where base is 1 or -1.
int64_t integer_power(int64_t base, int64_t exponent) {
  if (exponent < 0 && base != 1 && base != -1) return 0;
  int64_t result = 1;
  for (; exponent != 0; exponent /= 2) {
    if (exponent % 2 != 0) result = Mul::apply(result, base);
    base = Mul::apply(base, base);
  }
  return result;
}

struct Power {
  template <typename T>
  static T apply(T base, T exponent) {
    if constexpr (std::is_floating_point_v<T>) {
      return static_cast<T>(std::pow(base, exponent));
    } else {
      return static_cast<T>(
          integer_power(static_cast<int64_t>(base), static_cast<int64_t>(exponent)));
    }
  }
};

// The exponent may have a type of its own, so both meet in the widest type of their kind.
std::vector<Tensor> run_pow(const Node&, std::span<const Tensor* const> inputs,
                            std::span<const TensorType> outputs) {
  const bool real = is_float(inputs[0]->dtype()) || is_float(inputs[1]->dtype());
  const DType wide = real ? DType::kFloat64 : DType::kInt64;
  const Tensor power = apply_binary<Power>(inputs[0]->cast(wide), inputs[1]->cast(wide));
  return {power.cast(outputs[0].dtype)};
}

std::vector<TensorType> infer_equal(const Node&, std::span<const InferInput> inputs, size_t) {
  require_same_type(inputs, 0);
  return {{DType::kBool, broadcast_shapes(inputs[0].type.shape, inputs[1].type.shape)}};
}

std::vector<Tensor> run_equal(const Node&, std::span<const Tensor* const> inputs,
                              std::span<const TensorType> outputs) {
  const bool logical = inputs[0]->dtype() == DType::kBool;
  const Tensor a = logical ? inputs[0]->cast(DType::kUInt8) : widened(*inputs[0]);
  const Tensor b = logical ? inputs[1]->cast(DType::kUInt8) : widened(*inputs[1]);
  Tensor result(DType::kBool, outputs[0].shape);
  bool* const z = result.as<bool>().data();
  with_number(a.dtype(), [&]<typename T>() {
    const T* const x = a.as<T>().data();
    const T* const y = b.as<T>().data();
    strided_loop<2>(result.shape(),
                    {broadcast_strides(a.shape(), result.shape()),
                     broadcast_strides(b.shape(), result.shape())},
                    [&](int64_t i, const auto& at) { z[i] = x[at[0]] == y[at[1]]; });
  });
  return {std::move(result)};
}

std::vector<TensorType> infer_where(const Node&, std::span<const InferInput> inputs, size_t) {
  require(inputs[0].type.dtype == DType::kBool, "the condition must be bool, got {}",
          dtype_name(inputs[0].type.dtype));
  require_same_type(inputs, 1);
  const Shape both = broadcast_shapes(inputs[1].type.shape, inputs[2].type.shape);
  return {{inputs[1].type.dtype, broadcast_shapes(inputs[0].type.shape, both)}};
}

std::vector<Tensor> run_where(const Node&, std::span<const Tensor* const> inputs,
                              std::span<const TensorType> outputs) {
  const Shape& shape = outputs[0].shape;
  const auto stretched = [&](const Tensor& tensor) {
    return strided(tensor, shape, broadcast_strides(tensor.shape(), shape));
  };
  const Tensor condition = stretched(*inputs[0]);
  Tensor result = stretched(*inputs[1]);
  const Tensor otherwise = stretched(*inputs[2]);
  const size_t width = dtype_bytes(result.dtype());
  const auto holds = condition.as<bool>();
  for (size_t i = 0; i < holds.size(); ++i) {
    if (holds[i]) continue;
    const auto source = otherwise.bytes().subspan(i * width, width);
    std::copy(source.begin(), source.end(), result.bytes().begin() + i * width);
  }
  return {std::move(result)};
}

template <typename Op>
OpDef arithmetic(const char* name, int min_inputs, int max_inputs) {
  return {.name = name,
          .min_inputs = min_inputs,
          .max_inputs = max_inputs,
          .attributes = {},
          .infer = infer_arithmetic,
          .run = run_arithmetic<Op>};
}

}  // namespace

std::span<const OpDef> elementwise_ops() {
  static const OpDef kOps[] = {
      arithmetic<Add>("add", 2, 2),
      arithmetic<Sub>("sub", 2, 2),
      arithmetic<Mul>("mul", 2, 2),
      arithmetic<Div>("div", 2, 2),
      arithmetic<Max>("max", 1, -1),
      arithmetic<Min>("min", 1, -1),
      {.name = "prelu",
       .min_inputs = 2,
       .max_inputs = 2,
       .attributes = {},
       .infer = infer_prelu,
       .run = run_arithmetic<PRelu>},
      {.name = "pow",
       .min_inputs = 2,
       .max_inputs = 2,
       .attributes = {},
       .infer = infer_pow,
       .run = run_pow},
      {.name = "equal",
       .min_inputs = 2,
       .max_inputs = 2,
       .attributes = {},
       .infer = infer_equal,
       .run = run_equal},
      {.name = "where",
       .min_inputs = 3,
       .max_inputs = 3,
       .attributes = {},
       .infer = infer_where,
       .run = run_where},
  };
  return kOps;
}

}  // namespace vta::graph

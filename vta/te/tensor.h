// Tensor expressions: what an operator computes, without a word about how.
//
//   const Tensor a = placeholder({m, k}, kInt8, "A"), b = placeholder({n, k}, kInt8, "B");
//   const Axis r = reduce_axis(k, "k");
//   const Tensor c = compute({m, n}, [&](Var i, Var j) {
//     return sum(cast(kInt32, a(i, r)) * cast(kInt32, b(j, r)), {r});
//   }, "C");
//   const Function f = lower("matmul", {a, b, c});
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "vta/base/error.h"
#include "vta/loop/stmt.h"

namespace vta::te {

using loop::Expr;
using loop::Type;
using loop::Var;

// A variable of a reduction: 0 to extent - 1.
struct Axis {
  Var var;
  int64_t extent;
  operator Expr() const { return var; }  // NOLINT: an axis is used as its variable
};
Axis reduce_axis(int64_t extent, std::string name);

// The whole right side of a compute that combines `value` over all points of `axes`, beginning with
// `identity`: the combiner's, or any other expression of the tensor's variables. Integer sums
// wrap, so their order does not matter; float sums round after each step, in the order of the axes
// until a schedule changes it.
struct Reduction {
  loop::BinaryOp combiner;  // kAdd, kMin or kMax
  Expr identity;
  Expr value;
  std::vector<Axis> axes;
};
// What leaves every value as it is: 0, or the type's greatest or least value.
Expr identity_of(loop::BinaryOp combiner, Type type);
Reduction sum(Expr value, std::vector<Axis> axes);
Reduction max_over(Expr value, std::vector<Axis> axes);  // starts from the type's least value
Reduction min_over(Expr value, std::vector<Axis> axes);  // starts from the type's greatest value

using Body = std::variant<Expr, Reduction>;

class Tensor {
 public:
  const loop::Buffer& buffer() const { return buffer_; }
  const std::string& name() const { return buffer_->name; }
  const std::vector<int64_t>& shape() const { return buffer_->shape; }
  Type type() const { return buffer_->type; }

  // The element at these indices, one for each dimension.
  template <typename... Indices>
  Expr operator()(const Indices&... indices) const {
    return at({Expr(indices)...});
  }
  Expr at(std::vector<Expr> indices) const { return loop::load(buffer_, std::move(indices)); }

  // How it is computed; nullptr for a placeholder.
  struct Definition {
    std::vector<Var> variables;  // one for each dimension
    Body body;
  };
  const Definition* definition() const;

 private:
  friend Tensor placeholder(std::vector<int64_t> shape, Type type, std::string name);
  friend Tensor compute_by(std::vector<int64_t> shape,
                           const std::function<Body(const std::vector<Var>&)>& body,
                           std::string name);
  friend std::vector<Tensor> inputs(const Tensor& tensor);
  explicit Tensor(loop::Buffer buffer) : buffer_(std::move(buffer)) {}

  loop::Buffer buffer_;
};

Tensor placeholder(std::vector<int64_t> shape, Type type, std::string name);

// The tensor whose element at `variables` is body(variables); its type is that of the body.
Tensor compute_by(std::vector<int64_t> shape,
                  const std::function<Body(const std::vector<Var>&)>& body, std::string name);

// The same with as many arguments as dimensions: compute({m, n}, [&](Var i, Var j) { … }, "C").
template <typename F>
Tensor compute(std::vector<int64_t> shape, const F& body, std::string name) {
  const size_t rank = shape.size();
  const auto expand = [&body, rank, &name](const std::vector<Var>& v) -> Body {
    const auto with = [&](const auto&... variables) -> std::optional<Body> {
      if constexpr (std::is_invocable_v<F, decltype(variables)...>) {
        if (sizeof...(variables) == rank) return body(variables...);
      }
      return std::nullopt;
    };
    std::optional<Body> result = with();
    if (!result && rank >= 1) result = with(v[0]);
    if (!result && rank >= 2) result = with(v[0], v[1]);
    if (!result && rank >= 3) result = with(v[0], v[1], v[2]);
    if (!result && rank >= 4) result = with(v[0], v[1], v[2], v[3]);
    if (!result && rank >= 5) result = with(v[0], v[1], v[2], v[3], v[4]);
    if (!result && rank >= 6) result = with(v[0], v[1], v[2], v[3], v[4], v[5]);
    require(result.has_value(), "compute {}: the body must take {} variables, one a dimension",
            name, rank);
    return *std::move(result);
  };
  return compute_by(std::move(shape), expand, name);
}

// The tensors that it reads, in the order of their first use.
std::vector<Tensor> inputs(const Tensor& tensor);

// A function over `parameters`: a loop nest around one block for each computed tensor that the
// parameters need, in order of dependence, blocks and loops named after the tensors: block C, loops
// C_i, C_j, C_k. Tensors between, which are no parameters, are allocated. Throws Error where
// two tensors have one name, or a placeholder that is needed is not a parameter.
loop::Function lower(std::string name, const std::vector<Tensor>& parameters);

}  // namespace vta::te

#include "vta/te/tensor.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>

#include "vta/loop/rewrite.h"
#include "vta/loop/verify.h"

namespace vta::te {

namespace {

using loop::BinaryOp;
using loop::Block;
using loop::BlockIter;
using loop::Buffer;
using loop::Stmt;

constexpr std::array<std::string_view, 6> kVariableNames = {"i", "j", "k", "l", "m", "n"};

Expr least(Type type) {
  if (type.is_float()) return constant_float(type, -std::numeric_limits<double>::infinity());
  const bool is_signed = type.kind == Type::Kind::kInt;
  return constant(type, is_signed ? static_cast<int64_t>(uint64_t{1} << (type.bits - 1)) : 0);
}

Expr greatest(Type type) {
  if (type.is_float()) return constant_float(type, std::numeric_limits<double>::infinity());
  const bool is_signed = type.kind == Type::Kind::kInt;
  return constant(type,
                  static_cast<int64_t>(~uint64_t{0} >> (64 - type.bits + (is_signed ? 1 : 0))));
}

Expr zero(Type type) {
  return type.is_float() ? constant_float(type, 0) : constant(type, 0);
}

Type type_of(const Body& body) {
  const auto* e = std::get_if<Expr>(&body);
  return e != nullptr ? e->type() : std::get<Reduction>(body).value.type();
}

// A loop nest around the block that computes `tensor`.
Stmt nest_of(const Tensor& tensor, const Tensor::Definition& definition) {
  Block block{tensor.name(), {}, Expr(), Stmt(), Stmt(), {}};
  std::vector<Axis> loops;
  loop::Substitution renamed;  // from the expression's variables to the block's
  const auto add_iter = [&](const Var& var, int64_t extent, BlockIter::Kind kind) {
    loops.push_back({Var(fmt::format("{}_{}", tensor.name(), var.name())), extent});
    block.iters.push_back({Var("v" + var.name()), extent, kind, loops.back().var});
    renamed[var] = block.iters.back().var;
  };
  for (size_t d = 0; d < definition.variables.size(); ++d) {
    add_iter(definition.variables[d], tensor.shape()[d], BlockIter::Kind::kSpatial);
  }
  const std::vector<Expr> indices(definition.variables.begin(), definition.variables.end());
  if (const auto* value = std::get_if<Expr>(&definition.body)) {
    block.body = make_store(tensor.buffer(), indices, *value);
  } else {
    const auto& reduction = std::get<Reduction>(definition.body);
    for (const Axis& axis : reduction.axes) {
      add_iter(axis.var, axis.extent, BlockIter::Kind::kReduce);
    }
    block.init = make_store(tensor.buffer(), indices, reduction.identity);
    block.body =
        make_store(tensor.buffer(), indices,
                   binary(reduction.combiner, load(tensor.buffer(), indices), reduction.value));
  }
  block.init = substitute(block.init, renamed);
  block.body = substitute(block.body, renamed);
  Stmt nest = make_stmt(std::move(block));
  for (auto it = loops.rbegin(); it != loops.rend(); ++it) {
    nest = make_for(it->var, it->extent, nest);
  }
  return nest;
}

// Each tensor after those that it reads.
void visit_in_order(const Tensor& tensor, std::set<const loop::BufferNode*>& seen,
                    std::vector<Tensor>& order) {
  if (!seen.insert(tensor.buffer().get()).second) return;
  for (const Tensor& input : inputs(tensor)) visit_in_order(input, seen, order);
  order.push_back(tensor);
}

}  // namespace

Axis reduce_axis(int64_t extent, std::string name) {
  return {Var(std::move(name)), extent};
}

Expr identity_of(BinaryOp combiner, Type type) {
  if (combiner == BinaryOp::kMin) return greatest(type);
  return combiner == BinaryOp::kMax ? least(type) : zero(type);
}

namespace {

Reduction reduction(BinaryOp combiner, Expr value, std::vector<Axis> axes) {
  Expr identity = identity_of(combiner, value.type());
  return {combiner, std::move(identity), std::move(value), std::move(axes)};
}

}  // namespace

Reduction sum(Expr value, std::vector<Axis> axes) {
  return reduction(BinaryOp::kAdd, std::move(value), std::move(axes));
}

Reduction max_over(Expr value, std::vector<Axis> axes) {
  return reduction(BinaryOp::kMax, std::move(value), std::move(axes));
}

Reduction min_over(Expr value, std::vector<Axis> axes) {
  return reduction(BinaryOp::kMin, std::move(value), std::move(axes));
}

const Tensor::Definition* Tensor::definition() const {
  return static_cast<const Definition*>(buffer_->origin.get());
}

Tensor placeholder(std::vector<int64_t> shape, Type type, std::string name) {
  return Tensor(make_buffer(std::move(name), type, std::move(shape)));
}

Tensor compute_by(std::vector<int64_t> shape,
                  const std::function<Body(const std::vector<Var>&)>& body, std::string name) {
  std::vector<Var> variables;
  for (size_t d = 0; d < shape.size(); ++d) {
    variables.emplace_back(d < kVariableNames.size() ? std::string(kVariableNames[d])
                                                     : fmt::format("d{}", d));
  }
  Body result = body(variables);
  const Type type = type_of(result);
  auto definition = std::make_shared<const Tensor::Definition>(
      Tensor::Definition{std::move(variables), std::move(result)});
  return Tensor(std::make_shared<const loop::BufferNode>(loop::BufferNode{
      std::move(name), type, std::move(shape), loop::Scope::kGlobal, {}, std::move(definition)}));
}

std::vector<Tensor> inputs(const Tensor& tensor) {
  std::vector<Tensor> result;
  const Tensor::Definition* definition = tensor.definition();
  if (definition == nullptr) return result;
  const auto add_loads = [&](const Expr& of) {
    for_each_expr(of, [&](const Expr& e) {
      const auto* l = std::get_if<loop::Load>(&e->kind);
      if (l == nullptr) return;
      if (std::ranges::find(result, l->buffer, &Tensor::buffer) == result.end()) {
        result.push_back(Tensor(l->buffer));
      }
    });
  };
  if (const auto* reduction = std::get_if<Reduction>(&definition->body)) {
    add_loads(reduction->identity);
    add_loads(reduction->value);
  } else {
    add_loads(std::get<Expr>(definition->body));
  }
  return result;
}

loop::Function lower(std::string name, const std::vector<Tensor>& parameters) {
  std::set<const loop::BufferNode*> seen;
  std::vector<Tensor> order;
  for (const Tensor& p : parameters) visit_in_order(p, seen, order);

  loop::Function f{std::move(name), {}, Stmt(), {}};
  for (const Tensor& p : parameters) f.parameters.push_back(p.buffer());

  std::set<std::string> names;
  std::vector<Stmt> nests;
  std::vector<Buffer> between;
  for (const Tensor& t : order) {
    require(names.insert(t.name()).second, "two tensors are called {}", t.name());
    const bool is_parameter = std::ranges::find(f.parameters, t.buffer()) != f.parameters.end();
    if (t.definition() == nullptr) {
      require(is_parameter, "{} needs placeholder {}, which is not a parameter", f.name, t.name());
      continue;
    }
    nests.push_back(nest_of(t, *t.definition()));
    if (!is_parameter) between.push_back(t.buffer());
  }
  f.body = make_seq(std::move(nests));
  for (auto it = between.rbegin(); it != between.rend(); ++it) {
    f.body = make_stmt(loop::Alloc{*it, f.body});
  }
  verify(f);
  return f;
}

}  // namespace vta::te

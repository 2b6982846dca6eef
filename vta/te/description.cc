#include "vta/te/description.h"

#include <algorithm>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/loop/text.h"

namespace vta::te {

namespace {

// A loop nest around a store or a block, with the block's variables in terms of the loops.
std::pair<std::optional<Stmt>, Stmt> init_and_body(Stmt s, const std::string& what) {
  std::vector<For> loops;
  while (const For* n = loop::as<For>(s)) {
    loops.push_back(*n);
    s = n->body;
  }
  const auto in_loops = [&](Stmt inner) {
    for (auto it = loops.rbegin(); it != loops.rend(); ++it) {
      bool is_used = false;
      for_each_expr(inner, [&](const Expr& e) {
        is_used |= loop::as_var(e) != nullptr && *loop::as_var(e) == it->var;
      });
      if (is_used) inner = make_for(it->var, it->extent, inner);
    }
    return inner;
  };
  const Block* block = loop::as<Block>(s);
  if (block == nullptr) return {std::nullopt, in_loops(s)};
  require(!block->predicate, "{}: block {} has a predicate", what, block->name);
  loop::Substitution bindings;
  for (const loop::BlockIter& i : block->iters) bindings[i.var] = i.binding;
  std::optional<Stmt> init;
  if (block->init) init = in_loops(substitute(block->init, bindings));
  return {init, in_loops(substitute(block->body, bindings))};
}

// How many values a digit of a loop takes.
int64_t values(const Digit& digit, int64_t extent) {
  const int64_t above = (extent + digit.divisor - 1) / digit.divisor;
  return digit.modulus == 0 ? above : std::min(above, digit.modulus);
}

void require_indices(const Description& d, const Buffer& buffer, const std::vector<Expr>& indices) {
  const std::string& name = d.name;
  require(std::ranges::find(d.function.parameters, buffer) != d.function.parameters.end(),
          "intrinsic {}: {} is not a parameter", name, buffer->name);
  const loop::Store& store = d.body.store;
  const bool is_written = buffer == d.function.parameters[0];
  for (size_t i = 0; i < indices.size(); ++i) {
    const auto digit = as_digit(indices[i]);
    const auto loop = std::ranges::find_if(
        d.body.loops, [&](const For& n) { return digit && n.var == digit->var; });
    const bool is_inside =
        loop != d.body.loops.end() && values(*digit, loop->extent) <= buffer->shape[i];
    require(is_inside || loop::as_constant(indices[i]) != nullptr,
            "intrinsic {}: {} of {} is no loop over its {}", name, to_string(indices[i]),
            buffer->name, buffer->shape[i]);
    require(!is_written || equal(indices[i], store.indices[i]),
            "intrinsic {}: {} is accessed in two places", name, buffer->name);
  }
}

void require_indices(const Description& d, const Nest& nest) {
  require(nest.store.buffer == d.function.parameters[0],
          "intrinsic {}: it writes {}, must write its first parameter, {}", d.name,
          nest.store.buffer->name, d.function.parameters[0]->name);
  require_indices(d, nest.store.buffer, nest.store.indices);
  for_each_expr(nest.store.value, [&](const Expr& e) {
    const auto* l = std::get_if<loop::Load>(&e->kind);
    if (l != nullptr) require_indices(d, l->buffer, l->indices);
  });
}

}  // namespace

std::optional<Digit> as_digit(const Expr& index) {
  if (const Var* v = loop::as_var(index)) return Digit{*v};
  const auto* binary = std::get_if<loop::Binary>(&index->kind);
  if (binary == nullptr) return std::nullopt;
  const Var* v = loop::as_var(binary->a);
  const auto by = loop::as_constant(binary->b);
  if (v == nullptr || !by || *by <= 0) return std::nullopt;
  if (binary->op == loop::BinaryOp::kFloorDiv) return Digit{.var = *v, .divisor = *by};
  if (binary->op == loop::BinaryOp::kFloorMod) return Digit{.var = *v, .modulus = *by};
  return std::nullopt;
}

Nest as_nest(Stmt s, std::string_view what) {
  Nest nest;
  while (const For* n = loop::as<For>(s)) {
    const For here = *n;
    if (here.extent > 1) nest.loops.push_back(here);
    s = here.extent > 1 ? here.body : substitute(here.body, {{here.var, Expr(0)}});
  }
  const auto* store = loop::as<loop::Store>(s);
  require(store != nullptr, "{}: it is not one store in loops", what);
  nest.store = *store;
  return nest;
}

Description describe(const std::string& name, const Function& function) {
  const std::string what = "intrinsic " + name;
  require(!function.parameters.empty(), "{}: it has no parameters", what);
  const auto [init, body] = init_and_body(function.body, what);
  Description d{name, function, as_nest(body, what), std::nullopt};
  if (init) d.init = as_nest(*init, what);
  require_indices(d, d.body);
  if (d.init) require_indices(d, *d.init);
  return d;
}

}  // namespace vta::te

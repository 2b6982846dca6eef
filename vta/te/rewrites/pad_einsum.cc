// pad_einsum: a sum of products over extents that no tile divides becomes one over multiples of the
// tile: its operands are copied to buffers that are longer by zeros, and of its result only the
// part that was asked for is copied back.
#include <algorithm>
#include <map>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/loop/text.h"
#include "vta/te/nest.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

namespace {

using Kind = loop::BlockIter::Kind;

// The factors of a product, conversions aside. Throws Error unless all are loads at single
// variables of the block.
void add_factors(const Expr& e, const Block& block, const std::string& what,
                 std::vector<const loop::Load*>& factors) {
  if (const auto* n = std::get_if<loop::Cast>(&e->kind)) {
    return add_factors(n->a, block, what, factors);
  }
  if (const auto* n = std::get_if<loop::Binary>(&e->kind);
      n != nullptr && n->op == loop::BinaryOp::kMul) {
    add_factors(n->a, block, what, factors);
    return add_factors(n->b, block, what, factors);
  }
  const auto* l = std::get_if<loop::Load>(&e->kind);
  require(l != nullptr, "{}: {} is no product of loads", what, to_string(e));
  for (const Expr& index : l->indices) {
    const Var* v = loop::as_var(index);
    require(v != nullptr && std::ranges::count(block.iters, *v, &loop::BlockIter::var) == 1,
            "{}: it reads {} at {}, which is no variable of its own", what, l->buffer->name,
            to_string(index));
  }
  factors.push_back(l);
}

struct Einsum {
  const loop::Store* store;
  std::vector<const loop::Load*> factors;
};

Einsum require_einsum(const Block& block, const Owner& owner, const std::string& what) {
  const auto* store = loop::as<loop::Store>(block.body);
  const auto* init = loop::as<loop::Store>(block.init);
  const auto* sum = store != nullptr ? std::get_if<loop::Binary>(&store->value->kind) : nullptr;
  const auto* before = sum != nullptr ? std::get_if<loop::Load>(&sum->a->kind) : nullptr;
  require(sum != nullptr && sum->op == loop::BinaryOp::kAdd && before != nullptr &&
              before->buffer == owner.buffer && init != nullptr,
          "{}: it is no sum with an init", what);
  Einsum result{store, {}};
  add_factors(sum->b, block, what, result.factors);
  return result;
}

// The outermost of the block's loops, of which each is one variable, over its whole range.
Stmt require_plain_loops(const Block& block, const Path& path, const std::string& what) {
  std::vector<Stmt> loops = loops_of(path);
  for (const loop::BlockIter& i : block.iters) {
    const Var* v = loop::as_var(i.binding);
    const bool is_whole = std::ranges::any_of(loops, [&](const Stmt& outer) {
      const For& n = *loop::as<For>(outer);
      return v != nullptr && n.var == *v && n.extent == i.extent;
    });
    require(is_whole, "{}: {} is not one loop over its {} values, pad before split", what,
            i.var.name(), i.extent);
  }
  require(!block.predicate, "{}: it has a predicate", what);
  require(!loops.empty() && loops.size() == block.iters.size() && blocks_in(loops[0]).size() == 1,
          "{}: it is not alone in its loops", what);
  return loops[0];
}

Buffer longer(const Function& f, const Buffer& buffer, const std::vector<int64_t>& shape) {
  return loop::make_buffer(fresh_name(f, buffer->name + "_pad"), buffer->type, shape,
                           buffer->scope);
}

// A block that writes to[v] = from[v] over the shape of `to`, or zero where `from` has no v.
Stmt padded_copy(const Function& f, const std::string& name, const Buffer& from, const Buffer& to) {
  Block block{name, {}, Expr(), Stmt(), Stmt(), {}};
  std::vector<IterRange> ranges;
  std::vector<Expr> indices;
  Expr is_there;
  for (size_t d = 0; d < to->shape.size(); ++d) {
    const Var v(fmt::format("v{}", d));
    block.iters.push_back({v, to->shape[d], Kind::kSpatial, Expr()});
    ranges.push_back({0, to->shape[d]});
    indices.emplace_back(v);
    if (to->shape[d] > from->shape[d]) is_there = both(is_there, v < from->shape[d]);
  }
  const Expr zero =
      from->type.is_float() ? loop::constant_float(from->type, 0) : loop::constant(from->type, 0);
  const Expr value = load(from, indices);
  block.body = make_store(to, indices, is_there ? select(is_there, value, zero) : value);
  return nest_over(f, block, ranges, {});
}

// Of a longer reduction each new product must be zero. A float's only is where all factors are.
void require_zeros(const Einsum& einsum, const Block& block, const std::vector<int64_t>& padded,
                   const std::string& what) {
  for (size_t i = 0; i < block.iters.size(); ++i) {
    const loop::BlockIter& iter = block.iters[i];
    if (iter.kind == Kind::kSpatial || padded[i] == iter.extent) continue;
    const auto has_var = [&](const loop::Load* l) {
      return std::ranges::any_of(l->indices,
                                 [&](const Expr& e) { return *loop::as_var(e) == iter.var; });
    };
    const bool is_float = einsum.store->value.type().is_float();
    require(is_float ? std::ranges::all_of(einsum.factors, has_var)
                     : std::ranges::any_of(einsum.factors, has_var),
            "{}: products beyond the end of {} are not zero", what, iter.var.name());
  }
}

}  // namespace

Result pad_einsum(const Function& f, const std::string& block,
                  const std::vector<int64_t>& multiples) {
  const std::string what = "pad_einsum " + block;
  const Path path = find_block(f, block);
  const Block& old_block = block_at(path);
  const Owner owner = require_owner(old_block, what);
  const Einsum einsum = require_einsum(old_block, owner, what);
  const Stmt nest = require_plain_loops(old_block, path, what);
  require(multiples.size() == old_block.iters.size(), "{}: {} multiples, it has {} variables", what,
          multiples.size(), old_block.iters.size());
  std::vector<int64_t> padded;
  std::map<Var, int64_t> extents;  // of the loops and of the block's variables
  for (size_t i = 0; i < multiples.size(); ++i) {
    const loop::BlockIter& iter = old_block.iters[i];
    require(multiples[i] >= 1 && multiples[i] <= (1 << 20),
            "{}: a multiple of {}, must be positive", what, multiples[i]);
    padded.push_back((iter.extent + multiples[i] - 1) / multiples[i] * multiples[i]);
    extents[iter.var] = extents[*loop::as_var(iter.binding)] = padded.back();
  }
  require_zeros(einsum, old_block, padded, what);

  // Operands first, each distinct one copied before the nest.
  Result result{f};
  std::vector<std::pair<const loop::Load*, Buffer>> copies;
  for (const loop::Load* l : einsum.factors) {
    std::vector<int64_t> shape;
    for (size_t d = 0; d < l->indices.size(); ++d) {
      const Var& v = *loop::as_var(l->indices[d]);
      const auto iter = std::ranges::find(old_block.iters, v, &loop::BlockIter::var);
      require(iter->extent == l->buffer->shape[d], "{}: it reads only part of {}", what,
              l->buffer->name);
      shape.push_back(extents.at(v));
    }
    const bool is_known = std::ranges::any_of(copies, [&](const auto& copy) {
      return copy.first->buffer == l->buffer && copy.second->shape == shape;
    });
    if (shape == l->buffer->shape || is_known) continue;
    const Buffer pad = longer(result.function, l->buffer, shape);
    copies.emplace_back(l, pad);
    result.names.push_back(pad->name);
    const Stmt copy = padded_copy(result.function, pad->name, l->buffer, pad);
    result.function.body =
        make_stmt(loop::Alloc{pad, exchange(result.function.body, nest, make_seq({copy, nest}))});
  }
  const auto longer_load = [&](const Expr& e) {
    const auto* l = std::get_if<loop::Load>(&e->kind);
    if (l == nullptr) return e;
    std::vector<int64_t> shape;
    for (const Expr& index : l->indices) {
      const Var* v = loop::as_var(index);
      shape.push_back(v != nullptr && extents.contains(*v) ? extents.at(*v) : 0);
    }
    for (const auto& copy : copies) {
      if (copy.first->buffer == l->buffer && copy.second->shape == shape) {
        return load(copy.second, l->indices);
      }
    }
    return e;
  };
  Stmt after = rewrite(nest, {.expr = longer_load, .stmt = [&](const Stmt& s) {
                                if (const For* n = loop::as<For>(s)) {
                                  For changed = *n;
                                  changed.extent = extents.at(n->var);
                                  return make_stmt(std::move(changed));
                                }
                                const Block* b = loop::as<Block>(s);
                                if (b == nullptr) return s;
                                Block changed = *b;
                                for (loop::BlockIter& i : changed.iters)
                                  i.extent = extents.at(i.var);
                                return make_stmt(std::move(changed));
                              }});

  // Then the result, of which the part that was asked for is copied back.
  std::vector<int64_t> shape;
  for (const size_t i : owner.iter_of_dim) shape.push_back(padded[i]);
  if (shape == owner.buffer->shape) {
    result.function.body = exchange(result.function.body, nest, after);
    return result;
  }
  const Buffer pad = longer(result.function, owner.buffer, shape);
  const std::string name = fresh_name(result.function, owner.buffer->name + "_copy");
  after = replace_buffer(after, owner.buffer, pad);
  const Stmt copy = padded_copy(result.function, name, pad, owner.buffer);
  result.names.push_back(name);
  result.function.body =
      make_stmt(loop::Alloc{pad, exchange(result.function.body, nest, make_seq({after, copy}))});
  return result;
}

}  // namespace vta::te::rewrites

// in_place: an elementwise block writes its result over the operand that it reads for the last
// time, as an instruction of the form x = x op y does. The result's own buffer goes; so does the
// block where it only copies, as the start of a sum that goes on from another.
#include <algorithm>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/nest.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

namespace {

void require_same_indices(const loop::Store& store, const Buffer& operand,
                          const std::string& what) {
  bool is_read = false;
  for_each_expr(store.value, [&](const Expr& e) {
    const auto* l = std::get_if<loop::Load>(&e->kind);
    if (l == nullptr || l->buffer != operand) return;
    is_read = true;
    const bool same = std::ranges::equal(l->indices, store.indices,
                                         [](const Expr& a, const Expr& b) { return equal(a, b); });
    require(same, "{}: it reads {} at other indices than it writes {}", what, operand->name,
            store.buffer->name);
  });
  require(is_read, "{}: it does not read {}", what, operand->name);
}

void require_like(const Buffer& result, const Buffer& operand, const std::string& what) {
  require(result->type == operand->type && result->shape == operand->shape &&
              result->scope == operand->scope && result->strides == operand->strides,
          "{}: {} and {} differ in type, shape, scope or strides", what, result->name,
          operand->name);
}

// Each element is computed once: every loop moves one index, further than those below it reach.
void require_single_steps(const Block& block, const std::vector<For>& loops,
                          const std::string& what) {
  for (const For& n : loops) {
    const auto moved = std::ranges::count_if(
        block.iters, [&](const loop::BlockIter& i) { return loop::uses(i.binding, n.var); });
    require(n.extent == 1 || moved == 1, "{}: loop {} does not move one index, computing again",
            what, n.var.name());
  }
  for (const loop::BlockIter& i : block.iters) {
    const auto affine = loop::as_affine(simplify(i.binding));
    require(affine.has_value(), "{}: {} is not affine", what, i.var.name());
    std::vector<std::pair<int64_t, int64_t>> digits;  // coefficient, extent
    for (const For& n : loops) {
      const auto found = affine->coefficients.find(n.var);
      if (found != affine->coefficients.end()) digits.emplace_back(found->second, n.extent);
    }
    std::ranges::sort(digits);
    int64_t reach = 0;
    for (const auto& [coefficient, extent] : digits) {
      require(coefficient > reach, "{}: elements along {} are computed again", what, i.var.name());
      reach += coefficient * (extent - 1);
    }
  }
}

}  // namespace

Result in_place(const Function& f, const std::string& block, const std::string& operand) {
  const std::string what = fmt::format("in_place {} {}", block, operand);
  const Path path = find_block(f, block);
  const Buffer old_one = find_buffer(f, operand);
  const Owner owner = require_elementwise(block_at(path), what);
  require_same_indices(*loop::as<loop::Store>(block_at(path).body), old_one, what);
  require_like(owner.buffer, old_one, what);
  for (const Buffer& b : {old_one, owner.buffer}) {
    require(is_allocated(f, b), "{}: {} is a parameter, who calls owns it", what, b->name);
  }

  // Within the operand's allocation, all of it is written first, then this block comes.
  const auto allocation = std::ranges::find_if(path, [&](const Stmt& s) {
    const auto* n = loop::as<loop::Alloc>(s);
    return n != nullptr && n->buffer == old_one;
  });
  std::vector<For> loops;
  for (auto it = allocation; it != path.end(); ++it) {
    if (const For* n = loop::as<For>(*it)) loops.push_back(*n);
  }
  require_single_steps(block_at(path), loops, what);
  bool before = true;
  for (const Stmt& other : blocks_in(f.body)) {
    const std::string& name = loop::as<Block>(other)->name;
    if (other.same_as(path.back())) {
      before = false;
      continue;
    }
    require(!reads(other, old_one), "{}: block {} reads {} too", what, name, operand);
    require(!before || !writes(other, owner.buffer), "{}: block {} writes {} before it", what, name,
            owner.buffer->name);
    require(contains(*allocation, other) ||
                !(reads(other, owner.buffer) || writes(other, owner.buffer)),
            "{}: block {} uses {} where {} is gone", what, name, owner.buffer->name, operand);
    if (!writes(other, old_one)) continue;
    require(before, "{}: block {} writes {} after it", what, name, operand);
    for (const For& n : loops) {
      require(!contains(find_loop(f, n.var.name()).back(), other),
              "{}: block {} writes {} in loop {} too", what, name, operand, n.var.name());
    }
  }
  const auto& value = loop::as<loop::Store>(block_at(path).body)->value;
  const bool copies = std::holds_alternative<loop::Load>(value->kind);
  Result result{without_allocation(copies ? without_block(f, path) : f, owner.buffer)};
  result.function.body = replace_buffer(result.function.body, owner.buffer, old_one);
  return result;
}

}  // namespace vta::te::rewrites

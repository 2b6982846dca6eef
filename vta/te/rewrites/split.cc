// split: loop i of extent n becomes loops i_0, i_1, … and i = (i_0 * f_1 + i_1) * f_2 + …; where
// the factors' product exceeds n, the blocks within run only where i < n.
#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/access.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

namespace {

void fill_in(const For& loop, std::vector<int64_t>& factors) {
  require(factors.size() >= 2, "split {}: {} factors, must be at least 2", loop.var.name(),
          factors.size());
  int64_t product = 1;
  int64_t* open = nullptr;
  for (int64_t& factor : factors) {
    require(factor >= 0 && factor <= (int64_t{1} << 31), "split {}: factor {}, must be positive",
            loop.var.name(), factor);
    if (factor != 0) {
      product *= factor;
    } else {
      require(open == nullptr, "split {}: two factors are 0, at most one can be what is left",
              loop.var.name());
      open = &factor;
    }
    require(product <= (int64_t{1} << 40), "split {}: the factors' product is too large",
            loop.var.name());
  }
  if (open != nullptr) *open = (loop.extent + product - 1) / product;
  if (open != nullptr) product *= *open;
  require(product >= loop.extent, "split {}: the factors' product is {}, must be at least {}",
          loop.var.name(), product, loop.extent);
}

Stmt with_predicate(const Stmt& s, const Expr& condition) {
  return rewrite(s, {.stmt = [&](const Stmt& part) {
                   const Block* block = loop::as<Block>(part);
                   if (block == nullptr) return part;
                   Block guarded = *block;
                   guarded.predicate = both(block->predicate, condition);
                   return make_stmt(std::move(guarded));
                 }});
}

}  // namespace

Result split(const Function& f, const std::string& loop, std::vector<int64_t> factors) {
  const Path path = find_loop(f, loop);
  const For& old = loop_at(path);
  fill_in(old, factors);
  Result result{f, {}};
  std::vector<Var> vars;
  Expr index;
  int64_t product = 1;
  for (size_t i = 0; i < factors.size(); ++i) {
    vars.emplace_back(fresh_name(f, fmt::format("{}_{}", loop, i)));
    result.names.push_back(vars.back().name());
    index = index ? index * factors[i] + vars[i] : Expr(vars[i]);
    product *= factors[i];
  }
  Stmt body = substitute(old.body, {{old.var, index}});
  if (product > old.extent) body = with_predicate(body, index < old.extent);
  for (size_t i = factors.size(); i-- > 0;) {
    body = make_for(vars[i], factors[i], body,
                    i + 1 == factors.size() ? old.kind : loop::LoopKind::kSerial);
  }
  result.function.body = exchange(f.body, path.back(), body);
  return result;
}

}  // namespace vta::te::rewrites

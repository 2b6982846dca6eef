#include "vta/codegen/llvm/lower_copies.h"

#include <fmt/format.h>

#include "vta/loop/analysis.h"
#include "vta/loop/rewrite.h"

namespace vta::codegen {

namespace {

using loop::Copy;
using loop::Expr;
using loop::make_for;
using loop::make_store;
using loop::Region;
using loop::Stmt;
using loop::Type;
using loop::Var;

// The indices of the region's element at `point`, which runs along the extents other than 1.
std::vector<Expr> element_of(const Region& region, const std::vector<Var>& point) {
  std::vector<Expr> indices;
  size_t next = 0;
  for (size_t d = 0; d < region.begin.size(); ++d) {
    indices.push_back(region.extent[d] == 1 ? region.begin[d] : region.begin[d] + point[next++]);
  }
  return indices;
}

Stmt lower(const Copy& copy) {
  std::vector<Var> point;
  std::vector<int64_t> extents;
  for (const int64_t extent : copy.to.extent) {
    if (extent == 1) continue;
    point.emplace_back(fmt::format("{}_{}", copy.to.buffer->name, point.size()));
    extents.push_back(extent);
  }
  const std::vector<Expr> from = element_of(copy.from, point);
  const Type type = copy.from.buffer->type;
  Expr inside = constant(loop::kBool, 1);
  for (size_t d = 0; d < from.size(); ++d) {
    inside = inside && Expr(0) <= from[d] && from[d] < Expr(copy.from.buffer->shape[d]);
  }
  const Expr padding = type.is_float() ? constant_float(type, 0) : constant(type, copy.padding);
  Stmt nest = make_store(copy.to.buffer, element_of(copy.to, point),
                         select(inside, load(copy.from.buffer, from), padding));
  for (size_t d = point.size(); d-- > 0;) nest = make_for(point[d], extents[d], nest);
  return nest;
}

}  // namespace

loop::Function lower_copies(const loop::Function& function) {
  loop::Function result = function;
  result.body = simplify(rewrite(function.body, {.stmt = [](const Stmt& s) {
                                   const auto* copy = loop::as<Copy>(s);
                                   return copy != nullptr ? lower(*copy) : s;
                                 }}));
  return result;
}

}  // namespace vta::codegen

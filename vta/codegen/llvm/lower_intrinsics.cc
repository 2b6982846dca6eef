#include "vta/codegen/llvm/lower_intrinsics.h"

#include "vta/base/error.h"
#include "vta/loop/analysis.h"
#include "vta/loop/rewrite.h"
#include "vta/ops/intrin/intrin.h"

namespace vta::codegen {

namespace {

using loop::Expr;
using loop::Region;
using loop::Stmt;

// The region's elements follow one another, in the order of its dimensions.
bool is_dense(const Region& r) {
  const std::vector<int64_t> strides = r.buffer->dense_or_strides();
  int64_t next = 1;
  for (size_t d = strides.size(); d-- > 0;) {
    if (r.extent[d] == 1) continue;
    if (strides[d] != next) return false;
    next *= r.extent[d];
  }
  return true;
}

// The indices in the region's buffer of an element of the parameter that stands for it.
std::vector<Expr> place(const Region& r, const loop::BufferNode& parameter,
                        const std::vector<Expr>& indices) {
  std::vector<Expr> inner;  // along the extents other than 1
  for (size_t d = 0; d < indices.size(); ++d) {
    if (parameter.shape[d] != 1) inner.push_back(indices[d]);
  }
  std::vector<Expr> result;
  size_t next = 0;
  for (size_t d = 0; d < r.begin.size(); ++d) {
    result.push_back(r.extent[d] == 1 ? r.begin[d] : r.begin[d] + inner.at(next++));
  }
  return result;
}

Stmt meaning_of(const loop::Intrinsic& call, const loop::Function& meaning) {
  const auto region_of = [&](const loop::Buffer& b) -> const Region* {
    for (size_t i = 0; i < call.regions.size(); ++i) {
      if (meaning.parameters[i] == b) return &call.regions[i];
    }
    return nullptr;
  };
  loop::Substitution scalars;
  for (size_t i = 0; i < call.scalars.size(); ++i) scalars[meaning.scalars[i]] = call.scalars[i];
  return rewrite(
      substitute(meaning.body, scalars),
      {.expr =
           [&](const Expr& e) {
             const auto* n = std::get_if<loop::Load>(&e->kind);
             const Region* r = n != nullptr ? region_of(n->buffer) : nullptr;
             return r != nullptr ? load(r->buffer, place(*r, *n->buffer, n->indices)) : e;
           },
       .stmt =
           [&](const Stmt& s) {
             const auto* n = loop::as<loop::Store>(s);
             const Region* r = n != nullptr ? region_of(n->buffer) : nullptr;
             return r != nullptr
                        ? make_store(r->buffer, place(*r, *n->buffer, n->indices), n->value)
                        : s;
           }});
}

bool has_instruction(const Dot& dot, const DotInstructions& instructions) {
  return instructions.pmaddwd || (instructions.vpdpbusd && dot.is_a_unsigned);
}

}  // namespace

std::optional<Dot> find_dot(std::string_view intrinsic) {
  if (intrinsic == "avx2.dot_u8i8") return Dot{8, true};
  if (intrinsic == "avx2.dot_i8") return Dot{8, false};
  if (intrinsic == "vnni.dot_u8i8") return Dot{16, true};
  return std::nullopt;
}

loop::Function lower_intrinsics(const loop::Function& function,
                                const DotInstructions& instructions) {
  const loop::Intrinsics host = ops::host_intrinsics();
  loop::Function result = function;
  result.body =
      rewrite(function.body, {.stmt = [&](const Stmt& s) {
                const auto* call = loop::as<loop::Intrinsic>(s);
                if (call == nullptr) return s;
                const auto found = host.find(call->name);
                require(found != host.end(), "there is no intrinsic '{}' for a host", call->name);
                const std::optional<Dot> dot = find_dot(call->name);
                bool stays = dot && has_instruction(*dot, instructions);
                for (const Region& r : call->regions) stays = stays && is_dense(r);
                return stays ? s : meaning_of(*call, found->second);
              }});
  result.body = simplify(result.body);
  return result;
}

}  // namespace vta::codegen

#include "vta/loop/stmt.h"

#include <algorithm>
#include <array>

#include "vta/base/error.h"

namespace vta::loop {

namespace {

constexpr std::array<std::string_view, 5> kLoopKinds = {"serial", "parallel", "vectorized",
                                                        "unrolled", "vthread"};

void append_flat(std::vector<Stmt>& to, const Stmt& s) {
  if (const Seq* seq = as<Seq>(s)) {
    for (const Stmt& part : seq->statements) append_flat(to, part);
  } else if (s) {
    to.push_back(s);
  }
}

}  // namespace

std::string_view loop_kind_name(LoopKind kind) {
  return kLoopKinds[static_cast<size_t>(kind)];
}

LoopKind loop_kind_from_name(std::string_view name) {
  const auto it = std::ranges::find(kLoopKinds, name);
  require(it != kLoopKinds.end(), "'{}' is not a kind of loop: {}", name,
          fmt::join(kLoopKinds, ", "));
  return static_cast<LoopKind>(it - kLoopKinds.begin());
}

Stmt make_for(Var var, int64_t extent, Stmt body, LoopKind kind) {
  return make_stmt(For{std::move(var), extent, kind, std::move(body)});
}

Stmt make_store(Buffer buffer, std::vector<Expr> indices, Expr value) {
  require(indices.size() == buffer->shape.size(), "{} indices for {}, which has {} dimensions",
          indices.size(), buffer->name, buffer->shape.size());
  require(value.type() == buffer->type, "a value of type {} stored to {}, which holds {}",
          to_string(value.type()), buffer->name, to_string(buffer->type));
  return make_stmt(Store{std::move(buffer), std::move(indices), std::move(value)});
}

Stmt make_seq(std::vector<Stmt> statements) {
  std::vector<Stmt> flat;
  for (const Stmt& s : statements) append_flat(flat, s);
  return flat.size() == 1 ? flat[0] : make_stmt(Seq{std::move(flat)});
}

}  // namespace vta::loop

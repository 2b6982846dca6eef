// Walking and rebuilding loop IR: the one place that knows every node's children.
#pragma once

#include <functional>
#include <map>

#include "vta/loop/stmt.h"

namespace vta::loop {

// Calls `visit` for every expression in `e` / `s`, operands before what uses them.
void for_each_expr(const Expr& e, const std::function<void(const Expr&)>& visit);
void for_each_expr(const Stmt& s, const std::function<void(const Expr&)>& visit);
// Calls `visit` for `s` and every statement in it, outer ones first.
void for_each_stmt(const Stmt& s, const std::function<void(const Stmt&)>& visit);

// How a rewrite changes nodes: each function gets a node whose children are rewritten already, and
// returns what takes its place. Absent ones keep theirs.
struct Rewriter {
  std::function<Expr(const Expr&)> expr = nullptr;
  std::function<Stmt(const Stmt&)> stmt = nullptr;
  std::function<Buffer(const Buffer&)> buffer = nullptr;
};
// Nodes that stay as they are stay shared.
Expr rewrite(const Expr& e, const Rewriter& with);
Stmt rewrite(const Stmt& s, const Rewriter& with);

using Substitution = std::map<Var, Expr>;
Expr substitute(const Expr& e, const Substitution& values);
Stmt substitute(const Stmt& s, const Substitution& values);
Stmt replace_buffer(const Stmt& s, const Buffer& old_one, const Buffer& new_one);

bool uses(const Expr& e, const Var& var);

}  // namespace vta::loop

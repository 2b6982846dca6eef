// Finding and exchanging parts of a function: what the schedule's rewrites have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vta/loop/stmt.h"

namespace vta::te {

using loop::Block;
using loop::Buffer;
using loop::Expr;
using loop::For;
using loop::Function;
using loop::make_for;
using loop::make_seq;
using loop::make_stmt;
using loop::make_store;
using loop::Stmt;
using loop::Var;

// A statement with the statements around it, outermost first; the last one is itself.
using Path = std::vector<Stmt>;

// Throw Error that lists the names that there are.
Path find_loop(const Function& f, std::string_view name);
Path find_block(const Function& f, std::string_view name);
Buffer find_buffer(const Function& f, std::string_view name);  // a parameter or allocated

const For& loop_at(const Path& path);  // of the path's last statement
const Block& block_at(const Path& path);
// The loops of a path, outermost first.
std::vector<Stmt> loops_of(const Path& path);

// All blocks in `s`, in order.
std::vector<Stmt> blocks_in(const Stmt& s);
// Whether `part` is `whole` or in it.
bool contains(const Stmt& whole, const Stmt& part);

// `whole` with `part` (that very statement) exchanged for `by`; an empty `by` takes it out, and
// loops and allocations that hold nothing then go with it.
Stmt exchange(const Stmt& whole, const Stmt& part, const Stmt& by);

// A block's variable's name without the v in front: what a loop over it is called.
std::string without_v(const std::string& name);
// `wish`, or with a number appended, so that no variable, block or buffer of `f` has the name.
std::string fresh_name(const Function& f, const std::string& wish);
// `f` with no two loops of one name, none that a buffer or a block's variable has.
Function with_unique_names(const Function& f);

}  // namespace vta::te

#include "vta/te/tree.h"

#include <algorithm>
#include <functional>
#include <set>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"

namespace vta::te {

namespace {

using Predicate = std::function<bool(const Stmt&)>;

// A block is a whole: what is inside it is no part of the schedule.
std::vector<Stmt> children(const Stmt& s) {
  return match(
      s, [](const loop::For& n) { return std::vector{n.body}; },
      [](const loop::If& n) { return std::vector{n.then}; },
      [](const loop::Seq& n) { return n.statements; },
      [](const loop::Alloc& n) { return std::vector{n.body}; },
      [](const auto&) { return std::vector<Stmt>(); });
}

// The path to the first statement that `wanted` accepts; empty where there is none.
bool search(const Stmt& s, const Predicate& wanted, Path& path) {
  path.push_back(s);
  if (wanted(s)) return true;
  for (const Stmt& child : children(s)) {
    if (search(child, wanted, path)) return true;
  }
  path.pop_back();
  return false;
}

bool is_empty(const Stmt& s) {
  const loop::Seq* seq = loop::as<loop::Seq>(s);
  return seq != nullptr && seq->statements.empty();
}

Stmt without_hollow(const Stmt& s) {
  if (const For* n = loop::as<For>(s)) return is_empty(n->body) ? n->body : s;
  if (const auto* n = loop::as<loop::Alloc>(s)) return is_empty(n->body) ? n->body : s;
  if (const auto* n = loop::as<loop::If>(s)) return is_empty(n->then) ? n->then : s;
  if (const auto* n = loop::as<loop::Seq>(s)) {
    // What is flat already stays the very statement that it was.
    const bool is_flat =
        n->statements.size() != 1 && std::ranges::none_of(n->statements, [](const Stmt& part) {
          return loop::as<loop::Seq>(part) != nullptr;
        });
    return is_flat ? s : make_seq(n->statements);
  }
  return s;
}

std::set<std::string> names_in(const Function& f) {
  std::set<std::string> names;
  for (const Buffer& b : f.parameters) names.insert(b->name);
  for (const Var& v : f.scalars) names.insert(v.name());
  for_each_stmt(f.body, [&](const Stmt& s) {
    if (const For* n = loop::as<For>(s)) names.insert(n->var.name());
    if (const auto* n = loop::as<loop::Alloc>(s)) names.insert(n->buffer->name);
    if (const Block* n = loop::as<Block>(s)) {
      names.insert(n->name);
      for (const loop::BlockIter& i : n->iters) names.insert(i.var.name());
    }
  });
  return names;
}

std::string fresh_among(const std::set<std::string>& taken, const std::string& wish) {
  std::string name = wish;
  for (int n = 1; taken.contains(name); ++n) name = fmt::format("{}_{}", wish, n);
  return name;
}

template <typename Kind, typename NameOf>
Path find(const Function& f, std::string_view name, std::string_view what, NameOf name_of) {
  Path path;
  std::vector<std::string> names;
  const bool found = search(
      f.body,
      [&](const Stmt& s) {
        const Kind* n = loop::as<Kind>(s);
        if (n == nullptr) return false;
        names.push_back(name_of(*n));
        return names.back() == name;
      },
      path);
  require(found, "there is no {} '{}' in {}, only {}", what, name, f.name, fmt::join(names, ", "));
  return path;
}

}  // namespace

Path find_loop(const Function& f, std::string_view name) {
  return find<For>(f, name, "loop", [](const For& n) { return n.var.name(); });
}

Path find_block(const Function& f, std::string_view name) {
  return find<Block>(f, name, "block", [](const Block& n) { return n.name; });
}

Buffer find_buffer(const Function& f, std::string_view name) {
  std::vector<std::string> names;
  Buffer found;
  const auto offer = [&](const Buffer& b) {
    names.push_back(b->name);
    if (b->name == name) found = b;
  };
  for (const Buffer& b : f.parameters) offer(b);
  for_each_stmt(f.body, [&](const Stmt& s) {
    if (const auto* n = loop::as<loop::Alloc>(s)) offer(n->buffer);
  });
  require(found != nullptr, "there is no buffer '{}' in {}, only {}", name, f.name,
          fmt::join(names, ", "));
  return found;
}

const For& loop_at(const Path& path) {
  return *loop::as<For>(path.back());
}

const Block& block_at(const Path& path) {
  return *loop::as<Block>(path.back());
}

std::vector<Stmt> loops_of(const Path& path) {
  std::vector<Stmt> loops;
  std::ranges::copy_if(path, std::back_inserter(loops),
                       [](const Stmt& s) { return loop::as<For>(s) != nullptr; });
  return loops;
}

std::vector<Stmt> blocks_in(const Stmt& s) {
  std::vector<Stmt> blocks;
  for_each_stmt(s, [&](const Stmt& part) {
    if (loop::as<Block>(part) != nullptr) blocks.push_back(part);
  });
  return blocks;
}

bool contains(const Stmt& whole, const Stmt& part) {
  Path path;
  return search(
      whole, [&](const Stmt& s) { return s.same_as(part); }, path);
}

Stmt exchange(const Stmt& whole, const Stmt& part, const Stmt& by) {
  return rewrite(whole, {.stmt = [&](const Stmt& s) {
                   if (s.same_as(part)) return by ? by : make_seq({});
                   return without_hollow(s);
                 }});
}

std::string without_v(const std::string& name) {
  return name.starts_with("v") && name.size() > 1 ? name.substr(1) : name;
}

std::string fresh_name(const Function& f, const std::string& wish) {
  return fresh_among(names_in(f), wish);
}

Function with_unique_names(const Function& f) {
  std::set<std::string> taken;
  for (const Buffer& b : f.parameters) taken.insert(b->name);
  for_each_stmt(f.body, [&](const Stmt& s) {
    if (const auto* n = loop::as<loop::Alloc>(s)) taken.insert(n->buffer->name);
    if (const Block* n = loop::as<Block>(s)) {
      for (const loop::BlockIter& i : n->iters) taken.insert(i.var.name());
    }
  });
  Function result = f;
  result.body = rewrite(f.body, {.stmt = [&](const Stmt& s) {
                          const For* n = loop::as<For>(s);
                          if (n == nullptr) return s;
                          const std::string name = fresh_among(taken, n->var.name());
                          taken.insert(name);
                          if (name == n->var.name()) return s;
                          For renamed = *n;
                          renamed.var = Var(name);
                          renamed.body = substitute(n->body, {{n->var, renamed.var}});
                          return make_stmt(std::move(renamed));
                        }});
  return result;
}

}  // namespace vta::te

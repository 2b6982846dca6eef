#include "vta/loop/verify.h"

#include <algorithm>
#include <set>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"

namespace vta::loop {

namespace {

class Verifier {
 public:
  void function(const Function& f) {
    for (const Buffer& b : f.parameters) define(b);
    vars_.insert(f.scalars.begin(), f.scalars.end());
    scalars_ = vars_;
    statement(f.body);
  }

 private:
  void statement(const Stmt& s) {
    if (!s) return;
    match(s, [this](const auto& node) { check(node); });
  }

  void check(const For& n) {
    require(n.extent > 0, "loop {} has extent {}, must be positive", n.var.name(), n.extent);
    require(vars_.insert(n.var).second, "loop variable {} is defined twice", n.var.name());
    statement(n.body);
    vars_.erase(n.var);
  }
  void check(const Store& n) {
    use(n.buffer);
    require(n.indices.size() == n.buffer->shape.size(),
            "{} indices for {}, which has {} dimensions", n.indices.size(), n.buffer->name,
            n.buffer->shape.size());
    for (const Expr& index : n.indices) expect(index, kIndex, "an index of " + n.buffer->name);
    expect(n.value, n.buffer->type, "what is stored to " + n.buffer->name);
  }
  void check(const If& n) {
    expect(n.condition, kBool, "a condition");
    statement(n.then);
  }
  void check(const Seq& n) {
    for (const Stmt& s : n.statements) statement(s);
  }
  void check(const Alloc& n) {
    define(n.buffer);
    statement(n.body);
    buffers_.erase(n.buffer.get());
  }
  void check(const Copy& n) {
    region(n.to);
    region(n.from);
    require(long_extents(n.to) == long_extents(n.from),
            "a copy of {} elements of {} to {} of {}: extents other than 1 must be the same",
            fmt::join(n.from.extent, "x"), n.from.buffer->name, fmt::join(n.to.extent, "x"),
            n.to.buffer->name);
    const Type to = n.to.buffer->type, from = n.from.buffer->type;
    require(to == from || (to.is_integer() && from.is_integer()),
            "a copy from {} to {}, must be of one type or of integers", to_string(from),
            to_string(to));
    require(from.is_integer() ? wrap(from, n.padding) == n.padding : n.padding == 0,
            "a copy pads {} with {}, must be {}", n.from.buffer->name, n.padding,
            from.is_integer() ? "of " + to_string(from) : "0");
  }
  void check(const Intrinsic& n) {
    for (const Region& r : n.regions) region(r);
    for (const Expr& e : n.scalars) expression(e);
  }
  void check(const Block& n) {
    require(blocks_.insert(n.name).second, "two blocks are called {}", n.name);
    std::set<Var> inside = scalars_;
    bool reduces = false;
    for (const BlockIter& i : n.iters) {
      require(i.extent > 0, "block {}: {} has extent {}, must be positive", n.name, i.var.name(),
              i.extent);
      expect(i.binding, kIndex, "block " + n.name + ": the binding of " + i.var.name());
      require(inside.insert(i.var).second, "block {}: {} is defined twice", n.name, i.var.name());
      reduces |= i.kind == BlockIter::Kind::kReduce;
    }
    if (n.predicate) expect(n.predicate, kBool, "block " + n.name + ": the predicate");
    require(!n.init || reduces, "block {} has an init but no reduction", n.name);
    std::swap(vars_, inside);
    statement(n.init);
    statement(n.body);
    std::swap(vars_, inside);
  }

  void define(const Buffer& b) {
    require(std::ranges::all_of(b->shape, [](int64_t n) { return n > 0; }),
            "buffer {} has shape [{}], must be positive", b->name, fmt::join(b->shape, ", "));
    require(b->strides.empty() || b->strides.size() == b->shape.size(),
            "buffer {} has {} strides for {} dimensions", b->name, b->strides.size(),
            b->shape.size());
    require(buffers_.insert(b.get()).second, "buffer {} is defined twice", b->name);
  }
  void use(const Buffer& b) {
    require(buffers_.contains(b.get()), "buffer {} is used where it is not allocated", b->name);
  }

  void region(const Region& r) {
    use(r.buffer);
    require(r.begin.size() == r.buffer->shape.size() && r.extent.size() == r.begin.size(),
            "a region of {} dimensions in {}, which has {}", r.begin.size(), r.buffer->name,
            r.buffer->shape.size());
    for (size_t d = 0; d < r.begin.size(); ++d) {
      expect(r.begin[d], kIndex, "the begin of a region of " + r.buffer->name);
      require(r.extent[d] > 0, "a region of {} has extent {}, must be positive", r.buffer->name,
              r.extent[d]);
    }
  }

  static std::vector<int64_t> long_extents(const Region& r) {
    std::vector<int64_t> extents = r.extent;
    std::erase(extents, 1);
    return extents;
  }

  void expect(const Expr& e, Type type, const std::string& what) {
    require(static_cast<bool>(e), "{} is missing", what);
    require(e.type() == type, "{} is of type {}, must be {}", what, to_string(e.type()),
            to_string(type));
    expression(e);
  }

  void expression(const Expr& e) {
    for_each_expr(e, [this](const Expr& part) {
      if (const Var* var = as_var(part)) {
        require(vars_.contains(*var), "variable {} is used where it is not defined", var->name());
      }
      if (const auto* l = std::get_if<Load>(&part->kind)) use(l->buffer);
    });
  }

  std::set<Var> vars_;
  std::set<Var> scalars_;
  std::set<const BufferNode*> buffers_;
  std::set<std::string> blocks_;
};

}  // namespace

void verify(const Function& function) {
  Verifier().function(function);
}

}  // namespace vta::loop

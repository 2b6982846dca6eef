#include "vta/te/match.h"

#include <algorithm>
#include <cstring>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/loop/text.h"

namespace vta::te {

namespace {

using loop::BinaryOp;

bool is_commutative(BinaryOp op) {
  switch (op) {
    case BinaryOp::kAdd:
    case BinaryOp::kMul:
    case BinaryOp::kMin:
    case BinaryOp::kMax:
    case BinaryOp::kAnd:
    case BinaryOp::kOr:
    case BinaryOp::kXor:
    case BinaryOp::kEq:
    case BinaryOp::kNe:
      return true;
    default:
      return false;
  }
}

bool is_scalar(const Function& f, const Expr& e) {
  const Var* v = loop::as_var(e);
  return v != nullptr && std::ranges::find(f.scalars, *v) != f.scalars.end();
}

bool equal_regions(const loop::Region& a, const loop::Region& b) {
  return a.buffer == b.buffer && a.extent == b.extent &&
         std::ranges::equal(a.begin, b.begin,
                            [](const Expr& x, const Expr& y) { return equal(x, y); });
}

// What has been found to correspond so far.
struct Pairing {
  std::map<Var, Var> loops;  // from the description's to the nest's
  std::map<const loop::BufferNode*, loop::Region> operands;
  std::map<Var, Expr> scalars;
};

class Matcher {
 public:
  Matcher(const Description& description, const std::vector<For>& loops, const loop::Ranges& ranges)
      : description_(description), ranges_(ranges) {
    for (const For& n : loops) {
      extents_[n.var] = n.extent;
      ranges_[n.var] = {0, n.extent - 1};
      to_begin_[n.var] = 0;
    }
    for (const auto& [var, range] : ranges_) {
      if (range.low == range.high) only_value_[var] = range.low;
    }
    for (const For& n : description.body.loops) described_extents_[n.var] = n.extent;
  }

  // Both nests, element for element; all loops of both must take part.
  bool nest(const Nest& d, const Nest& t) {
    if (!access(d.store.buffer, d.store.indices, t.store.buffer, t.store.indices) ||
        !value(d.store.value, t.store.value)) {
      return false;
    }
    for (const For& n : d.loops) {
      if (pairing_.loops.contains(n.var)) continue;
      return differs("{} of {} takes {} values, the tile has nothing for it", n.var.name(),
                     description_.name, n.extent);
    }
    for (const For& n : t.loops) {
      if (is_paired(n.var)) continue;
      return differs("{} takes {} values in the tile, {} has nothing for it", n.var.name(),
                     n.extent, description_.name);
    }
    return true;
  }

  const Pairing& pairing() const { return pairing_; }
  const std::string& difference() const { return difference_; }

 private:
  template <typename... Args>
  bool differs(fmt::format_string<Args...> format, Args&&... args) {
    difference_ = fmt::format(format, std::forward<Args>(args)...);
    return false;
  }
  bool differs_as_written(const Expr& d, const Expr& t) {
    return differs("{} stands where {} has {}", to_string(t), description_.name, to_string(d));
  }

  bool is_paired(const Var& var) const {
    return std::ranges::any_of(pairing_.loops,
                               [&](const auto& entry) { return entry.second == var; });
  }

  bool loop_pair(const Var& d, const Var& t, int64_t extent) {
    const auto found = pairing_.loops.find(d);
    if (found != pairing_.loops.end()) {
      return found->second == t ||
             differs("{} stands where {} has {}, which is {} elsewhere", t.name(),
                     description_.name, d.name(), found->second.name());
    }
    if (is_paired(t)) {
      return differs("{} stands for two loops of {}", t.name(), description_.name);
    }
    if (extents_.at(t) != extent) {
      return differs("{} takes {} values in the tile, {} of {} takes {}", t.name(), extents_.at(t),
                     d.name(), description_.name, extent);
    }
    pairing_.loops.emplace(d, t);
    return true;
  }

  bool access(const Buffer& parameter, const std::vector<Expr>& d, const Buffer& buffer,
              const std::vector<Expr>& t) {
    if (buffer->type != parameter->type) {
      return differs("{} holds {}, operand {} of {} {}", buffer->name, to_string(buffer->type),
                     parameter->name, description_.name, to_string(parameter->type));
    }
    const bool is_hosts =
        parameter->scope == loop::Scope::kGlobal && buffer->scope == loop::Scope::kLocal;
    if (buffer->scope != parameter->scope && !is_hosts) {
      return differs("{} is in {}, operand {} of {} in {}", buffer->name, scope_name(buffer->scope),
                     parameter->name, description_.name, scope_name(parameter->scope));
    }
    loop::Region region{buffer, {}, {}};
    std::vector<std::optional<Digit>> moving(t.size());
    for (size_t i = 0; i < t.size(); ++i) {
      region.begin.push_back(simplify(substitute(t[i], to_begin_), ranges_));
      const Expr offset = simplify(substitute(t[i] - region.begin.back(), only_value_), ranges_);
      moving[i] = as_digit(offset);
      if (moving[i] && !extents_.contains(moving[i]->var)) moving[i].reset();
      if (!loop::is_constant(offset, 0) && !moving[i]) {
        return differs("{} is accessed at {}: not one loop of the tile by single steps",
                       buffer->name, to_string(t[i]));
      }
      region.extent.push_back(1);  // of one that moves, see `dimensions`
    }
    return dimensions(parameter, d, moving, region) && operand(parameter, std::move(region));
  }

  // Dimensions of more than one element correspond in order: those that loops of the description,
  // or digits of them, run over with those that move in the tile, those at constants with ones in
  // between.
  bool dimensions(const Buffer& parameter, const std::vector<Expr>& d,
                  const std::vector<std::optional<Digit>>& moving, loop::Region& region) {
    const auto next_moving = [&](size_t from) {
      while (from < moving.size() && !moving[from]) ++from;
      return from;
    };
    size_t at = 0;
    for (size_t i = 0; i < d.size(); ++i) {
      const int64_t extent = parameter->shape[i];
      if (extent == 1) continue;
      const size_t next = next_moving(at);
      if (const auto digit = as_digit(d[i])) {
        if (next == moving.size()) return differs_in_rank(parameter, region.buffer);
        const Digit& other = *moving[next];
        if (digit->divisor != other.divisor || digit->modulus != other.modulus) {
          return differs_in_rank(parameter, region.buffer);
        }
        if (!loop_pair(digit->var, other.var, described_extents_.at(digit->var))) return false;
        region.extent[next] = extent;
        at = next + 1;
        continue;
      }
      size_t fixed = next;
      while (fixed > at && region.buffer->shape[fixed - 1] % extent != 0) --fixed;
      if (fixed == at) return differs_in_rank(parameter, region.buffer);
      region.begin[fixed - 1] = simplify(region.begin[fixed - 1] - d[i], ranges_);
      region.extent[fixed - 1] = extent;
      at = fixed;
    }
    return next_moving(at) == moving.size() || differs_in_rank(parameter, region.buffer);
  }

  bool differs_in_rank(const Buffer& parameter, const Buffer& buffer) {
    std::vector<int64_t> shape = parameter->shape;
    std::erase(shape, 1);
    return differs("what the tile touches of {} is no [{}], as operand {} of {} is", buffer->name,
                   fmt::join(shape, ", "), parameter->name, description_.name);
  }

  bool operand(const Buffer& parameter, loop::Region region) {
    const auto [it, is_first] = pairing_.operands.emplace(parameter.get(), region);
    if (is_first || equal_regions(it->second, region)) return true;
    if (it->second.buffer == region.buffer) {
      return differs("{} is accessed in two places, operand {} of {} is one", region.buffer->name,
                     parameter->name, description_.name);
    }
    return differs("{} and {} are two buffers, operand {} of {} is one", it->second.buffer->name,
                   region.buffer->name, parameter->name, description_.name);
  }

  bool scalar(const Var& parameter, const Expr& t) {
    if (t.type() != parameter.type()) {
      return differs("{} is {}, {} of {} {}", to_string(t), to_string(t.type()), parameter.name(),
                     description_.name, to_string(parameter.type()));
    }
    bool is_fixed = true;
    for_each_expr(t, [&](const Expr& e) {
      const Var* v = loop::as_var(e);
      is_fixed &=
          (v == nullptr || !extents_.contains(*v)) && std::get_if<loop::Load>(&e->kind) == nullptr;
    });
    if (!is_fixed) {
      return differs("{} is not one value for the tile, as {} of {} must be", to_string(t),
                     parameter.name(), description_.name);
    }
    const auto [it, is_first] = pairing_.scalars.emplace(parameter, t);
    return is_first || equal(it->second, t) ||
           differs("{} and {} stand for {} of {}", to_string(it->second), to_string(t),
                   parameter.name(), description_.name);
  }

  // An immediate, widened in the description: a constant that is narrow enough.
  bool immediate(const Expr& narrow, const Expr& t) {
    const int64_t value = *loop::as_constant(t);
    const loop::Type type = narrow.type();
    if (wrap(type, value) != value) {
      return differs("{} does not fit {}, the type of {} of {}", value, to_string(type),
                     loop::as_var(narrow)->name(), description_.name);
    }
    return scalar(*loop::as_var(narrow), constant(type, value));
  }

  bool value(const Expr& d, const Expr& t) {
    if (is_scalar(description_.function, d)) return scalar(*loop::as_var(d), t);
    const auto* widened = std::get_if<loop::Cast>(&d->kind);
    if (widened != nullptr && is_scalar(description_.function, widened->a) &&
        d.type() == t.type() && loop::as_constant(t) != nullptr) {
      return immediate(widened->a, t);
    }
    if (d.type() != t.type() || d->kind.index() != t->kind.index()) {
      return differs_as_written(d, t);
    }
    return match(d, [&](const auto& node) {
      return same(d, t, node, std::get<std::decay_t<decltype(node)>>(t->kind));
    });
  }

  bool same(const Expr& d, const Expr& t, const loop::IntConstant& x, const loop::IntConstant& y) {
    return x.value == y.value || differs_as_written(d, t);
  }
  bool same(const Expr& d, const Expr& t, const loop::FloatConstant& x,
            const loop::FloatConstant& y) {
    return std::memcmp(&x.value, &y.value, sizeof(double)) == 0 || differs_as_written(d, t);
  }
  // A loop's number as a value: no description has it.
  bool same(const Expr& d, const Expr& t, const Var&, const Var&) {
    return differs_as_written(d, t);
  }
  bool same(const Expr& d, const Expr& t, const loop::Binary& x, const loop::Binary& y) {
    if (x.op != y.op) return differs_as_written(d, t);
    const Pairing before = pairing_;
    if (value(x.a, y.a) && value(x.b, y.b)) return true;
    if (!is_commutative(x.op)) return false;
    const std::string straight = difference_;
    pairing_ = before;
    if (value(x.a, y.b) && value(x.b, y.a)) return true;
    difference_ = straight;
    return false;
  }
  bool same(const Expr&, const Expr&, const loop::Select& x, const loop::Select& y) {
    return value(x.condition, y.condition) && value(x.yes, y.yes) && value(x.no, y.no);
  }
  bool same(const Expr&, const Expr&, const loop::Cast& x, const loop::Cast& y) {
    return value(x.a, y.a);
  }
  bool same(const Expr&, const Expr&, const loop::Load& x, const loop::Load& y) {
    return access(x.buffer, x.indices, y.buffer, y.indices);
  }
  bool same(const Expr& d, const Expr& t, const loop::Call& x, const loop::Call& y) {
    if (x.function != y.function || x.arguments.size() != y.arguments.size()) {
      return differs_as_written(d, t);
    }
    for (size_t i = 0; i < x.arguments.size(); ++i) {
      if (!value(x.arguments[i], y.arguments[i])) return false;
    }
    return true;
  }

  const Description& description_;
  loop::Ranges ranges_;
  std::map<Var, int64_t> extents_;  // of the nest's loops
  std::map<Var, int64_t> described_extents_;
  loop::Substitution only_value_;  // of the variables that have just one
  loop::Substitution to_begin_;
  Pairing pairing_;
  std::string difference_;
};

Pairing match_nest(const Description& d, const Nest& wanted, const Nest& nest,
                   const loop::Ranges& ranges, std::string_view what) {
  Matcher matcher(d, nest.loops, ranges);
  require(matcher.nest(wanted, nest), "{}: {}", what, matcher.difference());
  return matcher.pairing();
}

}  // namespace

loop::Intrinsic match_intrinsic(const Description& d, const Nest& nest,
                                const std::optional<Nest>& init, const loop::Ranges& ranges,
                                std::string_view what) {
  Pairing found = match_nest(d, d.body, nest, ranges, what);
  if (d.init) {
    require(init.has_value(), "{}: {} begins with an init, the block has none", what, d.name);
    const Pairing first = match_nest(d, *d.init, *init, ranges, what);
    for (const auto& [parameter, region] : first.operands) {
      const auto [it, is_new] = found.operands.emplace(parameter, region);
      require(is_new || equal_regions(it->second, region),
              "{}: init and body access different elements of {}", what, region.buffer->name);
    }
    for (const auto& [parameter, value] : first.scalars) {
      const auto [it, is_new] = found.scalars.emplace(parameter, value);
      require(is_new || equal(it->second, value), "{}: {} differs between init and body", what,
              parameter.name());
    }
  }
  loop::Intrinsic call{d.name, {}, {}};
  const Buffer& written = found.operands.at(d.function.parameters[0].get()).buffer;
  for (const Buffer& p : d.function.parameters) {
    const auto region = found.operands.find(p.get());
    require(region != found.operands.end(), "intrinsic {}: {} is never used", d.name, p->name);
    require(call.regions.empty() || region->second.buffer != written,
            "{}: {} is both operand {}, which {} writes, and {}", what, written->name,
            d.function.parameters[0]->name, d.name, p->name);
    call.regions.push_back(region->second);
  }
  for (const Var& v : d.function.scalars) {
    const auto value = found.scalars.find(v);
    require(value != found.scalars.end(), "intrinsic {}: {} is never used", d.name, v.name());
    call.scalars.push_back(value->second);
  }
  return call;
}

}  // namespace vta::te

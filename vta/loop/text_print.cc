// Writes the text form (text.h).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "vta/loop/operators.h"
#include "vta/loop/text.h"

namespace vta::loop {

namespace {

// Gives every variable and buffer a name that no other one has.
class Names {
 public:
  const std::string& of(const Var& var) { return of(vars_, var, var.name()); }
  const std::string& of(const Buffer& buffer) { return of(buffers_, buffer.get(), buffer->name); }

 private:
  template <typename Map, typename Key>
  const std::string& of(Map& names, const Key& key, const std::string& wish) {
    const auto found = names.find(key);
    if (found != names.end()) return found->second;
    std::string name = wish;
    for (int n = 1; !taken_.insert(name).second; ++n) name = fmt::format("{}_{}", wish, n);
    return names[key] = name;
  }

  std::map<Var, std::string> vars_;
  std::map<const BufferNode*, std::string> buffers_;
  std::set<std::string> taken_;
};

class Printer {
 public:
  explicit Printer(Names& names) : names_(names) {}

  std::string expr(const Expr& e) { return expr(e, 0); }

  std::string function(const Function& f) {
    std::string parameters;
    for (const Buffer& b : f.parameters) {
      parameters += (parameters.empty() ? "" : ", ") + declaration(*b, names_.of(b));
    }
    std::string scalars;
    for (const Var& v : f.scalars) {
      scalars +=
          fmt::format("{}{}: {}", scalars.empty() ? "; " : ", ", names_.of(v), to_string(v.type()));
    }
    text_ = fmt::format("func {}({}{}) {{\n", f.name, parameters, scalars);
    depth_ = 1;
    statement(f.body);
    return text_ + "}\n";
  }

 private:
  static std::string declaration(const BufferNode& b, const std::string& name) {
    std::string text = fmt::format("{}: {}[{}]", name, to_string(b.type), fmt::join(b.shape, ", "));
    if (b.scope != Scope::kGlobal) text += fmt::format(" {}", scope_name(b.scope));
    if (!b.strides.empty()) text += fmt::format(" strides [{}]", fmt::join(b.strides, ", "));
    return text;
  }

  void line(const std::string& text) {
    text_ += std::string(static_cast<size_t>(2 * depth_), ' ') + text + "\n";
  }

  void braces(const std::string& head, const auto& body) {
    line(head + " {");
    ++depth_;
    body();
    --depth_;
    line("}");
  }

  void statement(const Stmt& s) {
    if (!s) return;
    match(s, [this](const auto& node) { print(node); });
  }

  void print(const For& n) {
    std::string head = fmt::format("for {} in {}", names_.of(n.var), n.extent);
    if (n.kind != LoopKind::kSerial) head += fmt::format(" {}", loop_kind_name(n.kind));
    braces(head + notes(n.annotations), [&] { statement(n.body); });
  }
  void print(const Store& n) {
    line(fmt::format("{}[{}] = {}", names_.of(n.buffer), list(n.indices), expr(n.value)));
  }
  void print(const If& n) {
    braces("if " + expr(n.condition), [&] { statement(n.then); });
  }
  void print(const Seq& n) {
    for (const Stmt& s : n.statements) {
      // What an alloc covers ends with its braces, so one that is not last gets braces of its own.
      const bool inner = as<Alloc>(s) != nullptr && !s.same_as(n.statements.back());
      inner ? braces("scope", [&] { statement(s); }) : statement(s);
    }
  }
  void print(const Alloc& n) {
    line("alloc " + declaration(*n.buffer, names_.of(n.buffer)));
    statement(n.body);
  }
  void print(const Copy& n) {
    const std::string padding = n.padding == 0 ? "" : fmt::format(" padding {}", n.padding);
    line(fmt::format("copy {} = {}{}", region(n.to), region(n.from), padding));
  }
  void print(const Intrinsic& n) {
    std::string regions;
    for (const Region& r : n.regions) regions += (regions.empty() ? "" : ", ") + region(r);
    line(fmt::format("call {}({}{})", n.name, regions,
                     n.scalars.empty() ? "" : "; " + list(n.scalars)));
  }
  void print(const Block& n) {
    std::string iters;
    for (const BlockIter& i : n.iters) {
      iters +=
          fmt::format("{}{} in {}{} = {}", iters.empty() ? "" : ", ", names_.of(i.var), i.extent,
                      i.kind == BlockIter::Kind::kReduce ? " reduce" : "", expr(i.binding));
    }
    std::string head = fmt::format("block {}({})", n.name, iters);
    if (n.predicate) head += " where " + expr(n.predicate);
    braces(head + notes(n.annotations), [&] {
      if (n.init) braces("init", [&] { statement(n.init); });
      statement(n.body);
    });
  }

  static std::string notes(const Annotations& annotations) {
    std::string text;
    for (const auto& [key, value] : annotations) text += fmt::format(" @{}=\"{}\"", key, value);
    return text;
  }

  std::string region(const Region& r) {
    std::string parts;
    for (size_t d = 0; d < r.begin.size(); ++d) {
      parts += (d == 0 ? "" : ", ") + expr(r.begin[d]);
      if (r.extent[d] != 1) parts += fmt::format(":{}", r.extent[d]);
    }
    return fmt::format("{}[{}]", names_.of(r.buffer), parts);
  }

  std::string list(const std::vector<Expr>& exprs) {
    std::string text;
    for (const Expr& e : exprs) text += (text.empty() ? "" : ", ") + expr(e);
    return text;
  }

  // In parentheses where an operator that binds tighter than `outer` is needed.
  std::string expr(const Expr& e, int outer) {
    return match(
        e,
        [&](const IntConstant& n) {
          if (e.type() == kIndex) return fmt::format("{}", n.value);
          return e.type() == Type{Type::Kind::kUInt, 64}
                     ? fmt::format("{}:u64", static_cast<uint64_t>(n.value))
                     : fmt::format("{}:{}", n.value, to_string(e.type()));
        },
        [&](const FloatConstant& n) { return fmt::format("{}:{}", n.value, to_string(e.type())); },
        [&](const Var& n) { return names_.of(n); },
        [&](const Binary& n) {
          const OperatorText& op = operator_text(n.op);
          if (op.precedence == 0) return fmt::format("{}({}, {})", op.text, expr(n.a), expr(n.b));
          const std::string text = fmt::format("{} {} {}", expr(n.a, op.precedence), op.text,
                                               expr(n.b, op.precedence + 1));
          return op.precedence < outer ? "(" + text + ")" : text;
        },
        [&](const Select& n) {
          return fmt::format("select({}, {}, {})", expr(n.condition), expr(n.yes), expr(n.no));
        },
        [&](const Cast& n) { return fmt::format("{}({})", to_string(e.type()), expr(n.a)); },
        [&](const Load& n) { return fmt::format("{}[{}]", names_.of(n.buffer), list(n.indices)); },
        [&](const Call& n) { return fmt::format("{}({})", n.function, list(n.arguments)); });
  }

  Names& names_;
  std::string text_;
  int depth_ = 0;
};

}  // namespace

std::string to_string(const Function& function) {
  Names names;
  return Printer(names).function(function);
}

std::string to_string(const Expr& e) {
  Names names;
  return Printer(names).expr(e);
}

}  // namespace vta::loop

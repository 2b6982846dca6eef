// Reads the text form (text.h): recursive descent, precedence climbing for expressions.
#include <charconv>
#include <map>

#include "vta/base/text_reader.h"
#include "vta/loop/operators.h"
#include "vta/loop/text.h"
#include "vta/loop/verify.h"

namespace vta::loop {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_number_part(char c, std::string_view before) {
  if (is_digit(c) || c == '.') return true;
  if (c == '-' || c == '+') return before.empty() ? c == '-' : before.ends_with('e');
  return c == 'e' && !before.empty() && before != "-";
}

class Parser {
 public:
  explicit Parser(std::string_view text) : reader_(text) {}

  Function parse() {
    Function f;
    reader_.expect("func");
    f.name = dotted_name("the function's name");
    reader_.expect("(");
    if (!reader_.next_is(";") && !reader_.next_is(")")) {
      do {
        f.parameters.push_back(buffer());
      } while (reader_.accept(","));
    }
    if (reader_.accept(";")) {
      do {
        f.scalars.push_back(scalar());
      } while (reader_.accept(","));
    }
    reader_.expect(")");
    reader_.expect("{");
    f.body = statements();
    if (!reader_.at_end()) reader_.fail_at(reader_.here(), "text after the end of the function");
    reader_.located(0, [&] { verify(f); });
    return f;
  }

 private:
  // The names that a pair of braces defines end with it.
  struct ScopeOfNames {
    explicit ScopeOfNames(Parser& p) : parser(p), vars(p.vars_), buffers(p.buffers_) {}
    ~ScopeOfNames() {
      parser.vars_ = std::move(vars);
      parser.buffers_ = std::move(buffers);
    }
    Parser& parser;
    std::map<std::string, Var> vars;
    std::map<std::string, Buffer> buffers;
  };

  std::vector<int64_t> sizes() { return reader_.numbers<int64_t>(); }

  Type type() {
    const size_t at = reader_.here();
    const std::string name = reader_.word("an element type");
    return reader_.located(at, [&] { return type_from_name(name); });
  }

  Buffer buffer() {
    const size_t at = reader_.here();
    BufferNode b;
    b.name = reader_.word("a buffer's name");
    reader_.expect(":");
    b.type = type();
    b.shape = sizes();
    for (const Scope scope :
         {Scope::kGlobal, Scope::kInp, Scope::kWgt, Scope::kAcc, Scope::kUop, Scope::kLocal}) {
      if (reader_.accept_word(scope_name(scope))) b.scope = scope;
    }
    if (reader_.accept_word("strides")) {
      b.strides = sizes();
      if (b.strides.size() != b.shape.size()) {
        reader_.fail_at(at, "{} has {} dimensions and {} strides", b.name, b.shape.size(),
                        b.strides.size());
      }
    }
    Buffer result = std::make_shared<const BufferNode>(b);
    if (!buffers_.emplace(b.name, result).second) {
      reader_.fail_at(at, "buffer '{}' is defined twice", b.name);
    }
    return result;
  }

  Buffer buffer_use() {
    const size_t at = reader_.here();
    return known_buffer(reader_.word("a buffer"), at);
  }
  Buffer known_buffer(const std::string& name, size_t at) {
    const auto found = buffers_.find(name);
    if (found == buffers_.end()) reader_.fail_at(at, "buffer '{}' is not defined", name);
    return found->second;
  }

  // To the closing brace.
  Stmt statements() {
    const ScopeOfNames scope(*this);
    return rest_of_braces();
  }

  // An alloc covers all that follows.
  Stmt rest_of_braces() {
    std::vector<Stmt> list;
    while (!reader_.accept("}")) {
      if (reader_.accept_word("alloc")) {
        Buffer b = buffer();
        list.push_back(make_stmt(Alloc{std::move(b), rest_of_braces()}));
        break;
      }
      list.push_back(statement());
    }
    return make_seq(std::move(list));
  }

  Stmt statement() {
    if (reader_.accept_word("for")) return for_loop();
    if (reader_.accept_word("if")) {
      Expr condition = expr();
      reader_.expect("{");
      return make_stmt(If{std::move(condition), statements()});
    }
    if (reader_.accept_word("scope")) {
      reader_.expect("{");
      return statements();
    }
    if (reader_.accept_word("copy")) {
      Region to = region();
      reader_.expect("=");
      Region from = region();
      const int64_t padding = reader_.accept_word("padding") ? reader_.number<int64_t>() : 0;
      return make_stmt(Copy{std::move(to), std::move(from), padding});
    }
    if (reader_.accept_word("call")) return intrinsic();
    if (reader_.accept_word("block")) return block();
    const size_t at = reader_.here();
    Buffer to = buffer_use();
    std::vector<Expr> indices = bracketed();
    reader_.expect("=");
    Expr value = expr();
    return reader_.located(at, [&] { return make_store(to, indices, value); });
  }

  Stmt for_loop() {
    const ScopeOfNames scope(*this);
    Var var = new_var();
    reader_.expect("in");
    For loop{std::move(var), reader_.number<int64_t>(), LoopKind::kSerial, Stmt(), {}};
    if (!reader_.next_is("@") && !reader_.next_is("{")) {
      const size_t at = reader_.here();
      const std::string kind = reader_.word("a kind of loop");
      loop.kind = reader_.located(at, [&] { return loop_kind_from_name(kind); });
    }
    loop.annotations = notes();
    reader_.expect("{");
    loop.body = statements();
    return make_stmt(std::move(loop));
  }

  Stmt block() {
    const ScopeOfNames scope(*this);
    Block block;
    block.name = reader_.word("a block's name");
    reader_.expect("(");
    std::map<std::string, Var> outside = vars_;
    if (!reader_.accept(")")) {
      do {
        block.iters.push_back(iter(outside));
      } while (reader_.accept(","));
      reader_.expect(")");
    }
    std::swap(vars_, outside);  // the predicate is over the loops outside
    if (reader_.accept_word("where")) block.predicate = expr();
    std::swap(vars_, outside);
    block.annotations = notes();
    reader_.expect("{");
    if (reader_.accept_word("init")) {
      reader_.expect("{");
      block.init = statements();
    }
    block.body = statements();
    return make_stmt(std::move(block));
  }

  BlockIter iter(std::map<std::string, Var>& outside) {
    BlockIter i;
    i.var = new_var();
    reader_.expect("in");
    i.extent = reader_.number<int64_t>();
    i.kind = reader_.accept_word("reduce") ? BlockIter::Kind::kReduce : BlockIter::Kind::kSpatial;
    reader_.expect("=");
    std::swap(vars_, outside);
    i.binding = expr();
    std::swap(vars_, outside);
    return i;
  }

  Var scalar() {
    const std::string name = variable_name();
    reader_.expect(":");
    return vars_.insert_or_assign(name, Var(name, type())).first->second;
  }

  Var new_var() {
    const std::string name = variable_name();
    return vars_.insert_or_assign(name, Var(name)).first->second;
  }

  std::string variable_name() {
    const size_t at = reader_.here();
    std::string name = reader_.word("a variable's name");
    if (!is_letter(name[0])) reader_.fail_at(at, "'{}' is not a name", name);
    return name;
  }

  // "vta.gemm": words with dots between.
  std::string dotted_name(std::string_view what) {
    std::string name = reader_.word(what);
    while (reader_.accept(".")) name += "." + reader_.word(what);
    return name;
  }

  Annotations notes() {
    Annotations result;
    while (reader_.accept("@")) {
      const std::string key = reader_.word("an annotation's name");
      reader_.expect("=");
      result[key] = reader_.string();
    }
    return result;
  }

  Stmt intrinsic() {
    Intrinsic call;
    call.name = dotted_name("an intrinsic's name");
    reader_.expect("(");
    if (!reader_.next_is(";") && !reader_.next_is(")")) {
      do {
        call.regions.push_back(region());
      } while (reader_.accept(","));
    }
    if (reader_.accept(";"))
      call.scalars = list(")");
    else
      reader_.expect(")");
    return make_stmt(std::move(call));
  }

  Region region() {
    const size_t at = reader_.here();
    Region r{buffer_use(), {}, {}};
    reader_.expect("[");
    if (!reader_.accept("]")) {
      do {
        r.begin.push_back(expr());
        r.extent.push_back(reader_.accept(":") ? reader_.number<int64_t>() : 1);
      } while (reader_.accept(","));
      reader_.expect("]");
    }
    if (r.begin.size() != r.buffer->shape.size()) {
      reader_.fail_at(at, "a region of {} dimensions in {}, which has {}", r.begin.size(),
                      r.buffer->name, r.buffer->shape.size());
    }
    return r;
  }

  std::vector<Expr> bracketed() {
    reader_.expect("[");
    return list("]");
  }

  // Expressions up to `end`.
  std::vector<Expr> list(std::string_view end) {
    std::vector<Expr> result;
    if (reader_.accept(end)) return result;
    do {
      result.push_back(expr());
    } while (reader_.accept(","));
    reader_.expect(end);
    return result;
  }

  Expr expr(int precedence = 1) {
    if (precedence > kTightestPrecedence) return primary();
    Expr left = expr(precedence + 1);
    while (const std::optional<BinaryOp> op = accept_operator(precedence)) {
      const size_t at = reader_.here();
      Expr right = expr(precedence + 1);
      left = reader_.located(at, [&] { return binary(*op, left, right); });
    }
    return left;
  }

  // The operator that comes next, the longest that fits, where it has this precedence.
  std::optional<BinaryOp> accept_operator(int precedence) {
    std::optional<size_t> best;
    for (size_t i = 0; i < kOperators.size(); ++i) {
      if (kOperators[i].precedence == 0 || !reader_.next_is(kOperators[i].text)) continue;
      if (!best || kOperators[i].text.size() > kOperators[*best].text.size()) best = i;
    }
    if (!best || kOperators[*best].precedence != precedence) return std::nullopt;
    reader_.expect(kOperators[*best].text);
    return static_cast<BinaryOp>(*best);
  }

  Expr primary() {
    const size_t at = reader_.here();
    if (reader_.accept("(")) {
      Expr e = expr();
      reader_.expect(")");
      return e;
    }
    const std::string_view number = reader_.piece(is_number_part);
    if (!number.empty()) return literal(number, at);
    const std::string name = reader_.word("an expression");
    if ((name == "inf" || name == "nan") && reader_.next_is(":")) return literal(name, at);
    if (reader_.accept("(")) return function(name, list(")"), at);
    if (reader_.next_is("[")) {
      Buffer from = known_buffer(name, at);
      std::vector<Expr> indices = bracketed();
      return reader_.located(at, [&] { return load(from, indices); });
    }
    const auto found = vars_.find(name);
    if (found == vars_.end()) reader_.fail_at(at, "variable '{}' is not defined here", name);
    return found->second;
  }

  Expr literal(std::string_view text, size_t at) {
    Type type = kIndex;
    // "0:16" in a region is an index and a length, "0:i8" a constant.
    if (reader_.next_is(":")) {
      const std::string_view suffix = reader_.piece([](char c, std::string_view before) {
        return before.empty() ? c == ':' : is_letter(c) || (before.size() > 1 && is_digit(c));
      });
      if (suffix.size() > 1) {
        type = reader_.located(at, [&] { return type_from_name(suffix.substr(1)); });
      } else {
        reader_.back(suffix.size());
      }
    }
    const char* end = text.data() + text.size();
    const auto all = [&](const auto& value, const auto& result) {
      if (result.ec != std::errc() || result.ptr != end) {
        reader_.fail_at(at, "'{}' is not a constant of type {}", text, to_string(type));
      }
      return value;
    };
    if (type.is_float()) {
      double value = 0;
      const auto result = std::from_chars(text.data(), end, value);
      return constant_float(type, all(value, result));
    }
    if (type == Type{Type::Kind::kUInt, 64}) {
      uint64_t large = 0;
      const auto result = std::from_chars(text.data(), end, large);
      return constant(type, static_cast<int64_t>(all(large, result)));
    }
    int64_t value = 0;
    const auto result = std::from_chars(text.data(), end, value);
    value = all(value, result);
    if (wrap(type, value) != value) {
      reader_.fail_at(at, "{} does not fit {}", value, to_string(type));
    }
    return constant(type, value);
  }

  Expr function(const std::string& name, std::vector<Expr> arguments, size_t at) {
    const auto need = [&](size_t count) {
      if (arguments.size() != count) {
        reader_.fail_at(at, "{} takes {} arguments, got {}", name, count, arguments.size());
      }
    };
    return reader_.located(at, [&]() -> Expr {
      if (name == "min" || name == "max") {
        need(2);
        return binary(name == "min" ? BinaryOp::kMin : BinaryOp::kMax, arguments[0], arguments[1]);
      }
      if (name == "select") {
        need(3);
        return select(arguments[0], arguments[1], arguments[2]);
      }
      if (is_type_name(name)) {
        need(1);
        return cast(type_from_name(name), arguments[0]);
      }
      return call(name, arguments);
    });
  }

  static bool is_type_name(std::string_view name) {
    if (name == "bool") return true;
    return name.size() > 1 && (name[0] == 'i' || name[0] == 'u' || name[0] == 'f') &&
           is_digit(name[1]);
  }

  TextReader reader_;
  std::map<std::string, Var> vars_;
  std::map<std::string, Buffer> buffers_;
};

}  // namespace

Function parse(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace vta::loop

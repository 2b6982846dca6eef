// Every rewrite goes through its line of text, so that what is done and what is logged cannot
// differ.
#include "vta/te/schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/loop/text.h"
#include "vta/loop/verify.h"
#include "vta/te/rewrites.h"

namespace vta::te {

namespace {

using Words = std::span<const std::string>;
using rewrites::Result;

std::vector<std::string> split_words(const std::string& line) {
  std::vector<std::string> words;
  size_t at = 0;
  while (at < line.size()) {
    const size_t end = std::min(line.find(' ', at), line.size());
    if (end > at) words.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

int64_t number(const std::string& word) {
  int64_t value = 0;
  const auto [end, status] = std::from_chars(word.data(), word.data() + word.size(), value);
  require(status == std::errc() && end == word.data() + word.size(), "'{}' is not a number", word);
  return value;
}

// What a rewrite works on.
struct Context {
  const Function& function;
  const loop::Intrinsics& intrinsics;
};

std::vector<int64_t> numbers(Words words) {
  std::vector<int64_t> values;
  std::ranges::transform(words, std::back_inserter(values), number);
  return values;
}

template <loop::LoopKind kKind>
Result set_kind(const Context& c, Words w) {
  return rewrites::set_kind(c.function, w[0], kKind);
}

struct Verb {
  std::string_view name;
  size_t fewest, most;  // words after it
  Result (*apply)(const Context&, Words);
};

constexpr size_t kMany = 64;
constexpr std::array kVerbs = {
    Verb{"split", 3, kMany,
         [](const Context& c, Words w) {
           return rewrites::split(c.function, w[0], numbers(w.subspan(1)));
         }},
    Verb{"fuse", 2, 2,
         [](const Context& c, Words w) { return rewrites::fuse(c.function, w[0], w[1]); }},
    Verb{"reorder", 1, kMany,
         [](const Context& c, Words w) {
           return rewrites::reorder(c.function, {w.begin(), w.end()});
         }},
    Verb{"unroll", 1, 1, set_kind<loop::LoopKind::kUnrolled>},
    Verb{"vectorize", 1, 1, set_kind<loop::LoopKind::kVectorized>},
    Verb{"parallel", 1, 1, set_kind<loop::LoopKind::kParallel>},
    Verb{"bind_vthread", 1, 1, set_kind<loop::LoopKind::kVirtualThread>},
    Verb{
        "annotate", 3, 3,
        [](const Context& c, Words w) { return rewrites::annotate(c.function, w[0], w[1], w[2]); }},
    Verb{"compute_at", 2, 2,
         [](const Context& c, Words w) { return rewrites::compute_at(c.function, w[0], w[1]); }},
    Verb{"reverse_compute_at", 2, 2,
         [](const Context& c, Words w) {
           return rewrites::reverse_compute_at(c.function, w[0], w[1]);
         }},
    Verb{"compute_inline", 1, 1,
         [](const Context& c, Words w) { return rewrites::compute_inline(c.function, w[0]); }},
    Verb{"cache_read", 3, 3,
         [](const Context& c, Words w) {
           return rewrites::cache_read(c.function, w[0], w[1], loop::scope_from_name(w[2]));
         }},
    Verb{"cache_write", 2, 2,
         [](const Context& c, Words w) {
           return rewrites::cache_write(c.function, w[0], loop::scope_from_name(w[1]));
         }},
    Verb{"set_scope", 2, 2,
         [](const Context& c, Words w) {
           return rewrites::set_scope(c.function, w[0], loop::scope_from_name(w[1]));
         }},
    Verb{"storage_align", 4, 4,
         [](const Context& c, Words w) {
           return rewrites::storage_align(c.function, w[0], static_cast<size_t>(number(w[1])),
                                          number(w[2]), number(w[3]));
         }},
    Verb{"in_place", 2, 2,
         [](const Context& c, Words w) { return rewrites::in_place(c.function, w[0], w[1]); }},
    Verb{"guard", 1, 1,
         [](const Context& c, Words w) { return rewrites::guard(c.function, w[0]); }},
    Verb{"decompose_reduction", 2, 2,
         [](const Context& c, Words w) {
           return rewrites::decompose_reduction(c.function, w[0], w[1]);
         }},
    Verb{"rfactor", 2, 2,
         [](const Context& c, Words w) { return rewrites::rfactor(c.function, w[0], w[1]); }},
    Verb{"pad_einsum", 2, kMany,
         [](const Context& c, Words w) {
           return rewrites::pad_einsum(c.function, w[0], numbers(w.subspan(1)));
         }},
    Verb{"tensorize", 2, 3,
         [](const Context& c, Words w) {
           return rewrites::tensorize(c.function, c.intrinsics, w[0], w[1],
                                      w.size() == 3 ? w[2] : "");
         }},
};

const Verb& find_verb(const std::string& name) {
  const auto it = std::ranges::find(kVerbs, name, &Verb::name);
  if (it != kVerbs.end()) return *it;
  std::string names;
  for (const Verb& v : kVerbs) names += fmt::format("{}{}", names.empty() ? "" : ", ", v.name);
  fail("there is no rewrite '{}', only {}", name, names);
}

// Rewrites move blocks; what is outside of them they would lose.
void require_only_blocks(const Function& f) {
  std::function<void(const Stmt&)> check = [&](const Stmt& s) {
    match(
        s, [&](const loop::For& n) { check(n.body); }, [&](const loop::Alloc& n) { check(n.body); },
        [&](const loop::Seq& n) { std::ranges::for_each(n.statements, check); },
        [](const loop::Block&) {},
        [&](const auto&) {
          fail("{} cannot be scheduled: a statement is not in a block", f.name);
        });
  };
  if (f.body) check(f.body);
}

}  // namespace

Schedule::Schedule(const Function& function, loop::Intrinsics intrinsics)
    : function_(with_unique_names(function)), intrinsics_(std::move(intrinsics)) {
  verify(function_);
  require_only_blocks(function_);
}

std::string Schedule::show() const {
  return to_string(function_);
}

std::vector<std::string> Schedule::apply(const std::string& line) {
  const std::vector<std::string> words = split_words(line);
  require(!words.empty(), "an empty line is no rewrite");
  const Verb& verb = find_verb(words[0]);
  const Words arguments = Words(words).subspan(1);
  require(arguments.size() >= verb.fewest && arguments.size() <= verb.most,
          "{} takes {} to {} words, got {}", verb.name, verb.fewest, verb.most, arguments.size());
  Result result = verb.apply({function_, intrinsics_}, arguments);
  verify(result.function);
  function_ = std::move(result.function);
  log_.push_back(line);
  return std::move(result.names);
}

void Schedule::replay(const std::vector<std::string>& log) {
  for (size_t i = 0; i < log.size(); ++i) {
    try {
      apply(log[i]);
    } catch (const Error& error) {
      fail("line {}, '{}': {}", i + 1, log[i], error.what());
    }
  }
}

std::vector<std::string> Schedule::loops(std::string_view block) const {
  std::vector<std::string> names;
  for (const Stmt& s : loops_of(find_block(function_, block))) {
    names.push_back(loop::as<For>(s)->var.name());
  }
  return names;
}

std::vector<std::string> Schedule::split(const std::string& loop,
                                         const std::vector<int64_t>& factors) {
  return apply(fmt::format("split {} {}", loop, fmt::join(factors, " ")));
}
std::string Schedule::fuse(const std::string& outer, const std::string& inner) {
  return apply(fmt::format("fuse {} {}", outer, inner))[0];
}
void Schedule::reorder(const std::vector<std::string>& loops) {
  apply(fmt::format("reorder {}", fmt::join(loops, " ")));
}
std::vector<std::string> Schedule::tile(const std::string& y, const std::string& x,
                                        int64_t y_factor, int64_t x_factor) {
  const auto ys = split(y, {0, y_factor}), xs = split(x, {0, x_factor});
  reorder({ys[0], xs[0], ys[1], xs[1]});
  return {ys[0], xs[0], ys[1], xs[1]};
}
void Schedule::unroll(const std::string& loop) {
  apply("unroll " + loop);
}
void Schedule::vectorize(const std::string& loop) {
  apply("vectorize " + loop);
}
void Schedule::parallel(const std::string& loop) {
  apply("parallel " + loop);
}
void Schedule::bind_vthread(const std::string& loop) {
  apply("bind_vthread " + loop);
}
void Schedule::annotate(const std::string& loop_or_block, const std::string& key,
                        const std::string& value) {
  apply(fmt::format("annotate {} {} {}", loop_or_block, key, value));
}
void Schedule::compute_at(const std::string& block, const std::string& loop) {
  apply(fmt::format("compute_at {} {}", block, loop));
}
void Schedule::reverse_compute_at(const std::string& block, const std::string& loop) {
  apply(fmt::format("reverse_compute_at {} {}", block, loop));
}
void Schedule::compute_inline(const std::string& block) {
  apply("compute_inline " + block);
}
std::string Schedule::cache_read(const std::string& block, const std::string& buffer,
                                 loop::Scope scope) {
  return apply(fmt::format("cache_read {} {} {}", block, buffer, scope_name(scope)))[0];
}
std::string Schedule::cache_write(const std::string& block, loop::Scope scope) {
  return apply(fmt::format("cache_write {} {}", block, scope_name(scope)))[0];
}
void Schedule::set_scope(const std::string& buffer, loop::Scope scope) {
  apply(fmt::format("set_scope {} {}", buffer, scope_name(scope)));
}
void Schedule::storage_align(const std::string& buffer, size_t dim, int64_t factor,
                             int64_t offset) {
  apply(fmt::format("storage_align {} {} {} {}", buffer, dim, factor, offset));
}
void Schedule::guard(const std::string& block) {
  apply("guard " + block);
}
void Schedule::in_place(const std::string& block, const std::string& buffer) {
  apply(fmt::format("in_place {} {}", block, buffer));
}

std::string Schedule::decompose_reduction(const std::string& block, const std::string& loop) {
  return apply(fmt::format("decompose_reduction {} {}", block, loop))[0];
}
std::string Schedule::rfactor(const std::string& block, const std::string& loop) {
  return apply(fmt::format("rfactor {} {}", block, loop))[0];
}
std::vector<std::string> Schedule::pad_einsum(const std::string& block,
                                              const std::vector<int64_t>& multiples) {
  return apply(fmt::format("pad_einsum {} {}", block, fmt::join(multiples, " ")));
}
void Schedule::tensorize(const std::string& loop_or_block, const std::string& intrinsic,
                         const std::string& init_intrinsic) {
  apply(fmt::format("tensorize {} {} {}", loop_or_block, intrinsic, init_intrinsic));
}

}  // namespace vta::te

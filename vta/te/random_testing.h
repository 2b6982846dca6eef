// Random tensor expressions and random schedules of them, for tests.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/schedule.h"
#include "vta/te/tensor.h"
#include "vta/te/tree.h"

namespace vta::te {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  int64_t below(int64_t n) { return static_cast<int64_t>(engine_() % static_cast<uint64_t>(n)); }
  template <typename T>
  const T& of(const std::vector<T>& list) {
    return list[static_cast<size_t>(below(std::ssize(list)))];
  }

 private:
  std::mt19937_64 engine_;
};

// A few stages: elementwise, windows, padded windows, reductions, transposes, over the ones before.
class Expression {
 public:
  explicit Expression(Random& random, Type type = loop::kInt32) : random_(random), type_(type) {}

  loop::Function draw() {
    tensors_.push_back(placeholder({size(), size()}, type_, "A"));
    tensors_.push_back(placeholder({size(), size()}, type_, "B"));
    const int64_t stages = 1 + random_.below(4);
    for (int64_t s = 0; s < stages; ++s) add_stage(fmt::format("S{}", s));
    return lower("f", {tensors_[0], tensors_[1], tensors_.back()});
  }

 private:
  int64_t size() { return 2 + random_.below(6); }

  void add_stage(const std::string& name) {
    const Tensor t = random_.below(2) == 0 ? tensors_.back() : random_.of(tensors_);
    const int64_t rows = t.shape()[0], columns = t.shape()[1];
    switch (random_.below(6)) {
      case 0:
        tensors_.push_back(compute(
            {rows, columns}, [&](Var i, Var j) { return t(i, j) * number(3) + other(i, j); },
            name));
        break;
      case 1: {
        const int64_t k = 1 + random_.below(std::min<int64_t>(3, columns));
        const Axis r = reduce_axis(k, "k");
        tensors_.push_back(compute(
            {rows, columns - k + 1}, [&](Var i, Var j) { return sum(t(i, j + r), {r}); }, name));
        break;
      }
      case 2: {
        const Axis r = reduce_axis(3, "k");
        const auto padded = [&](const Expr& i, const Expr& j) {
          return select(Expr(0) <= j && j < columns, t(i, max(min(j, columns - 1), 0)), number(0));
        };
        tensors_.push_back(compute(
            {rows, columns}, [&](Var i, Var j) { return sum(padded(i, j + r - 1), {r}); }, name));
        break;
      }
      case 3: {
        const Axis r = reduce_axis(columns, "k");
        tensors_.push_back(compute(
            {rows, rows}, [&](Var i, Var j) { return sum(t(i, r) * t(j, r), {r}); }, name));
        break;
      }
      case 4:
        tensors_.push_back(compute(
            {columns, rows}, [&](Var i, Var j) { return t(j, i); }, name));
        break;
      default: {
        const Axis r = reduce_axis(columns, "k");
        tensors_.push_back(compute(
            {rows, 2}, [&](Var i, Var j) { return max_over(t(i, r) + cast(type_, j), {r}); },
            name));
      }
    }
  }

  Expr other(const Var& i, const Var& j) {
    const Tensor& t = random_.of(tensors_);
    return t(i % t.shape()[0], j % t.shape()[1]);
  }

  Expr number(int64_t value) const {
    return type_.is_float() ? constant_float(type_, static_cast<double>(value))
                            : constant(type_, value);
  }

  Random& random_;
  Type type_;
  std::vector<Tensor> tensors_;
};

inline std::vector<std::string> names_of_blocks(const loop::Function& f) {
  std::vector<std::string> names;
  for (const Stmt& s : blocks_in(f.body)) names.push_back(loop::as<Block>(s)->name);
  return names;
}

// One rewrite's line, perhaps illegal.
inline std::string draw_line(Random& random, const Schedule& s) {
  const std::string block = random.of(names_of_blocks(s.function()));
  const std::vector<std::string> own = s.loops(block);
  if (own.empty()) return "compute_inline " + block;
  const std::string loop = random.of(own);
  const std::vector<std::string> others = s.loops(random.of(names_of_blocks(s.function())));
  const std::string other = others.empty() ? loop : random.of(others);
  std::vector<std::string> buffers;
  for (const loop::Buffer& b : s.function().parameters) buffers.push_back(b->name);
  for_each_stmt(s.function().body, [&](const Stmt& part) {
    if (const auto* n = loop::as<loop::Alloc>(part)) buffers.push_back(n->buffer->name);
  });
  const auto scope = [&] { return random.below(2) == 0 ? "local" : "inp"; };
  switch (random.below(20)) {
    case 0:
    case 1:
      return fmt::format("split {} 0 {}", loop, 1 + random.below(4));
    case 2:
      return fmt::format("split {} {} 0 2", loop, 1 + random.below(2));
    case 3: {
      const auto at = static_cast<size_t>(random.below(std::ssize(own)));
      return fmt::format("fuse {} {}", own[at], own[std::min(at + 1, own.size() - 1)]);
    }
    case 4:
    case 5: {
      std::vector<std::string> order = own;
      for (size_t i = order.size(); i-- > 1;) {
        std::swap(order[i], order[static_cast<size_t>(random.below(static_cast<int64_t>(i) + 1))]);
      }
      order.resize(std::min<size_t>(order.size(), 2 + static_cast<size_t>(random.below(3))));
      return fmt::format("reorder {}", fmt::join(order, " "));
    }
    case 6:
    case 7:
      return fmt::format("compute_at {} {}", block, other);
    case 8:
      return fmt::format("reverse_compute_at {} {}", block, other);
    case 9:
      return "compute_inline " + block;
    case 10:
      return fmt::format("cache_read {} {} {}", block, random.of(buffers), scope());
    case 11:
      return fmt::format("cache_write {} {}", block, scope());
    case 12:
      return fmt::format("decompose_reduction {} {}", block, loop);
    case 13:
      return fmt::format("rfactor {} {}", block, loop);
    case 14:
    case 15:
    case 16:
    case 17:
      return fmt::format("in_place {} {}", block, random.of(buffers));
    case 18:
      return fmt::format("pad_einsum {} {} {} {}", block, 1 + random.below(4), 1 + random.below(4),
                         1 + random.below(4));
    default:
      return random.below(2) == 0
                 ? fmt::format("storage_align {} {} {} {}", random.of(buffers), random.below(2), 8,
                               3)
                 : fmt::format("{} {}", random.of<std::string>({"parallel", "unroll", "vectorize"}),
                               loop);
  }
}

// A few rewrites that are legal, until there are `most` in all.
inline void rewrite_at_random(Random& random, Schedule& s, size_t most = 7) {
  for (int n = 0; n < 12 && s.log().size() < most; ++n) {
    try {
      s.apply(draw_line(random, s));
    } catch (const Error&) {  // illegal: the function must be as it was
    }
  }
}

}  // namespace vta::te

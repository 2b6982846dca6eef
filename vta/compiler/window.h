// Sliding windows: which taps of a kernel lie inside the input, and where that changes.
#pragma once

#include <cstdint>
#include <vector>

namespace vta::compiler {

// [begin, end)
struct Span {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t size() const { return end - begin; }
  bool operator==(const Span&) const = default;
};

inline Span intersect(Span a, Span b) {
  const int64_t begin = a.begin > b.begin ? a.begin : b.begin;
  const int64_t end = a.end < b.end ? a.end : b.end;
  return {begin, end < begin ? begin : end};
}

// One spatial dimension of a window: sizes in elements, `pad` before the first.
struct Axis {
  int64_t in = 1, out = 1, kernel = 1, stride = 1, dilation = 1, pad = 0;

  // The input position of tap 0 of output `o`; negative or beyond the input where padding is read.
  int64_t first(int64_t o) const { return o * stride - pad; }
  bool inside(int64_t o, int64_t tap) const {
    const int64_t i = first(o) + tap * dilation;
    return i >= 0 && i < in;
  }
  // The taps of output `o` that lie inside the input: always consecutive.
  Span taps_inside(int64_t o) const {
    int64_t begin = 0;
    while (begin < kernel && !inside(o, begin)) ++begin;
    int64_t end = begin;
    while (end < kernel && inside(o, end)) ++end;
    return {begin, end};
  }
};

// The runs of consecutive outputs in `range` on which `key` does not change.
template <typename Key>
std::vector<Span> runs(Span range, Key key) {
  std::vector<Span> result;
  for (int64_t o = range.begin; o < range.end; ++o) {
    if (!result.empty() && key(o) == key(result.back().begin)) {
      result.back().end = o + 1;
    } else {
      result.push_back({o, o + 1});
    }
  }
  return result;
}

}  // namespace vta::compiler

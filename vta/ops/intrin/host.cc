// The host's intrinsics.
#include <fmt/format.h>

#include "vta/loop/text.h"
#include "vta/ops/intrin/intrin.h"

namespace vta::ops {

namespace {

void add_dot(const std::string& name, int lanes, const std::string& type, loop::Intrinsics& to) {
  to[name] = loop::parse(fmt::format(
      "func {0}(acc: i32[{1}], a: {2}[4], b: i8[{1}, 4]) {{\n"
      "  for l in {1} {{ for k in 4 {{ acc[l] = acc[l] + i32(a[k]) * i32(b[l, k]) }} }} }}",
      name, lanes, type));
}

}  // namespace

loop::Intrinsics host_intrinsics() {
  loop::Intrinsics all;
  add_dot("avx2.dot_u8i8", 8, "u8", all);
  add_dot("avx2.dot_i8", 8, "i8", all);
  add_dot("vnni.dot_u8i8", 16, "u8", all);
  return all;
}

}  // namespace vta::ops

// Intrinsics of the host: instructions where the processor has them, else what they mean.
#pragma once

#include <optional>
#include <string_view>

#include "vta/loop/stmt.h"

namespace vta::codegen {

// acc[l] += sum over k < 4 of a[k] * b[l, k]: acc i32[lanes], a u8 or i8[4], b i8[lanes, 4].
struct Dot {
  unsigned lanes;
  bool is_a_unsigned;
};
std::optional<Dot> find_dot(std::string_view intrinsic);

// Instructions that a processor may have.
struct DotInstructions {
  bool pmaddwd = false;   // AVX2: pairs of i16 multiplied and added
  bool vpdpbusd = false;  // AVX-512 VNNI: u8 by i8, four at a time, exact
};

// Each call becomes the loops of its meaning (ops::host_intrinsics), except where its regions lie
// densely in memory and `instructions` compute it. Throws Error for a name that the host does not
// have.
loop::Function lower_intrinsics(const loop::Function& function,
                                const DotInstructions& instructions);

}  // namespace vta::codegen

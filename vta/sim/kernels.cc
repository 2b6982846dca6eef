#include "vta/sim/kernels.h"

#include "vta/base/error.h"

namespace vta::sim {

std::string_view simd_level_name(SimdLevel level) {
  switch (level) {
    case SimdLevel::kPortable:
      return "portable";
    case SimdLevel::kAvx2:
      return "avx2";
    case SimdLevel::kAvx512Vnni:
      return "avx512vnni";
  }
  return "";
}

bool is_available(SimdLevel level) {
  switch (level) {
    case SimdLevel::kPortable:
      return true;
#ifdef VTA_X86_KERNELS
    case SimdLevel::kAvx2:
      return __builtin_cpu_supports("avx2") != 0;
    case SimdLevel::kAvx512Vnni:
      return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("avx512f") != 0 &&
             __builtin_cpu_supports("avx512vnni") != 0;
#else
    default:
      break;
#endif
  }
  return false;
}

SimdLevel best_simd_level() {
  for (const SimdLevel level : {SimdLevel::kAvx512Vnni, SimdLevel::kAvx2}) {
    if (is_available(level)) return level;
  }
  return SimdLevel::kPortable;
}

const Kernels& kernels_of(SimdLevel level) {
  require(is_available(level), "this CPU cannot run the SIMD level {}; the best here is {}",
          simd_level_name(level), simd_level_name(best_simd_level()));
  switch (level) {
    case SimdLevel::kPortable:
      break;
#ifdef VTA_X86_KERNELS
    case SimdLevel::kAvx2:
      return kAvx2Kernels;
    case SimdLevel::kAvx512Vnni:
      return kAvx512VnniKernels;
#else
    default:
      break;
#endif
  }
  return kPortableKernels;
}

}  // namespace vta::sim

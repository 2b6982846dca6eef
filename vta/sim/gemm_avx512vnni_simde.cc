// The VNNI kernels once more, translated by SIMDe, for tests on CPUs without AVX-512.
#define SIMDE_ENABLE_NATIVE_ALIASES
#define VTA_SIMDE
#include "vta/sim/gemm_avx512vnni.cc"

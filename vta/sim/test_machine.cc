#include "vta/sim/test_machine.h"

#include "vta/sim/timing.h"

namespace vta::sim {

#ifdef VTA_X86_KERNELS
extern const Kernels kAvx512VnniSimdeKernels;
#endif

std::vector<std::string> test_simulators() {
  std::vector<std::string> names = {"ref"};
  for (const auto level : {SimdLevel::kPortable, SimdLevel::kAvx2, SimdLevel::kAvx512Vnni}) {
    if (is_available(level)) names.emplace_back(simd_level_name(level));
  }
#ifdef VTA_X86_KERNELS
  names.emplace_back("simde");
#endif
  names.emplace_back("tsim");
  return names;
}

std::vector<std::string> fault_simulators() {
  std::vector<std::string> names = test_simulators();
  names.emplace_back("tsim_no_values");
  return names;
}

std::unique_ptr<Simulator> make_test_simulator(const std::string& name, const hw::Config& config) {
  if (name == "tsim") return make_timed(config);
  if (name == "tsim_no_values") return make_timed(config, {.values = false});
#ifdef VTA_X86_KERNELS
  if (name == "simde") return make_functional_with(config, kAvx512VnniSimdeKernels);
#endif
  for (const auto level : {SimdLevel::kPortable, SimdLevel::kAvx2, SimdLevel::kAvx512Vnni}) {
    if (name == simd_level_name(level)) return make_functional(config, level);
  }
  return make_reference(config);
}

}  // namespace vta::sim

// Of the simulators that the tests of vta/sim run on, the one that is built here: those tests are
// part of this folder's too.
#include "vta/rtlsim/rtl.h"
#include "vta/sim/test_machine.h"

namespace vta::sim {

std::vector<std::string> test_simulators() {
  return {"rtl"};
}

std::vector<std::string> fault_simulators() {
  return test_simulators();
}

std::unique_ptr<Simulator> make_test_simulator(const std::string&, const hw::Config& config) {
  return rtlsim::make_rtl(config);
}

}  // namespace vta::sim

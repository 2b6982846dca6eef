// Each deliberately broken copy of a model is found by random programs: its outcomes differ from
// those of the right one.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <memory>
#include <sstream>

#include "tests/mutants/outcomes.h"

namespace vta {
namespace {

// Programs within which each must be found.
constexpr uint64_t kMostPrograms = 400;

struct Mutant {
  std::string name;
  std::string device;
  std::string program;
};

// VTA_MUTANTS: "NAME DEVICE PROGRAM|…".
std::vector<Mutant> mutants() {
  std::vector<Mutant> result;
  std::istringstream list(VTA_MUTANTS);
  for (std::string entry; std::getline(list, entry, '|');) {
    std::istringstream words(entry);
    Mutant mutant;
    words >> mutant.name >> mutant.device >> mutant.program;
    result.push_back(mutant);
  }
  return result;
}

// What the right device makes of program k; kept, as all its mutants are compared with it.
const std::string& right_outcome(const std::string& device, uint64_t k) {
  static std::map<std::string, std::vector<std::string>> known;
  auto& list = known[device];
  while (list.size() <= k) list.push_back(programs_for(device).outcome(list.size()));
  return list[k];
}

class Mutants : public testing::TestWithParam<Mutant> {};

INSTANTIATE_TEST_SUITE_P(All, Mutants, testing::ValuesIn(mutants()),
                         [](const auto& mutant) { return mutant.param.name; });

TEST_P(Mutants, IsFound) {
  const std::string command =
      fmt::format("{} {} {} 2>/dev/null", GetParam().program, GetParam().device, kMostPrograms);
  const std::unique_ptr<FILE, int (*)(FILE*)> out(popen(command.c_str(), "r"), pclose);
  ASSERT_NE(out, nullptr);
  char line[256];
  uint64_t k = 0;
  for (; std::fgets(line, sizeof line, out.get()) != nullptr; ++k) {
    if (right_outcome(GetParam().device, k) + "\n" != line) break;
  }
  // A mutant that ends early has crashed, which is found too.
  EXPECT_LT(k, kMostPrograms) << "not found";
  RecordProperty("programs", static_cast<int>(k + 1));
  fmt::print("found by program {}\n", k + 1);
}

}  // namespace
}  // namespace vta

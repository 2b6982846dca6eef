// A mutant: DEVICE COUNT, prints the outcome of each program.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "tests/mutants/outcomes.h"

int main(int argc, char** argv) {
  try {
    if (argc != 3) return 2;
    const vta::Programs programs = vta::programs_for(argv[1]);
    for (uint64_t k = 0; k < std::strtoull(argv[2], nullptr, 10); ++k) {
      std::printf("%s\n", programs.outcome(k).c_str());
      std::fflush(stdout);
    }
  } catch (const std::exception& error) {
    std::printf("error %s\n", error.what());
  }
}

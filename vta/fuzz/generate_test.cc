// The generator: its programs are what they say, at any configuration.
#include "vta/fuzz/generate.h"

#include <gtest/gtest.h>

#include "vta/fuzz/device.h"
#include "vta/fuzz/suite.h"
#include "vta/isa/assembly.h"
#include "vta/isa/check.h"

namespace vta::fuzz {
namespace {

TEST(Generate, TheSameSeedMakesTheSameProgram) {
  for (const hw::Config& config : suite()) {
    const Case a = generate(config, 5);
    const Case b = generate(config, 5);
    EXPECT_EQ(disassemble(a.program), disassemble(b.program));
    EXPECT_EQ(image_of(a), image_of(b));
    EXPECT_NE(disassemble(a.program), disassemble(generate(config, 6).program));
  }
}

TEST(Generate, LegalProgramsAreProvenAndBrokenOnesFaultOnTheReference) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const Case c = generate(random_config(seed), seed);
    const Outcome outcome = run(c, device("ref"));
    EXPECT_EQ(outcome.fault, c.fault) << c.broken << ": " << outcome.error;
    EXPECT_TRUE(c.fault.has_value() || isa::check(c.program).ok()) << seed;
  }
}

TEST(Generate, EveryPresetHasPrograms) {
  for (const hw::Preset& preset : hw::presets()) {
    for (uint64_t seed = 1; seed <= 3; ++seed) EXPECT_GT(generate(preset.make(), seed).size(), 0);
  }
}

}  // namespace
}  // namespace vta::fuzz

#include "vta/synth/family.h"

#include <algorithm>
#include <array>

#include "vta/base/error.h"

namespace vta::synth {

namespace {

// Sum of `each` times the instances of the types whose name begins with a prefix.
struct Weight {
  std::string_view prefix;
  int64_t each;
};
int64_t weigh(const Cells& cells, std::initializer_list<Weight> weights) {
  int64_t sum = 0;
  for (const auto& [type, count] : cells) {
    // The longest prefix that fits decides.
    const Weight* best = nullptr;
    for (const Weight& w : weights) {
      if (type.starts_with(w.prefix) &&
          (best == nullptr || w.prefix.size() > best->prefix.size())) {
        best = &w;
      }
    }
    if (best != nullptr) sum += best->each * count;
  }
  return sum;
}

// Lattice iCE40 LP/HX family data sheet (FPGA-DS-02029): block RAM of 4096 bits.
Resources count_ice40(const Cells& c) {
  return {.luts = weigh(c, {{"SB_LUT4", 1}}),
          .ffs = weigh(c, {{"SB_DFF", 1}}),
          .dsps = weigh(c, {{"SB_MAC16", 1}}),
          .bram_bits = weigh(c, {{"SB_RAM40", 4096}})};
}

// Lattice ECP5 data sheet (FPGA-DS-02012): a carry cell takes two LUT4, a 16x4 distributed RAM two
// slices' LUTs and the write port of a third (6); block RAM of 18 Kbit.
Resources count_ecp5(const Cells& c) {
  return {.luts = weigh(c, {{"LUT4", 1}, {"CCU2C", 2}, {"TRELLIS_DPR16X4", 6}}),
          .ffs = weigh(c, {{"TRELLIS_FF", 1}}),
          .dsps = weigh(c, {{"MULT18X18D", 1}}),
          .bram_bits = weigh(c, {{"DP16KD", 18 * 1024}})};
}

// AMD UG474, UG574: LUT RAMs by the LUTs that they take; block RAM of 18 and 36 Kbit.
Resources count_xilinx(const Cells& c) {
  return {.luts = weigh(c, {{"LUT", 1},
                            {"SRL16", 1},
                            {"SRLC32", 1},
                            {"RAM32X1S", 1},
                            {"RAM64X1S", 1},
                            {"RAM32X1D", 2},
                            {"RAM64X1D", 2},
                            {"RAM128X1D", 4},
                            {"RAM256X1D", 8},
                            {"RAM32M", 4},
                            {"RAM64M", 4},
                            {"RAM32M16", 8},
                            {"RAM64M8", 8}}),
          .ffs = weigh(c, {{"FD", 1}}),
          .dsps = weigh(c, {{"DSP48", 1}}),
          .bram_bits = weigh(c, {{"RAMB18", 18 * 1024}, {"RAMB36", 36 * 1024}})};
}

// Intel CV-51001: an ALM holds two small LUTs or one of six inputs; an MLAB is ten ALMs that hold
// 20 x 32 bits, a cell one bit of it; a DSP block three 9x9, two 18x18 or one 27x27; M10K.
Resources count_cyclonev(const Cells& c) {
  const int64_t small = weigh(c, {{"MISTRAL_ALUT2", 1},
                                  {"MISTRAL_ALUT3", 1},
                                  {"MISTRAL_ALUT4", 1},
                                  {"MISTRAL_ALUT5", 1},
                                  {"MISTRAL_ALUT_ARITH", 1}});
  const int64_t mlab_bits = weigh(c, {{"MISTRAL_MLAB", 1}});
  return {.luts = (small + 1) / 2 + weigh(c, {{"MISTRAL_ALUT6", 1}}) + (mlab_bits + 1) / 2,
          .ffs = weigh(c, {{"MISTRAL_FF", 1}}),
          .dsps = (weigh(c, {{"MISTRAL_MUL9X9", 1}}) + 2) / 3 +
                  (weigh(c, {{"MISTRAL_MUL18X18", 1}}) + 1) / 2 +
                  weigh(c, {{"MISTRAL_MUL27X27", 1}}),
          .bram_bits = weigh(c, {{"MISTRAL_M10K", 10 * 1024}})};
}

// Without DSP blocks multipliers are built as suits carry chains.
constexpr std::string_view kRippleMultipliers = "proc\ntechmap -map ice40_mul.v\n";
// Yosys' own script but for its last step, &mfs, which ends in a failed assertion on some designs.
constexpr std::string_view kMapWithoutMfs =
    "scratchpad -set abc9.script +&scorr;&sweep;&dc2;&dch,-f;&if,{C},{W},{D},{R}\n";

constexpr std::array kFamilies = {
    Family{"ice40", "Lattice iCE40", "iCE40", kRippleMultipliers,
           "synth_ice40 -abc2 -dffe_min_ce_use 3", count_ice40},
    Family{"ecp5", "Lattice ECP5", "LFE5", "", "synth_ecp5 -abc9", count_ecp5},
    Family{"xc7", "AMD 7 series and Zynq-7000", "xc7", "",
           "synth_xilinx -family xc7 -flatten -noiopad", count_xilinx},
    Family{"xcup", "AMD UltraScale+", "xc", "", "synth_xilinx -family xcup -flatten -noiopad",
           count_xilinx},
    Family{"cyclonev", "Intel Cyclone V", "5C", kMapWithoutMfs, "synth_intel_alm -family cyclonev",
           count_cyclonev},
    Family{"osu018", "OSU standard cells, 0.18 um", "", "", "synth", nullptr},
};

}  // namespace

std::span<const Family> families() {
  return kFamilies;
}

const Family& find_family(std::string_view name) {
  const auto it = std::ranges::find(kFamilies, name, &Family::name);
  if (it != kFamilies.end()) return *it;
  std::string names;
  for (const Family& f : kFamilies) names += fmt::format("{}{}", names.empty() ? "" : ", ", f.name);
  fail("there is no family '{}' (families: {})", name, names);
}

const Family* family_of(const hw::Config& config) {
  if (!config.board) return nullptr;
  for (const Family& f : kFamilies) {  // xc7 stands before xc
    if (!f.part_prefix.empty() && config.board->part.starts_with(f.part_prefix)) return &f;
  }
  return nullptr;
}

}  // namespace vta::synth

// The registers behind the AXI4-Lite port: one table, from which come the SystemVerilog package's
// addresses and capability record, the C header and the Markdown page.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vta/hw/config.h"

namespace vta::rtl {

enum class Access : uint8_t {
  kConstant,        // read only, the same for a configuration
  kRead,            // read only
  kReadWrite,       //
  kWrite,           // reads as 0
  kWriteOneClears,  //
};

struct RegisterField {
  std::string_view name;
  int lsb;
  int width;  // bits
  std::string_view doc;
};

struct Register {
  std::string_view name;
  uint32_t address;  // bytes; every register has 32 bits
  Access access;
  std::string_view doc;
  std::vector<RegisterField> fields;                      // empty: the whole word
  uint32_t (*value)(const hw::Config& config) = nullptr;  // of kConstant
};

// By address, without the counters.
const std::vector<Register>& registers();
// Byte address of the register `name`. Throws Error when there is none.
uint32_t register_address(std::string_view name);

// The counter of lost (and worked) cycles of a unit (sim::kTimedUnitNames) by cause (sim::Cause)
// has its low word at this byte address and its high word at the next one.
inline constexpr uint32_t kCounterBase = 0x200;
inline constexpr uint32_t kCounterUnitBytes = 0x80;
constexpr uint32_t counter_address(uint32_t unit, uint32_t cause) {
  return kCounterBase + unit * kCounterUnitBytes + cause * 8;
}

// 64 bits that identify a configuration: FNV-1a of its fingerprint.
uint64_t fingerprint_hash(const hw::Config& config);

// `vta_registers.h`: addresses, fields, codes and the configuration's constants for a driver in C.
std::string register_header(const hw::Config& config);
// The register map as Markdown tables, the same for every configuration.
std::string register_markdown();

}  // namespace vta::rtl

#include "vta/isa/findings.h"

#include <fmt/format.h>

#include "vta/isa/assembly.h"

namespace vta::isa {

std::string short_name(const Program& program, uint64_t index) {
  return fmt::format("{} #{}", unit_name(unit_of(program.instructions[index])), index);
}

std::string describe(const Program& program, uint64_t index) {
  return fmt::format("{} ({})", short_name(program, index), to_string(program.instructions[index]));
}

void add_error(CheckReport& report, Finding finding) {
  if (report.errors.size() == CheckReport::kMaxErrors) {
    ++report.errors_left_out;
  } else {
    report.errors.push_back(std::move(finding));
  }
}

void add_error(CheckReport& report, const Program& program, uint64_t index, std::string kind,
               std::string memory, uint64_t entry, const std::string& what) {
  add_error(report, {.kind = std::move(kind),
                     .instructions = {index},
                     .memory = std::move(memory),
                     .entry = entry,
                     .message = fmt::format("{}: {}", describe(program, index), what)});
}

}  // namespace vta::isa

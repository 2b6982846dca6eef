#include "vta/isa/check.h"

#include <fmt/format.h>

#include "vta/isa/findings.h"
#include "vta/isa/footprint.h"
#include "vta/isa/races.h"
#include "vta/isa/token_order.h"

namespace vta::isa {

namespace {

void check_finish(const Program& program, CheckReport& report) {
  const auto& list = program.instructions;
  if (list.empty()) {
    return add_error(report, {.kind = "structure",
                              .instructions = {},
                              .memory = "",
                              .message = "the program is empty, must end with finish"});
  }
  for (size_t i = 0; i + 1 < list.size(); ++i) {
    if (list[i].opcode != Opcode::kFinish) continue;
    add_error(report, program, i, "structure", "", 0,
              fmt::format("finish before the last of {} instructions", list.size()));
  }
  if (list.back().opcode == Opcode::kFinish) return;
  add_error(report, program, list.size() - 1, "structure", "", 0,
            "the program ends here without finish");
}

void check_neighbours(const Program& program, CheckReport& report) {
  for (size_t i = 0; i < program.instructions.size(); ++i) {
    const Instruction& instruction = program.instructions[i];
    const Unit unit = unit_of(instruction);
    if (unit == Unit::kLoad && (instruction.pop_prev || instruction.push_prev)) {
      add_error(report, program, i, "structure", "", 0,
                "the load unit has no previous unit: pop_prev and push_prev must be 0");
    }
    if (unit == Unit::kStore && (instruction.pop_next || instruction.push_next)) {
      add_error(report, program, i, "structure", "", 0,
                "the store unit has no next unit: pop_next and push_next must be 0");
    }
  }
}

}  // namespace

CheckReport check(const Program& program) {
  CheckReport report;
  report.instructions = program.instructions.size();
  report.token_queue_depth = static_cast<uint64_t>(program.config.token_queue_depth);
  check_finish(program, report);
  check_neighbours(program, report);
  const auto touched = footprints(program, report);
  const TokenOrder order = order_by_tokens(program, report);
  find_races(program, touched, order, report);
  return report;
}

std::string to_string(const CheckReport& report) {
  std::string text;
  for (const Finding& error : report.errors) text += fmt::format("error: {}\n", error.message);
  for (const Finding& warning : report.warnings) {
    text += fmt::format("warning: {}\n", warning.message);
  }
  if (!report.ok()) {
    const uint64_t count = report.errors.size() + report.errors_left_out;
    text += fmt::format("{} error{} in {} instructions", count, count == 1 ? "" : "s",
                        report.instructions);
    if (report.errors_left_out > 0) text += fmt::format(", {} not listed", report.errors_left_out);
    return text + "\n";
  }
  text += fmt::format("proven: {} instructions, no race, no deadlock\n", report.instructions);
  text += fmt::format("  {} scratchpad entries and {} DRAM bytes in range\n",
                      report.scratchpad_entries, report.dram_bytes);
  text += fmt::format("  {} tokens; {} unordered pairs of instructions share no entry\n",
                      report.tokens, report.concurrent_pairs);
  for (size_t q = 0; q < kQueues; ++q) {
    text += fmt::format("  {}: at most {} of {} tokens\n", kTokenQueues[q].name, report.deepest[q],
                        report.token_queue_depth);
  }
  return text;
}

}  // namespace vta::isa

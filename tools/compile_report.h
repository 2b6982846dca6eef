// The compile report as a table or JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "vta/compiler/compile.h"

namespace vta::tools {

std::string format_report(const compiler::CompileReport& report);
nlohmann::ordered_json report_json(const compiler::CompileReport& report);

}  // namespace vta::tools

#include "tools/compile_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace vta::tools {

namespace {

double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string clipped(const std::string& text, size_t width) {
  return text.size() <= width ? text : text.substr(0, width - 3) + "...";
}

}  // namespace

std::string format_report(const compiler::CompileReport& report) {
  std::string text = fmt::format("{:<32} {:<22} {:<12} {:>10} {:>12}\n", "node", "operator",
                                 "runs on", "MMACs", "instructions");
  for (const compiler::NodeReport& node : report.nodes) {
    text += fmt::format("{:<32} {:<22} {:<12} {:>10.3f} {:>12}{}\n", clipped(node.name, 32),
                        node.op, node.on_accelerator ? "accelerator" : "host",
                        static_cast<double>(node.macs) / 1e6,
                        node.instructions > 0 ? std::to_string(node.instructions) : "",
                        node.on_accelerator ? "" : "  " + node.reason);
  }
  text += fmt::format("{:.3f} of {:.3f} MMACs on the accelerator ({:.1f} %)\n",
                      static_cast<double>(report.macs_on_accelerator()) / 1e6,
                      static_cast<double>(report.macs()) / 1e6,
                      share(report.macs_on_accelerator(), report.macs()));
  text += fmt::format("{:.2f} MB of device memory for activations, at most at a time\n",
                      static_cast<double>(report.activation_bytes) / 1e6);
  return text;
}

nlohmann::ordered_json report_json(const compiler::CompileReport& report) {
  auto nodes = nlohmann::ordered_json::array();
  for (const compiler::NodeReport& node : report.nodes) {
    nodes.push_back({{"name", node.name},
                     {"op", node.op},
                     {"on_accelerator", node.on_accelerator},
                     {"reason", node.reason},
                     {"macs", node.macs},
                     {"instructions", node.instructions}});
  }
  return {{"macs", report.macs()},
          {"macs_on_accel", report.macs_on_accelerator()},
          {"activation_bytes", report.activation_bytes},
          {"nodes", std::move(nodes)}};
}

}  // namespace vta::tools

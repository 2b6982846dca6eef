#include "vta/import/onnx/rules.h"

#include <cctype>
#include <map>

namespace vta::import {

void import_same(NodeImporter& node, const std::string& op) {
  node.ignore("consumed_inputs");  // a hint about memory, up to opset 5
  node.set_output(0, node.emit(op, node.inputs())[0]);
}

namespace {

const std::map<std::string_view, const Rule*>& all_rules() {
  static const auto kRules = [] {
    std::map<std::string_view, const Rule*> result;
    for (const auto family : {elementwise_rules, layer_rules, shape_rules, reduce_rules,
                              resize_rules, quantize_rules}) {
      for (const Rule& rule : family()) result.emplace(rule.op_type, &rule);
    }
    return result;
  }();
  return kRules;
}

// "GlobalMaxPool" and "global_max_pool" become "globalmaxpool".
std::string without_case(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c != '_') result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

}  // namespace

const Rule* find_rule(std::string_view op_type) {
  const auto found = all_rules().find(op_type);
  return found == all_rules().end() ? nullptr : found->second;
}

std::string_view onnx_name(std::string_view op) {
  for (const auto& [op_type, rule] : all_rules()) {
    if (rule->op == op && without_case(op_type) == without_case(op)) return op_type;
  }
  return {};
}

}  // namespace vta::import

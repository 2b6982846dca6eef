#include "vta/import/onnx/rules.h"

#include <map>

namespace vta::import {

void import_same(NodeImporter& node, const std::string& op) {
  node.ignore("consumed_inputs");  // a hint about memory, up to opset 5
  node.set_output(0, node.emit(op, node.inputs())[0]);
}

const Rule* find_rule(std::string_view op_type) {
  static const auto kRules = [] {
    std::map<std::string_view, const Rule*> result;
    for (const auto family :
         {elementwise_rules, layer_rules, shape_rules, reduce_rules, resize_rules}) {
      for (const Rule& rule : family()) result.emplace(rule.op_type, &rule);
    }
    return result;
  }();
  const auto found = kRules.find(op_type);
  return found == kRules.end() ? nullptr : found->second;
}

}  // namespace vta::import

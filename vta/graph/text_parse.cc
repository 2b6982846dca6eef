// Reads the text form of a graph. The grammar, with spaces and line ends free between words:
//
//   graph:     "graph" NAME "(" [typed {"," typed}] ")" "->" "(" [value {"," value}] ")"
//              "{" {constant | node} "}"
//   constant:  "const" value ":" type "=" ("#" INDEX | "[" numbers "]")
//   node:      output {"," output} "=" OP "(" inputs ")" ["name" "=" STRING] ["{" attributes "}"]
//   output:    value [":" type]        typed: value ":" type        value: "%" NAME
//   inputs:    values, or "_" for an absent one
//   attribute: NAME "=" (NUMBER | STRING | "[" numbers "]"), of the kind that the op table says
//   NAME:      letters, digits, "_", ".", "/", or a STRING;   type: ELEMENT "[" [N {"x" N}] "]"
//
// Attributes that are left out have their defaults, and a node's name is that of its first output.
#include <algorithm>
#include <charconv>
#include <optional>

#include "vta/base/text_reader.h"
#include "vta/graph/graph.h"
#include "vta/graph/op.h"
#include "vta/graph/ops/element_types.h"

namespace vta::graph {
namespace {

class Parser {
 public:
  Parser(std::string_view text, const std::vector<std::shared_ptr<const Tensor>>& constants)
      : reader_(text, "./"), constants_(constants) {}

  Graph parse() {
    reader_.expect("graph");
    graph_.name = reader_.name("the graph's name");
    parse_inputs();
    reader_.expect("->");
    const size_t outputs = reader_.here();
    skip_outputs();
    reader_.expect("{");
    while (!reader_.accept("}")) {
      if (reader_.next_is("%")) {
        parse_node();
      } else {
        parse_constant();
      }
    }
    if (!reader_.at_end()) reader_.fail_at(reader_.here(), "text after the end of the graph");
    resolve_outputs(outputs);
    return std::move(graph_);
  }

 private:
  struct Name {
    std::string text;
    size_t position;
  };

  Name value_name() {
    const size_t position = reader_.here();
    reader_.expect("%");
    return {reader_.name("a value's name"), position};
  }

  ValueId value_use() {
    const Name name = value_name();
    const auto found = ids_.find(name.text);
    if (found == ids_.end()) reader_.fail_at(name.position, "value '{}' is not defined", name.text);
    return found->second;
  }

  ValueId define(const Name& name, TensorType type) {
    const auto id = static_cast<ValueId>(graph_.values.size());
    if (!ids_.emplace(name.text, id).second) {
      reader_.fail_at(name.position, "value '{}' is defined twice", name.text);
    }
    graph_.values.push_back({name.text, std::move(type), nullptr});
    return id;
  }

  TensorType type() {
    const size_t begin = reader_.here();
    const std::string element = reader_.word("an element type");
    TensorType result;
    result.dtype = reader_.located(begin, [&] { return dtype_from_name(element); });
    reader_.expect("[");
    if (reader_.accept("]")) return result;
    const size_t position = reader_.here();
    const std::string dims = reader_.word("a shape");
    const char* next = dims.data();
    const char* end = dims.data() + dims.size();
    while (true) {
      int64_t dim = 0;
      const auto [stop, status] = std::from_chars(next, end, dim);
      const bool more = stop != end && *stop == 'x';
      if (status != std::errc() || (stop != end && !more)) {
        reader_.fail_at(position, "expected sizes with 'x' between them, got '{}'", dims);
      }
      result.shape.push_back(dim);
      if (!more) break;
      next = stop + 1;
    }
    reader_.located(position, [&] { return element_count(result.shape); });
    reader_.expect("]");
    return result;
  }

  void parse_inputs() {
    reader_.expect("(");
    if (reader_.accept(")")) return;
    do {
      const Name name = value_name();
      reader_.expect(":");
      graph_.inputs.push_back(define(name, type()));
    } while (reader_.accept(","));
    reader_.expect(")");
  }

  // The outputs stand before the nodes that define them.
  void skip_outputs() {
    reader_.expect("(");
    if (reader_.accept(")")) return;
    do {
      outputs_.push_back(value_name());
    } while (reader_.accept(","));
    reader_.expect(")");
  }

  void resolve_outputs(size_t position) {
    for (const Name& name : outputs_) {
      const auto found = ids_.find(name.text);
      if (found == ids_.end()) {
        reader_.fail_at(name.position, "output '{}' is not defined in the graph", name.text);
      }
      graph_.outputs.push_back(found->second);
    }
    reader_.located(position, [&] { verify(graph_); });
  }

  void parse_constant() {
    reader_.expect("const");
    const Name name = value_name();
    reader_.expect(":");
    const TensorType value_type = type();
    reader_.expect("=");
    const size_t position = reader_.here();
    std::shared_ptr<const Tensor> tensor =
        reader_.accept("#") ? referred() : std::make_shared<const Tensor>(literal(value_type));
    const TensorType given{tensor->dtype(), tensor->shape()};
    if (given != value_type) {
      reader_.fail_at(position, "constant '{}' must be {}, got {}", name.text,
                      to_string(value_type), to_string(given));
    }
    graph_.value(define(name, value_type)).constant = std::move(tensor);
  }

  std::shared_ptr<const Tensor> referred() {
    const size_t position = reader_.here();
    const auto index = reader_.number<uint64_t>();
    if (index >= constants_.size() || constants_[index] == nullptr) {
      reader_.fail_at(position, "no constant #{}, {} are given", index, constants_.size());
    }
    return constants_[index];
  }

  Tensor literal(const TensorType& type) {
    const size_t position = reader_.here();
    const auto tensor_of = [&](const auto& values) {
      if (std::ssize(values) != element_count(type.shape)) {
        reader_.fail_at(position, "a constant of type {} has {} values, got {}", to_string(type),
                        element_count(type.shape), values.size());
      }
      return Tensor::of(type.shape, std::span(values));
    };
    if (is_half(type.dtype)) {
      reader_.fail_at(position, "constants of type {} cannot be written as text",
                      dtype_name(type.dtype));
    }
    if (type.dtype == DType::kBool) {
      return tensor_of(reader_.numbers<uint8_t>()).cast(DType::kBool);
    }
    return with_number(type.dtype, [&]<typename T>() { return tensor_of(reader_.numbers<T>()); });
  }

  struct Output {
    Name name;
    size_t type_position = 0;
    std::optional<TensorType> type;
  };

  std::vector<Output> node_outputs() {
    std::vector<Output> outputs;
    do {
      Output output{value_name(), 0, std::nullopt};
      if (reader_.accept(":")) {
        output.type_position = reader_.here();
        output.type = type();
      }
      outputs.push_back(std::move(output));
    } while (reader_.accept(","));
    return outputs;
  }

  void parse_node() {
    const std::vector<Output> outputs = node_outputs();
    reader_.expect("=");
    const size_t position = reader_.here();
    Node node;
    node.op = reader_.word("an operator");
    const OpDef* op = find_op(node.op);
    if (op == nullptr) reader_.fail_at(position, "no operator is called '{}'", node.op);
    node.name = outputs[0].name.text;
    parse_arguments(node);
    if (reader_.accept("name")) {
      reader_.expect("=");
      node.name = reader_.string();
    }
    if (reader_.accept("{")) parse_attributes(*op, node);
    const std::vector<TensorType> types = reader_.located(position, [&] {
      fill_default_attributes(graph_, node);
      return infer_types(graph_, node, outputs.size());
    });
    for (size_t i = 0; i < outputs.size(); ++i) {
      const Output& output = outputs[i];
      if (output.type && *output.type != types[i]) {
        reader_.fail_at(output.type_position, "output '{}' is {}, but inference gives {}",
                        output.name.text, to_string(*output.type), to_string(types[i]));
      }
      node.outputs.push_back(define(output.name, types[i]));
    }
    graph_.nodes.push_back(std::move(node));
  }

  void parse_arguments(Node& node) {
    reader_.expect("(");
    if (reader_.accept(")")) return;
    do {
      node.inputs.push_back(reader_.accept("_") ? kNoValue : value_use());
    } while (reader_.accept(","));
    reader_.expect(")");
  }

  void parse_attributes(const OpDef& op, Node& node) {
    if (reader_.accept("}")) return;
    do {
      const size_t position = reader_.here();
      const std::string key = reader_.word("an attribute's name");
      const auto def = std::ranges::find(op.attributes, key, &AttributeDef::name);
      if (def == op.attributes.end()) {
        reader_.fail_at(position, "{} has no attribute '{}'", op.name, key);
      }
      reader_.expect("=");
      if (!node.attributes.emplace(key, attribute(def->kind)).second) {
        reader_.fail_at(position, "attribute '{}' is given twice", key);
      }
    } while (reader_.accept(","));
    reader_.expect("}");
  }

  Attribute attribute(AttributeKind kind) {
    switch (kind) {
      case AttributeKind::kInt:
        return reader_.number<int64_t>();
      case AttributeKind::kFloat:
        return reader_.number<double>();
      case AttributeKind::kString:
        return reader_.string();
      case AttributeKind::kInts:
        return reader_.numbers<int64_t>();
      case AttributeKind::kFloats:
        return reader_.numbers<double>();
    }
    return {};
  }

  TextReader reader_;
  const std::vector<std::shared_ptr<const Tensor>>& constants_;
  Graph graph_;
  std::map<std::string, ValueId> ids_;
  std::vector<Name> outputs_;
};

}  // namespace

Graph parse(std::string_view text, const std::vector<std::shared_ptr<const Tensor>>& constants) {
  return Parser(text, constants).parse();
}

}  // namespace vta::graph

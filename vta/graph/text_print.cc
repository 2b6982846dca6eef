// A graph's text form; graph.h shows it, text_parse.cc reads it.
#include <algorithm>
#include <cmath>

#include "vta/graph/graph.h"
#include "vta/graph/ops/element_types.h"

namespace vta::graph {
namespace {

constexpr int64_t kInlineElements = 16;

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += fmt::format("\\{}", c);
    } else if (code < 32 || code == 127) {
      result += fmt::format("\\x{:02x}", code);
    } else {
      result += c;
    }
  }
  return result + '"';
}

bool is_plain(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '/';
  };
  return !name.empty() && std::ranges::all_of(name, plain);
}

// With a point or an exponent, so that it reads as a float.
template <typename T>
std::string number(T value) {
  std::string text = fmt::format("{}", value);
  const bool looks_integer = text.find_first_not_of("-0123456789") == std::string::npos;
  if (std::is_floating_point_v<T> && looks_integer) text += ".0";
  return text;
}

template <typename T>
std::string list(std::span<const T> values) {
  std::string text = "[";
  for (const T value : values) text += (text.size() == 1 ? "" : ", ") + number(value);
  return text + "]";
}

std::string to_text(const Attribute& attribute) {
  struct Visitor {
    std::string operator()(int64_t value) const { return number(value); }
    std::string operator()(double value) const { return number(value); }
    std::string operator()(const std::string& value) const { return quoted(value); }
    std::string operator()(const std::vector<int64_t>& values) const {
      return list<int64_t>(values);
    }
    std::string operator()(const std::vector<double>& values) const { return list<double>(values); }
  };
  return std::visit(Visitor{}, attribute);
}

// Half floats have no text, and not-a-numbers have more bits than "nan" tells.
bool is_inline(const Tensor& tensor) {
  if (tensor.size() > kInlineElements || is_half(tensor.dtype())) return false;
  if (!is_float(tensor.dtype())) return true;
  return with_float(tensor.dtype(), [&]<typename T>() {
    return std::ranges::none_of(tensor.as<T>(), [](T value) { return std::isnan(value); });
  });
}

std::string elements(const Tensor& tensor) {
  if (tensor.dtype() == DType::kBool) {
    const Tensor bits = tensor.cast(DType::kUInt8);
    return list(bits.as<uint8_t>());
  }
  return with_number(tensor.dtype(), [&]<typename T>() { return list(tensor.as<T>()); });
}

class Printer {
 public:
  explicit Printer(const Graph& graph) : graph_(graph) {}

  GraphText print() {
    text_ = fmt::format("graph {}(", is_plain(graph_.name) ? graph_.name : quoted(graph_.name));
    add_list(graph_.inputs, true);
    text_ += ") -> (";
    add_list(graph_.outputs, false);
    text_ += ") {\n";
    for (const ValueId id : used_constants(graph_)) add_constant(graph_.value(id));
    for (const Node& node : graph_.nodes) add_node(node);
    text_ += "}\n";
    return {std::move(text_), std::move(constants_)};
  }

 private:
  void add_name(const Value& value) {
    text_ += '%' + (is_plain(value.name) ? value.name : quoted(value.name));
  }

  void add_list(const std::vector<ValueId>& ids, bool with_types) {
    const char* separator = "";
    for (const ValueId id : ids) {
      text_ += separator;
      separator = ", ";
      if (id == kNoValue) {
        text_ += '_';
        continue;
      }
      add_name(graph_.value(id));
      if (with_types) text_ += ": " + to_string(graph_.value(id).type);
    }
  }

  void add_constant(const Value& value) {
    text_ += "  const ";
    add_name(value);
    text_ += ": " + to_string(value.type) + " = ";
    if (is_inline(*value.constant)) {
      text_ += elements(*value.constant) + "\n";
      return;
    }
    text_ += fmt::format("#{}\n", constants_.size());
    constants_.push_back(value.constant);
  }

  void add_node(const Node& node) {
    text_ += "  ";
    add_list(node.outputs, true);
    text_ += fmt::format(" = {}(", node.op);
    add_list(node.inputs, false);
    text_ += fmt::format(") name={}", quoted(node.name));
    const char* separator = " {";
    for (const auto& [key, value] : node.attributes) {
      text_ += fmt::format("{}{} = {}", separator, key, to_text(value));
      separator = ", ";
    }
    text_ += node.attributes.empty() ? "\n" : "}\n";
  }

  const Graph& graph_;
  std::string text_;
  std::vector<std::shared_ptr<const Tensor>> constants_;
};

}  // namespace

GraphText print(const Graph& graph) {
  return Printer(graph).print();
}

}  // namespace vta::graph

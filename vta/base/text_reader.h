// Reads text word by word for the parsers of text forms: skips blanks, and names line and column in
// every error.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "vta/base/error.h"
#include "vta/base/tensor.h"

namespace vta {

class TextReader {
 public:
  // Words are made of letters, digits, '_' and the characters of `more`.
  explicit TextReader(std::string_view text, std::string_view more = "")
      : text_(text), more_(more) {}

  // Position of what comes next.
  size_t here() {
    while (position_ < text_.size() && is_space(text_[position_])) ++position_;
    return position_;
  }

  template <typename... Args>
  [[noreturn]] void fail_at(size_t position, fmt::format_string<Args...> format,
                            Args&&... args) const {
    size_t line = 1, column = 1;
    for (const char c : text_.substr(0, position)) {
      column = c == '\n' ? 1 : column + 1;
      line += c == '\n' ? 1 : 0;
    }
    fail("line {}, column {}: {}", line, column, fmt::format(format, std::forward<Args>(args)...));
  }

  // Runs `body`, and gives errors that it throws the position.
  template <typename Body>
  auto located(size_t position, Body body) const {
    try {
      return body();
    } catch (const Error& error) {
      fail_at(position, "{}", error.what());
    }
  }

  bool at_end() { return here() == text_.size(); }
  bool next_is(std::string_view token) { return text_.substr(here()).starts_with(token); }

  bool accept(std::string_view token) {
    if (!next_is(token)) return false;
    position_ += token.size();
    return true;
  }

  // As accept, but not where the token is only the beginning of a word.
  bool accept_word(std::string_view token) {
    if (!next_is(token)) return false;
    const size_t end = position_ + token.size();
    if (end < text_.size() && is_word(text_[end])) return false;
    position_ = end;
    return true;
  }

  // The longest piece, perhaps empty, of characters for which `is_part(character, piece before it)`.
  std::string_view piece(const auto& is_part) {
    const size_t begin = here();
    while (position_ < text_.size() &&
           is_part(text_[position_], text_.substr(begin, position_ - begin))) {
      ++position_;
    }
    return text_.substr(begin, position_ - begin);
  }

  // Takes back the last `count` characters.
  void back(size_t count) { position_ -= count; }

  void expect(std::string_view token) {
    if (!accept(token)) fail_at(here(), "expected '{}', got {}", token, next_text());
  }

  std::string word(std::string_view what) {
    const size_t begin = here();
    while (position_ < text_.size() && is_word(text_[position_])) ++position_;
    if (position_ == begin) fail_at(begin, "expected {}, got {}", what, next_text());
    return std::string(text_.substr(begin, position_ - begin));
  }

  std::string name(std::string_view what) { return next_is("\"") ? string() : word(what); }

  std::string string() {
    const size_t begin = here();
    expect("\"");
    std::string result;
    while (position_ < text_.size() && text_[position_] != '"') {
      result += text_[position_] == '\\' ? escaped() : text_[position_++];
    }
    if (position_ == text_.size()) fail_at(begin, "the string has no end");
    ++position_;
    return result;
  }

  template <typename T>
  T number() {
    const size_t begin = here();
    T value{};
    const auto [end, status] =
        std::from_chars(text_.data() + begin, text_.data() + text_.size(), value);
    if (status == std::errc::invalid_argument) {
      fail_at(begin, "expected {}, got {}", number_kind<T>(), next_text());
    }
    position_ = static_cast<size_t>(end - text_.data());
    if (status == std::errc::result_out_of_range) {
      fail_at(begin, "{} does not fit {}", text_.substr(begin, position_ - begin),
              number_kind<T>());
    }
    if (position_ < text_.size() && is_word(text_[position_])) {
      fail_at(begin, "expected {}, got {}", number_kind<T>(), next_text(begin));
    }
    return value;
  }

  template <typename T>
  std::vector<T> numbers() {
    std::vector<T> result;
    expect("[");
    if (accept("]")) return result;
    do {
      result.push_back(number<T>());
    } while (accept(","));
    expect("]");
    return result;
  }

 private:
  bool is_word(char c) const {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           more_.find(c) != std::string_view::npos;
  }
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

  template <typename T>
  static std::string number_kind() {
    return fmt::format("a number of type {}", dtype_name(dtype_of<T>()));
  }

  char escaped() {
    const size_t begin = position_;
    const std::string_view rest = text_.substr(begin);
    if (rest.starts_with("\\\"") || rest.starts_with("\\\\")) {
      position_ += 2;
      return rest[1];
    }
    uint8_t code = 0;
    const bool hex = rest.starts_with("\\x") && rest.size() >= 4;
    const char* last = hex ? rest.data() + 4 : rest.data();
    if (!hex || std::from_chars(rest.data() + 2, last, code, 16).ptr != last) {
      fail_at(begin, "unknown escape, expected \\\", \\\\ or \\x and two hexadecimal digits");
    }
    position_ += 4;
    return static_cast<char>(code);
  }

  std::string next_text() { return next_text(here()); }
  std::string next_text(size_t position) const {
    if (position >= text_.size()) return "the end";
    size_t length = 1;
    if (is_word(text_[position])) {
      while (length < 40 && position + length < text_.size() && is_word(text_[position + length])) {
        ++length;
      }
    }
    return fmt::format("'{}'", text_.substr(position, length));
  }

  std::string_view text_;
  std::string_view more_;
  size_t position_ = 0;
};

}  // namespace vta

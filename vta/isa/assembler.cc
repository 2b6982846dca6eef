// Text to program: lines are split into words, each word knows its column for the error message.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "vta/base/error.h"
#include "vta/isa/assembly.h"
#include "vta/isa/mnemonic.h"

namespace vta::isa {

namespace {

struct Word {
  std::string_view text;
  size_t column;  // from 1
};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::vector<Word> split(std::string_view line) {
  std::vector<Word> words;
  for (size_t at = 0; at < line.size() && line[at] != '#';) {
    if (is_blank(line[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < line.size() && !is_blank(line[end]) && line[end] != '#') ++end;
    words.push_back({line.substr(at, end - at), at + 1});
    at = end;
  }
  return words;
}

std::optional<int64_t> parse_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const int base = text.starts_with("0x") ? 16 : 10;
  if (base == 16) text.remove_prefix(2);
  uint64_t magnitude = 0;
  const auto [end, status] =
      std::from_chars(text.data(), text.data() + text.size(), magnitude, base);
  if (status != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (magnitude > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return std::nullopt;
  return negative ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
}

// 0x and up to 64 digits.
std::optional<Words> parse_words(std::string_view text) {
  if (!text.starts_with("0x")) return std::nullopt;
  text.remove_prefix(2);
  Words words{};
  for (uint64_t& word : words) {
    if (text.empty()) break;
    const std::string_view digits = text.substr(text.size() - std::min<size_t>(16, text.size()));
    text.remove_suffix(digits.size());
    const auto [end, status] =
        std::from_chars(digits.data(), digits.data() + digits.size(), word, 16);
    if (status != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  }
  return text.empty() ? std::optional(words) : std::nullopt;
}

class Assembler {
 public:
  Assembler(std::string_view text, std::string_view origin) : text_(text), origin_(origin) {}

  Program run() {
    while (!text_.empty()) {
      const size_t end = std::min(text_.find('\n'), text_.size());
      ++line_;
      read_line(text_.substr(0, end));
      text_.remove_prefix(std::min(end + 1, text_.size()));
    }
    if (!encoding_) error(1, "no .config line, must name a preset or hold a configuration's JSON");
    return std::move(program_);
  }

 private:
  template <typename... Args>
  [[noreturn]] void error(size_t column, fmt::format_string<Args...> format, Args&&... args) const {
    fail("{}:{}:{}: {}", origin_, line_, column, fmt::format(format, std::forward<Args>(args)...));
  }

  void read_line(std::string_view line) {
    const std::vector<Word> words = split(line);
    if (words.empty()) return;
    if (words[0].text == ".config") return read_config(line, words[0]);
    if (!encoding_) {
      error(words[0].column, "'{}' before .config, which must come first", words[0].text);
    }
    if (words[0].text == ".uops") return begin_uops(words);
    if (words[0].text.starts_with('.')) {
      error(words[0].column, "unknown directive '{}', expected .config or .uops", words[0].text);
    }
    if (words[0].text.find('=') != std::string_view::npos) return read_uop(words);
    read_instruction(words);
  }

  void read_config(std::string_view line, const Word& directive) {
    if (encoding_) error(directive.column, "a second .config, a program has one");
    size_t at = directive.column - 1 + directive.text.size();
    while (at < line.size() && is_blank(line[at])) ++at;
    std::string_view value = line.substr(at);
    while (!value.empty() && is_blank(value.back())) value.remove_suffix(1);
    const std::string where = fmt::format("{}:{}:{}", origin_, line_, at + 1);
    program_.config =
        value.starts_with('{') ? hw::parse_config(value, where) : preset(value, at + 1);
    encoding_.emplace(program_.config);
  }

  hw::Config preset(std::string_view name, size_t column) const {
    std::vector<std::string_view> names;
    for (const hw::Preset& candidate : hw::presets()) {
      if (candidate.name == name) return candidate.make();
      names.push_back(candidate.name);
    }
    error(column, "unknown preset '{}', expected one of {}, or a configuration's JSON", name,
          fmt::join(names, ", "));
  }

  void begin_uops(const std::vector<Word>& words) {
    const auto base = words.size() == 2 ? parse_number(words[1].text) : std::nullopt;
    if (!base || *base < 0 || *base > kLastUop) {
      error(words[0].column, ".uops takes one number, the first DRAM element, from 0 to 0x{:x}",
            kLastUop);
    }
    next_uop_ = *base;
  }

  void read_uop(const std::vector<Word>& words) {
    constexpr std::array<std::string_view, 3> kNames = {"dst", "src", "wgt"};
    MicroOp uop;
    const std::array<uint32_t*, 3> targets = {&uop.dst, &uop.src, &uop.wgt};
    std::array<bool, 3> seen{};
    for (const Word& word : words) {
      const auto [name, value] = split_assignment(word);
      const size_t index = static_cast<size_t>(std::ranges::find(kNames, name) - kNames.begin());
      if (index == kNames.size()) {
        error(word.column, "unknown operand '{}', a micro-op has {}", name,
              fmt::join(kNames, ", "));
      }
      if (std::exchange(seen[index], true)) error(word.column, "{} is given twice", name);
      const Range legal{0, (int64_t{1} << encoding_->uop_placements()[index].width) - 1};
      *targets[index] = static_cast<uint32_t>(checked_value(word, name, value, legal));
    }
    add_uop(words[0], uop);
  }

  void add_uop(const Word& first, const MicroOp& uop) {
    if (next_uop_ < 0) error(first.column, "a micro-op before .uops, which says where it lies");
    if (next_uop_ > kLastUop) error(first.column, "a micro-op beyond element 0x{:x}", kLastUop);
    const bool is_new = program_.uops.emplace(static_cast<uint32_t>(next_uop_), uop).second;
    if (!is_new) error(first.column, "a second micro-op at element 0x{:x}", next_uop_);
    ++next_uop_;
  }

  void read_instruction(std::vector<Word> words) {
    if (is_label(words[0].text)) words.erase(words.begin());
    if (words.empty()) error(1, "a number without an instruction");
    const auto it = std::ranges::find(mnemonics(), words[0].text, &Mnemonic::text);
    if (it == mnemonics().end()) {
      std::vector<std::string_view> names;
      for (const Mnemonic& m : mnemonics()) names.push_back(m.text);
      error(words[0].column, "unknown instruction '{}', expected one of {}", words[0].text,
            fmt::join(names, ", "));
    }
    Instruction instruction = it->instruction;
    std::vector<std::string_view> seen;
    for (size_t i = 1; i < words.size(); ++i) {
      if (words[i].text.starts_with("ignored=")) {
        read_ignored_bits(words[i], instruction);
      } else {
        read_operand(words[i], instruction, seen);
      }
    }
    program_.instructions.push_back(instruction);
  }

  static bool is_label(std::string_view word) {
    return word.size() > 1 && word.ends_with(':') &&
           parse_number(word.substr(0, word.size() - 1)).has_value();
  }

  void read_operand(const Word& word, Instruction& instruction,
                    std::vector<std::string_view>& seen) const {
    const std::string_view name = word.text.substr(0, word.text.find('='));
    const auto table = fields(instruction.opcode);
    const auto field = std::ranges::find_if(
        table, [&](const Field& f) { return f.name == name && !is_in_mnemonic(f); });
    if (field == table.end()) unknown_operand(word, instruction);
    if (std::ranges::find(seen, name) != seen.end()) error(word.column, "{} is given twice", name);
    seen.push_back(name);
    const bool bare = name.size() == word.text.size();
    if (bare && is_flag(*field)) return field->set(instruction, 1);
    const Placement placement =
        encoding_->placements(instruction.opcode)[static_cast<size_t>(field - table.begin())];
    const auto [_, value] = split_assignment(word);
    field->set(instruction,
               checked_value(word, name, value, legal_values(*field, placement.width)));
  }

  void read_ignored_bits(const Word& word, const Instruction& instruction) {
    const auto [name, text] = split_assignment(word);
    const auto bits = parse_words(text);
    if (!bits || *bits == Words{} || !are_ignored(*bits, instruction)) {
      error(word.column + name.size() + 1,
            "ignored is '{}', must be 0x and hexadecimal digits that set no bit of a field of {}",
            text, mnemonic(instruction));
    }
    const auto index = static_cast<uint32_t>(program_.instructions.size());
    if (!program_.ignored_bits.emplace(index, *bits).second) {
      error(word.column, "{} is given twice", name);
    }
  }

  bool are_ignored(const Words& bits, const Instruction& instruction) const {
    for (const Placement& p : encoding_->placements(instruction.opcode)) {
      const uint64_t field = ((uint64_t{1} << p.width) - 1) << (p.lsb % 64);
      if ((bits[static_cast<size_t>(p.lsb / 64)] & field) != 0) return false;
    }
    const auto words = static_cast<size_t>(encoding_->instruction_bits() / 64);
    return std::all_of(bits.begin() + words, bits.end(), [](uint64_t word) { return word == 0; });
  }

  [[noreturn]] void unknown_operand(const Word& word, const Instruction& instruction) const {
    std::vector<std::string_view> names;
    for (const Field& f : fields(instruction.opcode)) {
      if (!is_in_mnemonic(f)) names.push_back(f.name);
    }
    error(word.column, "unknown operand '{}', {} has {}", word.text.substr(0, word.text.find('=')),
          mnemonic(instruction), fmt::join(names, ", "));
  }

  std::pair<std::string_view, std::string_view> split_assignment(const Word& word) const {
    const size_t equals = word.text.find('=');
    if (equals == std::string_view::npos) {
      error(word.column, "{} needs a value: {}=NUMBER", word.text, word.text);
    }
    return {word.text.substr(0, equals), word.text.substr(equals + 1)};
  }

  int64_t checked_value(const Word& word, std::string_view name, std::string_view text,
                        Range legal) const {
    const auto value = parse_number(text);
    if (!value || !legal.contains(*value)) {
      error(word.column + name.size() + 1, "{} is '{}', must be a number from {} to {}", name, text,
            legal.low, legal.high);
    }
    return *value;
  }

  static constexpr int64_t kLastUop = std::numeric_limits<uint32_t>::max();

  std::string_view text_;
  std::string_view origin_;
  size_t line_ = 0;
  Program program_;
  std::optional<Encoding> encoding_;
  int64_t next_uop_ = -1;  // none yet
};

}  // namespace

Program assemble(std::string_view text, std::string_view origin) {
  return Assembler(text, origin).run();
}

}  // namespace vta::isa

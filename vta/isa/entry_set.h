// A set of scratchpad entries: a bitmap over the words from the first entry to the last.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace vta::isa {

class EntrySet {
 public:
  EntrySet() = default;
  // Room for entries in [first, last], none of them in the set.
  EntrySet(uint64_t first, uint64_t last)
      : first_word_(first / 64), words_(last / 64 - first / 64 + 1) {}

  void insert(uint64_t entry) { words_[entry / 64 - first_word_] |= uint64_t{1} << (entry % 64); }
  void insert_range(uint64_t begin, uint64_t end);
  // The union of the set shifted up by 0, step, …, (count - 1) * step. All must be within the room.
  void repeat(uint64_t count, uint64_t step);

  bool empty() const { return words_.empty(); }
  uint64_t size() const;
  bool contains(uint64_t entry) const;

  uint64_t first_word() const { return first_word_; }
  const std::vector<uint64_t>& words() const { return words_; }

  template <typename Function>
  void for_each(const Function& function) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t word = words_[i]; word != 0; word &= word - 1) {
        function((first_word_ + i) * 64 + static_cast<uint64_t>(std::countr_zero(word)));
      }
    }
  }

 private:
  void insert_shifted(uint64_t shift);  // the set's own entries, shifted up

  uint64_t first_word_ = 0;
  std::vector<uint64_t> words_;
};

}  // namespace vta::isa

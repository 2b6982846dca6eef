#include "vta/isa/entry_set.h"

#include <algorithm>

namespace vta::isa {

void EntrySet::insert_range(uint64_t begin, uint64_t end) {
  while (begin < end) {
    const uint64_t count = std::min(64 - begin % 64, end - begin);
    const uint64_t ones = count == 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
    words_[begin / 64 - first_word_] |= ones << (begin % 64);
    begin += count;
  }
}

// Doubles the number of shifts that the set covers until `count` are.
void EntrySet::repeat(uint64_t count, uint64_t step) {
  if (step == 0) return;
  for (uint64_t covered = 1; covered < count;) {
    const uint64_t more = std::min(covered, count - covered);
    insert_shifted(more * step);
    covered += more;
  }
}

// From the last word down, so that every word is read before it is changed.
void EntrySet::insert_shifted(uint64_t shift) {
  const uint64_t whole = shift / 64;
  const uint64_t bits = shift % 64;
  for (size_t to = words_.size(); to-- > whole;) {
    const size_t from = to - whole;
    uint64_t word = words_[from] << bits;
    if (bits != 0 && from > 0) word |= words_[from - 1] >> (64 - bits);
    words_[to] |= word;
  }
}

uint64_t EntrySet::size() const {
  uint64_t count = 0;
  for (const uint64_t word : words_) count += static_cast<uint64_t>(std::popcount(word));
  return count;
}

bool EntrySet::contains(uint64_t entry) const {
  const uint64_t word = entry / 64;
  if (word < first_word_ || word - first_word_ >= words_.size()) return false;
  return ((words_[word - first_word_] >> (entry % 64)) & 1) != 0;
}

}  // namespace vta::isa

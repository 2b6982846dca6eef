// Which scratchpad entries and DRAM bytes each instruction touches, exactly; and the errors of
// those that would touch what does not exist.
#pragma once

#include <optional>
#include <vector>

#include "vta/isa/check.h"
#include "vta/isa/entry_set.h"

namespace vta::isa {

// Rows of bytes, `stride` apart; no rows: nothing.
struct DramRegion {
  uint64_t begin = 0;
  uint64_t rows = 0;
  uint64_t row_bytes = 0;
  uint64_t stride = 0;
  bool empty() const { return rows == 0; }
  uint64_t end() const { return begin + (rows - 1) * stride + row_bytes; }
};
// A byte that both have, the first in the order of a's rows.
std::optional<uint64_t> first_common_byte(const DramRegion& a, const DramRegion& b);

// The accesses that another unit's can conflict with. The load unit writes inp and wgt, which
// compute reads; compute writes acc, which the store unit reads. What compute alone touches (the
// micro-op buffer, reads of acc) is left out.
struct Footprint {
  EntrySet inp;
  EntrySet wgt;
  EntrySet acc;
  DramRegion dram;  // STORE: written; LOAD: read
};

// One for each instruction, empty for those with an error. Adds errors of kind "structure" (illegal
// at the configuration), "range" and "uops" to `report`.
std::vector<Footprint> footprints(const Program& program, CheckReport& report);

}  // namespace vta::isa

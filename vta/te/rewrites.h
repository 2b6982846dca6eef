// The schedule's rewrites as functions: each takes a function, checks the rule, and returns the new
// one. schedule.h says what they do; each stands in a file of its own in rewrites/.
#pragma once

#include <string>
#include <vector>

#include "vta/te/tree.h"

namespace vta::te::rewrites {

// What a rewrite made, and what it is called.
struct Result {
  Function function;
  std::vector<std::string> names = {};
};

Result split(const Function& f, const std::string& loop, std::vector<int64_t> factors);
Result fuse(const Function& f, const std::string& outer, const std::string& inner);
Result reorder(const Function& f, const std::vector<std::string>& loops);
Result set_kind(const Function& f, const std::string& loop, loop::LoopKind kind);
Result annotate(const Function& f, const std::string& loop_or_block, const std::string& key,
                const std::string& value);
Result compute_at(const Function& f, const std::string& block, const std::string& loop);
Result reverse_compute_at(const Function& f, const std::string& block, const std::string& loop);
Result compute_inline(const Function& f, const std::string& block);
Result cache_read(const Function& f, const std::string& block, const std::string& buffer,
                  loop::Scope scope);
Result cache_write(const Function& f, const std::string& block, loop::Scope scope);
Result set_scope(const Function& f, const std::string& buffer, loop::Scope scope);
Result storage_align(const Function& f, const std::string& buffer, size_t dim, int64_t factor,
                     int64_t offset);
Result in_place(const Function& f, const std::string& block, const std::string& buffer);
Result guard(const Function& f, const std::string& block);
Result decompose_reduction(const Function& f, const std::string& block, const std::string& loop);
Result pad_einsum(const Function& f, const std::string& block,
                  const std::vector<int64_t>& multiples);
Result rfactor(const Function& f, const std::string& block, const std::string& loop);
// An empty `init_intrinsic` leaves the init as it is.
Result tensorize(const Function& f, const loop::Intrinsics& intrinsics,
                 const std::string& loop_or_block, const std::string& intrinsic,
                 const std::string& init_intrinsic);

}  // namespace vta::te::rewrites

// set_scope and storage_align: where a buffer lives, and how its rows lie.
#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/nest.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

namespace {

Result with_buffer(const Function& f, const Buffer& old_one, loop::BufferNode changed,
                   std::string_view what) {
  require(is_allocated(f, old_one), "{}: {} is a parameter, who calls decides about it", what,
          old_one->name);
  Result result{f};
  result.function.body =
      replace_buffer(f.body, old_one, std::make_shared<const loop::BufferNode>(std::move(changed)));
  return result;
}

}  // namespace

Result set_scope(const Function& f, const std::string& buffer, loop::Scope scope) {
  const Buffer old_one = find_buffer(f, buffer);
  require(!is_operand(f.body, old_one), "set_scope: {} is an operand of an intrinsic", buffer);
  loop::BufferNode changed = *old_one;
  changed.scope = scope;
  return with_buffer(f, old_one, std::move(changed), "set_scope");
}

Result storage_align(const Function& f, const std::string& buffer, size_t dim, int64_t factor,
                     int64_t offset) {
  const Buffer old_one = find_buffer(f, buffer);
  require(dim < old_one->shape.size(), "storage_align: {} has no dimension {}", buffer, dim);
  require(factor >= 1 && factor <= (1 << 20) && offset >= 0 && offset < factor,
          "storage_align: factor {} and offset {}, must be positive and below it", factor, offset);
  loop::BufferNode changed = *old_one;
  changed.strides = old_one->dense_or_strides();
  const int64_t gap = ((offset - changed.strides[dim]) % factor + factor) % factor;
  changed.strides[dim] += gap;
  for (size_t d = dim; d-- > 0;) {
    changed.strides[d] =
        std::max(changed.strides[d], changed.strides[d + 1] * changed.shape[d + 1]);
  }
  return with_buffer(f, old_one, std::move(changed), "storage_align");
}

}  // namespace vta::te::rewrites

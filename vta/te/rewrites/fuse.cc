// fuse: loops i and j, j directly inside, become one loop of both extents' product.
#include "vta/base/error.h"
#include "vta/loop/rewrite.h"
#include "vta/te/rewrites.h"

namespace vta::te::rewrites {

Result fuse(const Function& f, const std::string& outer, const std::string& inner) {
  const Path path = find_loop(f, outer);
  const For& o = loop_at(path);
  const For* i = loop::as<For>(o.body);
  require(i != nullptr && i->var.name() == inner, "fuse: loop {} is not directly inside {}, alone",
          inner, outer);
  require(o.kind == i->kind, "fuse: {} is {}, {} is {}, must be of one kind", outer,
          loop_kind_name(o.kind), inner, loop_kind_name(i->kind));
  const Var both(fresh_name(f, fmt::format("{}_{}", outer, inner)));
  const Stmt body = substitute(i->body, {{o.var, both / i->extent}, {i->var, both % i->extent}});
  Result result{f, {both.name()}};
  result.function.body =
      exchange(f.body, path.back(), make_for(both, o.extent * i->extent, body, o.kind));
  return result;
}

}  // namespace vta::te::rewrites

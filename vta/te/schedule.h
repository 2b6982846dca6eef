// A schedule: a function and the rewrites that say how it runs. Every rewrite checks that it is
// legal, and throws Error that names the rule and the loop, block or buffer that breaks it; the
// function is then as it was. After each one the function is verified, and computes what it
// computed before.
//
// Loops and blocks are known by their names, which show() prints. A schedule is its list of
// rewrites: log() is text that replay() applies again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vta/loop/stmt.h"

namespace vta::te {

class Schedule {
 public:
  // `intrinsics` are what tensorize may call.
  explicit Schedule(const loop::Function& function, loop::Intrinsics intrinsics = {});

  const loop::Function& function() const { return function_; }
  std::string show() const;
  // One rewrite a line, as apply takes it: "split C_i 0 8".
  const std::vector<std::string>& log() const { return log_; }
  // Applies the lines of another schedule's log. Throws Error that names the line.
  void replay(const std::vector<std::string>& log);

  // One rewrite as a line of text: the name and the arguments of a member function below, with
  // blanks between. Returns what that function returns.
  std::vector<std::string> apply(const std::string& line);

  // The loops around a block, outermost first.
  std::vector<std::string> loops(std::string_view block) const;

  // Into as many nested loops as factors, outermost first; one factor may be 0, which stands for
  // what is left. Where the factors do not divide, the blocks within get a predicate. Returns the
  // loops.
  std::vector<std::string> split(const std::string& loop, const std::vector<int64_t>& factors);
  // Two loops, the second directly inside the first, into one.
  std::string fuse(const std::string& outer, const std::string& inner);
  // Loops of one chain, each directly inside the one before up to the last, take this order
  // in the places that they have.
  void reorder(const std::vector<std::string>& loops);
  // split both, then y outer, x outer, y inner, x inner; returned in that order.
  std::vector<std::string> tile(const std::string& y, const std::string& x, int64_t y_factor,
                                int64_t x_factor);

  // How a loop runs. parallel, vectorize and vthread need iterations that do not depend on each
  // other: no reduction over the loop.
  void unroll(const std::string& loop);
  void vectorize(const std::string& loop);
  void parallel(const std::string& loop);
  void bind_vthread(const std::string& loop);
  // Words without blanks.
  void annotate(const std::string& loop_or_block, const std::string& key, const std::string& value);

  // Moves the computation of `block` into `loop`, before what uses it there, and computes only
  // the region that is used. All uses must be inside the loop.
  void compute_at(const std::string& block, const std::string& loop);
  // Moves `block`, an elementwise use of the only block in `loop` that it reads, behind it.
  void reverse_compute_at(const std::string& block, const std::string& loop);
  // Puts the expression of `block`, which is no reduction, in the place of each use.
  void compute_inline(const std::string& block);

  // `block` reads `buffer` from a copy of it in `scope`. Returns the copying block, which is also
  // the copy's name.
  std::string cache_read(const std::string& block, const std::string& buffer, loop::Scope scope);
  // `block` writes to a buffer in `scope`, which is copied to its own. Returns the copying block;
  // the new buffer is called BUFFER_SCOPE.
  std::string cache_write(const std::string& block, loop::Scope scope);
  void set_scope(const std::string& buffer, loop::Scope scope);
  // The distance between neighbours in dimension `dim` becomes offset modulo factor, by gaps.
  void storage_align(const std::string& buffer, size_t dim, int64_t factor, int64_t offset);

  // `block`, which is elementwise and the only one to read `buffer`, each element once, overwrites
  // it instead of writing to a buffer of its own, as the accelerator's ALU does. Comes after moving
  // either, before tensorize.
  void in_place(const std::string& block, const std::string& buffer);
  // `block`, which stores select(condition, value, what stands there already), runs only where the
  // condition holds. Comes after in_place, before tensorize. So does a step of a reduction, its init
  // decomposed, that combines what stands there with a choice between a value and the identity.
  void guard(const std::string& block);

  // The init of a reduction becomes a block of its own, before `loop`. Returns its name.
  std::string decompose_reduction(const std::string& block, const std::string& loop);

  // The reduction keeps a partial result for each iteration of `loop`, which it then combines: the
  // loop is no reduction any more. The new block and its buffer, of one more dimension, in front,
  // are called BUFFER_rf; its name is returned. `block` is what combines.
  std::string rfactor(const std::string& block, const std::string& loop);
  // A sum of products whose variables are whole loops runs over more: extents rounded up to these
  // multiples, one for each variable. Operands are first copied to buffers with zeros at the end,
  // BUFFER_pad, and of a longer result what was asked for is copied back. Returns the copying
  // blocks.
  std::vector<std::string> pad_einsum(const std::string& block,
                                      const std::vector<int64_t>& multiples);

  // The nest from a loop down to its only block, or the nest inside a block, becomes one call of
  // `intrinsic`: proven by matching loops, operands and expressions with the intrinsic's function.
  // The block then counts tiles of the nest's size. Of a reduction that takes several steps, the
  // init stays as it is, or is done by `init_intrinsic`: one that computes the init, or one that
  // computes init and step, which then takes the place of both in the first step.
  void tensorize(const std::string& loop_or_block, const std::string& intrinsic,
                 const std::string& init_intrinsic = "");

 private:
  loop::Function function_;
  loop::Intrinsics intrinsics_;
  std::vector<std::string> log_;
};

}  // namespace vta::te

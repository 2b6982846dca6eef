#include "vta/codegen/accel/walk.h"

#include <algorithm>
#include <unordered_map>

#include "vta/base/error.h"
#include "vta/codegen/accel/copy_box.h"
#include "vta/codegen/accel/environment.h"
#include "vta/codegen/accel/nest_compiler.h"
#include "vta/codegen/accel/scratchpad.h"
#include "vta/codegen/accel/transfer.h"

namespace vta::codegen::accel {

namespace {

using loop::Stmt;

// The threads' tasks in turn: of each the next ones that go to one unit.
std::vector<Task> interleaved(const std::vector<std::vector<Task>>& threads) {
  std::vector<Task> result;
  std::vector<size_t> next(threads.size(), 0);
  for (bool more = true; more;) {
    more = false;
    for (size_t t = 0; t < threads.size(); ++t) {
      const std::vector<Task>& tasks = threads[t];
      if (next[t] == tasks.size()) continue;
      const isa::Unit unit = unit_of(tasks[next[t]]);
      while (next[t] < tasks.size() && unit_of(tasks[next[t]]) == unit) {
        result.push_back(tasks[next[t]++]);
      }
      more |= next[t] < tasks.size();
    }
  }
  return result;
}

class Walker {
 public:
  Walker(const loop::Function& function, const hw::Config& config)
      : function_(function), encoding_(config), places_(config), nests_(config) {}

  std::vector<Task> tasks() {
    run(function_.body);
    return std::move(tasks_);
  }

 private:
  void run(const Stmt& s) {
    if (!s) return;
    if (const auto& nest = nest_at(s)) {
      if (const auto computes = nests_.compile(*nest, values_, places_)) {
        tasks_.insert(tasks_.end(), computes->begin(), computes->end());
        return;
      }
    }
    loop::match(s, [this](const auto& node) { execute(node); });
  }

  const std::optional<Nest>& nest_at(const Stmt& s) {
    const auto [entry, is_new] = nest_of_.try_emplace(&*s);
    if (is_new) entry->second = nest_of(s, known_);
    return entry->second;
  }

  void execute(const loop::For& n) {
    if (n.kind == loop::LoopKind::kVirtualThread) return threads(n);
    known_[n.var] = {0, n.extent - 1};
    for (int64_t i = 0; i < n.extent; ++i) iteration(n, i);
    leave(n);
  }
  void leave(const loop::For& n) {
    known_.erase(n.var);
    values_.release(n.var);
  }
  void iteration(const loop::For& n, int64_t i) {
    values_.bind(n.var, i);
    run(n.body);
  }

  void threads(const loop::For& n) {
    std::vector<Task> before = std::move(tasks_);
    std::vector<std::vector<Task>> threads;
    places_.begin_threads();
    known_[n.var] = {0, n.extent - 1};
    for (int64_t i = 0; i < n.extent; ++i) {
      tasks_.clear();
      places_.next_thread();
      iteration(n, i);
      threads.push_back(std::move(tasks_));
    }
    places_.end_threads();
    leave(n);
    tasks_ = std::move(before);
    const std::vector<Task> together = interleaved(threads);
    tasks_.insert(tasks_.end(), together.begin(), together.end());
  }

  void execute(const loop::If& n) {
    if (values_.value(n.condition) != 0) run(n.then);
  }
  void execute(const loop::Seq& n) {
    for (const Stmt& s : n.statements) run(s);
  }
  void execute(const loop::Alloc& n) {
    places_.allocate(n.buffer);
    run(n.body);
    places_.free(n.buffer);
  }
  void execute(const loop::Copy& n) {
    if (const auto box = box_of(n, function_, encoding_.config(), values_, places_)) {
      append_transfers(*box, encoding_, tasks_);
    }
  }
  void execute(const loop::Store& n) {
    fail("a store to {} is no intrinsic and no copy between DRAM and a scratchpad", n.buffer->name);
  }
  void execute(const loop::Intrinsic&) {}  // a nest without loops
  void execute(const loop::Block& n) { fail("block {} is not lowered", n.name); }

  const loop::Function& function_;
  isa::Encoding encoding_;
  Environment values_;  // of the loops that are being walked
  loop::Ranges known_;  // of the same
  Scratchpads places_;
  NestCompiler nests_;
  std::unordered_map<const loop::StmtNode*, std::optional<Nest>> nest_of_;
  std::vector<Task> tasks_;
};

}  // namespace

std::vector<Task> walk(const loop::Function& function, const hw::Config& config) {
  return Walker(function, config).tasks();
}

}  // namespace vta::codegen::accel

// Micro-kernels of one program: lists of micro-ops, each stored once in the program's micro-op
// image in DRAM; and, as the order of their uses is known when the program ends, when each is
// loaded to which place of the micro-op buffer.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "vta/isa/field.h"

namespace vta::runtime {

class MicroKernels {
 public:
  explicit MicroKernels(const isa::Encoding& encoding);

  // The next instruction that executes micro-ops executes these. Throws Error when the kernel is
  // empty, larger than the buffer, or holds an index that does not fit the micro-op.
  void use(const std::vector<isa::MicroOp>& kernel);

  // A LOAD: `count` micro-ops from `image_begin` on to `begin` in the buffer, before use number
  // `before`.
  struct Load {
    size_t before;
    uint32_t image_begin;
    uint32_t begin;
    uint32_t count;
    bool operator==(const Load&) const = default;
  };
  struct Place {
    uint32_t begin;
    uint32_t count;
    bool operator==(const Place&) const = default;
  };
  struct Residency {
    std::vector<Place> places;  // by use
    std::vector<Load> loads;    // in order
  };
  // Kernels go one behind the other as long as the buffer has room. The ones that uses 2^k to
  // 2^(k+1) - 1 are the first to need come before use 2^(k-1): in time, though other loads keep
  // memory busy, and yet the first does not wait for all. Then a kernel takes the place of what is
  // needed again last (Belady's rule), one use ahead where that place is free by then, so that the
  // load runs beside the instruction before. Loads that continue one another are one.
  Residency plan() const;

  const std::vector<isa::MicroOp>& image() const { return image_; }

 private:
  struct Kernel {
    uint32_t image_begin = 0;
    uint32_t count = 0;
    std::vector<size_t> uses = {};
  };
  friend class ResidencyPlanner;

  isa::Encoding encoding_;
  uint32_t depth_;
  std::vector<isa::MicroOp> image_;
  std::unordered_map<std::string, size_t> by_encoding_;
  std::vector<Kernel> kernels_;
  std::vector<size_t> uses_;  // kernels in the order of use
};

}  // namespace vta::runtime

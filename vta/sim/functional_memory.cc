#include "vta/sim/functional_memory.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "vta/sim/checks.h"

namespace vta::sim {

static_assert(std::endian::native == std::endian::little);

namespace {

using hw::Memory;
using isa::MemoryType;

size_t round_up(size_t value, size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

size_t depth_of(const hw::Config& config, Memory memory) {
  return static_cast<size_t>(config.depth(memory));
}

template <int kBits>
void unpack_bytes(const uint8_t* packed, size_t count, int8_t* out) {
  constexpr size_t kPerByte = 8 / kBits;
  for (size_t i = 0; i < count / kPerByte; ++i) {
    for (size_t s = 0; s < kPerByte; ++s) {
      const auto at_top = static_cast<int8_t>(packed[i] << (8 - kBits * static_cast<int>(s + 1)));
      out[i * kPerByte + s] = static_cast<int8_t>(at_top >> (8 - kBits));
    }
  }
}

template <int kBits>
void pack_bytes(const int8_t* scalars, size_t count, uint8_t* out) {
  constexpr size_t kPerByte = 8 / kBits;
  for (size_t i = 0; i < count / kPerByte; ++i) {
    int byte = 0;
    for (size_t s = 0; s < kPerByte; ++s) {
      byte |= (scalars[i * kPerByte + s] & ((1 << kBits) - 1)) << (kBits * static_cast<int>(s));
    }
    out[i] = static_cast<uint8_t>(byte);
  }
}

// In a function of its own so that the bound is a local and the loop becomes vector code.
void keep_low_bytes(const int32_t* lanes, size_t count, int8_t* out) {
  for (size_t n = 0; n < count; ++n) out[n] = static_cast<int8_t>(lanes[n]);
}

}  // namespace

FunctionalMemory::FunctionalMemory(const hw::Config& config, const Kernels& kernels)
    : config_(config),
      encoding_(config),
      kernels_(kernels),
      batch_(static_cast<size_t>(config.batch)),
      block_in_(static_cast<size_t>(config.block_in)),
      block_out_(static_cast<size_t>(config.block_out)),
      shape_{.depth = round_up(block_in_, 4),
             .chunks = round_up(block_out_, kChunkLanes) / kChunkLanes},
      weight_chunk_bytes_(kernels.weight_chunk_bytes(shape_.depth)),
      weight_bytes_(weight_chunk_bytes_ * shape_.chunks),
      uops_(depth_of(config, Memory::kUop)),
      inputs_(depth_of(config, Memory::kInp) * input_bytes()),
      weights_(depth_of(config, Memory::kWgt) * weight_bytes_),
      accumulators_(depth_of(config, Memory::kAcc) * accumulator_bytes()),
      taps_(depth_of(config, Memory::kWgt) * tap_scalars()),
      tile_(kChunkLanes * shape_.depth) {
  if (config.depthwise_taps > 0) {
    plain_inputs_.resize(depth_of(config, Memory::kInp) * batch_ * block_in_);
  }
  clear(MemoryType::kInp, 0, depth_of(config, Memory::kInp));
}

uint64_t FunctionalMemory::load(const isa::Instruction& i, const Dram& dram) {
  const uint64_t columns = padded_columns(i);
  const auto bytes = static_cast<uint64_t>(config_.element_bytes(dram_element(i.memory)));
  uint64_t sram = i.sram_base;
  pad(i, sram, i.y_pad_before * columns);
  sram += i.y_pad_before * columns;
  for (uint64_t y = 0; y < i.y_size; ++y, sram += columns) {
    pad(i, sram, i.x_pad_before);
    if (i.x_size > 0) {
      fill(i.memory, sram + i.x_pad_before, i.x_size,
           dram.at(dram_address(i, config_, y, 0), i.x_size * bytes).data());
    }
    pad(i, sram + i.x_pad_before + i.x_size, i.x_pad_after);
  }
  pad(i, sram, i.y_pad_after * columns);
  return uint64_t{i.y_size} * i.x_size * bytes;
}

uint64_t FunctionalMemory::store(const isa::Instruction& i, Dram& dram) {
  const auto bytes = static_cast<uint64_t>(config_.element_bytes(Memory::kOut));
  if (i.x_size == 0) return 0;
  for (uint64_t y = 0; y < i.y_size; ++y) {
    narrow(i.sram_base + y * i.x_size, i.x_size,
           dram.at(dram_address(i, config_, y, 0), i.x_size * bytes).data());
  }
  return uint64_t{i.y_size} * i.x_size * bytes;
}

void FunctionalMemory::pad(const isa::Instruction& load, uint64_t sram, uint64_t count) {
  if (count == 0) return;
  if (load.memory != MemoryType::kInp || !load.pad_min) return clear(load.memory, sram, count);
  scratch_.assign(count * batch_ * block_in_, static_cast<int8_t>(config_.least_input()));
  pack_inputs(scratch_.data(), sram, count);
}

void FunctionalMemory::clear(MemoryType type, uint64_t sram, uint64_t count) {
  switch (type) {
    case MemoryType::kUop:
      std::fill_n(uops_.begin() + static_cast<int64_t>(sram), count, isa::MicroOp{});
      break;
    case MemoryType::kInp:
      std::memset(inputs_.data() + sram * input_bytes(), kernels_.input_zero_byte,
                  count * input_bytes());
      if (!plain_inputs_.empty()) {
        std::memset(&plain_inputs_[sram * batch_ * block_in_], 0, count * batch_ * block_in_);
      }
      break;
    case MemoryType::kWgt:
      std::memset(weights_.data() + sram * weight_bytes_, 0, count * weight_bytes_);
      if (!taps_.empty()) std::memset(&taps_[sram * tap_scalars()], 0, count * tap_scalars());
      break;
    case MemoryType::kAcc:
    case MemoryType::kAcc8:
      std::memset(accumulators_.data() + sram * accumulator_bytes(), 0,
                  count * accumulator_bytes());
      break;
    case MemoryType::kOut:
      break;
  }
}

void FunctionalMemory::fill(MemoryType type, uint64_t sram, uint64_t count, const uint8_t* bytes) {
  switch (type) {
    case MemoryType::kUop:
      return fill_uops(sram, count, bytes);
    case MemoryType::kInp:
      return fill_inputs(sram, count, bytes);
    case MemoryType::kWgt:
      return fill_weights(sram, count, bytes);
    case MemoryType::kAcc:
      return fill_accumulators(sram, count, bytes);
    case MemoryType::kAcc8:
      return fill_accumulators_narrow(sram, count, bytes);
    case MemoryType::kOut:
      return;
  }
}

void FunctionalMemory::fill_uops(uint64_t sram, uint64_t count, const uint8_t* bytes) {
  const auto uop_bytes = static_cast<size_t>(encoding_.uop_bytes());
  for (uint64_t e = 0; e < count; ++e) {
    uops_[sram + e] = encoding_.decode_uop({bytes + e * uop_bytes, uop_bytes});
  }
}

void FunctionalMemory::fill_inputs(uint64_t sram, uint64_t count, const uint8_t* bytes) {
  pack_inputs(unpack(bytes, count * batch_ * block_in_, config_.inp_bits), sram, count);
}

void FunctionalMemory::pack_inputs(const int8_t* scalars, uint64_t sram, uint64_t count) {
  const size_t rows = count * batch_;
  if (!plain_inputs_.empty()) {
    std::memcpy(&plain_inputs_[sram * batch_ * block_in_], scalars, rows * block_in_);
  }
  uint8_t* packed = inputs_.data() + sram * input_bytes();
  if (shape_.depth == block_in_) {
    kernels_.pack_inputs(scalars, rows * block_in_, packed);
    return;
  }
  for (size_t row = 0; row < rows; ++row) {
    kernels_.pack_inputs(scalars + row * block_in_, block_in_,
                         packed + row * shape_.depth * kernels_.input_scalar_bytes);
  }
}

void FunctionalMemory::fill_weights(uint64_t sram, uint64_t count, const uint8_t* bytes) {
  const size_t tile_scalars = block_out_ * block_in_;
  const int8_t* scalars = unpack(bytes, count * tile_scalars, config_.wgt_bits);
  const auto tap_count = static_cast<size_t>(config_.depthwise_taps);
  for (size_t tile = 0; tile < count; ++tile) {
    int8_t* taps = taps_.data() + (sram + tile) * tap_scalars();
    for (size_t t = 0; t < tap_count; ++t) {
      for (size_t n = 0; n < block_out_; ++n) {
        taps[t * block_out_ + n] = scalars[tile * tile_scalars + n * block_in_ + t];
      }
    }
  }
  const bool is_padded = shape_.depth != block_in_ || block_out_ < kChunkLanes;
  uint8_t* packed = weights_.data() + sram * weight_bytes_;
  for (size_t chunk = 0; chunk < count * shape_.chunks; ++chunk) {
    const int8_t* rows = scalars + chunk * std::min(block_out_, kChunkLanes) * block_in_;
    if (is_padded) {
      for (size_t n = 0; n < std::min(block_out_, kChunkLanes); ++n) {
        std::copy_n(rows + n * block_in_, block_in_, tile_.data() + n * shape_.depth);
      }
      rows = tile_.data();
    }
    kernels_.pack_weights(rows, shape_.depth, packed + chunk * weight_chunk_bytes_);
  }
}

void FunctionalMemory::fill_accumulators(uint64_t sram, uint64_t count, const uint8_t* bytes) {
  int32_t* lanes = accumulators(sram);
  if (row_lanes() == block_out_) {
    std::memcpy(lanes, bytes, count * accumulator_bytes());
    return;
  }
  const size_t row_bytes = block_out_ * sizeof(int32_t);
  for (size_t row = 0; row < count * batch_; ++row) {
    std::memcpy(lanes + row * row_lanes(), bytes + row * row_bytes, row_bytes);
  }
}

void FunctionalMemory::fill_accumulators_narrow(uint64_t sram, uint64_t count,
                                                const uint8_t* bytes) {
  const size_t rows = count * batch_;
  const int8_t* scalars = unpack(bytes, rows * block_out_, config_.out_bits);
  int32_t* lanes = accumulators(sram);
  for (size_t row = 0; row < rows; ++row) {
    for (size_t n = 0; n < block_out_; ++n) {
      lanes[row * row_lanes() + n] = scalars[row * block_out_ + n];
    }
  }
}

void FunctionalMemory::narrow(uint64_t sram, uint64_t count, uint8_t* bytes) {
  const size_t rows = count * batch_;
  const int32_t* lanes = accumulators(sram);
  const bool is_whole_byte = config_.out_bits == 8;
  if (!is_whole_byte) scratch_.resize(rows * block_out_);
  auto* out = is_whole_byte ? reinterpret_cast<int8_t*>(bytes) : scratch_.data();
  if (row_lanes() == block_out_) {
    keep_low_bytes(lanes, rows * block_out_, out);
  } else {
    for (size_t row = 0; row < rows; ++row) {
      keep_low_bytes(lanes + row * row_lanes(), block_out_, out + row * block_out_);
    }
  }
  if (config_.out_bits == 4) pack_bytes<4>(out, rows * block_out_, bytes);
  if (config_.out_bits == 2) pack_bytes<2>(out, rows * block_out_, bytes);
}

const int8_t* FunctionalMemory::unpack(const uint8_t* packed, size_t count, int bits) {
  if (bits == 8) return reinterpret_cast<const int8_t*>(packed);
  scratch_.resize(count);
  if (bits == 4) unpack_bytes<4>(packed, count, scratch_.data());
  if (bits == 2) unpack_bytes<2>(packed, count, scratch_.data());
  return scratch_.data();
}

}  // namespace vta::sim

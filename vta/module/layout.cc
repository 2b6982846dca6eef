#include "vta/module/layout.h"

#include <string>

#include "vta/base/error.h"

namespace vta::module {

namespace {

uint64_t ceil_div(int64_t a, int64_t b) {
  return static_cast<uint64_t>((a + b - 1) / b);
}

// Elements of dimensions 2 and up.
int64_t spatial_size(const Shape& shape) {
  int64_t size = 1;
  for (size_t d = 2; d < shape.size(); ++d) size *= shape[d];
  return size;
}

// Calls visit(index, place) for each scalar of the tensor: its row-major index, and its place in
// the packed sequence of scalars.
template <typename Visit>
void for_each_scalar(const Shape& shape, const BlockLayout& layout, Visit visit) {
  const int64_t spatial = spatial_size(shape);
  const int64_t column_blocks = static_cast<int64_t>(ceil_div(shape[1], layout.columns));
  const int64_t block = int64_t{layout.rows} * layout.columns;
  int64_t index = 0;
  for (int64_t n = 0; n < shape[0]; ++n) {
    for (int64_t c = 0; c < shape[1]; ++c) {
      const int64_t first_block = (n / layout.rows * column_blocks + c / layout.columns) * spatial;
      const int64_t in_block = n % layout.rows * layout.columns + c % layout.columns;
      for (int64_t s = 0; s < spatial; ++s) visit(index++, (first_block + s) * block + in_block);
    }
  }
}

void check_type(const Tensor& tensor) {
  require(tensor.dtype() == DType::kInt8, "pack: the tensor is {}, must be i8",
          dtype_name(tensor.dtype()));
}

void check_range(std::span<const int8_t> values, int bits) {
  const int limit = 1 << (bits - 1);
  for (size_t i = 0; i < values.size(); ++i) {
    require(values[i] >= -limit && values[i] < limit,
            "pack: value {} at index {} does not fit {} bits, must be from {} to {}", values[i], i,
            bits, -limit, limit - 1);
  }
}

// Bytes that hold whole scalars: where one lies, and its mask before it is shifted there.
struct Slot {
  size_t byte;
  int shift;
  unsigned mask;
};

Slot slot(int64_t place, int bits) {
  const int64_t bit = place * bits;
  return {static_cast<size_t>(bit / 8), static_cast<int>(bit % 8), (1U << bits) - 1};
}

}  // namespace

BlockLayout input_layout(const hw::Config& config) {
  return {config.batch, config.block_in, config.inp_bits};
}
BlockLayout output_layout(const hw::Config& config) {
  return {config.batch, config.block_out, config.out_bits};
}
BlockLayout weight_layout(const hw::Config& config) {
  return {config.block_out, config.block_in, config.wgt_bits};
}

uint64_t packed_bytes(const Shape& shape, const BlockLayout& layout) {
  const auto in_range = [](int value) { return value >= 1 && value <= 256; };
  require(in_range(layout.rows) && in_range(layout.columns) &&
              (layout.bits == 2 || layout.bits == 4 || layout.bits == 8) &&
              layout.rows * layout.columns * layout.bits % 8 == 0,
          "blocks of {} x {} scalars of {} bits: must be whole bytes, at most 256 x 256, 2, 4 or 8 "
          "bits",
          layout.rows, layout.columns, layout.bits);
  require(shape.size() >= 2 && element_count(shape) > 0,
          "a tensor of shape {} cannot be packed, it must have two dimensions and an element",
          to_string(shape));
  return ceil_div(shape[0], layout.rows) * ceil_div(shape[1], layout.columns) *
         static_cast<uint64_t>(spatial_size(shape)) *
         static_cast<uint64_t>(layout.rows * layout.columns * layout.bits / 8);
}

std::vector<uint8_t> pack(const Tensor& tensor, const BlockLayout& layout) {
  check_type(tensor);
  std::vector<uint8_t> packed(packed_bytes(tensor.shape(), layout));
  const std::span<const int8_t> values = tensor.as<int8_t>();
  check_range(values, layout.bits);
  for_each_scalar(tensor.shape(), layout, [&](int64_t index, int64_t place) {
    const Slot s = slot(place, layout.bits);
    const unsigned bits = static_cast<unsigned>(values[static_cast<size_t>(index)]) & s.mask;
    packed[s.byte] = static_cast<uint8_t>(packed[s.byte] | bits << s.shift);
  });
  return packed;
}

Tensor unpack(std::span<const uint8_t> bytes, const Shape& shape, const BlockLayout& layout) {
  const uint64_t expected = packed_bytes(shape, layout);
  require(bytes.size() == expected, "unpack: a tensor of shape {} takes {} bytes, got {}",
          to_string(shape), expected, bytes.size());
  Tensor tensor(DType::kInt8, shape);
  const std::span<int8_t> values = tensor.as<int8_t>();
  const int unused = 8 - layout.bits;
  for_each_scalar(shape, layout, [&](int64_t index, int64_t place) {
    const Slot s = slot(place, layout.bits);
    const auto at_top = static_cast<int8_t>((bytes[s.byte] >> s.shift) << unused);
    values[static_cast<size_t>(index)] = static_cast<int8_t>(at_top >> unused);
  });
  return tensor;
}

}  // namespace vta::module

#include "vta/compiler/requantise_records.h"

#include "vta/isa/instruction.h"

namespace vta::compiler {

namespace {

constexpr int kRecordElements = 3;  // bias, factor, packed word

void append(int32_t value, std::vector<uint8_t>& out) {
  for (int shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<uint8_t>(static_cast<uint32_t>(value) >> shift));
  }
}

int32_t word(const Requantize& r) {
  return isa::pack_requantise({r.shift, r.wide, r.zero_point, r.clip_min, r.clip_max});
}

}  // namespace

std::vector<uint8_t> channel_records(std::span<const Requantize> channels, int64_t elements,
                                     const hw::Config& config) {
  const Requantize zero{.clip_min = 0, .clip_max = 0};
  std::vector<uint8_t> bytes;
  for (int64_t element = 0; element < elements; ++element) {
    for (int part = 0; part < kRecordElements; ++part) {
      for (int row = 0; row < config.batch; ++row) {
        for (int lane = 0; lane < config.block_out; ++lane) {
          const auto channel = static_cast<size_t>(element * config.block_out + lane);
          const Requantize& r = channel < channels.size() ? channels[channel] : zero;
          append(part == 0 ? r.bias : part == 1 ? r.factor : word(r), bytes);
        }
      }
    }
  }
  return bytes;
}

std::vector<uint8_t> uniform_record(const Requantize& record, const hw::Config& config) {
  const std::vector<Requantize> lanes(static_cast<size_t>(config.block_out), record);
  return channel_records(lanes, 1, config);
}

}  // namespace vta::compiler

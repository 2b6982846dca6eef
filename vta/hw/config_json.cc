// The configuration's JSON: strict reading (unknown keys are errors), the historical form, writing.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "vta/base/error.h"
#include "vta/hw/config.h"

namespace vta::hw {

namespace {

using Json = nlohmann::ordered_json;

// Reads the keys of one JSON object; finish() reports the keys that nobody asked for.
class ObjectReader {
 public:
  ObjectReader(const Json& object, std::string origin, std::string prefix)
      : object_(object), origin_(std::move(origin)), prefix_(std::move(prefix)) {
    require(object.is_object(), "{}: {} must be a JSON object", origin_,
            prefix_.empty() ? "the configuration" : prefix_);
  }

  void integer(const std::string& key, auto& target) {
    const Json* value = find(key);
    if (value == nullptr) return;
    require(value->is_number_integer(), "{}: {} must be an integer", origin_, prefix_ + key);
    const auto wide = value->is_number_unsigned() && value->get<uint64_t>() > INT64_MAX
                          ? INT64_MAX
                          : value->get<int64_t>();
    using Target = std::remove_reference_t<decltype(target)>;
    require(wide >= 0 && wide <= std::numeric_limits<Target>::max(), "{}: {} is {}, out of range",
            origin_, prefix_ + key, wide);
    target = static_cast<Target>(wide);
  }

  void number(const std::string& key, double& target) {
    if (const Json* value = find(key)) {
      require(value->is_number(), "{}: {} must be a number", origin_, prefix_ + key);
      target = value->get<double>();
    }
  }

  void string(const std::string& key, std::string& target) {
    if (const Json* value = find(key)) {
      require(value->is_string(), "{}: {} must be a string", origin_, prefix_ + key);
      target = value->get<std::string>();
    }
  }

  std::optional<ObjectReader> object(const std::string& key) {
    const Json* value = find(key);
    if (value == nullptr) return std::nullopt;
    return ObjectReader(*value, origin_, prefix_ + key + ".");
  }

  const Json* find(const std::string& key) {
    known_.insert(key);
    const auto it = object_.find(key);
    return it == object_.end() ? nullptr : &*it;
  }

  void finish() const {
    for (const auto& [key, value] : object_.items()) {
      require(known_.contains(key), "{}: unknown key '{}', expected one of {}", origin_,
              prefix_ + key, fmt::join(known_, ", "));
    }
  }

 private:
  const Json& object_;
  std::string origin_;
  std::string prefix_;
  std::set<std::string> known_;
};

std::vector<AluOp> read_alu_ops(const Json& list, std::string_view origin) {
  require(list.is_array(), "{}: alu.ops must be a list of names", origin);
  std::set<AluOp> ops;
  for (const Json& item : list) {
    const std::string name = item.is_string() ? item.get<std::string>() : item.dump();
    const auto it = std::ranges::find(kAluOpNames, name);
    require(it != kAluOpNames.end(), "{}: alu.ops has '{}', expected names from {}", origin, name,
            fmt::join(kAluOpNames, ", "));
    ops.insert(static_cast<AluOp>(it - kAluOpNames.begin()));
  }
  return {ops.begin(), ops.end()};
}

Board read_board(ObjectReader reader) {
  Board board;
  reader.string("name", board.name);
  reader.string("part", board.part);
  reader.integer("luts", board.luts);
  reader.integer("ffs", board.ffs);
  reader.integer("dsps", board.dsps);
  reader.integer("bram_bits", board.bram_bits);
  reader.finish();
  return board;
}

// Of values that may all be illegal.
bool has_room_for_taps(const Config& c) {
  const bool is_wide = c.block_in >= 1 && c.block_in <= c.block_out && c.block_out <= 64;
  return is_wide && c.products_per_multiplier <= 2 &&
         c.depthwise_taps * c.products_per_multiplier <= c.block_in &&
         c.inp_buffer >= 2 * c.inp_banks() * c.element_bytes(Memory::kInp);
}

// Whatever a file leaves out has the value of the `default` preset; lanes follow the shape, and
// depthwise taps are 0 where the shape cannot have them.
Config read_config(const Json& json, const std::string& origin) {
  Config c = presets().front().make();
  const int preset_taps = std::exchange(c.depthwise_taps, -1);
  ObjectReader reader(json, origin, "");
  reader.string("name", c.name);
  if (auto gemm = reader.object("gemm")) {
    gemm->integer("batch", c.batch);
    gemm->integer("block_in", c.block_in);
    gemm->integer("block_out", c.block_out);
    gemm->integer("products_per_multiplier", c.products_per_multiplier);
    gemm->integer("depthwise_taps", c.depthwise_taps);
    gemm->finish();
  }
  if (auto types = reader.object("types")) {
    types->integer("inp", c.inp_bits);
    types->integer("wgt", c.wgt_bits);
    types->integer("acc", c.acc_bits);
    c.out_bits = c.inp_bits;
    types->integer("out", c.out_bits);
    types->finish();
  }
  if (auto buffers = reader.object("buffers")) {
    buffers->integer("uop", c.uop_buffer);
    buffers->integer("inp", c.inp_buffer);
    buffers->integer("wgt", c.wgt_buffer);
    buffers->integer("acc", c.acc_buffer);
    buffers->finish();
  }
  c.alu_lanes = c.requantise_lanes =
      static_cast<int>(std::clamp<int64_t>(int64_t{c.batch} * c.block_out, 1, int64_t{8} * 64));
  if (auto alu = reader.object("alu")) {
    alu->integer("lanes", c.alu_lanes);
    alu->integer("requantise_lanes", c.requantise_lanes);
    if (const Json* ops = alu->find("ops")) c.alu_ops = read_alu_ops(*ops, origin);
    alu->finish();
  }
  if (auto queues = reader.object("queues")) {
    queues->integer("commands", c.command_queue_depth);
    queues->integer("tokens", c.token_queue_depth);
    queues->finish();
  }
  if (auto dma = reader.object("dma")) {
    dma->integer("descriptors", c.descriptors);
    dma->integer("outstanding_bursts", c.outstanding_bursts);
    dma->integer("address_bits", c.address_bits);
    dma->finish();
  }
  reader.integer("bus_bits", c.bus_bits);
  reader.integer("counter_bits", c.counter_bits);
  reader.number("clock_mhz", c.clock_mhz);
  if (auto memory = reader.object("memory")) {
    memory->number("bytes_per_cycle", c.memory_bytes_per_cycle);
    memory->integer("latency_cycles", c.memory_latency_cycles);
    memory->finish();
  }
  if (c.depthwise_taps == -1) {
    c.depthwise_taps = preset_taps;
    if (!has_room_for_taps(c)) c.depthwise_taps = 0;
  }
  if (auto board = reader.object("board")) c.board = read_board(std::move(*board));
  reader.finish();
  return c;
}

// The older stack's vta_config.json: sizes as logarithms, one block size, five ALU operations.
Config read_historical(const Json& json, const std::string& origin) {
  Config c = presets().front().make();
  c.depthwise_taps = 0;
  c.alu_ops = {AluOp::kMin, AluOp::kMax, AluOp::kAdd, AluOp::kShr, AluOp::kMul};
  ObjectReader reader(json, origin, "");
  const auto power = [&](const std::string& key, auto& target) {
    int exponent = -1;
    reader.integer(key, exponent);
    if (exponent < 0) return;
    require(exponent <= 30, "{}: {} is {}, must be from 0 to 30", origin, key, exponent);
    target = 1 << exponent;
  };
  c.name = "historical";
  reader.string("TARGET", c.name);
  std::string version;
  reader.string("HW_VER", version);
  power("LOG_INP_WIDTH", c.inp_bits);
  power("LOG_WGT_WIDTH", c.wgt_bits);
  power("LOG_ACC_WIDTH", c.acc_bits);
  c.out_bits = c.inp_bits;
  power("LOG_OUT_WIDTH", c.out_bits);
  power("LOG_BATCH", c.batch);
  power("LOG_BLOCK", c.block_in);
  c.block_out = c.block_in;
  power("LOG_BLOCK_IN", c.block_in);
  power("LOG_BLOCK_OUT", c.block_out);
  power("LOG_UOP_BUFF_SIZE", c.uop_buffer);
  power("LOG_INP_BUFF_SIZE", c.inp_buffer);
  power("LOG_WGT_BUFF_SIZE", c.wgt_buffer);
  power("LOG_ACC_BUFF_SIZE", c.acc_buffer);
  int64_t out_buffer = 0;  // follows from the accumulator's; read so that old files load
  power("LOG_OUT_BUFF_SIZE", out_buffer);
  reader.finish();
  c.alu_lanes = c.requantise_lanes =
      static_cast<int>(std::clamp<int64_t>(int64_t{c.batch} * c.block_out, 1, int64_t{8} * 64));
  return c;
}

Json config_object(const Config& c) {
  Json ops = Json::array();
  for (const AluOp op : c.alu_ops) ops.push_back(kAluOpNames[static_cast<size_t>(op)]);
  Json json = {
      {"name", c.name},
      {"gemm",
       {{"batch", c.batch},
        {"block_in", c.block_in},
        {"block_out", c.block_out},
        {"products_per_multiplier", c.products_per_multiplier},
        {"depthwise_taps", c.depthwise_taps}}},
      {"types",
       {{"inp", c.inp_bits}, {"wgt", c.wgt_bits}, {"acc", c.acc_bits}, {"out", c.out_bits}}},
      {"buffers",
       {{"uop", c.uop_buffer},
        {"inp", c.inp_buffer},
        {"wgt", c.wgt_buffer},
        {"acc", c.acc_buffer}}},
      {"alu", {{"lanes", c.alu_lanes}, {"requantise_lanes", c.requantise_lanes}, {"ops", ops}}},
      {"queues", {{"commands", c.command_queue_depth}, {"tokens", c.token_queue_depth}}},
      {"dma",
       {{"descriptors", c.descriptors},
        {"outstanding_bursts", c.outstanding_bursts},
        {"address_bits", c.address_bits}}},
      {"bus_bits", c.bus_bits},
      {"counter_bits", c.counter_bits},
      {"clock_mhz", c.clock_mhz},
      {"memory",
       {{"bytes_per_cycle", c.memory_bytes_per_cycle},
        {"latency_cycles", c.memory_latency_cycles}}},
  };
  if (c.board) {
    json["board"] = {{"name", c.board->name}, {"part", c.board->part},
                     {"luts", c.board->luts}, {"ffs", c.board->ffs},
                     {"dsps", c.board->dsps}, {"bram_bits", c.board->bram_bits}};
  }
  return json;
}

}  // namespace

Config parse_config(std::string_view text, std::string_view origin) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    fail("{}: not a JSON file: {}", origin, error.what());
  }
  const bool historical =
      json.is_object() && std::ranges::any_of(json.items(), [](const auto& item) {
        return item.key().starts_with("LOG_");
      });
  Config config = historical ? read_historical(json, std::string(origin))
                             : read_config(json, std::string(origin));
  validate(config, origin);
  return config;
}

std::string to_json(const Config& config) {
  return config_object(config).dump(2) + "\n";
}

std::string derived_json(const Config& c) {
  Json derived = {{"fingerprint", c.fingerprint()},       {"uop_bits", c.uop_bits()},
                  {"macs_per_cycle", c.macs_per_cycle()}, {"peak_gops", c.peak_gops()},
                  {"sram_bytes", c.sram_bytes()},         {"sram_bits", c.sram_bytes() * 8}};
  for (const Memory memory :
       {Memory::kUop, Memory::kInp, Memory::kWgt, Memory::kAcc, Memory::kOut}) {
    derived["memories"][kMemoryNames[static_cast<size_t>(memory)]] = {
        {"element_bytes", c.element_bytes(memory)},
        {"depth", c.depth(memory)},
        {"index_bits", c.index_bits(memory)},
        {"bytes", c.buffer_bytes(memory)},
        {"bits", c.buffer_bytes(memory) * 8}};
  }
  Json json = config_object(c);
  json["derived"] = derived;
  return json.dump(2) + "\n";
}

}  // namespace vta::hw

// The bytes of a module's file back to the module. Every number is checked against the bytes at
// hand before it is used.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/module/file.h"
#include "vta/module/file_format.h"

namespace vta::module {

namespace {

using Json = nlohmann::json;

uint32_t read_u32(std::span<const uint8_t> bytes) {
  return bytes[0] | uint32_t{bytes[1]} << 8 | uint32_t{bytes[2]} << 16 | uint32_t{bytes[3]} << 24;
}

// A JSON object that must have exactly the given keys.
class Object {
 public:
  Object(const Json& json, std::string where, std::initializer_list<std::string_view> keys)
      : json_(json), where_(std::move(where)) {
    require(json.is_object(), "{}: must be a JSON object", where_);
    for (const std::string_view key : keys) {
      require(json.contains(key), "{}: '{}' is missing", where_, key);
    }
    for (const auto& [key, value] : json.items()) {
      require(std::ranges::find(keys, key) != keys.end(), "{}: unknown key '{}'", where_, key);
    }
  }

  const Json& at(const char* key) const { return json_.at(key); }
  std::string where(const char* key) const { return fmt::format("{}.{}", where_, key); }

  uint64_t number(const char* key, uint64_t max = UINT64_MAX) const {
    const Json& value = at(key);
    require(value.is_number_unsigned() && value.get<uint64_t>() <= max,
            "{}: must be an integer from 0 to {}", where(key), max);
    return value.get<uint64_t>();
  }
  int index(const char* key) const { return static_cast<int>(number(key, INT32_MAX)); }
  bool boolean(const char* key) const {
    require(at(key).is_boolean(), "{}: must be true or false", where(key));
    return at(key).get<bool>();
  }
  const std::string& string(const char* key) const {
    require(at(key).is_string(), "{}: must be a string", where(key));
    return at(key).get_ref<const std::string&>();
  }
  const Json& array(const char* key) const {
    require(at(key).is_array(), "{}: must be an array", where(key));
    return at(key);
  }

 private:
  const Json& json_;
  std::string where_;
};

// Non-negative integers up to `max`.
template <typename T>
std::vector<T> integers(const Json& array, const std::string& where, uint64_t max) {
  std::vector<T> values;
  for (const Json& value : array) {
    require(value.is_number_unsigned() && value.get<uint64_t>() <= max,
            "{}: must hold integers from 0 to {}", where, max);
    values.push_back(static_cast<T>(value.get<uint64_t>()));
  }
  return values;
}

// The payload, taken from front to back.
class Payload {
 public:
  explicit Payload(std::span<const uint8_t> bytes) : left_(bytes) {}

  std::span<const uint8_t> take(uint64_t count, uint64_t size, const std::string& where) {
    require(count <= left_.size() / size, "{}: needs {} times {} bytes, the file has {} left",
            where, count, size, left_.size());
    const auto taken = left_.first(count * size);
    left_ = left_.subspan(taken.size());
    return taken;
  }
  void finish() const { require(left_.empty(), "{} bytes are left over", left_.size()); }

 private:
  std::span<const uint8_t> left_;
};

hw::Config read_config(const Object& header) {
  const hw::Config config = hw::parse_config(header.at("config").dump(), header.where("config"));
  require(header.string("fingerprint") == config.fingerprint(),
          "{}: is '{}', that of the configuration is '{}'", header.where("fingerprint"),
          header.string("fingerprint"), config.fingerprint());
  return config;
}

std::shared_ptr<const Tensor> read_constant(const Json& json, const std::string& where,
                                            Payload& payload) {
  const Object object(json, where, {"type", "shape"});
  const DType dtype = dtype_from_name(object.string("type"));
  Shape shape = integers<int64_t>(object.array("shape"), object.where("shape"), INT64_MAX);
  const auto count = static_cast<uint64_t>(element_count(shape));
  const auto bytes = payload.take(count, dtype_bytes(dtype), where);
  require(dtype != DType::kBool || std::ranges::all_of(bytes, [](uint8_t b) { return b <= 1; }),
          "{}: a bool is neither 0 nor 1", where);
  Tensor tensor(dtype, std::move(shape));
  std::ranges::copy(bytes, tensor.bytes().begin());
  return std::make_shared<const Tensor>(std::move(tensor));
}

graph::Graph read_graph(const Object& header, Payload& payload) {
  std::vector<std::shared_ptr<const Tensor>> constants;
  for (const Json& json : header.array("constants")) {
    constants.push_back(
        read_constant(json, fmt::format("header.constants[{}]", constants.size()), payload));
  }
  graph::Graph graph = graph::parse(header.string("graph"), constants);
  graph::verify(graph);
  return graph;
}

BufferPlan read_buffer(const Json& json, const std::string& where, Payload& payload) {
  const Object object(json, where, {"name", "bytes", "constant", "offset"});
  BufferPlan buffer{.name = object.string("name"),
                    .bytes = object.number("bytes"),
                    .contents = nullptr,
                    .offset = object.number("offset")};
  if (object.boolean("constant")) {
    const auto bytes = payload.take(buffer.bytes, 1, where);
    buffer.contents = std::make_shared<const std::vector<uint8_t>>(bytes.begin(), bytes.end());
  }
  return buffer;
}

// Calls read(bytes) for each item of a blob.
void read_items(Payload& payload, const Object& object, const char* key, size_t item_bytes,
                const auto& read) {
  auto bytes = payload.take(object.number(key), item_bytes, object.where(key));
  for (; !bytes.empty(); bytes = bytes.subspan(item_bytes)) read(bytes.first(item_bytes));
}

Kernel read_kernel(const Json& json, const std::string& where, const isa::Encoding& encoding,
                   Payload& payload) {
  using Bytes = std::span<const uint8_t>;
  const Object object(json, where,
                      {"name", "macs", "buffers", "instructions", "uops", "relocations"});
  Kernel kernel{
      .name = object.string("name"),
      .program = {},
      .buffers = integers<int>(object.array("buffers"), object.where("buffers"), INT32_MAX),
      .macs = object.number("macs")};
  runtime::RelocatableProgram& program = kernel.program;
  read_items(payload, object, "instructions", static_cast<size_t>(encoding.instruction_bytes()),
             [&](Bytes bytes) {
               require(!encoding.has_unknown_bits(bytes), "{}: instruction {} has unknown bits set",
                       where, program.instructions.size());
               program.instructions.push_back(encoding.decode(bytes));
             });
  read_items(payload, object, "uops", static_cast<size_t>(encoding.uop_bytes()),
             [&](Bytes bytes) { program.uops.push_back(encoding.decode_uop(bytes)); });
  read_items(payload, object, "relocations", kRelocationBytes, [&](Bytes bytes) {
    program.relocations.push_back(
        {read_u32(bytes), static_cast<int32_t>(read_u32(bytes.subspan(4)))});
  });
  return kernel;
}

using ValueIds = std::map<std::string_view, graph::ValueId>;

ValueIds value_ids(const graph::Graph& graph) {
  ValueIds ids;
  for (const graph::Value& value : graph.values) {
    ids.emplace(value.name, static_cast<graph::ValueId>(ids.size()));
  }
  return ids;
}

Object move_object(const Json& json, const std::string& where) {
  return {json, where, {"value", "buffer", "rows", "columns", "bits"}};
}

// An upload or a download.
template <typename MoveStep>
MoveStep read_move(const Object& object, const std::string& where, const ValueIds& ids) {
  const auto id = ids.find(object.string("value"));
  require(id != ids.end(), "{}: the graph has no value '{}'", where, object.string("value"));
  MoveStep step;
  step.value = id->second;
  step.buffer = object.index("buffer");
  step.layout = {object.index("rows"), object.index("columns"), object.index("bits")};
  return step;
}

FoldedAxis read_axis(const Json& json, const std::string& where) {
  const Object object(json, where, {"kernel", "stride", "dilation", "pad", "out"});
  return {.kernel = object.index("kernel"),
          .stride = object.index("stride"),
          .dilation = object.index("dilation"),
          .pad = object.index("pad"),
          .out = object.index("out")};
}

WindowFold read_fold(const Json& json, const std::string& where) {
  const Object object(json, where, {"rows", "columns", "outside"});
  const Json& outside = object.at("outside");
  require(outside.is_number_integer() && outside.get<double>() >= INT8_MIN &&
              outside.get<double>() <= INT8_MAX,
          "{}: must be an integer from -128 to 127", object.where("outside"));
  return {.rows = read_axis(object.at("rows"), object.where("rows")),
          .columns = read_axis(object.at("columns"), object.where("columns")),
          .outside = outside.get<int>()};
}

UploadStep read_upload(const Json& json, const std::string& where, const ValueIds& ids) {
  if (!json.is_object() || !json.contains("fold")) {
    return read_move<UploadStep>(move_object(json, where), where, ids);
  }
  const Object object(json, where, {"value", "buffer", "rows", "columns", "bits", "fold"});
  UploadStep step = read_move<UploadStep>(object, where, ids);
  step.fold = read_fold(object.at("fold"), object.where("fold"));
  return step;
}

Step read_step(const Json& json, const std::string& where, const ValueIds& ids) {
  require(json.is_object() && json.size() == 1, "{}: must be an object with one key", where);
  const std::string& kind = json.begin().key();
  const Object object(json, where, {kind});
  if (kind == "host") return HostStep{object.index("host")};
  if (kind == "kernel") return KernelStep{object.index("kernel")};
  if (kind == "upload") return read_upload(json["upload"], where + ".upload", ids);
  if (kind == "download") {
    const std::string at = where + ".download";
    return read_move<DownloadStep>(move_object(json["download"], at), at, ids);
  }
  fail("{}: is '{}', must be host, upload, kernel or download", where, kind);
}

Module read_module(const Json& json, Payload payload) {
  const Object header(json, "header",
                      {"config", "fingerprint", "graph", "constants", "buffers", "arena_bytes",
                       "kernels", "steps"});
  Module module;
  module.config = read_config(header);
  module.graph = read_graph(header, payload);
  module.arena_bytes = header.number("arena_bytes");
  for (const Json& buffer : header.array("buffers")) {
    const std::string where = fmt::format("header.buffers[{}]", module.buffers.size());
    module.buffers.push_back(read_buffer(buffer, where, payload));
  }
  const isa::Encoding encoding(module.config);
  for (const Json& kernel : header.array("kernels")) {
    const std::string where = fmt::format("header.kernels[{}]", module.kernels.size());
    module.kernels.push_back(read_kernel(kernel, where, encoding, payload));
  }
  payload.finish();
  const ValueIds ids = value_ids(module.graph);
  for (const Json& step : header.array("steps")) {
    const std::string where = fmt::format("header.steps[{}]", module.steps.size());
    module.steps.push_back(read_step(step, where, ids));
  }
  return module;
}

Json parse_header(std::span<const uint8_t> text) {
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const Json::exception& error) {
    fail("header: {}", error.what());
  }
}

}  // namespace

Module parse_module(std::span<const uint8_t> bytes) {
  require(bytes.size() >= kPreambleBytes && std::equal(kMagic.begin(), kMagic.end(), bytes.begin()),
          "not a compiled module: must begin with {}", kMagic);
  const uint32_t version = read_u32(bytes.subspan(8));
  require(version == kFormatVersion, "format version {}, must be {}: compile the network again",
          version, kFormatVersion);
  const uint32_t header_bytes = read_u32(bytes.subspan(12));
  const auto rest = bytes.subspan(kPreambleBytes);
  require(header_bytes <= rest.size() && header_bytes <= kMaxHeaderBytes,
          "the header has {} bytes, must be at most the {} that follow, and {}", header_bytes,
          rest.size(), kMaxHeaderBytes);
  Module module =
      read_module(parse_header(rest.first(header_bytes)), Payload(rest.subspan(header_bytes)));
  verify(module);
  return module;
}

Module load_module(const std::filesystem::path& path) {
  const std::vector<uint8_t> bytes = read_file(path);
  try {
    return parse_module(bytes);
  } catch (const Error& error) {
    fail("{}: {}", path.string(), error.what());
  }
}

}  // namespace vta::module

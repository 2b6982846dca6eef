#include "tools/data_set.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

#include "tools/fashion_mnist.h"
#include "tools/npz.h"
#include "vta/base/file.h"
#include "vta/base/image.h"

namespace vta::tools {

namespace fs = std::filesystem;

namespace {

const graph::Value& only_input(const graph::Graph& network) {
  require(network.inputs.size() == 1, "a data set needs a network with one input, this one has {}",
          network.inputs.size());
  return network.value(network.inputs[0]);
}

// `limit` of the numbers below `count`, evenly spread.
std::vector<size_t> spread(size_t count, size_t limit) {
  const size_t taken = std::min(count, limit);
  std::vector<size_t> result(taken);
  for (size_t i = 0; i < taken; ++i) result[i] = i * count / taken;
  return result;
}

// Sample `index` of `all`, whose first dimension counts samples.
Tensor sample_of(const Tensor& all, size_t index, const graph::TensorType& type,
                 const PictureOptions& options) {
  const auto size = static_cast<size_t>(element_count(type.shape));
  if (all.dtype() != DType::kUInt8 || type.dtype == DType::kUInt8) {
    Tensor sample(all.dtype(), type.shape);
    const size_t bytes = sample.bytes().size();
    std::ranges::copy(all.bytes().subspan(index * bytes, bytes), sample.bytes().begin());
    return sample.cast(type.dtype);
  }
  Tensor sample(DType::kFloat32, type.shape);
  const auto pixels = all.as<uint8_t>().subspan(index * size, size);
  std::ranges::transform(pixels, sample.as<float>().begin(), [&](uint8_t pixel) {
    return static_cast<float>((pixel - options.mean) * options.scale);
  });
  return sample.cast(type.dtype);
}

DataSet from_rows(const Tensor& all, const std::vector<size_t>& labels, size_t limit,
                  const fs::path& file, const graph::Value& input, const PictureOptions& options) {
  require(all.rank() > 0 && all.shape()[0] > 0, "{}: holds no samples", file.string());
  const int64_t count = all.shape()[0];
  require(labels.size() == static_cast<size_t>(count), "{}: {} labels for {} samples",
          file.string(), labels.size(), count);
  require(all.size() / count == element_count(input.type.shape),
          "{}: a sample has {} values, the network's input is {}", file.string(),
          all.size() / count, graph::to_string(input.type));
  DataSet result;
  for (const size_t i : spread(labels.size(), limit)) {
    result.inputs.push_back({{input.name, sample_of(all, i, input.type, options)}});
    result.labels.push_back(labels[i]);
  }
  return result;
}

std::vector<size_t> labels_of(const Tensor& tensor, const fs::path& file) {
  require(tensor.dtype() != DType::kFloat32 && tensor.dtype() != DType::kFloat64,
          "{}: labels `y` are {}, expected integers", file.string(), dtype_name(tensor.dtype()));
  const Tensor numbers = tensor.cast(DType::kInt64);
  std::vector<size_t> labels;
  for (const int64_t label : numbers.as<int64_t>()) {
    require(label >= 0, "{}: label {} is negative", file.string(), label);
    labels.push_back(static_cast<size_t>(label));
  }
  return labels;
}

DataSet from_npz(const fs::path& file, size_t limit, const graph::Value& input,
                 const PictureOptions& options) {
  const auto arrays = load_npz(file);
  for (const char* name : {"x", "y"}) {
    require(arrays.contains(name), "{}: holds no array '{}'", file.string(), name);
  }
  return from_rows(arrays.at("x"), labels_of(arrays.at("y"), file), limit, file, input, options);
}

// The file of a folder whose name has this in it and ends so; none, or the first by name.
std::optional<fs::path> find_file(const fs::path& folder, std::string_view part,
                                  std::string_view end) {
  std::optional<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.find(part) == std::string::npos || !name.ends_with(end)) continue;
    if (!found || entry.path() < *found) found = entry.path();
  }
  return found;
}

// `var labels=[5, 0, 4, …];`
std::vector<size_t> javascript_numbers(const fs::path& file) {
  const std::string text = read_text_file(file);
  std::vector<size_t> numbers;
  bool in_number = false;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (digit && !in_number) numbers.push_back(0);
    if (digit) numbers.back() = numbers.back() * 10 + static_cast<size_t>(c - '0');
    in_number = digit;
    require(numbers.empty() || numbers.back() < 100'000, "{}: label {} is too large", file.string(),
            numbers.back());
  }
  return numbers;
}

// One grey picture a row; the labels are those of all batches, one after the other.
DataSet from_batch(const fs::path& batch, const fs::path& label_file, size_t limit,
                   const graph::Value& input, const PictureOptions& options) {
  const Tensor image = load_image(batch);
  const int64_t rows = image.shape()[0], pixels = image.shape()[1], channels = image.shape()[2];
  Tensor all(DType::kUInt8, {rows, pixels});
  for (int64_t i = 0; i < rows * pixels; ++i) {
    all.as<uint8_t>()[static_cast<size_t>(i)] =
        image.as<uint8_t>()[static_cast<size_t>(i * channels)];
  }
  const std::string stem = batch.stem().string();
  const std::string digits = stem.substr(stem.rfind('_') + 1);
  require(!digits.empty() && digits.size() <= 4 &&
              std::ranges::all_of(digits, [](unsigned char c) { return std::isdigit(c) != 0; }),
          "{}: expected a name that ends in _batch_K.png", batch.string());
  const auto first = static_cast<size_t>(std::stol(digits) * rows);
  const std::vector<size_t> labels = javascript_numbers(label_file);
  require(labels.size() >= first + static_cast<size_t>(rows),
          "{}: has {} labels, {} needs those up to {}", label_file.string(), labels.size(),
          batch.filename().string(), first + static_cast<size_t>(rows));
  return from_rows(all,
                   {labels.begin() + static_cast<ptrdiff_t>(first),
                    labels.begin() + static_cast<ptrdiff_t>(first) + rows},
                   limit, batch, input, options);
}

std::vector<fs::path> sorted_entries(const fs::path& folder, bool folders) {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory() == folders) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

std::optional<size_t> as_number(const fs::path& path) {
  const std::string name = path.filename().string();
  if (name.empty() || name.size() > 6 ||
      name.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  return std::stoul(name);
}

DataSet from_class_folders(const fs::path& folder, size_t limit, const graph::Value& input,
                           const PictureOptions& options) {
  const std::vector<fs::path> classes = sorted_entries(folder, true);
  const bool numbered = std::ranges::all_of(
      classes, [](const fs::path& path) { return as_number(path).has_value(); });
  std::vector<std::pair<fs::path, size_t>> files;
  for (size_t i = 0; i < classes.size(); ++i) {
    const size_t label = numbered ? *as_number(classes[i]) : i;
    for (const fs::path& file : sorted_entries(classes[i], false)) files.emplace_back(file, label);
  }
  require(!files.empty(),
          "{}: no labelled data: neither IDX files, nor NAME_batch_K.png, nor a folder for each "
          "class",
          folder.string());
  DataSet result;
  for (const size_t i : spread(files.size(), limit)) {
    result.inputs.push_back({{input.name, load_input(files[i].first, input.type, options)}});
    result.labels.push_back(files[i].second);
  }
  return result;
}

}  // namespace

DataSet load_data_set(const fs::path& from, Part part, size_t limit, const graph::Graph& network,
                      const PictureOptions& options) {
  const graph::Value& input = only_input(network);
  if (from.extension() == ".npz") return from_npz(from, limit, input, options);
  require(fs::is_directory(from), "{}: not a folder and not an .npz file", from.string());
  if (fs::exists(from / "t10k-images-idx3-ubyte.gz")) {
    const LabelledImages images = load_fashion_mnist(from, part == Part::kTrain ? "train" : "t10k");
    return from_rows(images.images, {images.labels.begin(), images.labels.end()}, limit, from,
                     input, options);
  }
  const auto batch = find_file(from, "_batch_", ".png");
  const auto labels = find_file(from, "_labels", ".js");
  if (batch && labels) return from_batch(*batch, *labels, limit, input, options);
  return from_class_folders(from, limit, input, options);
}

}  // namespace vta::tools

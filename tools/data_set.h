// Labelled data sets, as inputs of a network with the class of each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "tools/network_io.h"

namespace vta::tools {

// Which part of a data set that has two; others serve as both.
enum class Part { kTrain, kTest };

struct DataSet {
  std::vector<graph::NamedTensors> inputs;
  std::vector<size_t> labels;  // of each input
};

// At most `limit` samples, evenly spread over the part. `from` is one of:
//   a folder of gzipped IDX files, {train,t10k}-{images-idx3,labels-idx1}-ubyte.gz;
//   a folder with NAME_batch_K.png, one picture a row, and NAME_labels.js, as of ConvNetJS;
//   a folder with a folder of pictures and .npy files for each class, in the order of their names,
//     or of their numbers where all names are numbers;
//   an .npz file with arrays `x` and `y`: samples of the input's shape, and their labels.
// Bytes are pixels, for which `options` holds; floating-point values are taken as they are. Throws
// Error that names the file.
DataSet load_data_set(const std::filesystem::path& from, Part part, size_t limit,
                      const graph::Graph& network, const PictureOptions& options);

}  // namespace vta::tools

// bench_network [--json] [--runs N] [--hw NAME|FILE]: what the tool takes for ResNet-50, as a user
// waits for it: whole processes, from `vta compile` of the model file with one calibration picture
// to `vta run` of one picture through the module; medians, beside what each may take.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "bench/measure.h"
#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/base/npy.h"
#include "vta/base/process.h"

namespace vta::bench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Options {
  std::string hw = "default";
  int runs = 3;
  bool json = false;
};

struct Task {
  std::string_view name;
  std::vector<std::string> arguments;  // of `vta`
  double bound_seconds;                // on two cores
};

struct Row {
  std::string_view name;
  ProcessUse use;
  double bound_seconds;
  double ratio() const { return use.seconds / bound_seconds; }
};

// A folder of its own below the system's, removed with its owner.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "bench_network.XXXXXX").string();
    require(mkdtemp(name.data()) != nullptr, "{} cannot be made", name);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void write_picture(const fs::path& file) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  Tensor picture(DType::kFloat32, {1, 3, 224, 224});
  for (float& value : picture.as<float>()) value = uniform(random);
  save_npy(file, picture);
}

// The tool that was built with this program.
ProcessUse vta(const std::vector<std::string>& arguments, const fs::path& folder) {
  std::vector<std::string> command = {fs::read_symlink("/proc/self/exe").parent_path() / "vta"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const ProcessUse use = measure_process(command, folder, folder / "log");
  require(use.status == 0, "vta {} failed:\n{}", fmt::join(arguments, " "),
          read_text_file(folder / "log"));
  return use;
}

// The run of median time.
Row measure(const Task& task, const fs::path& folder, int runs) {
  std::vector<ProcessUse> uses;
  for (int i = 0; i < runs; ++i) uses.push_back(vta(task.arguments, folder));
  std::ranges::sort(uses, {}, &ProcessUse::seconds);
  return {task.name, uses[uses.size() / 2], task.bound_seconds};
}

void print_text(const std::vector<Row>& rows) {
  fmt::print("{:<30}{:>10}{:>10}{:>10}{:>10}{:>12}\n", "ResNet-50", "seconds", "CPU s", "bound",
             "of it", "peak MB");
  for (const Row& row : rows) {
    fmt::print("{:<30}{:>10.2f}{:>10.2f}{:>10.1f}{:>9.0f}%{:>12.0f}\n", row.name, row.use.seconds,
               row.use.cpu_seconds, row.bound_seconds, 100 * row.ratio(),
               static_cast<double>(row.use.peak_bytes) / 1e6);
  }
  fmt::print("{}, {} threads\n", cpu_model(), std::thread::hardware_concurrency());
}

void print_json(const std::vector<Row>& rows) {
  Json json = {{"network", "resnet50"},
               {"machine", cpu_model()},
               {"threads", std::thread::hardware_concurrency()}};
  for (const Row& row : rows) {
    json["tasks"].push_back({{"name", row.name},
                             {"seconds", row.use.seconds},
                             {"cpu_seconds", row.use.cpu_seconds},
                             {"bound_seconds", row.bound_seconds},
                             {"ratio", row.ratio()},
                             {"peak_bytes", row.use.peak_bytes}});
  }
  fmt::print("{}\n", json.dump(2));
}

int run(int argc, char** argv) {
  CLI::App app("Seconds and memory of the tool for ResNet-50: compiling, and running one picture.");
  Options options;
  app.add_flag("--json", options.json, "Print JSON on standard output");
  app.add_option("--runs", options.runs, "Of each command; the median counts")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--hw", options.hw, "Hardware configuration: a preset's name or a JSON file");
  CLI11_PARSE(app, argc, argv);
  if (fs::exists(options.hw)) options.hw = fs::absolute(options.hw);
  const Folder folder;
  vta({"zoo", "resnet50", "-o", "resnet50.onnx"}, folder.path());
  write_picture(folder.path() / "picture.npy");
  const std::vector<Task> tasks = {
      {"model to module, calibrated",
       {"compile", "resnet50.onnx", "--calibrate", "picture.npy", "--hw", options.hw, "-o",
        "resnet50.vtam"},
       15},
      {"run a picture on fsim", {"run", "resnet50.vtam", "--input", "picture.npy"}, 1},
      {"run a picture on tsim",
       {"run", "resnet50.vtam", "--input", "picture.npy", "--device", "tsim"},
       1.5}};
  std::vector<Row> rows;
  for (const Task& task : tasks) rows.push_back(measure(task, folder.path(), options.runs));
  options.json ? print_json(rows) : print_text(rows);
  return 0;
}

}  // namespace
}  // namespace vta::bench

int main(int argc, char** argv) {
  try {
    return vta::bench::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_network: {}\n", error.what());
    return 1;
  }
}

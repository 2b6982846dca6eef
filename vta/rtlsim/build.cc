#include "vta/rtlsim/build.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "vta/base/embedded.h"
#include "vta/base/error.h"
#include "vta/base/file.h"
#include "vta/base/process.h"

namespace vta::rtlsim {

const std::vector<EmbeddedFile>& harness_sources();  // made by vta_embed

namespace fs = std::filesystem;

namespace {

using Command = std::vector<std::string>;

constexpr std::string_view kHarness = "vta/rtlsim/harness.cc";
constexpr size_t kLibrariesKept = 100;

Command verilator_command(const Design& design) {
  Command command = {
      "verilator",      "--cc",         "-O3",      "--x-assign",         "fast",
      "--x-initial",    "fast",         "--assert", "+define+VTA_ASSERT", "-Wno-lint",
      "-Wno-fatal",     "--top-module", "vta",      "--prefix",           "Vvta",
      "--output-split", "20000"};
  if (design.wave) command.insert(command.end(), {"--trace-fst", "--trace-structs"});
  command.insert(command.end(), {"-Mdir", "model"});
  for (const SourceFile& source : design.sources) command.push_back(source.name);
  return command;
}

Command compile_command(const Design& design) {
  Command command = {"clang++",
                     "-c",
                     "-std=c++20",
                     "-O3",
                     "-march=native",
                     "-fPIC",
                     "-fvisibility=hidden",
                     "-w",
                     "-I.",
                     "-Imodel",
                     "-DVM_COVERAGE=0",
                     "-DVM_SC=0",
                     fmt::format("-DVM_TRACE={}", design.wave ? 1 : 0),
                     fmt::format("-DVM_TRACE_FST={}", design.wave ? 1 : 0),
                     "-DVL_USER_STOP",
                     "-DVL_USER_FATAL",
                     "-DVL_PRINTF=vta_rtl_print",
                     "-include",
                     "vta/rtlsim/harness.h",
                     fmt::format("-DVTA_RTL_BEAT_BYTES={}", design.bus_bits / 8)};
  if (design.wave) command.emplace_back("-DVTA_RTL_WAVE");
  return command;
}

Command link_command(const Design& design) {
  Command command = {"clang++", "-shared", "-o", "library.so", "-latomic"};
  if (design.wave) command.emplace_back("-lz");
  return command;
}

// -march=native makes a library fit for this kind of processor only.
std::string processor_features() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("flags") || line.starts_with("Features")) return line;
  }
  return "unknown";
}

uint64_t fnv1a(std::string_view text, uint64_t hash) {
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return (hash ^ 0xff) * 0x100000001b3;  // between two texts
}

std::string key_of(const Design& design) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&](std::string_view text) { hash = fnv1a(text, hash); };
  for (const Command& command :
       {verilator_command(design), compile_command(design), link_command(design)}) {
    for (const std::string& word : command) add(word);
  }
  for (const SourceFile& source : design.sources) add(source.text);
  for (const EmbeddedFile& file : harness_sources()) add(file.text);
  add(processor_features());
  return fmt::format("rtl-{:016x}", hash);
}

std::string_view package_of(const std::string& tool) {
  return tool == "clang++" ? "clang" : "verilator";
}

// Runs a tool in `folder` with its output at the end of `log`; its exit status.
int run(const Command& command, const fs::path& folder, const fs::path& log) {
  try {
    return run_process(command, folder, log);
  } catch (const Error& error) {
    fail("simulating the RTL needs the Debian package {}: {}", package_of(command[0]),
         error.what());
  }
}

// Exclusive among processes and threads while it lives.
class Lock {
 public:
  explicit Lock(const fs::path& path)
      : file_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    require(file_ >= 0, "{}: cannot create: {}", path.string(), std::strerror(errno));
    while (flock(file_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~Lock() { close(file_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int file_;
};

// A build in a folder of its own, which is gone afterwards.
class Build {
 public:
  Build(const Design& design, const fs::path& folder, fs::path log)
      : design_(design), folder_(folder), log_(std::move(log)) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    fs::remove(log_);
  }
  ~Build() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Build(const Build&) = delete;
  Build& operator=(const Build&) = delete;

  fs::path library() {
    write_sources();
    step(verilator_command(design_));
    compile();
    step(link());
    fs::remove(log_);
    return folder_ / "library.so";
  }

 private:
  void write_sources() {
    const auto write = [&](std::string_view name, std::string_view text) {
      const fs::path path = folder_ / name;
      fs::create_directories(path.parent_path());
      write_text_file(path, text);
    };
    for (const SourceFile& source : design_.sources) write(source.name, source.text);
    for (const EmbeddedFile& file : harness_sources()) write(file.name, file.text);
  }

  void step(const Command& command) {
    require(run(command, folder_, log_) == 0, "{} failed on the RTL; its output is in {}",
            command[0], log_.string());
  }

  // Each C++ source to its object file, as many at a time as there are processors.
  void compile() {
    const std::string include = verilator_root() + "/include";
    std::vector<std::string> sources = {std::string(kHarness), include + "/verilated.cpp",
                                        include + "/verilated_threads.cpp"};
    if (design_.wave) sources.push_back(include + "/verilated_fst_c.cpp");
    for (const auto& entry : fs::directory_iterator(folder_ / "model")) {
      if (entry.path().extension() == ".cpp") {
        sources.push_back("model/" + entry.path().filename().string());
      }
    }
    std::vector<std::string> errors(sources.size());
    std::atomic<size_t> next = 0;
    const auto work = [&] {
      for (size_t i = next++; i < sources.size(); i = next++) {
        Command command = compile_command(design_);
        command.insert(command.end(), {"-I" + include, "-I" + include + "/vltstd", sources[i], "-o",
                                       fmt::format("{}.o", i)});
        try {
          step(command);
        } catch (const Error& error) {
          errors[i] = error.what();
        }
      }
    };
    {
      std::vector<std::jthread> workers;
      for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
        workers.emplace_back(work);
      }
    }
    for (const std::string& error : errors) require(error.empty(), "{}", error);
    objects_ = sources.size();
  }

  Command link() const {
    Command command = link_command(design_);
    for (size_t i = 0; i < objects_; ++i) command.push_back(fmt::format("{}.o", i));
    return command;
  }

  // Where Verilator keeps its runtime.
  std::string verilator_root() {
    const fs::path answer = folder_ / "root";
    require(run({"verilator", "--getenv", "VERILATOR_ROOT"}, folder_, answer) == 0,
            "verilator does not say where its runtime is (--getenv VERILATOR_ROOT)");
    std::string root = read_text_file(answer);
    while (!root.empty() && std::isspace(static_cast<unsigned char>(root.back())) != 0) {
      root.pop_back();
    }
    return root;
  }

  const Design& design_;
  fs::path folder_;
  fs::path log_;
  size_t objects_ = 0;
};

}  // namespace

fs::path cache_folder() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return fs::path(value != nullptr ? value : "");
  };
  if (const fs::path folder = variable("VTA_CACHE_DIR"); !folder.empty()) {
    return fs::absolute(folder);
  }
  if (const fs::path folder = variable("XDG_CACHE_HOME"); !folder.empty()) return folder / "vta";
  const fs::path home = variable("HOME");
  require(!home.empty(), "no place for the cache: set VTA_CACHE_DIR to a folder");
  return home / ".cache" / "vta";
}

fs::path build_library(const Design& design) {
  const fs::path folder = cache_folder();
  const std::string key = key_of(design);
  const fs::path library = folder / (key + ".so");
  std::error_code error;
  if (fs::exists(library)) {
    fs::last_write_time(library, fs::file_time_type::clock::now(), error);  // used last
    return library;
  }
  fs::create_directories(folder, error);
  require(!error, "{}: cannot create the cache folder: {}", folder.string(), error.message());
  const Lock lock(folder / (key + ".lock"));
  if (fs::exists(library)) return library;
  Build build(design, folder / (key + ".build"), folder / (key + ".log"));
  fs::rename(build.library(), library);
  prune_libraries(folder, kLibrariesKept);
  return library;
}

void prune_libraries(const fs::path& folder, size_t count) {
  std::vector<std::pair<fs::file_time_type, fs::path>> libraries;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path& path = entry.path();
    if (path.extension() != ".so" || !path.stem().string().starts_with("rtl-")) continue;
    std::error_code gone;  // by another process
    const auto used = fs::last_write_time(path, gone);
    if (!gone) libraries.emplace_back(used, path);
  }
  std::ranges::sort(libraries, std::greater<>());
  for (size_t i = count; i < libraries.size(); ++i) {
    std::error_code ignored;
    fs::remove(libraries[i].second, ignored);
  }
}

}  // namespace vta::rtlsim

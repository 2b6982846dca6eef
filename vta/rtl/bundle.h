// Everything that one needs to simulate or synthesise the accelerator of a configuration, without
// this project: `vta rtl`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vta/hw/config.h"

namespace vta::rtl {

struct BundleFile {
  std::string name;
  std::string text;
};

// vta_pkg.sv and the other sources in an order that every tool accepts, the file list vta.f, the
// registers as a C header and as Markdown, the configuration and a README.
std::vector<BundleFile> bundle(const hw::Config& config);

// Writes the bundle to `folder`, which is made where it is absent; each file is replaced as a
// whole. Other files there stay. Throws Error that names what cannot be written.
void write_bundle(const hw::Config& config, const std::filesystem::path& folder);

}  // namespace vta::rtl

// Runs a compiled module on a device.
#pragma once

#include <optional>
#include <vector>

#include "vta/graph/interpreter.h"
#include "vta/module/module.h"
#include "vta/ops/cpu/host_kernels.h"
#include "vta/runtime/device.h"
#include "vta/runtime/loaded_program.h"

namespace vta::module {

// What runs the host's nodes: their reference kernels are the oracle.
enum class HostCode : uint8_t { kCompiled, kReference };

class Executor {
 public:
  // Copies constants and programs to the device, once. Module and device must outlive this. Throws
  // Error that names both fingerprints when the module was compiled for another configuration than
  // the device's, and when the device's memory does not suffice. The module is a verified one.
  Executor(const Module& module, runtime::Device& device, HostCode host = HostCode::kCompiled);

  // Output tensors by name. Throws Error as graph::run does when an input is missing, unknown, or
  // of another type than the graph's.
  graph::NamedTensors run(const graph::NamedTensors& inputs);

  // Over all runs so far: what the device counted, and wall-clock seconds of each kernel.
  const runtime::Counters& counters() const { return counters_; }
  const std::vector<double>& kernel_seconds() const { return kernel_seconds_; }
  // Of the host's nodes, which are compiled in the first run.
  double compile_seconds() const { return host_ ? host_->compile_seconds() : 0; }

 private:
  class Values;

  void execute(const HostStep& step, Values& values);
  void execute(const UploadStep& step, Values& values);
  void execute(const KernelStep& step, Values& values);
  void execute(const DownloadStep& step, Values& values);

  const Module* module_;
  runtime::Device* device_;
  std::optional<ops::cpu::HostKernels> host_;  // none: the reference kernels
  runtime::DeviceBuffer arena_;
  std::vector<runtime::DeviceBuffer> constants_;
  std::vector<runtime::DeviceAddress> addresses_;  // of the module's buffers
  std::vector<runtime::LoadedProgram> programs_;   // of its kernels
  runtime::Counters counters_;
  std::vector<double> kernel_seconds_;
};

}  // namespace vta::module

// Bytes as an .npy file: an Error, or a tensor that comes back from being written.
#include <cstdlib>

#include "vta/base/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const vta::Tensor tensor = vta::parse_npy({data, size});
    if (vta::parse_npy(vta::format_npy(tensor)) != tensor) std::abort();
  } catch (const vta::Error&) {
  }
  return 0;
}

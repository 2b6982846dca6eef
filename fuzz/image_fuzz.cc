// Bytes as a picture: an Error, or one of one or three channels.
#include <cstdlib>

#include "vta/base/image.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const vta::Tensor image = vta::decode_image({data, size});
    const int64_t channels = image.shape().at(2);
    if (channels != 1 && channels != 3) std::abort();
  } catch (const vta::Error&) {
  }
  return 0;
}

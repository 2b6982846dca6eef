// Any bytes either import as a TensorFlow Lite model or end in an Error.
#include <cstddef>
#include <cstdint>

#include "vta/base/error.h"
#include "vta/import/tflite/tflite.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    vta::import::import_tflite({data, size});
  } catch (const vta::Error&) {  // the right end for most inputs
  }
  return 0;
}

#include "bench/resnet18_layers.h"

#include "vta/codegen/accel/generate.h"

namespace vta::bench {

codegen::accel::Timed time_layer(const Layer& layer, const ops::accel::Conv2dKnobs& knobs,
                                 const hw::Config& config) {
  const loop::Function f = ops::accel::scheduled_conv2d(layer.shape(), knobs, config);
  return codegen::accel::time_of(codegen::accel::generate(f, config),
                                 codegen::accel::parameter_bytes(f), config);
}

}  // namespace vta::bench

// Why an operator cannot run: its smallest tile is larger than a scratchpad.
#pragma once

#include "vta/base/error.h"

namespace vta::ops::accel {

class DoesNotFit : public Error {
 public:
  using Error::Error;
};

}  // namespace vta::ops::accel

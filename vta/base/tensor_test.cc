#include "vta/base/tensor.h"

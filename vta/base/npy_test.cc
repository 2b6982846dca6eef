#include "vta/base/npy.h"

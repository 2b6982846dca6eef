#include "vta/base/requantize.h"

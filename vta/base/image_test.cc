#include "vta/base/image.h"

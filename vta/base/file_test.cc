#include "vta/base/file.h"

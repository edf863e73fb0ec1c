// The one generator (base/random.h), under the name that the harness draws by.
#pragma once

#include "base/random.h"

namespace bench::harness {

using bench::Philox4x32;
using bench::Random;

}  // namespace bench::harness

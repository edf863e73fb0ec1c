// Parameters of tests that are enumerators are printed by the names that definitions use, so that
// the names of tests are the same in every build.
#pragma once

#include <ostream>

#include "harness/definition/enum_names.h"

namespace bench::harness {

template <typename E>
requires requires { EnumNames(E{}); }
void PrintTo(const E& value, std::ostream* out) { *out << Name(value); }

}  // namespace bench::harness

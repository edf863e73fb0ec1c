// Whether a definition writes a key, if only with its default: for fields whose default gives way
// to what a folder of the user's says. The hash does not tell.
#pragma once

#include <string>

#include "harness/definition/load.h"

namespace bench::harness {

// In the file or by --set. `key`: a leaf's path, such as "data.prompt_template".
bool IsWritten(const LoadedDefinition& definition, const std::string& key);

}  // namespace bench::harness

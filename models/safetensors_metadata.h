// The `__metadata__` of a safetensors file: free text by name.
#pragma once

#include <map>
#include <string>

namespace bench::models {

using SafetensorsMetadata = std::map<std::string, std::string>;

}  // namespace bench::models

// A family of decoders, as definitions name it: its place in the catalogue
// (families/catalogue.cc), which is the only list of families. 0 is LLaMA. Nothing but the
// catalogue asks which family a model is of; what a family's decoder does is in its configuration.
#pragma once

#include <string_view>
#include <vector>

namespace bench::models {

enum class Family : int {};

// The names of all families, in the catalogue's order.
const std::vector<std::string_view>& EnumNames(Family family);

}  // namespace bench::models

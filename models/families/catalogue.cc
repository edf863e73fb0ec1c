#include <array>
#include <string>

#include "absl/strings/str_join.h"
#include "base/status.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

// Of several types of a family the first is the one that is written.
const std::array<const FamilyAdapter*, 2>& Catalogue() {
  static const std::array<const FamilyAdapter*, 2> adapters = {&kLlamaAdapter, &kMistralAdapter};
  return adapters;
}

}  // namespace

const FamilyAdapter& AdapterOf(Family family) {
  for (const FamilyAdapter* adapter : Catalogue()) {
    if (adapter->family == family) return *adapter;
  }
  return *Catalogue().front();  // unreachable: every enumerator has a line
}

absl::StatusOr<const FamilyAdapter*> FindAdapter(std::string_view model_type) {
  for (const FamilyAdapter* adapter : Catalogue()) {
    if (adapter->model_type == model_type) return adapter;
  }
  const std::string known = absl::StrJoin(
      Catalogue(), ", ", [](std::string* out, const FamilyAdapter* a) { *out += a->model_type; });
  return DataError("model_type \"" + std::string(model_type) + "\" is not known; known: " + known);
}

}  // namespace bench::models

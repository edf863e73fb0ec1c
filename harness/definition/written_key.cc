#include "harness/definition/written_key.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "harness/definition/toml_document.h"

namespace bench::harness {

bool IsWritten(const LoadedDefinition& definition, const std::string& key) {
  const bool is_set = std::any_of(
      definition.overrides.begin(), definition.overrides.end(), [&](const std::string& key_value) {
        return absl::StripAsciiWhitespace(key_value.substr(0, key_value.find('='))) == key;
      });
  const absl::StatusOr<toml::table> document = ParseToml(definition.toml, definition.path);
  return is_set || (document.ok() && document->at_path(key));
}

}  // namespace bench::harness

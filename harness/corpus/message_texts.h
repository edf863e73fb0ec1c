// The texts of a source of kind "gettext" (harness/data/source.h), by language.
//
// Messages are cleaned (harness/data/translation_text.h: keyboard accelerators go); those that
// teach nothing as running text are left out: credits, markup, context prefixes, nothing but format
// directives. A message any text of which `exclude` is true for is left out in every language: what
// models are evaluated on must not be trained on.
// Errors: those of ReadCatalogueRecords.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::corpus {

using TextPredicate = std::function<bool(std::string_view)>;

// English, Simplified and Traditional Chinese, in the order of the records.
inline constexpr size_t kNumMessageLanguages = 3;
using MessageTexts = std::array<std::vector<std::string>, kNumMessageLanguages>;

// `path` is the records file. An empty `exclude` excludes nothing.
absl::StatusOr<MessageTexts> ReadMessageTexts(const std::string& path,
                                              const TextPredicate& exclude);

}  // namespace bench::corpus

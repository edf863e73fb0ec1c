// TOML text parsed under limits, and where its nodes stand.
//
// toml++ crashes on deeply nested input (its dotted keys recurse without a limit) and throws; here
// both become a UsageError. Columns count Unicode code points from 1, as toml++ does.
#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::harness {

// Definitions of more bytes are refused.
inline constexpr int64_t kMaxDefinitionBytes = int64_t{1} << 20;

// `label` stands before positions in messages: a path, or "--set key=value".
absl::StatusOr<toml::table> ParseToml(std::string_view text, const std::string& label);

// Refuses brackets nested deeper than 32 and keys of more than 32 parts, before toml++ sees them.
absl::Status CheckNesting(std::string_view text, const std::string& label);

// What labels of overrides begin with.
inline constexpr std::string_view kOverrideLabel = "--set ";
bool IsOverride(const toml::source_region& source);

// "path:line:column"; an override is one line, so just "--set key=value"; `fallback`, which may be
// empty, for nodes that were not parsed.
std::string Position(const toml::source_region& source, const std::string& fallback);

}  // namespace bench::harness

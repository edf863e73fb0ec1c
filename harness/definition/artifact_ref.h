// A reference to the artifact (data set, tokenizer, weights) of another experiment.
//
// Written "NAME@N" (version N of experiments/NAME) or, in definitions that are not committed,
// "NAME" (its newest version). Names are lower-case letters, digits, '_' and '-', so they cannot
// leave the experiments folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::harness {

struct ArtifactRef {
  std::string experiment;
  std::optional<int64_t> version;  // absent: the newest

  bool operator==(const ArtifactRef&) const = default;
};

// A letter or digit, then letters, digits, '_' or '-'; lower case; at most 64 characters.
bool IsExperimentName(std::string_view name);

bool IsNameCharacter(char c);

// A version number as in "v12.toml" or "@12": from 1, without leading zeros.
std::optional<int64_t> ParseVersion(std::string_view digits);

absl::StatusOr<ArtifactRef> ParseArtifactRef(std::string_view text);
std::string ToString(const ArtifactRef& ref);

}  // namespace bench::harness

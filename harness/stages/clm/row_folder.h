// Where rows of symbols come from: the stages that make them, and the folder of one's own data set,
// which no experiment of the experiments folder makes, but a run with --portable of a definition of
// one's own.
#pragma once

#include <array>
#include <string>

#include "absl/status/statusor.h"
#include "harness/definition/definition.h"

namespace bench::harness {

inline constexpr std::array kRowStages = {StageKind::kGenerated, StageKind::kNames,
                                          StageKind::kImages, StageKind::kRefusals};

// `path` itself where it is a data set of rows (rows.json is in it), or the one such folder in
// `path`/artifact, where `path` is the folder of a run. UsageError where there is none, or several.
absl::StatusOr<std::string> OwnRowFolder(const std::string& path);

}  // namespace bench::harness

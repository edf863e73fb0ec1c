// Which experiment a command line means: NAME, NAME@N, either with folders before it
// (experiments/NAME), the file of a version (experiments/NAME/vN.toml), or that of a definition of
// one's own (FOLDER/NAME.toml), whose runs are called as bench-run calls them: what no name may
// contain becomes '_', and what is no name then "own".
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "results/record.h"

namespace bench::results {

struct WantedExperiment {
  std::string name;
  std::optional<int64_t> version;  // absent: any

  // UsageError for a text that has no name in it, or a version that is no number.
  static absl::StatusOr<WantedExperiment> Parse(const std::string& text);

  bool Has(const RunHeader& header) const;
  // Whether runs of it are in a folder of the store that is called so: "NAME@N", or "NAME" of a
  // definition of one's own.
  bool HasFolder(const std::string& folder) const;
  std::string Text() const;  // "NAME" or "NAME@N"
};

}  // namespace bench::results

// The text that a definition names beside a corpus: a declared source's or the user's own. Stage
// "clm" trains on its beginning, stage "evaluate" scores its end.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/context/run_context.h"
#include "harness/definition/clm_spec.h"
#include "harness/stages/clm/data.h"
#include "harness/store/store.h"

namespace bench::harness {

// A text, and the table of the definition that names it.
struct NamedText {
  std::string_view table;
  const ClmDataSpec& data;
};

// Of the path under the role "data", of the source under "source/NAME". UsageError for a source
// that is not of kind "files".
absl::Status AddTextDigests(const NamedText& text, const std::string& experiments_root,
                            InputDigests& digests);

// The user's own text, or that of the declared source, fetched if need be. One of them is named.
absl::StatusOr<ClmText> ReadTextData(const ClmDataSpec& data, RunContext& context);

}  // namespace bench::harness

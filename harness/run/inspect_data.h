// The part of --inspect (inspect_command.h) that is about data.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "harness/run/inspect_model.h"
#include "harness/run/inspection_text.h"

namespace bench::harness {

// A file of records (instructions, conversations, preferences), or of documents, or a folder of
// documents. `tokenizer`: what encodes the first record and counts tokens. DataError for what can
// be named but is not read (unread_file.h), UsageError for what is not known.
absl::StatusOr<Inspection> InspectData(const std::string& path,
                                       const std::optional<InspectedTokenizer>& tokenizer);

}  // namespace bench::harness

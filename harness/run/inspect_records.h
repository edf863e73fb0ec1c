// The part of --inspect (inspect_command.h) that is about records for training: instructions,
// conversations, preferences.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "harness/data/row_shape.h"
#include "harness/run/inspect_model.h"
#include "harness/run/inspection_text.h"

namespace bench::harness {

// Inspects a file whose rows have this shape and are records. `tokenizer` encodes the first record
// and counts tokens.
absl::StatusOr<Inspection> InspectRecords(const std::string& path, const RowShape& shape,
                                          const std::optional<InspectedTokenizer>& tokenizer);

// Fields with their kinds, for a line: "output (text), prompt (text)".
std::string FieldsText(const FieldKinds& fields);

}  // namespace bench::harness

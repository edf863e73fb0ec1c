// The part of --inspect (inspect_command.h) that is about documents, as a corpus reads them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "harness/data/row_shape.h"
#include "harness/run/inspection_text.h"

namespace bench::harness {

// A file of documents, or a folder. Files in it that hold records for training are named with what
// to do: training stages read one plain file. UsageError where no file has a format that is known.
absl::StatusOr<Inspection> InspectDocuments(const std::string& path);

// Whether rows with these fields are documents, and no records for training.
bool AreDocuments(const FieldKinds& fields);

}  // namespace bench::harness

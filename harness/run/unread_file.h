// What a file or a folder is that --inspect can name but nothing reads as it is: weights without
// the rest of their model, one file of a Hugging Face folder, archives and formats of other
// programs. Each text says what it is, what is missing, and what to do.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "harness/data/row_shape.h"

namespace bench::harness {

// Says what a file is by its name and first bytes; "": none of these. EnvironmentError where it
// cannot be read.
absl::StatusOr<std::string> UnreadFile(const std::string& path);

// Says what a folder without config.json and tokenizer is, by the names in it; "": none of these.
// EnvironmentError where it cannot be listed.
absl::StatusOr<std::string> UnreadFolder(const std::string& folder);

// Says what a JSON object that is no record is, or a table whose columns are no record's.
std::string UnreadRows(const std::string& path, const RowShape& shape);

}  // namespace bench::harness

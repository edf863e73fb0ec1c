// The texts of the documents of a whole file, whatever its format; what is read record by record
// (JSON lines, tables, web archives) is the reader's own (document_reader.h).
//
// Errors: DataError for what is not of the format; others for what the system refuses.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/corpus/document_reader.h"

namespace bench::corpus {

// In file order; what it returns is not normalised yet. `path` is the file's.
absl::StatusOr<std::vector<std::string>> DocumentTexts(const std::string& path,
                                                       DocumentFormat format,
                                                       const ReaderOptions& options);

}  // namespace bench::corpus

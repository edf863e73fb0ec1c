// The results file of a run made again from its journal, without losing what is there.
//
// A results file that is whole is replaced only by a record that has at least as much: of the same
// attempt every row of it and its end, or of a later attempt that has come as far. A complete one
// is replaced by nothing less. A file that cannot be read gives way to a complete record; for a
// lesser one it is kept beside it as results.h5.damaged, with a number where that name is taken.
// Errors: DataError where the journal is damaged and the file is the better of the two (or there is
// none), EnvironmentError where the journal has not come as far as the file yet, or for I/O. Then
// the file is as it was.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "results/record.h"

namespace bench::results {

struct Recovery {
  std::string path;  // of the results file, which is whole
  std::string note;  // what its user should know; often empty
};

absl::StatusOr<Recovery> RecoverResults(const std::string& folder);

// Whether `journal` may take the place of `published`.
bool Supersedes(const RunRecord& journal, const RunRecord& published);

}  // namespace bench::results

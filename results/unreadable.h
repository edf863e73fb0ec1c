// Why a results file could not be read, where the file system knows more than its bytes: another
// program may have it open for writing, or may have ended without closing it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace bench::results {

// `status`, an error of reading the file `path` that holds `bytes`, or a better reason:
// EnvironmentError while another process holds the lock that the HDF5 library takes for writing,
// DataError that says what to do if the file is marked as open for writing and nobody has it.
absl::Status ExplainUnreadable(const std::string& path, std::string_view bytes,
                               const absl::Status& status);

}  // namespace bench::results

#include "results/unreadable.h"

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "results/hdf5_layout.h"

namespace bench::results {

absl::Status ExplainUnreadable(const std::string& path, std::string_view bytes,
                               const absl::Status& status) {
  if (ExitCodeFor(status) != ExitCode::kBadData) return status;
  if (IsLockedForWriting(path)) {
    return EnvironmentError(absl::StrCat(
        path, " is open for writing in another program: close it there, then try again"));
  }
  if (!layout::IsMarkedAsOpenForWriting(bytes)) return status;
  return DataError(absl::StrCat(path,
                                ": a program that had it open for writing ended without "
                                "closing it: if it is not needed from a journal "
                                "(bench-run --recover), h5clear -s takes the mark off"));
}

}  // namespace bench::results

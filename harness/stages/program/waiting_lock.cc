#include "harness/stages/program/waiting_lock.h"

#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::harness {

absl::StatusOr<FolderLock> WaitForLock(const std::string& folder, const std::string& what,
                                       Progress& progress) {
  constexpr std::chrono::milliseconds kLook{200};
  BENCH_RETURN_IF_ERROR(MakeFolders(folder));
  for (bool said = false;; std::this_thread::sleep_for(kLook)) {
    absl::StatusOr<FolderLock> lock = FolderLock::Acquire(folder);
    if (lock.ok()) return lock;
    // Only a lock that somebody holds is worth waiting for.
    if (!IsLockedForWriting(absl::StrCat(folder, "/.lock"))) return lock.status();
    if (!said) progress.Note(absl::StrCat("waiting for another run that makes ", what));
    said = true;
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
  }
}

}  // namespace bench::harness

#include "harness/run/disk_preflight.h"

#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/store/store_report.h"

namespace bench::harness {
namespace {

bool OnOneFileSystem(const std::string& a, const std::string& b) {
  struct stat info_a = {};
  struct stat info_b = {};
  return ::stat(a.c_str(), &info_a) == 0 && ::stat(b.c_str(), &info_b) == 0 &&
         info_a.st_dev == info_b.st_dev;
}

absl::Status CheckFree(const std::string& path, int64_t bytes) {
  BENCH_ASSIGN_OR_RETURN(const int64_t free, FreeDiskBytes(path));
  const int64_t needed = bytes + kDiskReserveBytes;
  if (free >= needed) return absl::OkStatus();
  return EnvironmentError(
      absl::StrCat(path, ": the run needs ", BytesText(needed), " of disk, ", BytesText(free),
                   " are free; bench-run --store prune removes what nothing needs any more"));
}

}  // namespace

absl::Status CheckDisk(const DiskNeed& need, const std::string& run_folder,
                       const std::string& store_root) {
  if (OnOneFileSystem(run_folder, store_root)) {
    return CheckFree(run_folder, need.run_folder_bytes + need.artifact_bytes);
  }
  BENCH_RETURN_IF_ERROR(CheckFree(run_folder, need.run_folder_bytes));
  return CheckFree(store_root, need.artifact_bytes);
}

}  // namespace bench::harness

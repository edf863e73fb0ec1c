#include "results/digest_record.h"

#include <filesystem>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"

namespace bench::results {
namespace {

constexpr int64_t kMaxRecordBytes = 1 << 16;

}  // namespace

std::string DigestRecordPath(const std::string& path) { return absl::StrCat(path, ".sha256"); }

absl::Status PublishWithDigest(const std::string& path, std::string_view bytes) {
  const std::string record_path = DigestRecordPath(path);
  const std::string name = std::filesystem::path(path).filename().string();
  const std::string line = absl::StrCat(Sha256Hex(bytes), "  ", name, "\n");
  if (Exists(record_path)) {
    BENCH_ASSIGN_OR_RETURN(const std::string old, ReadFile(record_path, kMaxRecordBytes));
    BENCH_RETURN_IF_ERROR(PublishFile(record_path, absl::StrCat(old, line)));
  }
  BENCH_RETURN_IF_ERROR(PublishFile(path, bytes));
  return PublishFile(record_path, line);
}

absl::Status CheckDigest(const std::string& path, std::string_view bytes) {
  const std::string record_path = DigestRecordPath(path);
  if (!Exists(record_path)) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const std::string record, ReadFile(record_path, kMaxRecordBytes));
  const std::string digest = Sha256Hex(bytes);
  for (const absl::string_view line : absl::StrSplit(record, '\n')) {
    if (line.substr(0, digest.size()) == digest) return absl::OkStatus();
  }
  return DataError(absl::StrCat(path, ": its SHA-256 is ", digest, ", which is not in ",
                                record_path,
                                ": the file was damaged or changed after it was written"));
}

}  // namespace bench::results

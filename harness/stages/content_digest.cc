#include "harness/stages/content_digest.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"

namespace bench::harness {

absl::StatusOr<std::string> ContentSha256(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return Sha256File(path);
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(path));
  Sha256 sha;
  for (const std::string& name : names) {
    const std::string file = absl::StrCat(path, "/", name);
    if (std::filesystem::is_directory(file, error)) continue;
    BENCH_ASSIGN_OR_RETURN(const std::string digest, Sha256File(file));
    sha.Update(absl::StrCat(name, " ", digest, "\n"));
  }
  return sha.HexDigest();
}

absl::StatusOr<InputDigests> ContentDigestsOf(const std::vector<UserContent>& contents) {
  InputDigests digests;
  for (const UserContent& content : contents) {
    if (!content.path) continue;
    BENCH_ASSIGN_OR_RETURN(digests[content.role], ContentSha256(*content.path));
  }
  return digests;
}

}  // namespace bench::harness

#include "harness/stages/content_digest.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/source_content.h"

namespace bench::harness {

namespace {

bool IsFolder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

absl::StatusOr<std::string> Sha256OfFiles(const std::string& folder,
                                          const std::vector<std::string>& names) {
  Sha256 sha;
  for (const std::string& name : names) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(const std::string digest, Sha256File(absl::StrCat(folder, "/", name)));
    sha.Update(absl::StrCat(name, " ", digest, "\n"));
  }
  return sha.HexDigest();
}

}  // namespace

absl::StatusOr<std::string> ContentSha256(const std::string& path) {
  if (!IsFolder(path)) return Sha256File(path);
  BENCH_ASSIGN_OR_RETURN(std::vector<std::string> names, ListFolder(path));
  std::erase_if(names, [&](const std::string& name) { return IsFolder(path + "/" + name); });
  return Sha256OfFiles(path, names);
}

absl::StatusOr<std::string> TreeSha256(const std::string& path) {
  if (!IsFolder(path)) return Sha256File(path);
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, RegularFiles(path));
  return Sha256OfFiles(path, names);
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

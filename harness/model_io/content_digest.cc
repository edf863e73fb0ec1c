#include "harness/model_io/content_digest.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/file_kind.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/source_content.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/tokenizers/tokenizer_files.h"
#include "models/weight_files.h"

namespace bench::harness {
namespace {

bool IsFolder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

// Of a file: what would keep its reader waiting is refused.
absl::StatusOr<std::string> FileSha256(const std::string& path) {
  BENCH_RETURN_IF_ERROR(CheckFileOrFolder(path));
  return Sha256File(path);
}

// A line for each.
absl::Status AddFiles(const std::string& folder, const std::vector<std::string>& names,
                      Sha256& to) {
  for (const std::string& name : names) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(const std::string digest, FileSha256(absl::StrCat(folder, "/", name)));
    to.Update(absl::StrCat(name, " ", digest, "\n"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Sha256OfFiles(const std::string& folder,
                                          const std::vector<std::string>& names) {
  Sha256 sha;
  BENCH_RETURN_IF_ERROR(AddFiles(folder, names, sha));
  return sha.HexDigest();
}

}  // namespace

absl::StatusOr<std::string> ContentSha256(const std::string& path) {
  if (!IsFolder(path)) return FileSha256(path);
  BENCH_ASSIGN_OR_RETURN(std::vector<std::string> names, ListFolder(path));
  std::erase_if(names, [&](const std::string& name) { return IsFolder(path + "/" + name); });
  return Sha256OfFiles(path, names);
}

absl::StatusOr<std::string> TreeSha256(const std::string& path) {
  if (!IsFolder(path)) return FileSha256(path);
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, RegularFiles(path));
  return Sha256OfFiles(path, names);
}

absl::StatusOr<std::string> HfFolderSha256(const std::string& folder, ContentKind kind) {
  BENCH_ASSIGN_OR_RETURN(const models::WeightFiles weights, models::FindWeightFiles(folder));
  std::vector<std::string> names = weights.used();
  names.insert(names.begin(), models::kConfigFile);
  if (kind == ContentKind::kModel) {
    for (const char* name : {models::kRewardFile, kPromptFile}) {
      if (Exists(absl::StrCat(folder, "/", name))) names.emplace_back(name);
    }
  }
  Sha256 sha;
  BENCH_RETURN_IF_ERROR(AddFiles(folder, names, sha));
  if (kind == ContentKind::kModel && HasTokenizer(folder)) {
    BENCH_ASSIGN_OR_RETURN(const TokenizerFiles files, ReadTokenizerFiles(folder));
    sha.Update(absl::StrCat("tokenizer ", Digest(files), "\n"));
  }
  return sha.HexDigest();
}

absl::StatusOr<InputDigests> ContentDigestsOf(const std::vector<UserContent>& contents) {
  InputDigests digests;
  for (const UserContent& content : contents) {
    if (!content.path) continue;
    BENCH_ASSIGN_OR_RETURN(digests[content.role],
                           content.kind == ContentKind::kPlain
                               ? ContentSha256(*content.path)
                               : HfFolderSha256(*content.path, content.kind));
  }
  return digests;
}

}  // namespace bench::harness

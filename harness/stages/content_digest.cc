#include "harness/stages/content_digest.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/data/tokenizer_files.h"
#include "harness/stages/decoder_artifact.h"
#include "models/weight_files.h"

namespace bench::harness {
namespace {

absl::StatusOr<std::string> DigestLine(const std::string& folder, const std::string& name) {
  BENCH_ASSIGN_OR_RETURN(const std::string digest, Sha256File(absl::StrCat(folder, "/", name)));
  return absl::StrCat(name, " ", digest, "\n");
}

bool HasTokenizer(const std::string& folder) {
  return Exists(folder + "/tokenizer.model") || Exists(folder + "/tokenizer.json");
}

}  // namespace

absl::StatusOr<std::string> ContentSha256(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return Sha256File(path);
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(path));
  Sha256 sha;
  for (const std::string& name : names) {
    const std::string file = absl::StrCat(path, "/", name);
    if (std::filesystem::is_directory(file, error)) continue;
    BENCH_ASSIGN_OR_RETURN(const std::string line, DigestLine(path, name));
    sha.Update(line);
  }
  return sha.HexDigest();
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
  for (const std::string& name : names) {
    BENCH_ASSIGN_OR_RETURN(const std::string line, DigestLine(folder, name));
    sha.Update(line);
  }
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

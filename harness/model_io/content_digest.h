// Digests of what lies outside the store: a file's SHA-256, or for a folder the SHA-256 over the
// lines "<name> <digest>\n" of the files in it. Of a Hugging Face folder only the files that are
// read count (models/weight_files.h): another set of weights that lies beside them changes nothing.
// EnvironmentError where it cannot be read, DataError for a folder without weights, UsageError for
// a named pipe, a socket or a device (base/file_kind.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/store/store.h"

namespace bench::harness {

absl::StatusOr<std::string> ContentSha256(const std::string& path);

// The same with the files of the folders below it, by their paths in it; links are left out, as
// RegularFiles (harness/data/source_content.h) does. A stop signal ends it with a StoppedError.
absl::StatusOr<std::string> TreeSha256(const std::string& path);

enum class ContentKind {
  kPlain,    // the file, or every file of the folder
  kWeights,  // a Hugging Face folder: config.json and the weights
  kModel,    // and with them reward.json, prompt.json and the tokenizer, where they are there
};
absl::StatusOr<std::string> HfFolderSha256(const std::string& folder, ContentKind kind);

// Those of the paths that are given, by role.
struct UserContent {
  std::string role;
  std::optional<std::string> path;
  ContentKind kind = ContentKind::kPlain;
};
absl::StatusOr<InputDigests> ContentDigestsOf(const std::vector<UserContent>& contents);

}  // namespace bench::harness

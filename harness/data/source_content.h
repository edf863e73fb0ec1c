// What a source keeps of an unpacked package, by its kind (see source.h): one file of records, or
// the matching files themselves in a folder.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "harness/data/source.h"

namespace bench::harness {

class SourceContent {
 public:
  virtual ~SourceContent() = default;
  // Of the name below <store>/sources: ".jsonl" of a file, "" of a folder.
  virtual std::string suffix() const = 0;
  // Makes the content at `path`, which does not exist, from the package unpacked below `root`.
  virtual absl::Status Extract(const SourceManifest& manifest, const std::string& root,
                               const std::string& path) const = 0;
  // Moves what Extract made to its place, where nothing is.
  virtual absl::Status Publish(const std::string& made, const std::string& path) const = 0;
  // SHA-256 of the content at `path`; an error where there is none.
  virtual absl::StatusOr<std::string> Digest(const std::string& path) const = 0;
};

const SourceContent& ContentOf(SourceKind kind);

// Sorted paths of the regular files below `root`, relative to it; without links.
absl::StatusOr<std::vector<std::string>> RegularFiles(const std::string& root);

// Sorted paths of the symbolic links below `root` that lead to regular files, relative to it.
absl::StatusOr<std::vector<std::string>> LinksToFiles(const std::string& root);

// Sorted paths, relative to `root`, of the regular files that match the manifest's patterns. Links
// are left out: they repeat a file, or lead elsewhere. DataError if there are none.
absl::StatusOr<std::vector<std::string>> MatchingFiles(const SourceManifest& manifest,
                                                       const std::string& root);

}  // namespace bench::harness

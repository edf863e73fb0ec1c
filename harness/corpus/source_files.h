// The files of a corpus source: what its documents are read from, shard by shard.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/corpus/document_reader.h"

namespace bench::corpus {

struct CorpusSource {
  std::string name;
  std::string path;                      // a folder, or a single file
  std::optional<DocumentFormat> format;  // of every file; none: by each name's ending (FormatOf)
};

struct SourceFiles {
  std::vector<SourceFile> files;     // in byte order of their paths
  std::vector<std::string> unknown;  // relative paths of files whose format no ending tells
  std::vector<std::string> links;    // of a folder without a declared format: to files, not read
};

// EnvironmentError for a path that cannot be listed, UsageError for one that is neither a file nor
// a folder (base/file_kind.h). Named pipes, sockets and devices in a folder are passed over.
absl::StatusOr<SourceFiles> FilesOf(const CorpusSource& source);

}  // namespace bench::corpus

// Documents on disk: what the phases of a corpus hand to each other, read in order or one by one.
//
// A file is frames, one a document, and a trailer of 32 bytes; all little endian:
//   frame    bytes of what follows the checksum (uint64), its XXH3-64 (uint64), then the lengths of
//            id, source and language (3 x uint32), these, and the text
//   trailer  number of documents, bytes of the frames, XXH3-64 of these two, "bnchdoc1"
// A file is published whole (base/file.h) or absent. Memory: a buffer of 256 KiB and one document.
// Errors: DataError for a file that is cut short or damaged; EnvironmentError for what the system
// refuses.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"
#include "harness/corpus/document.h"

namespace bench::corpus {

inline constexpr size_t kDocumentBufferBytes = size_t{256} << 10;

class DocumentWriter {
 public:
  static absl::StatusOr<DocumentWriter> Create(const std::string& path);

  // Returns where the document can be read again.
  absl::StatusOr<uint64_t> Add(const Document& document);
  absl::Status Finish();

 private:
  DocumentWriter(std::string path, AppendFile file)
      : path_(std::move(path)), file_(std::move(file)) {}
  absl::Status Flush();

  std::string path_;
  AppendFile file_;
  std::string buffer_;
  uint64_t num_documents_ = 0;
  uint64_t num_bytes_ = 0;
};

class DocumentFile {
 public:
  // For reading in order; for many files that are read here and there a small buffer will do.
  static absl::StatusOr<DocumentFile> Open(const std::string& path,
                                           size_t buffer_bytes = kDocumentBufferBytes);

  int64_t num_documents() const { return static_cast<int64_t>(num_documents_); }
  // The next document in order; nullopt at the end.
  absl::StatusOr<std::optional<Document>> Next();
  // The document that Add returned `offset` for; the order then goes on after it.
  absl::StatusOr<Document> At(uint64_t offset);

 private:
  using File = std::unique_ptr<FILE, int (*)(FILE*)>;
  DocumentFile(std::string path, File file, size_t buffer_bytes);
  absl::Status ReadTrailer();
  absl::StatusOr<Document> ReadFrame();
  absl::Status Damaged(std::string_view what) const;

  std::string path_;
  std::unique_ptr<char[]> buffer_;  // of file_, which is closed first
  File file_;
  uint64_t num_documents_ = 0;
  uint64_t num_bytes_ = 0;
  uint64_t position_ = 0;
  uint64_t num_read_ = 0;
};

}  // namespace bench::corpus

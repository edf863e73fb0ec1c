// Web archives (WARC 1.0 and 1.1, ISO 28500): the pages and texts in them, one record at a time.
//
// Read from a stream of bytes, so that archives compressed as a whole or record by record
// (byte_source.h) are one. What is a document: a `response` over HTTP with status 200 and a
// `resource`, of type text/html, application/xhtml+xml or text/plain, and a `conversion` to
// text/plain (WET). Other records, statuses and types are passed over. Records are numbered from 1
// as they stand, whatever they hold; their text is in UTF-8 (charset.h), pages without their markup
// (html_text.h).
//
// Errors of the archive (no version line, no or a bad Content-Length, a record that is cut short)
// are DataErrors with the record's number: where the next one begins is not known. What is wrong
// with one document is its own, and so is a block longer than the limit.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/corpus/byte_source.h"

namespace bench::corpus {

struct WarcDocument {
  int64_t record = 0;
  absl::StatusOr<std::string> text;
};

class WarcReader {
 public:
  WarcReader(std::unique_ptr<ByteSource> source, int64_t max_document_bytes)
      : source_(std::move(source)), max_document_bytes_(max_document_bytes) {}

  // nullopt at the end.
  absl::StatusOr<std::optional<WarcDocument>> Next();

 private:
  struct Record {
    std::string type;                  // WARC-Type
    std::string content_type;          // of the block
    std::optional<std::string> block;  // nullopt: over the limit
  };

  // Fills the buffer until it holds `size` bytes or the stream ends.
  absl::Status Fill(size_t size);
  absl::StatusOr<std::string> TakeLine();
  // "" at the end of the archive.
  absl::StatusOr<std::string> TakeHeaders();
  absl::StatusOr<std::optional<Record>> TakeRecord();
  absl::StatusOr<std::optional<std::string>> TakeBlock(int64_t size);
  // nullopt for a record that is no document.
  std::optional<absl::StatusOr<std::string>> TextOf(const Record& record) const;

  std::unique_ptr<ByteSource> source_;
  const int64_t max_document_bytes_;
  std::string buffer_;
  size_t begin_ = 0;  // of what is not taken yet
  bool at_end_ = false;
  int64_t record_ = 0;
};

}  // namespace bench::corpus

// Files of a source to documents: the text form of document.h, whatever the file's format.
//
// One document a file for text, Markdown, HTML and manual pages; one a record (line) for JSON
// lines, and a row for CSV, TSV, Parquet and a JSON list, whose field "text" (required, not empty)
// is the text; one a page or text of a web archive (warc.h); one a chapter of the Bible. Short
// records are joined (record_joiner.h) into documents of at least `min_joined_characters` (the last
// may be shorter): a catalogue's translations, quotations, WordNet's definitions, and a source's
// messages, those of each language for themselves. Each file but a table and a JSON list may be
// gzip or Zstandard (byte_source.h). HTML may be in a charset that it declares (charset.h).
//
// A document that is invalid (encoding, syntax, size (text_limits.h), no text) is refused: counted,
// named and reported to `on_rejected` with the reason, so that it can be kept aside; with
// OnInvalid::kError it ends the reading instead, as a DataError "path: reason" or "path:line:
// reason", and so do too many invalid ones of a file of many records, by their reasons; all of a
// table's or a JSON file's are only refused, since such a file is of something else. A file of
// records that is damaged behind the first is an error: what it has lost is not known. What the
// system refuses is always an error.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/corpus/document.h"
#include "harness/corpus/line_range.h"
#include "harness/corpus/manual_text.h"
#include "harness/corpus/message_texts.h"
#include "harness/data/alpaca.h"
#include "harness/data/document_format.h"
#include "harness/data/skipped_records.h"
#include "harness/definition/data_format.h"

namespace bench::corpus {

using harness::DocumentFormat;
using harness::OnInvalid;

// By the name's ending, ".gz" and ".zst" left out; nullopt for one that no format has.
std::optional<DocumentFormat> FormatOf(std::string_view file_name);

// What the rows of such a file are as records (row_shape.h); nullopt for a file without rows.
std::optional<harness::DataFormat> RowFormatOf(DocumentFormat format);

// By the name's ending: ".gz" or ".zst".
bool IsCompressed(std::string_view file_name);

struct SourceFile {
  std::string source;         // name of the data source
  std::string root;           // folder
  std::string relative_path;  // below it; part of the documents' ids
  DocumentFormat format = DocumentFormat::kText;
};

// Of a file of JSON lines: the lines of a byte range, of the file itself or of a block of lines
// that a compressed one was unpacked to, read as they are.
struct FilePart {
  std::string path;  // what is read
  ByteRange range;
  int64_t first_record = 1;  // number in the file
  int64_t number = 0;        // of the part in the file
};

struct ReaderOptions {
  OnInvalid on_invalid = OnInvalid::kSkip;
  // More than this fraction of a file's records: DataError. Of a part the reader cannot say it.
  double max_skipped_share = 1;
  int64_t max_document_bytes = int64_t{64} << 20;  // of a file, or of a line of JSON
  int64_t min_joined_characters = 2000;
  TextPredicate exclude_message;  // message_texts.h; empty: none
  ManualOptions manual;
  std::optional<FilePart> part;  // absent: the whole file
};

struct Rejection {
  std::string id;             // of the document it would have been
  std::string reason;         // one line
  std::string kind = reason;  // what it has in common with others

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(id, reason, kind);
  }
};

struct ReaderReport {
  int64_t num_documents = 0;
  int64_t num_rejected = 0;
  harness::SkippedRecords skipped;  // the same, by reason
};

using DocumentVisitor = std::function<absl::Status(Document)>;
using RejectionVisitor = std::function<absl::Status(const Rejection&)>;

// Calls `visit` for every document in file order; an error of a visitor ends the reading.
absl::StatusOr<ReaderReport> VisitDocuments(const SourceFile& file, const ReaderOptions& options,
                                            const DocumentVisitor& visit,
                                            const RejectionVisitor& on_rejected);

}  // namespace bench::corpus

#include "harness/corpus/document_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/corpus/byte_source.h"
#include "harness/corpus/document_formats.h"
#include "harness/corpus/language.h"
#include "harness/corpus/text_limits.h"
#include "harness/corpus/unicode_text.h"
#include "harness/corpus/warc.h"
#include "harness/data/json_record.h"
#include "harness/data/record_reader.h"
#include "harness/definition/enum_names.h"

namespace bench::corpus {
namespace {

using harness::FieldPresence;
using harness::FieldRule;
using harness::RecordEvents;
using harness::RecordOutcome;
using harness::RecordProblem;

constexpr std::array<FieldRule, 1> kTextField = {{{"text", FieldPresence::kRequiredNotEmpty}}};

struct Ending {
  std::string_view text;
  DocumentFormat format;
};
constexpr std::array<Ending, 16> kEndings = {{{".txt", DocumentFormat::kText},
                                              {".text", DocumentFormat::kText},
                                              {".md", DocumentFormat::kMarkdown},
                                              {".markdown", DocumentFormat::kMarkdown},
                                              {".html", DocumentFormat::kHtml},
                                              {".htm", DocumentFormat::kHtml},
                                              {".mo", DocumentFormat::kCatalogue},
                                              {".jsonl", DocumentFormat::kJsonLines},
                                              {".ndjson", DocumentFormat::kJsonLines},
                                              {".json", DocumentFormat::kJson},
                                              {".csv", DocumentFormat::kCsv},
                                              {".tsv", DocumentFormat::kTsv},
                                              {".tab", DocumentFormat::kTsv},
                                              {".parquet", DocumentFormat::kParquet},
                                              {".warc", DocumentFormat::kWarc},
                                              {".wet", DocumentFormat::kWarc}}};

std::string_view WithoutCompression(std::string_view name) {
  for (const std::string_view ending : {".gz", ".zst"}) {
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return name;
}

// "open.2", "printf.3posix": a section digit after the last dot.
bool IsManualName(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot != std::string_view::npos && dot + 1 < name.size() && name[dot + 1] >= '1' &&
         name[dot + 1] <= '9';
}

// How the documents of a format follow each other in a file.
enum class Records { kWhole, kLines, kRows, kArchived };
Records RecordsOf(DocumentFormat format) {
  switch (format) {
    case DocumentFormat::kJsonLines:
      return Records::kLines;
    case DocumentFormat::kJson:
    case DocumentFormat::kCsv:
    case DocumentFormat::kTsv:
    case DocumentFormat::kParquet:
      return Records::kRows;
    case DocumentFormat::kWarc:
      return Records::kArchived;
    default:
      return Records::kWhole;
  }
}

// A reason without the numbers that are one document's own: "not valid UTF-8 at byte N".
std::string WithoutNumbers(std::string_view text) {
  const auto is_digit = [&](size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  std::string general;
  for (size_t i = 0; i < text.size();) {
    const bool begins_number = is_digit(i) && (i == 0 || text[i - 1] == ' ');
    general.push_back(begins_number ? 'N' : text[i]);
    ++i;
    while (begins_number && is_digit(i)) ++i;
  }
  return general;
}

// An error's message without the file and its line, which are named beside it: of "f:1: no header"
// "no header".
std::string_view WithoutPlace(std::string_view message, std::string_view path) {
  if (!message.starts_with(path)) return message;
  std::string_view rest = message.substr(path.size());
  if (!rest.starts_with(':')) return message;
  rest.remove_prefix(1);
  const size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits > 0 && rest.substr(digits).starts_with(':')) rest.remove_prefix(digits + 1);
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  return rest;
}

class Reader {
 public:
  Reader(const SourceFile& file, const ReaderOptions& options, const DocumentVisitor& visit,
         const RejectionVisitor& on_rejected)
      : file_(file),
        records_(RecordsOf(file.format)),
        path_(absl::StrCat(file.root, "/", file.relative_path)),
        options_(options),
        visit_(visit),
        on_rejected_(on_rejected) {}

  absl::StatusOr<ReaderReport> Read() {
    BENCH_RETURN_IF_ERROR(ReadRecords());
    // Rows without a document are of something else, as config.json is: refused as such files are.
    const bool has_no_document = records_ == Records::kRows && report_.num_documents == 0;
    if (records_ != Records::kWhole && !has_no_document && !options_.part) {
      BENCH_RETURN_IF_ERROR(harness::CheckSkippedShare(
          path_, report_.skipped, report_.num_documents, options_.max_skipped_share));
    }
    return report_;
  }

 private:
  absl::Status ReadRecords() {
    switch (records_) {
      case Records::kLines:
        return ReadLines();
      case Records::kRows:
        return ReadRows();
      case Records::kArchived:
        return ReadArchive();
      case Records::kWhole:
        return ReadWhole();
    }
    return absl::OkStatus();
  }

  absl::Status ReadRows() {
    int64_t record = 0;
    absl::Status taken;
    harness::RecordOptions options;
    options.format = *RowFormatOf(file_.format);
    options.max_record_bytes = options_.max_document_bytes;
    options.on_refused = [&](const RecordProblem& problem, const std::string&) {
      return taken = Reject(++record, problem);
    };
    absl::Status status =
        harness::VisitRecords(path_, kTextField, options, [&](harness::StringRecord row) {
          return taken = Take(++record, row.fields[0]);
        }).status();
    // Of a table without records what is wrong is the file's.
    if (!taken.ok() || status.ok()) return status;
    return record == 0 ? RejectUnreadable(1, status, "cannot be read: ") : status;
  }

  absl::Status ReadArchive() {
    auto source = ByteSource::Open(path_);
    if (!source.ok()) return Annotate(source.status(), path_);
    WarcReader archive(*std::move(source), options_.max_document_bytes);
    for (;;) {
      BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
      auto document = archive.Next();
      if (!document.ok()) return Annotate(document.status(), path_);
      if (!document->has_value()) return absl::OkStatus();
      const auto& [record, text] = **document;
      BENCH_RETURN_IF_ERROR(text.ok() ? Take(record, *text)
                                      : RejectUnreadable(record, text.status(), ""));
    }
  }

  absl::Status ReadWhole() {
    const auto texts = DocumentTexts(path_, file_.format, options_);
    if (!texts.ok()) {
      return RejectUnreadable(
          1, texts.status(),
          absl::StrCat("cannot be read as ", std::string(Name(file_.format)), ": "));
    }
    int64_t record = 0;
    for (const std::string& text : *texts) BENCH_RETURN_IF_ERROR(Take(++record, text));
    return absl::OkStatus();
  }

  absl::Status ReadLines() {
    auto source = options_.part ? OpenLineRange(options_.part->path, options_.part->range)
                                : ByteSource::Open(path_);
    if (!source.ok()) return Annotate(source.status(), path_);
    LineReader lines(*std::move(source));
    for (int64_t record = options_.part ? options_.part->first_record : 1;; ++record) {
      auto line = lines.Next(static_cast<size_t>(options_.max_document_bytes));
      // How many records the rest has is not known, so no share allows it.
      if (!line.ok()) return Located(line.status(), record);
      if (!line->has_value()) return absl::OkStatus();
      BENCH_RETURN_IF_ERROR(TakeLine(record, **line));
    }
  }

  absl::Status TakeLine(int64_t record, const LineReader::Line& line) {
    if (line.over_limit) {
      return Reject(record,
                    OneOfMany(absl::StrCat("record over ", options_.max_document_bytes, " bytes")));
    }
    if (line.text.find_first_not_of(" \t\r") == std::string::npos) return absl::OkStatus();
    std::optional<RecordOutcome> held;
    RecordEvents events({harness::JsonLayout::kOneRecord}, kTextField, [&](RecordOutcome outcome) {
      held = std::move(outcome);
      return true;
    });
    ReadJsonEvents(line.text, events);
    if (events.failure()) return Reject(record, *events.failure());
    if (held->problem) return Reject(record, *held->problem);
    return Take(record, *held->fields[0]);
  }

  absl::Status Take(int64_t record, std::string_view bytes) {
    if (std::ssize(bytes) > kMaxTextBytes) return Reject(record, TextOverLimit());
    auto text = NormalizeText(bytes);
    if (!text.ok()) return RejectIfData(record, text.status(), "not valid UTF-8");
    if (std::ssize(*text) > kMaxTextBytes) return Reject(record, TextOverLimit());
    if (text->empty()) return Reject(record, OneOfMany("no text"));
    ++report_.num_documents;
    const std::string language = DetectLanguage(*text).code;
    return visit_(
        {DocumentId(file_.relative_path, record), *std::move(text), file_.source, language});
  }

  // An error of the whole file, with the record that it was met at.
  absl::Status Located(const absl::Status& status, int64_t record) const {
    const std::string place = absl::StrCat(path_, PlaceOf(record));
    if (ExitCodeFor(status) != ExitCode::kBadData) return Annotate(status, place);
    const std::string_view message(status.message().data(), status.message().size());
    return DataError(absl::StrCat(place, ": ", internal::View(WithoutPlace(message, path_))));
  }

  // A reason that says nothing about this record alone.
  static RecordProblem OneOfMany(const std::string& reason) { return {reason, reason}; }
  static RecordProblem TextOverLimit() {
    return OneOfMany(absl::StrCat("text over ", kMaxTextBytes >> 20, " MiB"));
  }

  // Bad data is the document's; anything else is not, and ends the reading.
  absl::Status RejectIfData(int64_t record, const absl::Status& status, const std::string& kind) {
    if (ExitCodeFor(status) != ExitCode::kBadData) return Annotate(status, path_);
    return Reject(record, {kind, std::string(status.message())});
  }
  // The same for the reason that the error gives; `what` begins it.
  absl::Status RejectUnreadable(int64_t record, const absl::Status& status,
                                const std::string& what) {
    const std::string_view message(status.message().data(), status.message().size());
    const std::string reason = absl::StrCat(what, internal::View(WithoutPlace(message, path_)));
    if (ExitCodeFor(status) != ExitCode::kBadData) return Annotate(status, path_);
    return Reject(record, {WithoutNumbers(reason), reason});
  }

  absl::Status Reject(int64_t record, const RecordProblem& problem) {
    if (options_.on_invalid == OnInvalid::kError) {
      return DataError(absl::StrCat(path_, PlaceOf(record), ": ", problem.message));
    }
    ++report_.num_rejected;
    report_.skipped.Add(problem.reason, absl::StrCat(path_, PlaceOf(record)), 1, problem.message);
    return on_rejected_({DocumentId(file_.relative_path, record), problem.message, problem.reason});
  }

  std::string PlaceOf(int64_t record) const {
    if (records_ == Records::kWhole) return "";
    return absl::StrCat(records_ == Records::kLines ? ":" : ": record ", record);
  }

  const SourceFile& file_;
  const Records records_;
  const std::string path_;
  const ReaderOptions& options_;
  const DocumentVisitor& visit_;
  const RejectionVisitor& on_rejected_;
  ReaderReport report_;
};

}  // namespace

std::optional<DocumentFormat> FormatOf(std::string_view file_name) {
  const std::string_view name = WithoutCompression(file_name);
  for (const Ending& ending : kEndings) {
    if (name.ends_with(ending.text)) return ending.format;
  }
  if (IsManualName(name)) return DocumentFormat::kManual;
  return std::nullopt;
}

std::optional<harness::DataFormat> RowFormatOf(DocumentFormat format) {
  switch (format) {
    case DocumentFormat::kJsonLines:
    case DocumentFormat::kJson:
      return harness::DataFormat::kJson;
    case DocumentFormat::kCsv:
      return harness::DataFormat::kCsv;
    case DocumentFormat::kTsv:
      return harness::DataFormat::kTsv;
    case DocumentFormat::kParquet:
      return harness::DataFormat::kParquet;
    default:
      return std::nullopt;
  }
}

bool IsCompressed(std::string_view file_name) {
  return WithoutCompression(file_name).size() < file_name.size();
}

absl::StatusOr<ReaderReport> VisitDocuments(const SourceFile& file, const ReaderOptions& options,
                                            const DocumentVisitor& visit,
                                            const RejectionVisitor& on_rejected) {
  return Reader(file, options, visit, on_rejected).Read();
}

}  // namespace bench::corpus

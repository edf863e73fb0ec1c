#include "harness/run/inspect_documents.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/corpus/byte_source.h"
#include "harness/corpus/source_files.h"
#include "harness/data/compression.h"
#include "harness/data/json_shape.h"
#include "harness/data/record_sink.h"
#include "harness/definition/enum_names.h"
#include "harness/run/inspect_records.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

std::string PathOf(const corpus::SourceFile& file) {
  return absl::StrCat(file.root, "/", file.relative_path);
}

std::string CountsText(const std::map<std::string, int64_t>& counts) {
  return absl::StrJoin(counts, ", ", [](std::string* text, const auto& entry) {
    absl::StrAppend(text, entry.first, " ", entry.second);
  });
}

// Documents before any filter.
class DocumentFigures {
 public:
  absl::Status Read(const corpus::SourceFile& file) {
    ++formats_[std::string(Name(file.format))];
    const auto report = corpus::VisitDocuments(
        file, {},
        [this](const corpus::Document& document) {
          characters_.Add(NumCharacters(document.text));
          ++languages_[document.language];
          if (first_.empty()) first_ = document.text;
          return absl::OkStatus();
        },
        [](const corpus::Rejection&) { return absl::OkStatus(); });
    BENCH_RETURN_IF_ERROR(report.status());
    refused_.Merge(report->skipped);
    return absl::OkStatus();
  }

  // Of a file that ends a run.
  void AddDamaged(const absl::Status& status) {
    damaged_.push_back(absl::StrCat(status.message(), "; it ends a run"));
  }

  InspectionLines Lines() const {
    InspectionLines lines = {Labelled("read as", "documents (stage corpus, corpus.path)"),
                             Labelled("files", CountsText(formats_)),
                             Labelled("documents", absl::StrCat(characters_.count(), " valid, ",
                                                                refused_.count(), " refused"))};
    Append(RefusedLines(refused_), lines);
    for (const std::string& damaged : damaged_) lines.push_back(Labelled("refused", damaged));
    if (first_.empty()) return lines;
    lines.push_back(Labelled("characters", characters_.Text()));
    lines.push_back(Labelled("languages", CountsText(languages_)));
    lines.push_back(Labelled("first", Escaped(first_)));
    return lines;
  }

  bool has_files() const { return !formats_.empty(); }
  std::string WhyUnusable() const {
    if (characters_.count() > 0) return "";
    if (refused_.count() > 0 || !damaged_.empty()) return "every document of it is refused";
    return "there is no document in it";
  }

 private:
  std::map<std::string, int64_t> formats_, languages_;
  Spread characters_;
  SkippedRecords refused_;
  std::vector<std::string> damaged_;
  std::string first_;
};

// Of a compressed file of JSON lines: the fields of its first line, as far as they can be read.
FieldKinds FieldsOfPacked(const std::string& path) {
  auto source = corpus::ByteSource::Open(path);
  if (!source.ok()) return {};
  corpus::LineReader lines(*std::move(source));
  for (;;) {
    const auto line = lines.Next(static_cast<size_t>(RecordOptions{}.max_record_bytes));
    if (!line.ok() || !line->has_value()) return {};
    if ((*line)->text.find_first_not_of(" \t\r") == std::string::npos) continue;
    JsonShapeEvents events([] {});
    ReadJsonEvents((*line)->text, events);
    const auto shape = events.Shape();
    return shape.ok() ? shape->fields : FieldKinds();
  }
}

// Files of records for training, which a corpus has no use for.
class TrainingFiles {
 public:
  // Whether it is one. What cannot be found out is left to the reader of documents.
  absl::StatusOr<bool> Take(const corpus::SourceFile& file) {
    const auto format = corpus::RowFormatOf(file.format);
    if (!format) return false;
    BENCH_ASSIGN_OR_RETURN(const auto compression, CompressionOf(PathOf(file)));
    FieldKinds fields;
    if (!compression) {
      const auto shape = FindRowShape(PathOf(file), *format, RecordOptions{}.max_record_bytes);
      if (shape.ok()) fields = shape->fields;
    } else if (file.format == corpus::DocumentFormat::kJsonLines) {
      fields = FieldsOfPacked(PathOf(file));
    }
    if (!IsRecord(fields) || AreDocuments(fields)) return false;
    if (count_++ == 0) {
      first_ = PathOf(file);
      fields_ = fields;
    }
    if (compression && num_compressed_++ == 0) compression_ = compression;
    return true;
  }

  int64_t count() const { return count_; }

  InspectionLines Lines() const {
    if (count_ == 0) return {};
    return {Labelled("training data", absl::StrCat(count_, count_ == 1 ? " file" : " files",
                                                   " of records (first: ", first_, ", fields ",
                                                   FieldsText(fields_), ")"))};
  }

  // What to do with them. `is_folder`: of what was looked at.
  std::string Advice(bool is_folder) const {
    const bool is_one = count_ == 1;
    const std::string unpack = compression_ ? absl::StrCat("unpack ", Compressed(), ", as by ",
                                                           internal::View(compression_->undone_by))
                                            : std::string();
    if (!is_folder) {
      return absl::StrCat(
          "compressed records for training, but training stages read plain files (data.path): ",
          unpack);
    }
    return absl::StrCat(
        "records for training in a folder, but training stages read one plain file (data.path): ",
        unpack, compression_ ? ", and " : "", is_one ? "give the file" : "join them to one");
  }

 private:
  std::string Compressed() const {
    if (num_compressed_ == count_) return count_ == 1 ? "it" : "them";
    return absl::StrCat("the ", num_compressed_,
                        num_compressed_ == 1 ? " compressed one" : " compressed ones");
  }

  int64_t count_ = 0;
  std::string first_;
  FieldKinds fields_;
  int64_t num_compressed_ = 0;
  std::optional<Compression> compression_;  // of the first of them
};

InspectionLines UnreadLines(const corpus::SourceFiles& found) {
  InspectionLines lines;
  if (!found.unknown.empty()) {
    lines.push_back(
        Labelled("not read",
                 absl::StrCat(found.unknown.size(), " files whose ending tells no format (first: ",
                              QuotedForMessage(found.unknown[0]), ")")));
  }
  if (!found.links.empty()) {
    lines.push_back(Labelled("not read", absl::StrCat(found.links.size(), " symbolic links")));
  }
  return lines;
}

absl::Status NothingKnown(const std::string& path, const corpus::SourceFiles& found,
                          bool is_folder) {
  if (is_folder && found.unknown.empty()) {
    return DataError(absl::StrCat(path, ": no file in this folder, links not counted"));
  }
  return UsageError(absl::StrCat(
      path, ": neither a model, a tokenizer nor data that is known",
      is_folder ? absl::StrCat(" (", found.unknown.size(), " files, first ",
                               QuotedForMessage(found.unknown[0]), ")")
                : std::string(),
      "; data.format, or an ending such as .jsonl, .csv, .txt or .html, tells what a file is"));
}

bool IsFolder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

}  // namespace

absl::StatusOr<Inspection> InspectDocuments(const std::string& path) {
  const bool is_folder = IsFolder(path);
  BENCH_ASSIGN_OR_RETURN(const corpus::SourceFiles found,
                         corpus::FilesOf({"path", path, std::nullopt}));
  if (found.files.empty()) return NothingKnown(path, found, is_folder);
  DocumentFigures figures;
  TrainingFiles training;
  for (const corpus::SourceFile& file : found.files) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(const bool is_training, training.Take(file));
    if (is_training) continue;
    const absl::Status status = figures.Read(file);
    const bool is_damaged = is_folder && ExitCodeFor(status) == ExitCode::kBadData;
    if (is_damaged) figures.AddDamaged(status);
    if (!is_damaged) BENCH_RETURN_IF_ERROR(status);
  }
  Inspection inspection;
  if (figures.has_files()) inspection.lines = figures.Lines();
  Append(training.Lines(), inspection.lines);
  if (figures.has_files() && training.count() > 0) {
    inspection.lines.push_back(Labelled("", training.Advice(is_folder)));
  }
  Append(UnreadLines(found), inspection.lines);
  inspection.unusable = figures.has_files() ? figures.WhyUnusable() : training.Advice(is_folder);
  return inspection;
}

bool AreDocuments(const FieldKinds& fields) {
  const auto has = [&](std::string_view name) { return fields.contains(name); };
  if (has("instruction") || has("messages") || has("conversations")) return false;
  return has("text") && !has("prompt") && !has("chosen");
}

}  // namespace bench::harness

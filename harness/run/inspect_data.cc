#include "harness/run/inspect_data.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/corpus/document_reader.h"
#include "harness/corpus/source_files.h"
#include "harness/data/byte_stream.h"
#include "harness/data/compression.h"
#include "harness/run/inspect_documents.h"
#include "harness/run/inspect_records.h"
#include "harness/run/unread_file.h"

namespace bench::harness {
namespace {

absl::StatusOr<bool> IsBlank(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(ByteStream stream, ByteStream::Open(path, 1));
  for (auto c = stream.PeekAny(); c; c = stream.PeekAny()) {
    if (!absl::ascii_isspace(static_cast<unsigned char>(*c))) return false;
    stream.Skip();
  }
  if (stream.read_failed()) return EnvironmentError(absl::StrCat("cannot read ", path));
  return true;
}

absl::Status NotRead(const std::string& path, const std::string& what) {
  return DataError(absl::StrCat(path, ": ", what));
}

// Texts that come with a model or a tokenizer, and make no corpus of its folder.
bool ComesWithAModel(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename();
  constexpr std::array<std::string_view, 4> kBeginnings = {"README", "LICENSE", "NOTICE",
                                                           "USE_POLICY"};
  return name.ends_with(".json") || name == "merges.txt" || name == "vocab.txt" ||
         std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view begin) { return name.starts_with(begin); });
}

absl::StatusOr<bool> HasTexts(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const corpus::SourceFiles found,
                         corpus::FilesOf({"path", folder, std::nullopt}));
  return std::any_of(found.files.begin(), found.files.end(), [](const corpus::SourceFile& file) {
    return !ComesWithAModel(file.relative_path);
  });
}

// A folder of documents may have a file among them that is named as one of a model.
absl::StatusOr<Inspection> InspectFolder(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::string unread, UnreadFolder(path));
  if (unread.empty()) return InspectDocuments(path);
  BENCH_ASSIGN_OR_RETURN(const bool has_texts, HasTexts(path));
  if (!has_texts) return NotRead(path, unread);
  auto found = InspectDocuments(path);
  if (IsStopped(found.status())) return found;
  if (!found.ok() || !found->unusable.empty()) return NotRead(path, unread);
  found->lines.push_back(Labelled("not read", unread));
  return found;
}

// A file that is data, or of no kind that is known.
absl::StatusOr<Inspection> InspectKnown(const std::string& path,
                                        const std::optional<InspectedTokenizer>& tokenizer) {
  const auto format = corpus::FormatOf(std::filesystem::path(path).filename().string());
  BENCH_ASSIGN_OR_RETURN(const auto compression, CompressionOf(path));
  if (compression && !format) return CheckNotCompressed(path);
  // Texts and pages may begin like rows, or as no row may.
  const bool is_named_as_text = format && !corpus::RowFormatOf(*format);
  const auto shape = compression
                         ? absl::StatusOr<RowShape>(RowShape{})
                         : FindRowShape(path, DataFormat::kAuto, RecordOptions{}.max_record_bytes);
  if (!shape.ok() && !is_named_as_text) return shape.status();
  if (shape.ok() && IsRecord(shape->fields) && !AreDocuments(shape->fields)) {
    return InspectRecords(path, *shape, tokenizer);
  }
  const bool has_other_fields = shape.ok() && !shape->fields.empty() && !IsRecord(shape->fields);
  if (has_other_fields && !is_named_as_text) return NotRead(path, UnreadRows(path, *shape));
  return InspectDocuments(path);
}

}  // namespace

absl::StatusOr<Inspection> InspectData(const std::string& path,
                                       const std::optional<InspectedTokenizer>& tokenizer) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return InspectFolder(path);
  }
  BENCH_ASSIGN_OR_RETURN(const bool is_blank, IsBlank(path));
  if (is_blank) return Inspection{{Labelled("what", "an empty file")}, "the file is empty"};
  BENCH_ASSIGN_OR_RETURN(const std::string unread, UnreadFile(path));
  if (!unread.empty()) return NotRead(path, unread);
  return InspectKnown(path, tokenizer);
}

}  // namespace bench::harness

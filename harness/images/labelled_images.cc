#include "harness/images/labelled_images.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/corpus/byte_source.h"
#include "harness/data/source_content.h"
#include "harness/images/png.h"
#include "harness/text/text.h"

namespace bench::harness::images {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxLineBytes = size_t{1} << 26;
constexpr int64_t kMaxFileBytes = int64_t{1} << 30;

// Calls `on_line` for each line that is not blank; an error gets the file and the line's number.
template <typename OnLine>
absl::Status VisitLines(const std::string& path, OnLine on_line) {
  BENCH_ASSIGN_OR_RETURN(std::unique_ptr<corpus::ByteSource> bytes, corpus::ByteSource::Open(path));
  corpus::LineReader lines(std::move(bytes));
  for (int64_t number = 1;; ++number) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(const std::optional<corpus::LineReader::Line> line,
                           lines.Next(kMaxLineBytes));
    if (!line) return absl::OkStatus();
    const std::string text = TrimTrailingWhitespace(line->text);
    if (text.empty() && !line->over_limit) continue;
    const absl::Status status =
        line->over_limit ? DataError(absl::StrCat("longer than ", kMaxLineBytes, " bytes"))
                         : on_line(text);
    if (!status.ok()) return Annotate(status, absl::StrCat(path, ":", number));
  }
}

absl::Status CheckText(const std::string& text) {
  if (text.empty()) return DataError("the text is empty");
  if (const auto offset = FirstInvalidUtf8(text)) {
    return DataError(absl::StrCat("byte ", *offset, " of the text is not UTF-8"));
  }
  return absl::OkStatus();
}

// The digest of the data is that of the folder's files: an image elsewhere would not be in it.
absl::Status CheckInside(const std::string& image) {
  const fs::path path = fs::path(image).lexically_normal();
  if (!path.empty() && !path.is_absolute() && *path.begin() != "..") return absl::OkStatus();
  return DataError(absl::StrCat("image ", QuotedForMessage(image), " lies outside the folder"));
}

// What a link leads to is in no digest (TreeSha256 leaves links out), so that other content would
// pass for this one. Each part of the path is asked, since a folder may be a link too.
absl::Status CheckNoLink(const std::string& folder, const std::string& file) {
  fs::path path(folder);
  for (const fs::path& part : fs::path(file)) {
    path /= part;
    std::error_code error;
    if (!fs::is_symlink(fs::symlink_status(path, error))) continue;
    return DataError(
        absl::StrCat(path.string(), " is a link, whose content is in no digest: copy the file"));
  }
  return absl::OkStatus();
}

absl::StatusOr<LabelledImage> ReadRecord(const std::string& line, const std::string& folder,
                                         ImageColour colour) {
  BENCH_ASSIGN_OR_RETURN(const nlohmann::json record, ParseJsonObject(line));
  BENCH_ASSIGN_OR_RETURN(const std::string file, JsonMember<std::string>(record, "image"));
  BENCH_ASSIGN_OR_RETURN(std::string text, JsonMember<std::string>(record, "text"));
  BENCH_RETURN_IF_ERROR(CheckText(text));
  BENCH_RETURN_IF_ERROR(CheckInside(file));
  BENCH_RETURN_IF_ERROR(CheckNoLink(folder, file));
  const std::string path = absl::StrCat(folder, "/", file);
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return DataError(absl::StrCat("image ", QuotedForMessage(file),
                                  Exists(path) ? " is no file in " : " is missing in ", folder));
  }
  BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxFileBytes));
  BENCH_ASSIGN_OR_RETURN(Image image, ReadPng(bytes, path, colour));
  return LabelledImage{std::move(image), std::move(text)};
}

absl::StatusOr<LabelledImage> ReadTableLine(const std::string& line, const PixelTableSpec& table) {
  const std::vector<absl::string_view> cells = absl::StrSplit(line, ',');
  const int64_t num_pixels = table.width * table.height;
  if (std::ssize(cells) != num_pixels + 1) {
    return DataError(absl::StrCat(cells.size(), " cells instead of ", table.width, " x ",
                                  table.height,
                                  " pixel values and a text (images.table.width and height)"));
  }
  const bool label_first = table.label == LabelPlace::kFirst;
  LabelledImage labelled{{table.width, table.height, 1, {}},
                         std::string(label_first ? cells.front() : cells.back())};
  BENCH_RETURN_IF_ERROR(CheckText(labelled.text));
  for (int64_t i = 0; i < num_pixels; ++i) {
    const absl::string_view cell = cells[static_cast<size_t>(i + (label_first ? 1 : 0))];
    int64_t value = 0;
    if (!absl::SimpleAtoi(cell, &value) || value < 0 || value > table.white) {
      return DataError(absl::StrCat(QuotedForMessage(std::string(cell)),
                                    " is no pixel value from 0 to images.table.white ",
                                    table.white));
    }
    labelled.image.values.push_back(static_cast<uint8_t>(value));
  }
  return labelled;
}

absl::StatusOr<LabelledImages> ReadTable(const std::string& path, const ImagesSpec& spec) {
  if (spec.colour != ImageColour::kGrey) {
    return UsageError(absl::StrCat("images.colour: ", path,
                                   " is a table, which has one value a pixel: take \"grey\""));
  }
  LabelledImages all{{}, spec.table.white};
  BENCH_RETURN_IF_ERROR(VisitLines(path, [&](const std::string& line) -> absl::Status {
    BENCH_ASSIGN_OR_RETURN(LabelledImage labelled, ReadTableLine(line, spec.table));
    all.images.push_back(std::move(labelled));
    return absl::OkStatus();
  }));
  return all;
}

absl::StatusOr<LabelledImages> ReadFolder(const std::string& folder, const ImagesSpec& spec) {
  const std::string records = absl::StrCat(folder, "/", kRecordsFile);
  if (!Exists(records)) {
    BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> files, RegularFiles(folder));
    if (files.size() == 1) return ReadTable(absl::StrCat(folder, "/", files[0]), spec);
    return DataError(absl::StrCat(folder, ": no ", kRecordsFile, " there, and ", files.size(),
                                  " files instead of one table of pixel values"));
  }
  BENCH_RETURN_IF_ERROR(CheckNoLink(folder, kRecordsFile));
  LabelledImages all;
  BENCH_RETURN_IF_ERROR(VisitLines(records, [&](const std::string& line) -> absl::Status {
    BENCH_ASSIGN_OR_RETURN(LabelledImage labelled, ReadRecord(line, folder, spec.colour));
    all.images.push_back(std::move(labelled));
    return absl::OkStatus();
  }));
  return all;
}

}  // namespace

absl::StatusOr<LabelledImages> ReadLabelledImages(const std::string& path, const ImagesSpec& spec) {
  std::error_code error;
  auto all = fs::is_directory(path, error) ? ReadFolder(path, spec) : ReadTable(path, spec);
  if (all.ok() && all->images.empty()) return DataError(absl::StrCat(path, ": has no images"));
  return all;
}

}  // namespace bench::harness::images

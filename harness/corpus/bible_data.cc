#include "harness/corpus/bible_data.h"

#include <archive.h>
#include <archive_entry.h>

#include <cstdint>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"

namespace bench::corpus {
namespace {

constexpr std::string_view kMagic = "EC02";
constexpr size_t kWindowBytesAt = 84;
constexpr size_t kNumWindowsAt = 88;
constexpr size_t kOffsetsAt = 92;
constexpr uint32_t kMaxWindowBytes = 1 << 24;
// compress(1): magic, codes of at most 16 bits, in blocks.
constexpr std::string_view kLzwHeader = "\x1f\x9d\x90";

uint32_t BigEndian(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

absl::StatusOr<std::string> Decompress(std::string_view codes, size_t max_bytes) {
  std::string stream(kLzwHeader);
  stream += codes;
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  archive_entry* entry = nullptr;
  if (archive_read_support_filter_compress(reader.get()) != ARCHIVE_OK ||
      archive_read_support_format_raw(reader.get()) != ARCHIVE_OK ||
      archive_read_open_memory(reader.get(), stream.data(), stream.size()) != ARCHIVE_OK ||
      archive_read_next_header(reader.get(), &entry) != ARCHIVE_OK) {
    return DataError("no LZW stream");
  }
  std::string text(max_bytes + 1, '\0');
  const la_ssize_t size = archive_read_data(reader.get(), text.data(), text.size());
  if (size < 0) return DataError("damaged LZW stream");
  if (static_cast<size_t>(size) > max_bytes) return DataError("more text than the file declares");
  text.resize(static_cast<size_t>(size));
  return text;
}

absl::StatusOr<std::string> WholeText(std::string_view bytes, int64_t max_bytes) {
  if (bytes.size() < kOffsetsAt || bytes.substr(0, kMagic.size()) != kMagic) {
    return DataError("does not begin as a text of bible(1)");
  }
  const uint32_t window_bytes = BigEndian(bytes, kWindowBytesAt);
  const uint64_t num_windows = BigEndian(bytes, kNumWindowsAt);
  if (window_bytes > kMaxWindowBytes || kOffsetsAt + 4 * (num_windows + 1) > bytes.size()) {
    return DataError("its table of windows does not fit");
  }
  std::string text;
  for (uint64_t i = 0; i < num_windows; ++i) {
    const uint32_t begin = BigEndian(bytes, kOffsetsAt + 4 * i);
    const uint32_t end = BigEndian(bytes, kOffsetsAt + 4 * (i + 1));
    if (begin > end || end > bytes.size()) {
      return DataError(absl::StrCat("window ", i, " is outside the file"));
    }
    const auto window = Decompress(bytes.substr(begin, end - begin), window_bytes);
    if (!window.ok()) return Annotate(window.status(), absl::StrCat("window ", i));
    text += *window;
    if (std::ssize(text) > max_bytes) return DataError(absl::StrCat("over ", max_bytes, " bytes"));
  }
  return text;
}

// "Ge1" of "Ge1:1 In the ..."; "" for a line that is no verse.
absl::string_view ChapterOf(absl::string_view line) {
  const size_t colon = line.substr(0, line.find(' ')).find(':');
  if (colon == absl::string_view::npos || colon == 0) return "";
  return absl::ascii_isdigit(static_cast<unsigned char>(line[colon - 1])) ? line.substr(0, colon)
                                                                          : "";
}

}  // namespace

absl::StatusOr<std::vector<std::string>> BibleChapters(std::string_view bytes, int64_t max_bytes) {
  BENCH_ASSIGN_OR_RETURN(const std::string text, WholeText(bytes, max_bytes));
  std::vector<std::string> chapters;
  absl::string_view last;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const absl::string_view chapter = ChapterOf(line);
    if (chapter.empty()) continue;
    if (chapter != last) chapters.emplace_back();
    last = chapter;
    absl::StrAppend(&chapters.back(), line.substr(line.find(' ') + 1), "\n");
  }
  return chapters;
}

}  // namespace bench::corpus

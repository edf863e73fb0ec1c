#include "harness/corpus/warc.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/corpus/charset.h"
#include "harness/corpus/header_lines.h"
#include "harness/corpus/html_text.h"
#include "harness/corpus/http_response.h"

namespace bench::corpus {
namespace {

constexpr size_t kMaxHeaderBytes = size_t{1} << 20;
constexpr size_t kPieceBytes = size_t{1} << 16;

using Text = absl::StatusOr<std::string>;

Text PageText(std::string_view bytes, std::string_view charset) {
  BENCH_ASSIGN_OR_RETURN(const std::string html, HtmlInUtf8(bytes, charset));
  return HtmlToText(html);
}

// What makes text of a media type.
struct MediaType {
  std::string_view name;
  Text (*text)(std::string_view bytes, std::string_view charset);
};
constexpr std::array<MediaType, 3> kMediaTypes = {
    {{"text/html", PageText}, {"application/xhtml+xml", PageText}, {"text/plain", TextInUtf8}}};

std::optional<Text> TextOfType(std::string_view bytes, const std::string& content_type) {
  const std::string name = absl::AsciiStrToLower(
      absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';'))));
  for (const MediaType& type : kMediaTypes) {
    if (type.name == name) return type.text(bytes, CharsetOf(content_type));
  }
  return std::nullopt;
}

absl::StatusOr<int64_t> LengthIn(const HeaderLines& headers) {
  const std::string value = ValueOf(headers, "content-length");
  int64_t length = -1;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (value.empty() || error != std::errc() || end != value.data() + value.size() || length < 0) {
    return DataError("no valid Content-Length");
  }
  return length;
}

}  // namespace

absl::Status WarcReader::Fill(size_t size) {
  while (!at_end_ && buffer_.size() - begin_ < size) {
    buffer_.erase(0, std::exchange(begin_, 0));
    const size_t before = buffer_.size();
    buffer_.resize(before + kPieceBytes);
    const auto count = source_->Read(buffer_.data() + before, kPieceBytes);
    buffer_.resize(before + (count.ok() ? *count : 0));
    BENCH_RETURN_IF_ERROR(count.status());
    at_end_ = *count == 0;
  }
  return absl::OkStatus();
}

// Without its end. Something is left to take.
absl::StatusOr<std::string> WarcReader::TakeLine() {
  size_t wanted = 1;
  for (;;) {
    BENCH_RETURN_IF_ERROR(Fill(wanted));
    const std::string_view rest = std::string_view(buffer_).substr(begin_);
    const size_t end = rest.find('\n');
    if (end != std::string_view::npos || at_end_) {
      std::string line(rest.substr(0, end));
      begin_ += std::min(end, rest.size() - 1) + 1;
      if (line.ends_with('\r')) line.pop_back();
      return line;
    }
    if (rest.size() > kMaxHeaderBytes) return DataError("a header line without an end");
    wanted = rest.size() + 1;
  }
}

absl::StatusOr<std::string> WarcReader::TakeHeaders() {
  // Two blank lines end the record before; be lenient about their number, as other readers are.
  std::string line;
  for (;;) {
    BENCH_RETURN_IF_ERROR(Fill(1));
    if (begin_ == buffer_.size()) return std::string();
    BENCH_ASSIGN_OR_RETURN(line, TakeLine());
    if (!line.empty()) break;
  }
  if (!line.starts_with("WARC/1.")) return DataError("no WARC record (\"WARC/1.0\" begins one)");
  std::string headers = line + "\n";
  for (;;) {
    BENCH_RETURN_IF_ERROR(Fill(1));
    if (begin_ == buffer_.size()) return DataError("cut short in its headers");
    BENCH_ASSIGN_OR_RETURN(line, TakeLine());
    if (line.empty()) return headers;
    absl::StrAppend(&headers, line, "\n");
    if (headers.size() > kMaxHeaderBytes) return DataError("headers over 1 MiB");
  }
}

absl::StatusOr<std::optional<std::string>> WarcReader::TakeBlock(int64_t size) {
  std::optional<std::string> block;
  if (size <= max_document_bytes_) block.emplace();
  for (int64_t left = size; left > 0;) {
    BENCH_RETURN_IF_ERROR(Fill(1));
    const auto here = static_cast<int64_t>(buffer_.size() - begin_);
    if (here == 0) return DataError(absl::StrCat("cut short: ", left, " bytes are missing"));
    const auto taken = static_cast<size_t>(std::min(left, here));
    if (block) block->append(buffer_, begin_, taken);
    begin_ += taken;
    left -= static_cast<int64_t>(taken);
  }
  return block;
}

absl::StatusOr<std::optional<WarcReader::Record>> WarcReader::TakeRecord() {
  BENCH_ASSIGN_OR_RETURN(const std::string text, TakeHeaders());
  if (text.empty()) return std::optional<Record>();
  const HeaderLines headers = ParseHeaderLines(std::string_view(text).substr(text.find('\n') + 1));
  BENCH_ASSIGN_OR_RETURN(const int64_t length, LengthIn(headers));
  Record record{
      absl::AsciiStrToLower(ValueOf(headers, "warc-type")), ValueOf(headers, "content-type"), {}};
  BENCH_ASSIGN_OR_RETURN(record.block, TakeBlock(length));
  return std::optional(std::move(record));
}

std::optional<absl::StatusOr<std::string>> WarcReader::TextOf(const Record& record) const {
  const bool is_response = record.type == "response";
  if (!is_response && record.type != "resource" && record.type != "conversion") return std::nullopt;
  if (!record.block) return DataError(absl::StrCat("over ", max_document_bytes_, " bytes"));
  if (!is_response) return TextOfType(*record.block, record.content_type);
  const std::string type = absl::AsciiStrToLower(record.content_type);
  if (type.find("application/http") == std::string::npos) return std::nullopt;  // of DNS
  const auto response = ParseHttpResponse(*record.block, max_document_bytes_);
  if (!response.ok()) return response.status();
  if (response->status != 200) return std::nullopt;
  return TextOfType(response->body, response->content_type);
}

absl::StatusOr<std::optional<WarcDocument>> WarcReader::Next() {
  for (;;) {
    ++record_;
    const auto record = TakeRecord();
    if (!record.ok()) return Annotate(record.status(), absl::StrCat("record ", record_));
    if (!record->has_value()) return std::optional<WarcDocument>();
    if (auto text = TextOf(**record)) {
      return std::optional(WarcDocument{record_, *std::move(text)});
    }
  }
}

}  // namespace bench::corpus

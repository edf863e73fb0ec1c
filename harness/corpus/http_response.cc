#include "harness/corpus/http_response.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/corpus/byte_source.h"
#include "harness/corpus/header_lines.h"

namespace bench::corpus {
namespace {

constexpr size_t kMaxHeaderBytes = size_t{1} << 20;

// Where the header lines end and the body begins; nullopt where they do not.
struct HeaderEnd {
  size_t header_bytes;
  size_t body_begin;
};
std::optional<HeaderEnd> EndOfHeaders(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, kMaxHeaderBytes);
  const size_t crlf = head.find("\r\n\r\n");
  const size_t lf = head.find("\n\n");
  if (crlf == std::string_view::npos && lf == std::string_view::npos) return std::nullopt;
  return crlf < lf ? HeaderEnd{crlf, crlf + 4} : HeaderEnd{lf, lf + 2};
}

absl::StatusOr<int> StatusOf(std::string_view line) {
  const size_t space = line.find(' ');
  int status = 0;
  if (line.starts_with("HTTP/") && space != std::string_view::npos) {
    std::from_chars(line.data() + space + 1, line.data() + line.size(), status);
  }
  if (status < 100 || status > 999) return DataError("no HTTP response");
  return status;
}

// nullopt where the body is not in chunks.
std::optional<std::string> WithoutChunks(std::string_view body) {
  std::string joined;
  for (;;) {
    const size_t line_end = body.find('\n');
    if (line_end == std::string_view::npos) return std::nullopt;
    size_t size = 0;
    const auto [end, error] = std::from_chars(body.data(), body.data() + line_end, size, 16);
    const char next = *end;
    const bool is_size = error == std::errc() && (next == '\r' || next == '\n' || next == ';');
    if (!is_size) return std::nullopt;
    body.remove_prefix(line_end + 1);
    if (size == 0) return joined;
    if (size > body.size()) return std::nullopt;
    joined.append(body.substr(0, size));
    body.remove_prefix(size);
    if (body.starts_with('\r')) body.remove_prefix(1);
    if (!body.starts_with('\n')) return std::nullopt;
    body.remove_prefix(1);
  }
}

struct EndInflate {
  void operator()(z_stream* stream) const {
    ::inflateEnd(stream);
    delete stream;
  }
};

// The window's size as zlib counts it: a negative one for a stream without header.
enum class Wrapper : int { kGzip = 15 + 16, kZlib = 15, kNone = -15 };

absl::StatusOr<std::string> Inflated(std::string_view body, Wrapper wrapper, int64_t max_bytes) {
  std::unique_ptr<z_stream, EndInflate> stream(new z_stream{});
  if (::inflateInit2(stream.get(), static_cast<int>(wrapper)) != Z_OK) {
    return EnvironmentError("zlib cannot start: out of memory");
  }
  stream->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream->avail_in = static_cast<uInt>(body.size());
  const int64_t most = std::min(max_bytes, ByteLimits{}.max_ratio * std::ssize(body) + (1 << 20));
  std::string text;
  std::array<char, 1 << 16> buffer;
  int result = Z_OK;
  while (result == Z_OK) {
    stream->next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream->avail_out = buffer.size();
    result = ::inflate(stream.get(), Z_NO_FLUSH);
    text.append(buffer.data(), buffer.size() - stream->avail_out);
    if (std::ssize(text) > most) return DataError("a compressed body that expands too much");
  }
  if (result != Z_STREAM_END) return DataError("a compressed body that is damaged or cut short");
  return text;
}

absl::StatusOr<std::string> WithoutCoding(std::string body, std::string_view coding,
                                          int64_t max_bytes) {
  const std::string name = absl::AsciiStrToLower(internal::View(coding));
  if (name.empty() || name == "identity" || body.empty()) return body;
  const bool is_gzip = body.starts_with("\x1F\x8B");
  if (name == "gzip" || name == "x-gzip") {
    // An archive that undid the coding may keep the header.
    return is_gzip ? Inflated(body, Wrapper::kGzip, max_bytes)
                   : absl::StatusOr<std::string>(std::move(body));
  }
  if (name == "deflate") {
    // What is called so is a zlib stream, or the bare one of servers that read the name literally.
    auto text = Inflated(body, Wrapper::kZlib, max_bytes);
    return text.ok() ? text : Inflated(body, Wrapper::kNone, max_bytes);
  }
  return DataError(
      absl::StrCat("a body coded as ", QuotedForMessage(name), "; only gzip and deflate are read"));
}

}  // namespace

absl::StatusOr<HttpResponse> ParseHttpResponse(std::string_view bytes, int64_t max_bytes) {
  HttpResponse response;
  const size_t line_end = std::min(bytes.find('\n'), bytes.size());
  BENCH_ASSIGN_OR_RETURN(response.status, StatusOf(bytes.substr(0, line_end)));
  const std::optional<HeaderEnd> end = EndOfHeaders(bytes);
  if (!end) return DataError("an HTTP response without a body");
  // Without header lines the status line's own end is the first half of theirs.
  const size_t headers_end = std::max(end->header_bytes, line_end);
  const HeaderLines headers = ParseHeaderLines(bytes.substr(line_end + 1, headers_end - line_end));
  response.content_type = ValueOf(headers, "content-type");
  std::string body(bytes.substr(end->body_begin));
  const std::string transfer = absl::AsciiStrToLower(ValueOf(headers, "transfer-encoding"));
  if (transfer.find("chunked") != std::string::npos) {
    if (auto joined = WithoutChunks(body)) body = *std::move(joined);
  }
  BENCH_ASSIGN_OR_RETURN(
      response.body,
      WithoutCoding(std::move(body), ValueOf(headers, "content-encoding"), max_bytes));
  return response;
}

}  // namespace bench::corpus

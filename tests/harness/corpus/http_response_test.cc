#include "harness/corpus/http_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace bench::corpus {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kMaxBytes = 1 << 20;

std::string BodyOf(std::string_view bytes) {
  const auto response = ParseHttpResponse(bytes, kMaxBytes);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->body : "";
}
std::string Refusal(std::string_view bytes) {
  const auto response = ParseHttpResponse(bytes, kMaxBytes);
  EXPECT_EQ(ExitCodeFor(response.status()), ExitCode::kBadData);
  return std::string(response.status().message());
}

TEST(ParseHttpResponse, ReadsStatusTypeAndBodyWhateverEndsItsLines) {
  const auto response = ParseHttpResponse(
      "HTTP/1.1 301 Moved\r\nX: a\r\n b\r\ncontent-TYPE:  text/html \r\n\r\nbody\r\n\r\n",
      kMaxBytes);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 301);
  EXPECT_EQ(response->content_type, "text/html");
  EXPECT_EQ(response->body, "body\r\n\r\n");
  EXPECT_EQ(BodyOf("HTTP/2 200\nA: b\n\nx"), "x");
  EXPECT_EQ(BodyOf("HTTP/1.0 200 OK\r\n\r\n"), "");
}

TEST(ParseHttpResponse, AnArchiveThatUndidACodingMayKeepItsHeader) {
  EXPECT_EQ(BodyOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nabc\r\n"), "abc\r\n");
  EXPECT_EQ(
      BodyOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n"),
      "abc");
  EXPECT_EQ(BodyOf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nplain"), "plain");
}

TEST(ParseHttpResponse, RefusesWhatIsNoResponseOrCannotBeDecoded) {
  EXPECT_EQ(Refusal(""), "no HTTP response");
  EXPECT_EQ(Refusal("GET / HTTP/1.1\r\n\r\n"), "no HTTP response");
  EXPECT_EQ(Refusal("HTTP/1.1 20\r\n\r\n"), "no HTTP response");
  EXPECT_EQ(Refusal("HTTP/1.1 200 OK\r\nA: b\r\n"), "an HTTP response without a body");
  EXPECT_EQ(Refusal("HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\nx"),
            "a body coded as \"zstd\"; only gzip and deflate are read");
  EXPECT_THAT(Refusal("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1F\x8B\x08xx"),
              HasSubstr("damaged or cut short"));
  EXPECT_THAT(Refusal("HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\nxyz"),
              HasSubstr("damaged or cut short"));
}

}  // namespace
}  // namespace bench::corpus

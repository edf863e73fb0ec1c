#include "harness/data/byte_stream.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

void Take(ByteStream& stream) {
  ASSERT_TRUE(stream.PeekAny().has_value());
  stream.Skip();
}

TEST(ByteStream, APairIsSeenWhereverTheBufferEnds) {
  TempFolder folder;
  const std::string path = folder / "bytes";
  // The buffer holds 65,536 bytes: "\r" is its last one, its first one, or within.
  for (const size_t before : {size_t{65535}, size_t{65536}, size_t{65534}, size_t{3}}) {
    ASSERT_TRUE(PublishFile(path, std::string(before, 'x') + "\r\nyz").ok());
    auto stream = ByteStream::Open(path, 1 << 20);
    ASSERT_TRUE(stream.ok());
    for (size_t i = 0; i < before; ++i) Take(*stream);
    EXPECT_EQ(stream->PeekAny(), '\r');
    EXPECT_EQ(stream->PeekSecond(), '\n');
    std::string rest;
    for (auto c = stream->PeekAny(); c; c = stream->PeekAny()) {
      rest.push_back(*c);
      Take(*stream);
    }
    EXPECT_EQ(rest, "\r\nyz");
    EXPECT_EQ(stream->PeekSecond(), std::nullopt);
  }
}

TEST(ByteStream, EndsForTheParserAtNulAndBeyondTheLimitOnly) {
  TempFolder folder;
  const std::string path = folder / "bytes";
  ASSERT_TRUE(PublishFile(path, std::string_view("ab\0cd", 5)).ok());
  auto stream = ByteStream::Open(path, 3);
  ASSERT_TRUE(stream.ok());
  Take(*stream);
  Take(*stream);
  EXPECT_FALSE(stream->at_nul());
  EXPECT_EQ(stream->Peek(), std::nullopt);
  EXPECT_TRUE(stream->at_nul());
  EXPECT_EQ(stream->PeekAny(), '\0');
  Take(*stream);
  EXPECT_FALSE(stream->over_limit());
  Take(*stream);
  EXPECT_TRUE(stream->over_limit());
  stream->BeginRecord();
  EXPECT_EQ(stream->Peek(), 'd');
}

TEST(ByteStream, OfNoFileIsAnErrorOfTheEnvironment) {
  const auto stream = ByteStream::Open("/nowhere/at all", 10);
  EXPECT_EQ(ExitCodeFor(stream.status()), ExitCode::kEnvironment);
}

}  // namespace
}  // namespace bench::harness

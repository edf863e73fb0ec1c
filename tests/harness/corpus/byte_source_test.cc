#include "harness/corpus/byte_source.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

std::string Text() {  // 300 KB: several buffers
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "line " + std::to_string(i * 7919) + "\n";
  return text;
}

// `text` compressed by the command line program, as an independent encoder.
void Compress(const std::string& program, const std::string& path, const std::string& text) {
  ASSERT_TRUE(PublishFile(path + ".plain", text).ok());
  const auto output = RunProgram({program, "-c", path + ".plain"});
  ASSERT_TRUE(output.ok() && output->exit_code == 0) << program;
  ASSERT_TRUE(PublishFile(path, output->out).ok());
}

TEST(ByteSource, ReadsPlainGzipAndZstandard) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "plain", Text()).ok());
  Compress("gzip", folder / "gz", Text());
  Compress("zstd", folder / "zst", Text());
  for (const std::string name : {"plain", "gz", "zst"}) {
    const auto bytes = ReadBytes(folder / name, 1 << 20);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    EXPECT_EQ(*bytes, Text()) << name;
  }
}

TEST(ByteSource, ReadsAllMembersAndFrames) {
  const TempFolder folder;
  for (const std::string program : {"gzip", "zstd"}) {
    Compress(program, folder / "a", "one ");
    Compress(program, folder / "b", "two");
    ASSERT_TRUE(PublishFile(folder / "ab", *ReadFile(folder / "a") + *ReadFile(folder / "b")).ok());
    EXPECT_EQ(*ReadBytes(folder / "ab", 100), "one two");
  }
}

TEST(ByteSource, EveryTruncationAndTrailingGarbageAreErrors) {
  const TempFolder folder;
  for (const std::string program : {"gzip", "zstd"}) {
    Compress(program, folder / "a", "some text to be compressed, some text");
    const std::string bytes = *ReadFile(folder / "a");
    for (size_t size = 4; size < bytes.size(); ++size) {
      ASSERT_TRUE(PublishFile(folder / "b", bytes.substr(0, size)).ok());
      EXPECT_EQ(ExitCodeFor(ReadBytes(folder / "b", 100).status()), ExitCode::kBadData) << size;
    }
    ASSERT_TRUE(PublishFile(folder / "b", bytes + "garbage").ok());
    EXPECT_EQ(ExitCodeFor(ReadBytes(folder / "b", 100).status()), ExitCode::kBadData);
  }
}

TEST(ByteSource, LimitsStopAnExpandingFile) {
  const TempFolder folder;
  const std::string zeros(8 << 20, '\0');
  Compress("zstd", folder / "zst", zeros);
  Compress("gzip", folder / "gz", zeros);
  for (const std::string name : {"zst", "gz"}) {
    EXPECT_EQ(ExitCodeFor(ReadBytes(folder / name, 1 << 20).status()), ExitCode::kBadData);
  }
  // 8 MiB in less than 1 KiB of Zstandard is over 1,100 times; gzip cannot reach that.
  EXPECT_EQ(ReadBytes(folder / "zst", 1 << 30).status().message(),
            (folder / "zst") + ": expands more than 1100 times");
  EXPECT_TRUE(ReadBytes(folder / "gz", 1 << 30).ok());
}

TEST(ByteSource, AbsentFileIsTheEnvironments) {
  EXPECT_EQ(ExitCodeFor(ByteSource::Open("/nonexistent/x").status()), ExitCode::kEnvironment);
}

std::vector<std::string> Lines(const std::string& path, size_t max_bytes) {
  LineReader reader(*ByteSource::Open(path));
  std::vector<std::string> lines;
  for (;;) {
    auto line = reader.Next(max_bytes);
    if (!line->has_value()) return lines;
    lines.push_back((*line)->text + ((*line)->over_limit ? "+" : ""));
  }
}

TEST(LineReader, LinesWithAndWithoutALastNewline) {
  const TempFolder folder;
  const auto of = [&](const std::string& text, size_t max_bytes) {
    EXPECT_TRUE(PublishFile(folder / "f", text).ok());
    return Lines(folder / "f", max_bytes);
  };
  EXPECT_EQ(of("a\n\nbc", 10), (std::vector<std::string>{"a", "", "bc"}));
  EXPECT_EQ(of("a\n\nbc\n", 10), (std::vector<std::string>{"a", "", "bc"}));
  EXPECT_EQ(of("", 10), std::vector<std::string>());
  EXPECT_EQ(of("abc\nabcd\ne", 3), (std::vector<std::string>{"abc", "abc+", "e"}));
  const std::string long_line(200'000, 'x');  // more than a buffer
  EXPECT_EQ(of(long_line + "\ny", 1 << 20), (std::vector<std::string>{long_line, "y"}));
}

}  // namespace
}  // namespace bench::corpus

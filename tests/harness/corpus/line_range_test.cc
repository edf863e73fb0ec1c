// Every line of a file is in exactly one of its parts, wherever the parts are cut.
#include "harness/corpus/line_range.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

std::string BytesOf(ByteSource& source, size_t buffer_bytes) {
  std::string bytes, buffer(buffer_bytes, '\0');
  for (;;) {
    const auto count = source.Read(buffer.data(), buffer.size());
    EXPECT_TRUE(count.ok()) << count.status();
    if (!count.ok() || *count == 0) return bytes;
    bytes.append(buffer, 0, *count);
  }
}

class LineRangeTest : public testing::Test {
 protected:
  void Write(const std::string& text) {
    ASSERT_TRUE(PublishFile(path_, text).ok());
    text_ = text;
  }
  std::string Lines(ByteRange range, size_t buffer_bytes = 3) {
    const auto source = OpenLineRange(path_, range);
    EXPECT_TRUE(source.ok()) << source.status();
    return BytesOf(**source, buffer_bytes);
  }
  // By the definition: the lines whose first byte is in the range.
  std::string Expected(ByteRange range) const {
    std::string lines;
    for (size_t begin = 0; begin < text_.size();) {
      const size_t end = std::min(text_.find('\n', begin), text_.size() - 1) + 1;
      const auto first = static_cast<int64_t>(begin);
      if (first >= range.begin && first < range.end) lines += text_.substr(begin, end - begin);
      begin = end;
    }
    return lines;
  }

  const TempFolder folder_;
  const std::string path_ = folder_ / "lines";
  std::string text_;
};

TEST_F(LineRangeTest, EveryCutGivesTheLinesThatBeginBetweenItsEnds) {
  for (const std::string text :
       {"a\nbb\nccc\n", "a\r\nbb\r\n\r\nccc", "\n\n\n", "no feed", "one line that is long\nx\ny\n",
        "x\none line that is long", "\nfirst is empty\n\nso is the third\n"}) {
    Write(text);
    const auto size = static_cast<int64_t>(text.size());
    for (int64_t begin = 0; begin <= size; ++begin) {
      for (int64_t end = begin; end <= size; ++end) {
        for (const size_t buffer_bytes : {1, 3, 100}) {
          EXPECT_EQ(Lines({begin, end}, buffer_bytes), Expected({begin, end}))
              << text << " " << begin << " " << end;
        }
      }
    }
  }
}

TEST_F(LineRangeTest, PartsOfAnySizeTogetherAreTheFile) {
  std::string text;
  for (int i = 0; i < 400; ++i)
    text += std::string(static_cast<size_t>(i * 37 % 101), 'x') + "\r\n";
  Write(text + "the last line has no feed");
  for (const int64_t part_bytes : {1, 2, 7, 64, 1000, 1 << 20}) {
    std::string all;
    int64_t num_lines = 0;
    for (const ByteRange& range : CutBytes(std::ssize(text_), part_bytes)) {
      all += Lines(range, 64);
      num_lines += *CountLines(**OpenLineRange(path_, range));
    }
    EXPECT_EQ(all, text_) << part_bytes;
    EXPECT_EQ(num_lines, 401) << part_bytes;
  }
}

TEST_F(LineRangeTest, ALineLongerThanABufferIsSkippedOrReadWhole) {
  const std::string longest(200'000, 'y');
  Write("a\n" + longest + "\nb\n");
  EXPECT_EQ(Lines({0, 3}, 1 << 16), "a\n" + longest + "\n");
  EXPECT_EQ(Lines({3, 150'000}, 1 << 16), "");
  EXPECT_EQ(Lines({150'000, 200'004}, 1 << 16), "b\n");
}

TEST_F(LineRangeTest, CompressedBytesAreBytesLikeOthers) {
  Write("\x1F\x8Bno gzip\n{}\n");
  EXPECT_EQ(Lines({0, 3}), "\x1F\x8Bno gzip\n");
}

TEST(CutBytes, CoversAllOnce) {
  EXPECT_TRUE(CutBytes(0, 5).empty());
  EXPECT_EQ(CutBytes(5, 5), (std::vector<ByteRange>{{0, 5}}));
  EXPECT_EQ(CutBytes(11, 5), (std::vector<ByteRange>{{0, 5}, {5, 10}, {10, 11}}));
}

TEST(OpenLineRange, SaysWhatIsNotThere) {
  EXPECT_EQ(ExitCodeFor(OpenLineRange("/no/such/file", {0, 1}).status()), ExitCode::kEnvironment);
}

}  // namespace
}  // namespace bench::corpus

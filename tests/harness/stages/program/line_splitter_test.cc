#include "harness/stages/program/line_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/status.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;

struct Lines {
  std::vector<std::string> texts;
  std::vector<int64_t> numbers;
  LineSplitter splitter{8, [this](const StreamLine& line) {
                          texts.push_back(std::string(line.text) + (line.cut ? "~" : ""));
                          numbers.push_back(line.number);
                          return absl::OkStatus();
                        }};
};

TEST(LineSplitter, GivesLinesHoweverTheBytesCome) {
  const std::string text = "one\r\ntwo\rthree\n\nfive";
  for (size_t block = 1; block <= text.size(); ++block) {
    Lines lines;
    for (size_t at = 0; at < text.size(); at += block) {
      ASSERT_TRUE(lines.splitter.Add(std::string_view(text).substr(at, block)).ok());
    }
    EXPECT_THAT(lines.texts, ElementsAre("one", "two", "three")) << block;
    ASSERT_TRUE(lines.splitter.End().ok());
    EXPECT_THAT(lines.texts, ElementsAre("one", "two", "three", "five"));
    EXPECT_THAT(lines.numbers, ElementsAre(1, 2, 3, 5));
  }
}

TEST(LineSplitter, CutsLongLinesAndGoesOn) {
  Lines lines;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(lines.splitter.Add("abc").ok());
  ASSERT_TRUE(lines.splitter.Add("\n12345678\n").ok());
  EXPECT_THAT(lines.texts, ElementsAre("abcabcab~", "12345678"));
}

TEST(LineSplitter, EndsWithTheFirstError) {
  int num_lines = 0;
  LineSplitter splitter(8, [&](const StreamLine&) {
    ++num_lines;
    return DataError("no");
  });
  EXPECT_EQ(splitter.Add("a\nb\n").message(), "no");
  EXPECT_EQ(num_lines, 1);
}

}  // namespace
}  // namespace bench::harness

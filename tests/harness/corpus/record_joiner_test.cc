#include "harness/corpus/record_joiner.h"

#include <gtest/gtest.h>

namespace bench::corpus {
namespace {

TEST(RecordJoiner, ADocumentEndsWithTheRecordThatReachesTheLength) {
  RecordJoiner joiner("\n", 5);
  EXPECT_EQ(joiner.Add("打开"), std::nullopt);  // characters, not bytes
  EXPECT_EQ(joiner.Add("文"), std::nullopt);
  EXPECT_EQ(joiner.Add("关闭"), "打开\n文\n关闭");  // separators do not count
  EXPECT_EQ(joiner.Add("12345"), "12345");
  EXPECT_EQ(joiner.TakeRest(), "");
  EXPECT_EQ(joiner.Add("ab"), std::nullopt);
  EXPECT_EQ(joiner.TakeRest(), "ab");
  EXPECT_EQ(joiner.TakeRest(), "");
}

}  // namespace
}  // namespace bench::corpus

#include "harness/evaluation/probes/answer_filters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bench::harness {
namespace {

using testing::HasSubstr;
using testing::Optional;

std::optional<std::string> Filtered(const std::vector<AnswerFilterSpec>& specs,
                                    const std::string& answer) {
  return AnswerFilters::Create(specs)->Apply(answer);
}

TEST(AnswerFilters, DoOneThingAfterTheOther) {
  EXPECT_THAT(Filtered({}, " As it is\n"), Optional(std::string(" As it is\n")));
  EXPECT_THAT(Filtered({{AnswerFilter::kFirstLine, ""}, {AnswerFilter::kStrip, ""}},
                       " \xc3\x84"
                       "B \nc"),
              Optional(std::string("\xc3\x84"
                                   "B")));
  EXPECT_THAT(Filtered({{AnswerFilter::kLowercase, ""}},
                       "\xc3\x84"
                       "B"),
              Optional(std::string("\xc3\xa4"
                                   "b")));
}

TEST(AnswerFilters, FindTheFirstOrTheLastMatch) {
  const std::string answer = "so 12 + 30 = 42.";
  EXPECT_THAT(Filtered({{AnswerFilter::kFirstMatch, "[0-9]+"}}, answer),
              Optional(std::string("12")));
  EXPECT_THAT(Filtered({{AnswerFilter::kLastMatch, "[0-9]+"}}, answer),
              Optional(std::string("42")));
  EXPECT_THAT(Filtered({{AnswerFilter::kFirstMatch, "= *([0-9]+)"}}, answer),
              Optional(std::string("42")));
  // The first group that has something, as the second alternative's.
  EXPECT_THAT(Filtered({{AnswerFilter::kFirstMatch, "x(.)|=( 4)"}}, answer),
              Optional(std::string("4")));
  EXPECT_EQ(Filtered({{AnswerFilter::kFirstMatch, "[a-z]{3}"}}, answer), std::nullopt);
}

TEST(AnswerFilters, PatternWithoutEndIsGivenUp) {
  EXPECT_EQ(Filtered({{AnswerFilter::kFirstMatch, "(a+)+b"}}, std::string(2000, 'a')),
            std::nullopt);
}

TEST(AnswerFilters, RefuseWhatIsNoPattern) {
  EXPECT_THAT(
      AnswerFilters::Create({{AnswerFilter::kFirstMatch, "(a"}}).status().message(),
      HasSubstr("filters.pattern = \"(a\" is no regular expression: U_REGEX_MISMATCHED_PAREN"));
}

}  // namespace
}  // namespace bench::harness

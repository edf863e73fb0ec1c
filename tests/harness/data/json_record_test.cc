#include "harness/data/json_record.h"

#include <gtest/gtest.h>

#include <array>

namespace bench::harness {
namespace {

constexpr std::array<FieldRule, 4> kFields = {{{"instruction", FieldPresence::kRequiredNotEmpty},
                                               {"input", FieldPresence::kOptional},
                                               {"output", FieldPresence::kRequired},
                                               {"task", FieldPresence::kOptional}}};
using Fields = std::vector<std::optional<std::string>>;

std::vector<RecordOutcome> Parse(JsonLayout layout, const std::string& text,
                                 std::optional<std::string>* failure = nullptr) {
  std::vector<RecordOutcome> outcomes;
  RecordEvents events({layout}, kFields, [&](RecordOutcome outcome) {
    outcomes.push_back(std::move(outcome));
    return true;
  });
  nlohmann::json::sax_parse(text, &events);
  if (failure != nullptr) {
    failure->reset();
    if (events.failure()) *failure = events.failure()->message;
  }
  return outcomes;
}

TEST(RecordEvents, OneRecordIsOneOutcome) {
  const auto outcomes =
      Parse(JsonLayout::kOneRecord, R"({"instruction":"a","input":"b","output":"c","task":"d"})");
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes[0].problem, std::nullopt);
  EXPECT_EQ(outcomes[0].fields, (Fields{"a", "b", "c", "d"}));
}

TEST(RecordEvents, NothingOfARecordLeaksIntoTheNext) {
  const auto outcomes = Parse(
      JsonLayout::kArray,
      R"([{"instruction":1,"input":"b","output":"c","task":"d"},{"instruction":"a","output":"c"}])");
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_NE(outcomes[0].problem, std::nullopt);
  EXPECT_EQ(outcomes[1].problem, std::nullopt);
  EXPECT_EQ(outcomes[1].fields, (Fields{"a", std::nullopt, "c", std::nullopt}));
}

TEST(RecordEvents, NestedKeysAreNotFields) {
  const auto outcomes =
      Parse(JsonLayout::kOneRecord, R"({"instruction":"a","x":{"output":"no"},"output":"c"})");
  EXPECT_EQ(outcomes.at(0).fields[2], "c");
}

TEST(RecordEvents, NestingOf64IsAcceptedAnd65IsNot) {
  const auto nested = [](size_t depth) {  // the record itself is one level
    return R"({"instruction":"a","output":"b","x":)" + std::string(depth - 1, '[') +
           std::string(depth - 1, ']') + "}";
  };
  std::optional<std::string> failure;
  EXPECT_EQ(Parse(JsonLayout::kOneRecord, nested(64), &failure).size(), 1u);
  EXPECT_EQ(failure, std::nullopt);
  EXPECT_EQ(Parse(JsonLayout::kOneRecord, nested(65), &failure).size(), 0u);
  EXPECT_EQ(failure, "nested deeper than 64");
}

TEST(RecordEvents, SyntaxErrorsNameTheColumnOnOnePrintableLine) {
  std::optional<std::string> failure;
  Parse(JsonLayout::kOneRecord, "{\"a\": \x1b[31m}", &failure);
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->find("no valid JSON at column 7: "), 0u) << *failure;
  EXPECT_EQ(failure->find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace bench::harness

#include "harness/data/field_rules.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

constexpr FieldRule kRules[] = {{"prompt", FieldPresence::kRequiredNotEmpty},
                                {"answer", FieldPresence::kRequired},
                                {"task", FieldPresence::kOptional}};

std::string Message(const std::optional<RecordProblem>& problem) {
  return problem ? problem->message : "";
}

TEST(BrokenRule, IsTheFirstWhoseFieldIsMissingOrEmpty) {
  EXPECT_EQ(Message(BrokenRule(kRules, {"a", "", std::nullopt}, {})), "");
  EXPECT_EQ(Message(BrokenRule(kRules, {"", "b", "c"}, {})), "field \"prompt\" is empty");
  EXPECT_EQ(Message(BrokenRule(kRules, {"a", std::nullopt, "c"}, {"prompt", "anwser"})),
            "no field \"answer\" (nearest key: \"anwser\")");
  EXPECT_EQ(BrokenRule(kRules, {"a", std::nullopt, ""}, {"x"})->reason, "no field \"answer\"");
}

TEST(KeysInstead, AreEightAtMost) {
  EXPECT_EQ(KeysInstead("prompt", {}), " (the record has no keys)");
  EXPECT_EQ(KeysInstead("prompt", {"u", "v"}), " (the record has \"u\", \"v\")");
  std::set<std::string> many;
  for (char c = 'A'; c < 'K'; ++c) many.insert(std::string(9, c));
  const std::string text = KeysInstead("prompt", many);
  EXPECT_TRUE(text.ends_with("\"HHHHHHHHH\", ...)")) << text;
}

TEST(BrokenText, IsNulOrWhatIsNoUtf8) {
  EXPECT_EQ(Message(BrokenText(kRules, {"a", "你", std::nullopt})), "");
  EXPECT_EQ(Message(BrokenText(kRules, {"a", std::string("b\0", 2), ""})),
            "field \"answer\" contains NUL");
  EXPECT_EQ(Message(BrokenText(kRules, {"a", "b", "xy\xC3"})),
            "field \"task\" is not valid UTF-8 at byte 2");
}

TEST(OutcomeOfCells, HasTheFirstProblemAndAllCells) {
  const RecordOutcome fine = OutcomeOfCells(kRules, {"a", "b", std::nullopt}, {});
  EXPECT_FALSE(fine.problem.has_value());
  EXPECT_EQ(fine.fields[1], "b");
  const RecordOutcome broken = OutcomeOfCells(kRules, {"", "b\xC3", std::nullopt}, {});
  EXPECT_EQ(Message(broken.problem), "field \"answer\" is not valid UTF-8 at byte 1");
  EXPECT_EQ(Message(OutcomeOfCells(kRules, {"a", std::nullopt, ""}, {"anwser"}).problem),
            "no field \"answer\" (nearest key: \"anwser\")");
}

}  // namespace
}  // namespace bench::harness

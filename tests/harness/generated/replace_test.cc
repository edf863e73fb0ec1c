#include "harness/generated/replace.h"

#include <gmock/gmock.h>

#include <regex>
#include <set>

#include "tests/harness/generated/drawn_rows.h"

namespace bench::harness::generated {
namespace {

struct Instruction {
  std::string rule, from, to, text, answer;
};
Instruction Read(const std::string& row) {
  const std::regex form("(([a-z]+)>([a-z]+))\\|([a-z]+)=([a-z]+)</s>");
  std::smatch match;
  EXPECT_TRUE(std::regex_match(row, match, form)) << row;
  return {match[1], match[2], match[3], match[4], match[5]};
}

GeneratedSpec Spec(int64_t rules) {
  GeneratedSpec spec;
  spec.grammar = Grammar::kReplace;
  spec.replace.rules = rules;
  return spec;
}

std::string Replaced(const Instruction& row) {
  std::string text;
  for (size_t i = 0; i < row.text.size();) {
    const bool here = row.text.compare(i, row.from.size(), row.from) == 0;
    text += here ? row.to : row.text.substr(i, 1);
    i += here ? row.from.size() : 1;
  }
  return text;
}

TEST(Replace, TrainsOnExactlySoManyRules) {
  const RowSource source = SourceOf(Spec(20));
  std::set<std::string> rules;
  for (const Row& row : RowsOf(source, Part::kTrain, 600)) {
    const Instruction read = Read(TextOf(source.grammar(), row));
    rules.insert(read.rule);
    EXPECT_NE(read.from, read.to);
    EXPECT_NE(read.text.find(read.from), std::string::npos);
    EXPECT_EQ(read.answer, Replaced(read));
    EXPECT_EQ(row.group, 0);
    EXPECT_EQ(Marks(row), std::string(15, '0') + std::string(9, '2'));
  }
  // Each has the probability 1 - (19/20)^600 of being among them.
  EXPECT_EQ(rules.size(), 20U);
}

TEST(Replace, EverySecondHeldOutRowHasARuleThatIsNeverTrainedOn) {
  const RowSource source = SourceOf(Spec(20));
  std::set<std::string> trained;
  for (const Row& row : RowsOf(source, Part::kTrain, 600)) {
    trained.insert(Read(TextOf(source.grammar(), row)).rule);
  }
  const std::vector<Row> rows = RowsOf(source, Part::kValidation, 100);
  for (size_t i = 0; i < rows.size(); ++i) {
    const Instruction read = Read(TextOf(source.grammar(), rows[i]));
    EXPECT_EQ(rows[i].group, static_cast<int64_t>(i % 2));
    EXPECT_EQ(trained.contains(read.rule), i % 2 == 0) << read.rule;
    EXPECT_EQ(read.answer, Replaced(read));
  }
}

TEST(Replace, OtherShowsARuleThatWasNotApplied) {
  GeneratedSpec spec = Spec(20);
  spec.replace.shown = RuleShown::kOther;
  const RowSource source = SourceOf(spec);
  for (const Row& row : RowsOf(source, Part::kTrain, 100)) {
    EXPECT_FALSE(row.key.starts_with(Read(TextOf(source.grammar(), row)).rule + "|"));
  }
  ExpectTheSameQuestions(source, SourceOf(Spec(20)));
}

// Of three letters, one a side, there are six rules, three of which may be asked for; of half of
// the keys held out one of them may be missing.
TEST(Replace, RefusesMoreRulesThanAreLeft) {
  const ReplaceSpec spec{.rules = 6, .letters = 3, .rule_length = 1, .text_length = 4};
  const auto grammar = ReplaceGrammar::Create(spec, KeySplit(1, 0.5));
  ASSERT_FALSE(grammar.ok());
  EXPECT_THAT(std::string(grammar.status().message()),
              testing::HasSubstr("generated.replace.rules: of 600 rules drawn only"));
}

}  // namespace
}  // namespace bench::harness::generated

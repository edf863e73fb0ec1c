#include "harness/generated/facts.h"

#include <map>
#include <set>

#include "tests/harness/generated/drawn_rows.h"

namespace bench::harness::generated {
namespace {

GeneratedSpec Spec() {
  GeneratedSpec spec;
  spec.grammar = Grammar::kFacts;
  spec.facts.first_names = 8;
  spec.facts.last_names = 8;
  spec.facts.values = 16;
  spec.facts.facts = 40;
  spec.train_rows = 200;
  spec.validation_rows = 40;
  return spec;
}

TEST(Facts, EveryNameHasOneValueInBothParts) {
  const RowSource source = SourceOf(Spec());
  std::map<std::pair<int64_t, int64_t>, int64_t> values;
  for (const auto& [part, count] : {std::pair{Part::kTrain, 200}, {Part::kValidation, 40}}) {
    for (const Row& row : RowsOf(source, part, count)) {
      ASSERT_EQ(row.tokens.size(), 5U);
      EXPECT_EQ(Marks(row), "00022");
      const auto [found, added] = values.try_emplace({row.tokens[1], row.tokens[2]}, row.tokens[3]);
      EXPECT_EQ(found->second, row.tokens[3]) << TextOf(source.grammar(), row);
    }
  }
  EXPECT_EQ(values.size(), 40U);  // the held-out rows ask each of them
}

TEST(Facts, GroupsAreThePowersOfTwoUpToTheExposures) {
  const RowSource source = SourceOf(Spec());
  std::map<std::vector<int64_t>, int64_t> seen;
  for (const Row& row : RowsOf(source, Part::kTrain, 200)) ++seen[row.tokens];
  for (const Row& row : RowsOf(source, Part::kValidation, 40)) {
    const auto found = seen.find(row.tokens);
    const int64_t exposures = found == seen.end() ? 0 : found->second;
    const std::string& name = source.grammar().groups()[static_cast<size_t>(row.group)];
    const int64_t least = std::stoll(name.substr(name.rfind('_') + 1));
    EXPECT_LE(least, exposures);
    EXPECT_TRUE(least == 0 ? exposures == 0 : exposures < 2 * least) << name << " " << exposures;
  }
}

TEST(Facts, MonofactsAreTheRowsWhoseFactNoOtherRowHas) {
  const RowSource source = SourceOf(Spec());
  std::map<std::vector<int64_t>, int64_t> seen;
  for (const Row& row : RowsOf(source, Part::kTrain, 200)) ++seen[row.tokens];
  int64_t num_single = 0;
  for (const auto& [fact, count] : seen) num_single += count == 1 ? 1 : 0;
  ASSERT_GT(num_single, 0);
  EXPECT_EQ(source.grammar().MonofactRate(), static_cast<double>(num_single) / 200);
  GeneratedSpec other;
  other.grammar = Grammar::kAddition;
  EXPECT_EQ(SourceOf(other).grammar().MonofactRate(), std::nullopt);
}

// 40 facts in the groups 0, 1, 2, 4 (10 each): 10 x 7 rows.
TEST(Facts, PowersExposeEqualNumbersOfFacts) {
  GeneratedSpec spec = Spec();
  spec.facts.exposures = FactExposures::kPowers;
  spec.facts.max_exposures = 4;
  spec.facts.targets = FactTargets::kAll;
  spec.train_rows = 70;
  const RowSource source = SourceOf(spec);
  std::map<std::vector<int64_t>, int64_t> seen;
  for (const Row& row : RowsOf(source, Part::kTrain, 70)) {
    ++seen[row.tokens];
    EXPECT_EQ(Marks(row), "01122");
  }
  // Held-out rows are asked for the value: the name is given.
  for (const Row& row : RowsOf(source, Part::kValidation, 40)) EXPECT_EQ(Marks(row), "00022");
  std::map<int64_t, int64_t> facts_of;
  for (const auto& [fact, count] : seen) ++facts_of[count];
  EXPECT_EQ(facts_of, (std::map<int64_t, int64_t>{{1, 10}, {2, 10}, {4, 10}}));
}

// Statement number (first x 8 + last) x 16 + value.
TEST(Facts, DrawnFactsAreStatementsOfWhichEachIsTrueOnce) {
  GeneratedSpec spec = Spec();
  EXPECT_EQ(SourceOf(spec).grammar().Statements(), std::nullopt);  // names are given
  spec.facts.targets = FactTargets::kAll;
  const RowSource source = SourceOf(spec);
  const auto space = source.grammar().Statements();
  ASSERT_TRUE(space.has_value());
  EXPECT_EQ(space->begin, std::vector<int64_t>{kBeginToken});
  EXPECT_EQ(space->places, (std::vector<TokenRange>{{4, 8}, {12, 8}, {20, 16}}));
  const auto number = [](const Row& row) {
    return ((row.tokens[1] - 4) * 8 + row.tokens[2] - 12) * 16 + row.tokens[3] - 20;
  };
  std::map<int64_t, int64_t> exposures;
  for (const Row& row : RowsOf(source, Part::kValidation, 40)) exposures[number(row)] = 0;
  for (const Row& row : RowsOf(source, Part::kTrain, 200)) ++exposures.at(number(row));
  ASSERT_EQ(space->true_statements.size(), 40U);
  for (size_t fact = 0; fact < 40; ++fact) {
    EXPECT_EQ(space->exposures[fact], exposures.at(space->true_statements[fact])) << fact;
  }
  spec.facts.first_names = 16384;
  EXPECT_EQ(SourceOf(spec).grammar().Statements(), std::nullopt);  // 2^21 of them
}

TEST(Facts, HeldOutRowsAskAndTrainingRowsDoEither) {
  GeneratedSpec spec = Spec();
  spec.facts.middle_names = 3;
  spec.facts.headers = true;
  const RowSource source = SourceOf(spec);
  const std::vector<std::string>& symbols = source.grammar().symbols();
  const int64_t ask = kFirstSymbol + std::ssize(symbols) - 2;
  EXPECT_EQ(symbols.back(), "unknown ");
  int64_t num_asked = 0;
  for (const Row& row : RowsOf(source, Part::kTrain, 200)) {
    ASSERT_EQ(row.tokens.size(), 7U);
    EXPECT_EQ(Marks(row), "0000022");
    EXPECT_TRUE(row.tokens[1] == ask || row.tokens[1] == ask - 1);
    num_asked += row.tokens[1] == ask ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(num_asked), 100, 40);  // more than five deviations of 200 coins
  for (const Row& row : RowsOf(source, Part::kValidation, 40)) {
    EXPECT_TRUE(TextOf(source.grammar(), row).starts_with("<s>ask f"));
    EXPECT_EQ(Marks(row), "0000022");
  }
  EXPECT_EQ(source.grammar().Statements(), std::nullopt);
}

}  // namespace
}  // namespace bench::harness::generated

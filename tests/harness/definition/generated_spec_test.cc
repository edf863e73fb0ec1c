#include "harness/definition/generated_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

// A definition of the grammar, with more lines of [generated] or tables below it.
std::string Generated(absl::string_view grammar, absl::string_view more = "",
                      absl::string_view rows = "train_rows = 1000\nvalidation_rows = 100\n") {
  return absl::StrCat("stage = \"generated\"\n[generated]\ngrammar = \"", grammar, "\"\n", rows,
                      more);
}

TEST(GeneratedSpec, HasDefaultsForEveryGrammar) {
  for (const std::string_view grammar : EnumNames(Grammar{})) {
    const auto definition = Decode(Generated({grammar.data(), grammar.size()}));
    ASSERT_TRUE(definition.ok()) << definition.status();
    const auto& spec = std::get<GeneratedSpec>(definition->stage);
    EXPECT_EQ(Name(spec.grammar), grammar);
    EXPECT_EQ(spec.train_rows, 1000);
  }
}

TEST(GeneratedSpec, NeedsAGrammarThatIsKnown) {
  EXPECT_THAT(Refusal("stage = \"generated\"\n[generated]\ntrain_rows = 1\nvalidation_rows = 1\n"),
              HasSubstr("grammar"));
  EXPECT_THAT(Refusal(Generated("markow")), HasSubstr("did you mean \"markov\"?"));
}

TEST(GeneratedSpec, RefusesTheTableOfAnotherGrammar) {
  EXPECT_THAT(Refusal(Generated("markov", "[generated.s5]\nmax_steps = 8\n")),
              HasSubstr("generated.s5: has no use with grammar = \"markov\""));
  EXPECT_EQ(Refusal(Generated("s5", "[generated.s5]\nmax_steps = 8\n")), "");
}

TEST(GeneratedSpec, RefusesAnEmptyRangeOfLengths) {
  EXPECT_THAT(Refusal(Generated("s5", "[generated.s5]\nmin_steps = 30\n")),
              HasSubstr("generated.s5.min_steps: 30 is more than max_steps 24"));
  EXPECT_THAT(Refusal(Generated("addition", "[generated.addition]\nmin_digits = 4\n")),
              HasSubstr("generated.addition.min_digits: 4 is more than max_digits 3"));
}

// Of a segment of 16 symbols the 17th token is the first one again, which is given, and the 18th
// the first target.
TEST(GeneratedSpec, LeavesATargetBehindTheLongestSegment) {
  EXPECT_THAT(Refusal(Generated("induction", "[generated.induction]\nlength = 17\n")),
              HasSubstr("generated.induction.length: 17 leaves no target behind a segment of 16"));
  EXPECT_EQ(Refusal(Generated("induction", "[generated.induction]\nlength = 18\n")), "");
}

// Of 20 characters 7 are words, so that the line has 8 places.
TEST(GeneratedSpec, HasAPlaceForTheKeyInEveryGroup) {
  EXPECT_EQ(Refusal(Generated("retrieval", "[generated.retrieval]\nlength = 20\n")), "");
  EXPECT_THAT(
      Refusal(Generated("retrieval", "[generated.retrieval]\nlength = 19\n")),
      HasSubstr("generated.retrieval.depths: 8 groups are more than the 7 places of a key"));
}

// Two letters, one a side: the rules are a>b and b>a.
TEST(GeneratedSpec, LeavesHalfOfTheRulesToBeHeldOut) {
  const absl::string_view table = "[generated.replace]\nletters = 2\nrule_length = 1\nrules = ";
  EXPECT_EQ(Refusal(Generated("replace", absl::StrCat(table, "1\n"))), "");
  EXPECT_THAT(Refusal(Generated("replace", absl::StrCat(table, "2\n"))),
              HasSubstr("generated.replace.rules: 2 are more than half"));
  EXPECT_THAT(Refusal(Generated("replace", "[generated.replace]\ntext_length = 1\n")),
              HasSubstr("generated.replace.text_length: 1 has no place"));
}

// Exposures 0, 1, 2 and 4 of three facts each: 3 x (1 + 2 + 4) = 21 rows.
TEST(GeneratedSpec, CountsTheRowsOfAllExposures) {
  const FactsSpec facts{.facts = 12, .exposures = FactExposures::kPowers, .max_exposures = 4};
  EXPECT_EQ(facts.num_groups(), 4);
  EXPECT_EQ(facts.exposed_rows(), 21);
  const absl::string_view table =
      "[generated.facts]\nfacts = 12\nexposures = \"powers\"\nmax_exposures = ";
  EXPECT_EQ(Refusal(Generated("facts", absl::StrCat(table, "4\n"),
                              "train_rows = 21\nvalidation_rows = 12\n")),
            "");
  EXPECT_THAT(Refusal(Generated("facts", absl::StrCat(table, "4\n"),
                                "train_rows = 20\nvalidation_rows = 12\n")),
              HasSubstr("generated.train_rows: must be 21"));
  EXPECT_THAT(Refusal(Generated("facts", absl::StrCat(table, "3\n"),
                                "train_rows = 21\nvalidation_rows = 12\n")),
              HasSubstr("generated.facts.max_exposures: 3 is no power of two"));
  EXPECT_THAT(Refusal(Generated("facts", absl::StrCat(table, "8\n"),
                                "train_rows = 21\nvalidation_rows = 12\n")),
              HasSubstr("generated.facts.facts: 12 do not divide into 5 groups"));
}

// Exposures 0, 1, 2 of four facts each of a block of 15, 4 of two of them, 8 of one: 4 x 3 + 2 x 4
// + 1 x 8 = 28 rows.
TEST(GeneratedSpec, TaperedGroupsHaveHalfAsManyFacts) {
  const FactsSpec facts{
      .facts = 30, .exposures = FactExposures::kPowers, .max_exposures = 8, .tapered_from = 2};
  EXPECT_EQ(facts.num_groups(), 5);
  EXPECT_EQ(facts.block_facts(), 15);
  EXPECT_EQ(facts.exposed_rows(), 56);
  const std::vector<int64_t> groups = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4};
  for (int64_t fact = 0; fact < 30; ++fact) {
    EXPECT_EQ(facts.group_of(fact), groups[static_cast<size_t>(fact % 15)]) << fact;
  }
  // Without them facts take turns.
  const FactsSpec plain{.facts = 8, .exposures = FactExposures::kPowers, .max_exposures = 4};
  for (int64_t fact = 0; fact < 8; ++fact) EXPECT_EQ(plain.group_of(fact), fact % 4);

  const auto refusal = [](absl::string_view facts_lines, absl::string_view rows) {
    return Refusal(Generated("facts",
                             absl::StrCat("[generated.facts]\nexposures = \"powers\"\n"
                                          "max_exposures = 8\n",
                                          facts_lines),
                             rows));
  };
  const absl::string_view rows = "train_rows = 56\nvalidation_rows = 30\n";
  EXPECT_EQ(refusal("facts = 30\ntapered_from = 2\n", rows), "");
  EXPECT_THAT(refusal("facts = 40\ntapered_from = 2\n", rows),
              HasSubstr("generated.facts.facts: 40 do not divide into 5 groups of exposures, which "
                        "take blocks of 15"));
  EXPECT_THAT(refusal("facts = 30\ntapered_from = 16\n", rows),
              HasSubstr("generated.facts.tapered_from: 16 is no power of two up to "
                        "max_exposures 8"));
  EXPECT_THAT(refusal("facts = 30\ntapered_from = 3\n", rows),
              HasSubstr("generated.facts.tapered_from: 3 is no power of two"));
  EXPECT_THAT(Refusal(Generated("facts", "[generated.facts]\ntapered_from = 2\n")),
              HasSubstr("generated.facts.tapered_from: has no use without exposures"));
}

TEST(GeneratedSpec, MiddleNamesMakeMoreNames) {
  const absl::string_view names =
      "[generated.facts]\nfirst_names = 16\nlast_names = 16\nmiddle_names = ";
  EXPECT_EQ(Refusal(Generated("facts", absl::StrCat(names, "12\n"))), "");
  EXPECT_THAT(Refusal(Generated("facts", absl::StrCat(names, "11\n"))),
              HasSubstr("generated.facts.facts: 3000 are more than there are names"));
  EXPECT_EQ(Refusal(Generated("facts", absl::StrCat(names, "16384\n"))), "");
  EXPECT_THAT(Refusal(Generated("facts",
                                "[generated.facts]\nfirst_names = 1024\nlast_names = "
                                "1024\nmiddle_names = 5\n")),
              HasSubstr("first_names: 1024 times middle_names 5 times last_names 1024"));
}

TEST(GeneratedSpec, FactsHaveNoKeysToHoldOut) {
  const absl::string_view rows = "train_rows = 10\nvalidation_rows = 10\nheld_out_fraction = ";
  EXPECT_THAT(Refusal(Generated("facts", "", absl::StrCat(rows, "0.2\n"))),
              HasSubstr("generated.held_out_fraction: has no use with grammar = \"facts\""));
  EXPECT_EQ(Refusal(Generated("facts", "", absl::StrCat(rows, "0.1\n"))), "");
  EXPECT_EQ(Refusal(Generated("s5", "", absl::StrCat(rows, "0.2\n"))), "");
}

// 2048 x 2048 = 2^22.
TEST(GeneratedSpec, BoundsTheNamesThatFactsAreDrawnFrom) {
  const absl::string_view names = "[generated.facts]\nfirst_names = 2048\nlast_names = ";
  EXPECT_EQ(Refusal(Generated("facts", absl::StrCat(names, "2048\n"))), "");
  EXPECT_THAT(Refusal(Generated("facts", absl::StrCat(names, "2049\n"))),
              HasSubstr("generated.facts.first_names: 2048 times last_names 2049 are more than "
                        "4194304 names"));
}

TEST(GeneratedSpec, AsksEveryFactOnceAtMost) {
  EXPECT_THAT(Refusal(Generated("facts", "[generated.facts]\nfacts = 50\n")),
              HasSubstr("generated.validation_rows: 100 is more than facts.facts 50"));
  EXPECT_THAT(Refusal(Generated("facts", "[generated.facts]\nfirst_names = 4\n")),
              HasSubstr("generated.facts.facts: 3000 are more than there are names"));
}

}  // namespace
}  // namespace bench::harness

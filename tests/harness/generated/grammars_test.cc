#include "harness/generated/grammars.h"

#include <gtest/gtest.h>

#include <set>

#include "harness/definition/enum_names.h"

namespace bench::harness::generated {
namespace {

TEST(Grammars, EveryGrammarHasAVersionAndDifferentSymbols) {
  const KeySplit split(1, 0.1);
  for (size_t i = 0; i < EnumNames(Grammar{}).size(); ++i) {
    GeneratedSpec spec;
    spec.grammar = static_cast<Grammar>(i);
    spec.train_rows = 10;
    EXPECT_GE(GrammarVersion(spec.grammar), 1);
    const auto grammar = MakeGrammar(spec, split);
    ASSERT_TRUE(grammar.ok()) << grammar.status();
    const std::vector<std::string>& symbols = (*grammar)->symbols();
    EXPECT_EQ(std::set<std::string>(symbols.begin(), symbols.end()).size(), symbols.size());
    EXPECT_FALSE((*grammar)->groups().empty());
  }
}

// The table is by the enumeration: the symbols say which grammar one is.
TEST(Grammars, AreThoseOfTheirNames) {
  const KeySplit split(1, 0.1);
  const std::pair<Grammar, std::string> last_symbols[] = {
      {Grammar::kMarkov, "7 "}, {Grammar::kInduction, "31 "}, {Grammar::kAddition, "9"},
      {Grammar::kS5, "p11 "},   {Grammar::kReplace, "="},     {Grammar::kFacts, "v63 "},
      {Grammar::kSums, "#"},    {Grammar::kRetrieval, "P"}};
  for (const auto& [kind, symbol] : last_symbols) {
    GeneratedSpec spec;
    spec.grammar = kind;
    spec.train_rows = 10;
    const auto grammar = MakeGrammar(spec, split);
    ASSERT_TRUE(grammar.ok()) << grammar.status();
    EXPECT_EQ((*grammar)->symbols().back(), symbol) << Name(kind);
  }
}

}  // namespace
}  // namespace bench::harness::generated

#include "harness/tokenizers/bpe_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "base/status.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Ids 0-255 are the bytes; `merges` add a token each.
BpeRules Rules(const std::vector<std::pair<std::string, std::string>>& merges) {
  BpeRules rules;
  for (int byte = 0; byte < 256; ++byte) {
    rules.tokens.emplace_back(std::string(1, static_cast<char>(byte)), byte);
  }
  for (const auto& [left, right] : merges) {
    bool known = false;
    for (const auto& [bytes, id] : rules.tokens) known = known || bytes == left + right;
    if (!known) rules.tokens.emplace_back(left + right, static_cast<int32_t>(rules.tokens.size()));
  }
  rules.merges = merges;
  return rules;
}

std::vector<std::string> Pieces(const BpeRules& rules, const std::string& word) {
  const auto model = BpeModel::Create(rules);
  EXPECT_TRUE(model.ok()) << model.status();
  std::vector<int64_t> tokens;
  model->Encode(word, tokens);
  std::vector<std::string> pieces;
  for (const int64_t token : tokens) {
    for (const auto& [bytes, id] : rules.tokens) {
      if (id == token) pieces.push_back(bytes);
    }
  }
  return pieces;
}

TEST(BpeModel, AppliesTheLowestRankFirstAndTheLeftmostOnTies) {
  const BpeRules rules = Rules({{"b", "c"}, {"a", "b"}, {"a", "a"}, {"bc", "d"}});
  EXPECT_THAT(Pieces(rules, "abcd"), ElementsAre("a", "bcd"));
  EXPECT_THAT(Pieces(rules, "abab"), ElementsAre("ab", "ab"));
  EXPECT_THAT(Pieces(rules, "aaaaa"), ElementsAre("aa", "aa", "a"));
  EXPECT_THAT(Pieces(rules, ""), ElementsAre());
}

// Independent of the queue: look for the best rule anew after every merge.
std::vector<std::string> NaiveMerge(const BpeRules& rules, const std::string& word) {
  std::vector<std::string> pieces;
  for (const char c : word) pieces.emplace_back(1, c);
  while (true) {
    size_t best_rank = rules.merges.size();
    size_t best_at = 0;
    for (size_t at = 0; at + 1 < pieces.size(); ++at) {
      for (size_t rank = 0; rank < best_rank; ++rank) {
        if (rules.merges[rank].first != pieces[at] || rules.merges[rank].second != pieces[at + 1]) {
          continue;
        }
        best_rank = rank;
        best_at = at;
      }
    }
    if (best_rank == rules.merges.size()) return pieces;
    pieces[best_at] += pieces[best_at + 1];
    pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(best_at) + 1);
  }
}

TEST(BpeModel, EqualsMergingStepByStepOnRandomRulesAndWords) {
  std::mt19937 draw(3);
  for (int trial = 0; trial < 40; ++trial) {
    // Every token has one rule, so that ranks say it all.
    std::vector<std::string> known = {"a", "b", "c"};
    std::vector<std::pair<std::string, std::string>> merges;
    while (known.size() < 15) {
      const std::string left = known[draw() % known.size()];
      const std::string right = known[draw() % known.size()];
      if (std::find(known.begin(), known.end(), left + right) != known.end()) continue;
      known.push_back(left + right);
      merges.emplace_back(left, right);
    }
    const BpeRules rules = Rules(merges);
    for (int i = 0; i < 25; ++i) {
      std::string word;
      for (size_t n = draw() % 30; n > 0; --n) word += "abc"[draw() % 3];
      EXPECT_EQ(Pieces(rules, word), NaiveMerge(rules, word)) << word;
    }
  }
}

// n merges of a doubling chain: at n^2 a megabyte would take hours.
TEST(BpeModel, MergesAMegabyteOfOneWord) {
  std::vector<std::pair<std::string, std::string>> merges;
  for (size_t length = 1; length < 1024; length *= 2) {
    merges.emplace_back(std::string(length, 'a'), std::string(length, 'a'));
  }
  const auto model = BpeModel::Create(Rules(merges));
  ASSERT_TRUE(model.ok()) << model.status();
  std::vector<int64_t> tokens;
  model->Encode(std::string(1 << 20, 'a'), tokens);
  EXPECT_EQ(tokens.size(), 1024u);
}

TEST(BpeModel, IgnoringMergesAWholeWordIsItsToken) {
  BpeRules rules = Rules({{"a", "b"}});
  rules.tokens.emplace_back("xyz", 300);
  EXPECT_THAT(Pieces(rules, "xyz"), ElementsAre("x", "y", "z"));
  rules.ignore_merges = true;
  EXPECT_THAT(Pieces(rules, "xyz"), ElementsAre("xyz"));
  EXPECT_THAT(Pieces(rules, "xyzx"), ElementsAre("x", "y", "z", "x"));
  rules.unreachable = {300};
  EXPECT_THAT(Pieces(rules, "xyz"), ElementsAre("x", "y", "z"));
}

// As tiktoken merges: looks for the lowest token that two neighbours make, the leftmost on ties.
std::vector<std::string> NaiveMergeById(const BpeRules& rules, const std::string& word) {
  std::vector<std::string> pieces;
  for (const char c : word) pieces.emplace_back(1, c);
  while (true) {
    int32_t best_id = std::numeric_limits<int32_t>::max();
    size_t best_at = 0;
    for (size_t at = 0; at + 1 < pieces.size(); ++at) {
      for (const auto& [bytes, id] : rules.tokens) {
        if (id >= best_id || bytes != pieces[at] + pieces[at + 1]) continue;
        best_id = id;
        best_at = at;
      }
    }
    if (best_id == std::numeric_limits<int32_t>::max()) return pieces;
    pieces[best_at] += pieces[best_at + 1];
    pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(best_at) + 1);
  }
}

// Of few letters, so that most tokens can be cut in several ways, which all have one rank.
TEST(BpeModel, MergingByIdTakesEveryPairThatMakesAToken) {
  std::mt19937 draw(7);
  for (int trial = 0; trial < 40; ++trial) {
    std::vector<std::string> known = {"a", "b"};
    BpeRules rules = Rules({});
    while (known.size() < 20) {
      const std::string token = known[draw() % known.size()] + known[draw() % known.size()];
      if (std::find(known.begin(), known.end(), token) != known.end()) continue;
      known.push_back(token);
      rules.tokens.emplace_back(token, static_cast<int32_t>(rules.tokens.size()));
    }
    rules.merges_by_id = true;
    for (int i = 0; i < 25; ++i) {
      std::string word;
      for (size_t n = draw() % 40; n > 0; --n) word += "ab"[draw() % 2];
      EXPECT_EQ(Pieces(rules, word), NaiveMergeById(rules, word)) << word;
    }
  }
}

// By hand: (aa, a) at the left and (a, aa) at the right make the same token.
TEST(BpeModel, MergingByIdTakesTheLeftmostOfTwoCutsOfOneToken) {
  BpeRules rules = Rules({});
  rules.tokens.emplace_back("aa", 256);
  rules.tokens.emplace_back("aaa", 257);
  rules.merges_by_id = true;
  EXPECT_THAT(Pieces(rules, "aaaaa"), ElementsAre("aa", "aaa"));
  EXPECT_THAT(Pieces(rules, "aaa"), ElementsAre("aaa"));
  rules.unreachable = {257};
  EXPECT_THAT(Pieces(rules, "aaa"), ElementsAre("aa", "a"));
}

TEST(BpeModel, RefusesRulesThatCannotBe) {
  const auto refusal = [](const BpeRules& rules) {
    const auto model = BpeModel::Create(rules);
    EXPECT_EQ(ExitCodeFor(model.status()), ExitCode::kBadData);
    return std::string(model.status().message());
  };
  BpeRules rules = Rules({});
  rules.merges = {{"a", "b"}};
  EXPECT_THAT(refusal(rules), HasSubstr("merge 0"));
  rules = Rules({{"a", "b"}});
  rules.unreachable = {256};
  EXPECT_THAT(refusal(rules), HasSubstr("makes the control token \"ab\""));
  rules = Rules({});
  rules.unreachable = {0xE6};
  EXPECT_THAT(refusal(rules), HasSubstr("no ordinary token for the byte 0xe6"));
  rules.unreachable = {0xC0};  // occurs in no valid UTF-8
  EXPECT_TRUE(BpeModel::Create(rules).ok());
}

// As PyPI tokenizers has it: the byte is gone before anything is merged.
TEST(BpeModel, LeavesOutAByteWithoutATokenSoThatItsNeighboursMerge) {
  BpeRules rules = Rules({{"a", "b"}, {"ab", "c"}});
  std::erase_if(rules.tokens, [](const auto& token) { return token.first == "x"; });
  EXPECT_THAT(Pieces(rules, "axb"), ElementsAre("ab"));
  EXPECT_THAT(Pieces(rules, "xaxxbcx"), ElementsAre("abc"));
  EXPECT_THAT(Pieces(rules, "xx"), ElementsAre());
  rules.fuse_unknown = true;  // of no effect without an unknown token
  EXPECT_THAT(Pieces(rules, "xaxxbcx"), ElementsAre("abc"));
}

TEST(BpeModel, AnUnknownTokenStandsForEachByteWithoutATokenOrForARunOfThem) {
  BpeRules rules = Rules({{"a", "b"}});
  std::erase_if(rules.tokens, [](const auto& token) { return token.first == "x"; });
  rules.tokens.emplace_back("<unk>", 999);
  rules.unknown = 999;
  EXPECT_THAT(Pieces(rules, "xxabxaxb"),
              ElementsAre("<unk>", "<unk>", "ab", "<unk>", "a", "<unk>", "b"));
  rules.fuse_unknown = true;
  EXPECT_THAT(Pieces(rules, "xxabxaxb"), ElementsAre("<unk>", "ab", "<unk>", "a", "<unk>", "b"));
}

TEST(BpeModel, AnUnknownTokenMergesLikeAnyOther) {
  BpeRules rules = Rules({{"a", "u"}});
  std::erase_if(rules.tokens, [](const auto& token) { return token.first == "x"; });
  rules.unknown = 'u';
  EXPECT_THAT(Pieces(rules, "axa"), ElementsAre("au", "a"));
}

}  // namespace
}  // namespace bench::harness

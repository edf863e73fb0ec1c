#include "harness/tokenizers/tiktoken_family.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace bench::harness {
namespace {

TEST(TiktokenFamily, IsFoundByTheClassThatItsConfigurationNames) {
  ASSERT_NE(FindTiktokenFamily("QWenTokenizer"), nullptr);
  EXPECT_EQ(FindTiktokenFamily("QWenTokenizer")->tokenizer_class, "QWenTokenizer");
  EXPECT_EQ(FindTiktokenFamily("Qwen2Tokenizer"), nullptr);
  EXPECT_EQ(FindTiktokenFamily(""), nullptr);
}

TEST(TiktokenFamily, NamesEveryControlTokenOnceAndEosAmongThem) {
  for (const TiktokenFamily& family : TiktokenFamilies()) {
    const std::set<std::string> names(family.control_tokens.begin(), family.control_tokens.end());
    EXPECT_EQ(names.size(), family.control_tokens.size());
    EXPECT_TRUE(names.contains(std::string(family.eos)));
    EXPECT_FALSE(names.contains(""));
    EXPECT_GT(family.num_ranks, 256);
  }
}

}  // namespace
}  // namespace bench::harness

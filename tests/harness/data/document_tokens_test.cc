#include "harness/data/document_tokens.h"

#include <gtest/gtest.h>

#include "tests/harness/stages/tiny_tokenizer.h"
#include "tests/harness/stop_request.h"

namespace bench::harness {
namespace {

TEST(FirstLine, HasItsLineFeed) {
  EXPECT_EQ(FirstLine("a\nb\n"), "a\n");
  EXPECT_EQ(FirstLine("\nb"), "\n");
  EXPECT_EQ(FirstLine("last"), "last");
  EXPECT_EQ(FirstLine(""), "");
}

TEST(DocumentTokens, AreTheLinesBetweenBosAndEos) {
  const Tokenizer tokenizer = TinyTokenizer();
  std::vector<int64_t> expected = {*tokenizer.bos_id()};
  for (const char* line : {"say it\n", "number 3"}) {
    for (const int64_t token : tokenizer.Encode(line)) expected.push_back(token);
  }
  expected.push_back(tokenizer.eos_id());
  EXPECT_EQ(*DocumentTokens(tokenizer, "say it\nnumber 3"), expected);
  EXPECT_EQ(*DocumentTokens(tokenizer, ""),
            (std::vector<int64_t>{*tokenizer.bos_id(), tokenizer.eos_id()}));
}

TEST(DocumentTokens, ObeyAStopSignal) {
  const Tokenizer tokenizer = TinyTokenizer();
  const StopRequest stop;
  EXPECT_TRUE(absl::IsCancelled(DocumentTokens(tokenizer, "say").status()));
}

}  // namespace
}  // namespace bench::harness

#include "harness/evaluation/generation.h"

#include <algorithm>

#include "base/status.h"
#include "tests/harness/stages/ppo/tiny_ppo.h"
#include "tests/harness/stop_request.h"

namespace bench::harness {
namespace {

// The decoder has 40 rows more than the tokenizer has ids, by far the most likely ones.
TEST(GenerateAnswers, GivesTheTokenizersIdsOnly) {
  const Tokenizer tokenizer = TinyTokenizer();
  const int64_t num_ids = tokenizer.vocab_size();
  const auto decoder = TinyPpoDecoder(num_ids + 40, 7);
  MakeRowsLikely(*decoder, num_ids);
  const std::vector<std::vector<int64_t>> prompts = {tokenizer.Encode("say it")};
  models::GenerationOptions options = AnswerOptions(tokenizer, tokenizer.eos_id());
  options.max_new_tokens = 20;
  models::GenerationOptions all_rows(num_ids + 40);
  all_rows.max_new_tokens = 20;
  const auto free = *GenerateAnswers(*decoder, prompts, all_rows, nullptr);
  EXPECT_GE(*std::max_element(free[0].tokens.begin(), free[0].tokens.end()), num_ids);
  const auto answers = *GenerateAnswers(*decoder, prompts, options, nullptr);
  ASSERT_FALSE(answers[0].tokens.empty());
  EXPECT_LT(*std::max_element(answers[0].tokens.begin(), answers[0].tokens.end()), num_ids);
}

TEST(GenerateAnswers, EndsWithTheEndToken) {
  const Tokenizer tokenizer = TinyTokenizer();
  const auto decoder = TinyPpoDecoder(tokenizer.vocab_size(), 7);
  const std::vector<std::vector<int64_t>> prompts = {tokenizer.Encode("say it")};
  const auto whole =
      *GenerateAnswers(*decoder, prompts, AnswerOptions(tokenizer, /*end_token=*/-1), nullptr);
  ASSERT_GT(whole[0].tokens.size(), 1U);
  const int64_t first = whole[0].tokens[0];
  const auto ended = *GenerateAnswers(*decoder, prompts, AnswerOptions(tokenizer, first), nullptr);
  EXPECT_EQ(ended[0].tokens, std::vector<int64_t>{first});
  EXPECT_TRUE(ended[0].stopped);
}

TEST(GenerateAnswers, ObeyAStopSignal) {
  const Tokenizer tokenizer = TinyTokenizer();
  const auto decoder = TinyPpoDecoder(tokenizer.vocab_size(), 7);
  const StopRequest stop;
  EXPECT_TRUE(IsStopped(GenerateAnswers(*decoder, {tokenizer.Encode("say it")},
                                        AnswerOptions(tokenizer, tokenizer.eos_id()), nullptr)
                            .status()));
}

}  // namespace
}  // namespace bench::harness

#include "harness/evaluation/generation.h"

#include <ATen/record_function.h>

#include <algorithm>
#include <memory>
#include <set>
#include <span>
#include <string_view>

#include "base/status.h"
#include "harness/determinism/random.h"
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
  const auto whole = *GenerateAnswers(*decoder, prompts, AnswerOptions(tokenizer, -1), nullptr);
  ASSERT_GT(whole[0].tokens.size(), 1U);
  const int64_t first = whole[0].tokens[0];
  const auto ended = *GenerateAnswers(*decoder, prompts, AnswerOptions(tokenizer, first), nullptr);
  EXPECT_EQ(ended[0].tokens, std::vector<int64_t>{first});
  EXPECT_TRUE(ended[0].stopped);
}

// Of formats that have no token for it: within the answer, not at its limit.
TEST(GenerateAnswers, EndsWhereAStopTextOrAFurtherTokenComes) {
  const Tokenizer tokenizer = TinyTokenizer();
  const auto decoder = TinyPpoDecoder(tokenizer.vocab_size(), 7);
  const TokenRows prompts = {tokenizer.Encode("say it")};
  const auto answer = [&](const AnswerForm& form) {
    Random random(3);
    models::GenerationOptions options = AnswerOptions(tokenizer, form);
    options.temperature = 1;
    return (
        *GenerateAnswers(*decoder, prompts, options, [&](int64_t) { return random.Uniform(); }))[0];
  };
  const models::Generation whole = answer({.end_token = -1});
  const std::string said = tokenizer.Decode(whole.tokens);
  ASSERT_GT(said.size(), 20U);
  const AnswerForm form = {.end_token = -1, .stop_texts = {said.substr(9, 5)}};
  const models::Generation ended = answer(form);
  EXPECT_TRUE(ended.stopped);
  ASSERT_LT(ended.tokens.size(), whole.tokens.size());
  EXPECT_TRUE(std::equal(ended.tokens.begin(), ended.tokens.end(), whole.tokens.begin()));
  EXPECT_EQ(form.Text(tokenizer, ended.tokens), said.substr(0, said.find(form.stop_texts[0])));
  const models::Generation first = answer({.end_token = -1, .stop_tokens = {whole.tokens[0]}});
  EXPECT_EQ(first.tokens, std::vector<int64_t>{whole.tokens[0]});
  EXPECT_TRUE(first.stopped);
}

// A token takes 2 x 3 layers x 2 heads x 64 x 4 bytes = 3 KiB, so 1 GiB holds 349,525 of them.
TEST(NumDecodedTogether, IsBoundedBySequencesAndByTheCache) {
  models::DecoderConfig config;
  config.num_layers = 3;
  config.num_kv_heads = 2;
  config.head_dim = 64;
  config.max_positions = 100'000;
  const TokenRows many(1000, std::vector<int64_t>{1, 2, 3});
  EXPECT_EQ(NumDecodedTogether(config, 4, many, 10), kMostSequencesTogether);
  EXPECT_EQ(NumDecodedTogether(config, 4, std::span(many).first(7), 10), 7U);
  EXPECT_EQ(NumDecodedTogether(config, 4, many, 69'902), 5U);  // 5 x 69,905 = 349,525
  EXPECT_EQ(NumDecodedTogether(config, 4, many, 69'903), 4U);  // 5 x 69,906 = 349,530
  EXPECT_EQ(NumDecodedTogether(config, 4, many, 999'999),
            3U);  // no sequence outgrows the positions
  EXPECT_EQ(NumDecodedTogether(config, 400, many, 999'999), 1U);
}

TEST(GenerateAnswers, AnswersMorePromptsThanAreDecodedTogetherInTheirOrder) {
  const Tokenizer tokenizer = TinyTokenizer();
  const auto decoder = TinyPpoDecoder(tokenizer.vocab_size(), 7);
  TokenRows prompts;
  for (size_t i = 0; i < kMostSequencesTogether + 3; ++i) {
    prompts.push_back({static_cast<int64_t>(i) % tokenizer.vocab_size(), 5});
  }
  models::GenerationOptions options = AnswerOptions(tokenizer, -1);
  options.max_new_tokens = 3;
  options.temperature = 1;
  std::vector<size_t> done;
  std::set<int64_t> asked;
  const auto uniform = [&](int64_t sequence) {
    asked.insert(sequence);
    return static_cast<double>(sequence % 7) / 7;
  };
  const auto answers = *GenerateAnswers(*decoder, prompts, options, uniform,
                                        [&](size_t count) { done.push_back(count); });
  ASSERT_EQ(answers.size(), prompts.size());
  EXPECT_EQ(done, (std::vector<size_t>{kMostSequencesTogether, prompts.size()}));
  EXPECT_EQ(asked.size(), prompts.size());
  for (size_t i = kMostSequencesTogether - 2; i < prompts.size(); ++i) {
    const auto alone = *GenerateAnswers(*decoder, {prompts[i]}, options,
                                        [&](int64_t) { return static_cast<double>(i % 7) / 7; });
    EXPECT_EQ(answers[i].tokens, alone[0].tokens) << i;
  }
}

// Copies in another type of an fp32 matrix that has the shape of the embedding.
constexpr int64_t kIds = 53;
int64_t& NumConverted() {
  static int64_t count = 0;
  return count;
}
std::unique_ptr<at::ObserverContext> CountConverted(const at::RecordFunction& function) {
  if (std::string_view(function.name()) != "aten::_to_copy") return nullptr;
  const at::Tensor& from = function.inputs()[0].toTensor();
  if (from.scalar_type() == at::kFloat && from.sizes() == at::IntArrayRef({kIds, 8})) {
    ++NumConverted();
  }
  return nullptr;
}

// As with autocast. Two batches.
TEST(GenerateAnswers, ConvertsTheParametersOnceForAllBatches) {
  const auto decoder = TinyPpoDecoder(kIds, 7);
  const auto narrow = decoder->CopyIn(at::kBFloat16);
  decoder->ComputeIn(at::kBFloat16);
  TokenRows prompts;
  for (size_t i = 0; i < kMostSequencesTogether + 3; ++i) {
    prompts.push_back({static_cast<int64_t>(i) % kIds, 5});
  }
  models::GenerationOptions options(kIds);
  options.max_new_tokens = 3;
  NumConverted() = 0;
  const at::CallbackHandle handle =
      at::addGlobalCallback(at::RecordFunctionCallback(&CountConverted)
                                .needsInputs(true)
                                .scopes({at::RecordScope::FUNCTION}));
  const auto answers = *GenerateAnswers(*decoder, prompts, options, nullptr);
  at::removeCallback(handle);
  EXPECT_EQ(NumConverted(), 1);
  const auto expected = *GenerateAnswers(*narrow, prompts, options, nullptr);
  ASSERT_EQ(answers.size(), expected.size());
  for (size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].tokens, expected[i].tokens) << i;
    EXPECT_EQ(answers[i].log_probs, expected[i].log_probs) << i;
  }
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

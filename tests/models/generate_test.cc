#include "models/generate.h"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "models/sampling.h"
#include "tests/models/testing.h"

namespace bench::models {
namespace {

using Rows = std::vector<std::vector<int64_t>>;

Rows Prompts() {
  return {RandomTokens(3, 53, 1), RandomTokens(11, 53, 2), RandomTokens(1, 53, 3),
          RandomTokens(7, 53, 4)};
}

// One engine a sequence, seeded by what the caller says it is.
UniformSource Uniforms(const std::vector<uint64_t>& seeds) {
  auto engines = std::make_shared<std::vector<std::mt19937_64>>();
  for (const uint64_t seed : seeds) engines->emplace_back(seed);
  return [engines](int64_t sequence) {
    std::uniform_real_distribution<double> uniform(0, 1);
    return uniform((*engines)[static_cast<size_t>(sequence)]);
  };
}

// log softmax(logits / temperature) over the ids below vocab_size after each token of `row`, by a
// full forward.
at::Tensor FullLogProbs(const Decoder& decoder, const std::vector<int64_t>& row, double temperature,
                        int64_t vocab_size) {
  const at::NoGradGuard no_grad;
  const at::Tensor hidden = decoder.Hidden(MakeRaggedBatch({row}, at::kCPU));
  return at::log_softmax(decoder.Logits(hidden).slice(1, 0, vocab_size) / temperature, -1);
}

void ExpectLogProbsOfFullForward(const Decoder& decoder, const std::vector<int64_t>& prompt,
                                 const Generation& generation, double temperature,
                                 int64_t vocab_size = 53) {
  std::vector<int64_t> row = prompt;
  row.insert(row.end(), generation.tokens.begin(), generation.tokens.end());
  const at::Tensor full = FullLogProbs(decoder, row, temperature, vocab_size);
  const at::Tensor logits = decoder.Logits(decoder.Hidden(MakeRaggedBatch({row}, at::kCPU)));
  // Errors of the logits, relative to their size, divided by the temperature.
  const double tolerance =
      2 * Tolerance(decoder.config(), 1) * logits.abs().max().item<double>() / temperature;
  for (size_t i = 0; i < generation.tokens.size(); ++i) {
    const auto position = static_cast<int64_t>(prompt.size() + i) - 1;
    const double expected = full[position][generation.tokens[i]].item<double>();
    EXPECT_NEAR(static_cast<double>(generation.log_probs[i]), expected, tolerance);
  }
}

TEST(Generate, GreedyEqualsANaiveArgMaxLoop) {
  const auto decoder = MakeDecoder(TinyConfig());
  GenerationOptions options(decoder->config().vocab_size);
  options.max_new_tokens = 12;
  const Rows prompts = Prompts();
  const std::vector<Generation> generations = Generate(*decoder, prompts, options, nullptr);
  for (size_t b = 0; b < prompts.size(); ++b) {
    std::vector<int64_t> row = prompts[b], expected;
    for (int i = 0; i < 12; ++i) {
      const at::Tensor log_probs = FullLogProbs(*decoder, row, 1, 53);
      row.push_back(log_probs[-1].argmax().item<int64_t>());
      expected.push_back(row.back());
    }
    EXPECT_EQ(generations[b].tokens, expected) << b;
    ExpectLogProbsOfFullForward(*decoder, prompts[b], generations[b], 1);
  }
}

TEST(Generate, SampledLogProbsEqualTheFullForwards) {
  DecoderConfig config = TinyConfig();
  config.num_layers = 3;
  config.head_dim = 10;  // q has 40 columns, the residual stream 24
  config.tie_embeddings = false;
  const auto decoder = MakeDecoder(config);
  GenerationOptions options(decoder->config().vocab_size);
  options.max_new_tokens = 20;
  options.temperature = 0.7;
  options.top_k = 20;
  options.top_p = 0.9;
  const Rows prompts = Prompts();
  const auto generations = Generate(*decoder, prompts, options, Uniforms({1, 2, 3, 4}));
  for (size_t b = 0; b < prompts.size(); ++b) {
    EXPECT_EQ(generations[b].tokens.size(), 20U);
    ExpectLogProbsOfFullForward(*decoder, prompts[b], generations[b], 0.7);
  }
}

TEST(Generate, BatchCompositionDoesNotChangeASequence) {
  const auto decoder = MakeDecoder(TinyConfig());
  GenerationOptions options(decoder->config().vocab_size);
  options.max_new_tokens = 16;
  options.temperature = 1;
  options.stop_token = 5;
  const Rows prompts = Prompts();
  const auto together = Generate(*decoder, prompts, options, Uniforms({1, 2, 3, 4}));
  for (size_t b = 0; b < prompts.size(); ++b) {
    const auto alone = Generate(*decoder, {prompts[b]}, options, Uniforms({b + 1}));
    EXPECT_EQ(alone[0].tokens, together[b].tokens) << b;
  }
}

TEST(Generate, DrawsOnceATokenFromTheSequencesOwnStream) {
  const auto decoder = MakeDecoder(TinyConfig());
  GenerationOptions options(decoder->config().vocab_size);
  options.max_new_tokens = 6;
  options.temperature = 1;
  options.stop_token = 5;
  std::vector<size_t> draws(4, 0);
  const UniformSource source = Uniforms({9, 8, 7, 6});
  const auto generations = Generate(*decoder, Prompts(), options, [&](int64_t sequence) {
    ++draws[static_cast<size_t>(sequence)];
    return source(sequence);
  });
  for (size_t b = 0; b < draws.size(); ++b) EXPECT_EQ(draws[b], generations[b].tokens.size());
}

// A vocabulary of which one row is worth a thread: four threads choose for a sequence each.
TEST(Generate, ThreadsDoNotChangeTheChosenTokens) {
  DecoderConfig config = TinyConfig();
  config.vocab_size = 20000;
  const auto decoder = MakeDecoder(config);
  GenerationOptions options(decoder->config().vocab_size);
  options.max_new_tokens = 8;
  options.temperature = 1;
  options.top_p = 0.9;
  const int num_threads = at::get_num_threads();
  const auto generate = [&](int threads) {
    at::set_num_threads(threads);
    auto generations = Generate(*decoder, Prompts(), options, Uniforms({1, 2, 3, 4}));
    at::set_num_threads(num_threads);
    return generations;
  };
  const auto expected = generate(1);
  const auto actual = generate(4);
  for (size_t b = 0; b < expected.size(); ++b) EXPECT_EQ(actual[b].tokens, expected[b].tokens) << b;
  EXPECT_NE(expected[0].tokens, expected[1].tokens);
}

TEST(Generate, StopsAfterTheStopTokenAndKeepsIt) {
  const auto decoder = MakeDecoder(TinyConfig());
  GenerationOptions options(decoder->config().vocab_size);
  options.max_new_tokens = 12;
  const Rows prompts = Prompts();
  const auto free = Generate(*decoder, prompts, options, nullptr);
  options.stop_token = free[1].tokens[4];
  const auto stopped = Generate(*decoder, prompts, options, nullptr);
  for (size_t b = 0; b < prompts.size(); ++b) {
    std::vector<int64_t> expected = free[b].tokens;
    const auto stop = std::find(expected.begin(), expected.end(), *options.stop_token);
    EXPECT_EQ(stopped[b].stopped, stop != expected.end());
    if (stop != expected.end()) expected.erase(stop + 1, expected.end());
    EXPECT_EQ(stopped[b].tokens, expected) << b;
  }
}

TEST(Generate, EndsWhereTheContextIsFull) {
  const auto decoder = MakeDecoder(TinyConfig());  // 48 positions
  GenerationOptions options(decoder->config().vocab_size);
  options.max_new_tokens = 10;
  const auto generations =
      Generate(*decoder, {RandomTokens(45, 53, 1), RandomTokens(48, 53, 2), {1}}, options, nullptr);
  EXPECT_EQ(generations[0].tokens.size(), 3U);
  EXPECT_TRUE(generations[1].tokens.empty());
  EXPECT_FALSE(generations[1].stopped);
  EXPECT_EQ(generations[2].tokens.size(), 10U);
}

// Rows beyond the tokenizer's vocabulary are untrained; here they are the most likely by far.
TEST(Generate, NeverGivesIdsFromTheVocabularySizeOn) {
  DecoderConfig config = TinyConfig();
  config.tie_embeddings = false;
  const auto decoder = MakeDecoder(config);
  constexpr int64_t kVocab = 40;
  {
    const at::NoGradGuard no_grad;
    decoder->parameters().back().tensor.slice(0, kVocab).mul_(30);
  }
  GenerationOptions options(decoder->config().vocab_size);
  options.max_new_tokens = 20;
  for (const double temperature : {0.0, 1.0}) {
    options.temperature = temperature;
    options.vocab_size = config.vocab_size;
    int64_t num_beyond = 0;
    for (const Generation& free : Generate(*decoder, Prompts(), options, Uniforms({1, 2, 3, 4}))) {
      num_beyond += std::count_if(free.tokens.begin(), free.tokens.end(),
                                  [](int64_t token) { return token >= kVocab; });
    }
    EXPECT_GT(num_beyond, 40);
    options.vocab_size = kVocab;
    const Rows prompts = Prompts();
    const auto masked = Generate(*decoder, prompts, options, Uniforms({1, 2, 3, 4}));
    for (size_t b = 0; b < prompts.size(); ++b) {
      EXPECT_EQ(masked[b].tokens.size(), 20U);
      for (const int64_t token : masked[b].tokens) EXPECT_LT(token, kVocab);
      ExpectLogProbsOfFullForward(*decoder, prompts[b], masked[b], 1, kVocab);
    }
  }
}

TEST(Generate, AVocabularyOfAllRowsChangesNothing) {
  const auto decoder = MakeDecoder(TinyConfig());  // 53 rows
  GenerationOptions options(decoder->config().vocab_size);
  options.temperature = 1;
  options.top_k = 20;
  const auto all = Generate(*decoder, Prompts(), options, Uniforms({1, 2, 3, 4}));
  for (const int64_t size : {53, 1000}) {
    options.vocab_size = size;
    const auto same = Generate(*decoder, Prompts(), options, Uniforms({1, 2, 3, 4}));
    for (size_t b = 0; b < all.size(); ++b) EXPECT_EQ(same[b].tokens, all[b].tokens);
  }
}

TEST(Generate, NoPromptsGiveNoGenerations) {
  const auto decoder = MakeDecoder(TinyConfig());
  EXPECT_TRUE(Generate(*decoder, {}, GenerationOptions(53), nullptr).empty());
}

TEST(Generate, RejectsEmptyOrTooLongPromptsAndBadOptions) {
  const auto decoder = MakeDecoder(TinyConfig());
  GenerationOptions options(53);
  EXPECT_THROW(Generate(*decoder, {{}}, options, nullptr), c10::Error);
  EXPECT_THROW(Generate(*decoder, {RandomTokens(49, 53, 1)}, options, nullptr), c10::Error);
  options.top_p = 0;
  EXPECT_THROW(Generate(*decoder, {{1}}, options, nullptr), c10::Error);
  options = GenerationOptions(53);
  options.vocab_size = 0;
  EXPECT_THROW(Generate(*decoder, {{1}}, options, nullptr), c10::Error);
  options = GenerationOptions(53);
  options.temperature = -1;
  EXPECT_THROW(Generate(*decoder, {{1}}, options, nullptr), c10::Error);
}

}  // namespace
}  // namespace bench::models

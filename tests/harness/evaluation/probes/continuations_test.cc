#include "harness/evaluation/probes/continuations.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/status.h"
#include "models/generate.h"
#include "tests/harness/stages/ppo/tiny_ppo.h"
#include "tests/harness/stop_request.h"
#include "tests/models/testing.h"

namespace bench::harness {
namespace {

std::vector<int64_t> Joined(const EncodedPair& pair) {
  std::vector<int64_t> tokens = pair.context;
  tokens.insert(tokens.end(), pair.continuation.begin(), pair.continuation.end());
  return tokens;
}

TEST(EncodePair, SpaceBetweenBelongsToTheContinuation) {
  const Tokenizer tokenizer = TinyTokenizer();
  for (const auto& [context, continuation] :
       std::vector<std::pair<std::string, std::string>>{{"say:", " it"}, {"say: ", "it"}}) {
    const EncodedPair pair = EncodePair(tokenizer, context, continuation);
    EXPECT_EQ(pair.context, tokenizer.Encode("say:"));
    EXPECT_EQ(tokenizer.Decode(pair.continuation), " it");
    EXPECT_EQ(Joined(pair), tokenizer.Encode("say: it"));
  }
}

TEST(EncodePair, NothingBeforeItIsOneToken) {
  const Tokenizer tokenizer = TinyTokenizer();
  EXPECT_EQ(PrefixToken(tokenizer), *tokenizer.bos_id());
  EXPECT_EQ(EncodePair(tokenizer, "", "it").context, std::vector<int64_t>{*tokenizer.bos_id()});
  EXPECT_EQ(EncodePair(tokenizer, "\n ", "it").context, std::vector<int64_t>{*tokenizer.bos_id()});
  const EncodedPair begun = EncodePair(tokenizer, "say", " it", ContextStart::kBos);
  EXPECT_EQ(begun.context.front(), *tokenizer.bos_id());
  EXPECT_EQ(begun.context.size(), tokenizer.Encode("say").size() + 1);
}

// As lm-evaluation-harness' get_rolling_token_windows and make_disjoint_window give them for ten
// tokens, 4 at a time, context_len 1: worked out by hand.
TEST(RollingWindows, PredictEveryTokenOnce) {
  const Tokenizer tokenizer = TinyTokenizer();
  const std::string text = "0123456789";
  const auto windows = RollingWindows(tokenizer, text, 4);
  const auto decoded = [&](const std::vector<int64_t>& tokens) { return tokenizer.Decode(tokens); };
  ASSERT_EQ(windows.size(), 3U);
  EXPECT_EQ(windows[0].context, std::vector<int64_t>{PrefixToken(tokenizer)});
  EXPECT_EQ(decoded(windows[0].continuation), "0123");
  EXPECT_EQ(decoded(windows[1].context), "3");
  EXPECT_EQ(decoded(windows[1].continuation), "4567");
  EXPECT_EQ(decoded(windows[2].context), "567");  // the last one is short: it reads four again
  EXPECT_EQ(decoded(windows[2].continuation), "89");
}

// From the logits of the whole row, in double precision.
void ExpectSumsOfLogProbabilities(const models::Decoder& decoder, const Tokenizer& tokenizer) {
  std::vector<EncodedPair> pairs;
  for (int i = 0; i < 70; ++i) {  // more than a batch
    pairs.push_back(EncodePair(tokenizer, "say " + std::to_string(i * 37), " it is"));
  }
  const auto scores = *ScoreContinuations(decoder, pairs);
  ASSERT_EQ(scores.size(), pairs.size());
  const at::NoGradGuard no_grad;
  for (size_t p = 0; p < pairs.size(); p += 23) {
    const std::vector<int64_t> tokens = Joined(pairs[p]);
    const models::RaggedBatch batch = models::MakeRaggedBatch({tokens}, at::kCPU);
    const at::Tensor log_probs =
        at::log_softmax(decoder.Logits(decoder.Hidden(batch)).to(at::kDouble), -1);
    double expected = 0;
    bool greedy = true;
    for (size_t i = pairs[p].context.size(); i < tokens.size(); ++i) {
      const at::Tensor row = log_probs[static_cast<int64_t>(i) - 1];
      expected += row[tokens[i]].item<double>();
      greedy &= row.argmax().item<int64_t>() == tokens[i];
    }
    // A sum of six terms of up to 6 nats, each within a few units of float32's last place.
    EXPECT_NEAR(scores[p].log_prob, expected, 6 * 6 * 8 * 0x1p-24) << p;
    EXPECT_EQ(scores[p].is_greedy, greedy) << p;
  }
}

TEST(ScoreContinuations, AreSumsOfLogProbabilities) {
  const Tokenizer tokenizer = TinyTokenizer();
  ExpectSumsOfLogProbabilities(*TinyPpoDecoder(tokenizer.vocab_size(), 7), tokenizer);
}

// MOSS's, which is no part of the hidden states.
TEST(ScoreContinuations, AreThoseOfAHeadWithABias) {
  const Tokenizer tokenizer = TinyTokenizer();
  models::DecoderConfig config = TinyPpoConfig(tokenizer.vocab_size());
  config.tie_embeddings = false;
  config.biases.head = true;
  const auto decoder = models::MakeDecoder(config, /*seed=*/7);
  const auto bias = std::find_if(
      decoder->parameters().begin(), decoder->parameters().end(),
      [](const models::NamedTensor& parameter) { return parameter.name == "lm_head.bias"; });
  ASSERT_NE(bias, decoder->parameters().end());
  {
    const at::NoGradGuard no_grad;
    bias->tensor.copy_(at::arange(config.vocab_size).remainder(7) / 7);
  }
  ExpectSumsOfLogProbabilities(*decoder, tokenizer);
}

TEST(ScoreContinuations, GreedyOnesAreKnown) {
  const Tokenizer tokenizer = TinyTokenizer();
  const auto decoder = TinyPpoDecoder(tokenizer.vocab_size(), 7);
  models::GenerationOptions options(tokenizer.vocab_size());
  options.max_new_tokens = 5;
  const std::vector<int64_t> context = tokenizer.Encode("say it");
  const auto generated = models::Generate(*decoder, {context}, options, nullptr);
  std::vector<int64_t> other = generated[0].tokens;
  other[3] = (other[3] + 1) % tokenizer.vocab_size();
  const auto scores =
      *ScoreContinuations(*decoder, {{context, generated[0].tokens}, {context, other}});
  EXPECT_TRUE(scores[0].is_greedy);
  EXPECT_FALSE(scores[1].is_greedy);
}

// The decoder has 64 positions.
TEST(ScoreContinuations, LeaveOutTheBeginningOfWhatIsTooLong) {
  const Tokenizer tokenizer = TinyTokenizer();
  const auto decoder = TinyPpoDecoder(tokenizer.vocab_size(), 7);
  const std::string tail(60, '7');
  const EncodedPair longer = EncodePair(tokenizer, std::string(50, '1') + tail, " it is");
  EncodedPair cut = longer;
  cut.context.erase(cut.context.begin(),
                    cut.context.end() - (65 - static_cast<int64_t>(cut.continuation.size())));
  const auto scores = *ScoreContinuations(*decoder, {longer});
  EXPECT_EQ(scores[0].log_prob, ScoreContinuations(*decoder, {cut})->at(0).log_prob);
}

TEST(ScoreContinuations, ObeyAStopSignal) {
  const Tokenizer tokenizer = TinyTokenizer();
  const auto decoder = TinyPpoDecoder(tokenizer.vocab_size(), 7);
  const StopRequest stop;
  EXPECT_TRUE(
      IsStopped(ScoreContinuations(*decoder, {EncodePair(tokenizer, "say", " it")}).status()));
}

}  // namespace
}  // namespace bench::harness

#include "harness/evaluation/decode_timing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/status.h"
#include "tests/harness/stages/ppo/tiny_ppo.h"
#include "tests/harness/stop_request.h"

namespace bench::harness {
namespace {

using testing::Each;
using testing::Gt;
using testing::HasSubstr;
using testing::SizeIs;

DecodeTimingSpec Spec() {
  DecodeTimingSpec spec;
  spec.num_prompts = 2;
  spec.new_tokens = 5;
  spec.repeats = 3;
  return spec;
}

// The end token's logit is by far the largest or the smallest, as the sign of its weights has it:
// in one of the two cases it is what is generated first, and may not shorten the work.
TEST(TimeDecoding, DoesTheWholeWorkInEveryRepeat) {
  const Tokenizer tokenizer = TinyTokenizer();
  const auto decoder = TinyPpoDecoder(tokenizer.vocab_size(), 7);
  const TokenRows prompts = {tokenizer.Encode("say it"), tokenizer.Encode("say")};
  {
    const at::NoGradGuard no_grad;
    decoder->head_weight_VD().mul_(1e-2);
    decoder->head_weight_VD()[tokenizer.eos_id()].mul_(1e4);
  }
  for (int i = 0; i < 2; ++i) {
    const auto times = TimeDecoding(*decoder, prompts, Spec(), tokenizer.vocab_size());
    ASSERT_TRUE(times.ok()) << times.status();
    EXPECT_EQ(times->num_tokens, 10);
    EXPECT_THAT(times->seconds, SizeIs(3));
    EXPECT_THAT(times->seconds, Each(Gt(0)));
    const at::NoGradGuard no_grad;
    decoder->head_weight_VD()[tokenizer.eos_id()].neg_();
  }
}

TEST(TimeDecoding, NeedsRoomForTheContinuation) {
  const Tokenizer tokenizer = TinyTokenizer();
  const auto decoder = TinyPpoDecoder(tokenizer.vocab_size(), 7);
  DecodeTimingSpec spec = Spec();
  spec.new_tokens = decoder->config().max_positions;
  const auto times =
      TimeDecoding(*decoder, {tokenizer.Encode("say")}, spec, tokenizer.vocab_size());
  EXPECT_EQ(ExitCodeFor(times.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(times.status().message()), HasSubstr("decode.new_tokens"));
}

TEST(TimeDecoding, ObeysAStopSignal) {
  const Tokenizer tokenizer = TinyTokenizer();
  const auto decoder = TinyPpoDecoder(tokenizer.vocab_size(), 7);
  const StopRequest stop;
  EXPECT_TRUE(IsStopped(
      TimeDecoding(*decoder, {tokenizer.Encode("say")}, Spec(), tokenizer.vocab_size()).status()));
}

TEST(ReadPrompts, TakesTheFirstOnesAsTheModelReadsThem) {
  Tokenizer tokenizer = TinyTokenizer();
  auto decoder = TinyPpoDecoder(tokenizer.vocab_size(), 7);
  const std::vector<int64_t> text = tokenizer.Encode("say it");
  const int64_t bos = tokenizer.bos_id().value();
  const DecoderArtifact model = {std::move(decoder), std::move(tokenizer), PromptTemplate::kPlain};
  const std::string path = (std::filesystem::path(testing::TempDir()) / "prompts.jsonl").string();
  ASSERT_TRUE(
      PublishFile(path,
                  AlpacaLines({{"say it", "", "x", ""}, {"say", "", "y", ""}, {"it", "", "z", ""}}))
          .ok());
  const auto prompts = ReadPrompts(path, Spec(), model);
  ASSERT_TRUE(prompts.ok()) << prompts.status();
  ASSERT_THAT(*prompts, SizeIs(2));
  std::vector<int64_t> expected = {bos};
  expected.insert(expected.end(), text.begin(), text.end());
  EXPECT_EQ(prompts->front(), expected);
  DecodeTimingSpec more = Spec();
  more.num_prompts = 4;
  EXPECT_EQ(ExitCodeFor(ReadPrompts(path, more, model).status()), ExitCode::kBadData);
}

}  // namespace
}  // namespace bench::harness

#include "harness/evaluation/model_answers.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>

#include "base/status.h"
#include "gtest/gtest.h"
#include "harness/data/disjoint_prompts.h"
#include "harness/data/prompt.h"
#include "harness/determinism/random.h"
#include "models/generate.h"
#include "tests/harness/model_io/tiny_tokenizer.h"
#include "tests/harness/stop_request.h"

namespace bench::harness {
namespace {

class AnswersTest : public ::testing::Test {
 protected:
  AnswersTest() : model_{MakeDecoder(), TinyTokenizer(), PromptTemplate::kPlain} {
    spec_.answers_per_prompt = 3;
    spec_.max_new_tokens = 5;
  }

  static std::unique_ptr<models::Decoder> MakeDecoder() {
    models::DecoderConfig config;
    config.vocab_size = TinyTokenizer().vocab_size();
    config.hidden_size = 8;
    config.num_layers = 1;
    config.num_heads = 1;
    config.num_kv_heads = 1;
    config.head_dim = 8;
    config.intermediate_size = 8;
    config.max_positions = 16;
    config.initializer_std = 0.5;
    return *models::Decoder::Create(config, at::detail::createCPUGenerator(1), at::kCPU,
                                    at::kFloat);
  }

  std::vector<std::vector<std::string>> Texts(const std::vector<SftExample>& examples) {
    const auto answers = AnswersOf(model_, examples, spec_, seeds_, progress_);
    EXPECT_TRUE(answers.ok()) << answers.status();
    std::vector<std::vector<std::string>> texts;
    for (const auto& of_example : *answers) {
      std::vector<std::string>& mine = texts.emplace_back();
      if (!of_example) continue;
      for (const ModelAnswer& answer : *of_example) mine.push_back(answer.text);
    }
    return texts;
  }

  const SftExample first_{"say 1", "", "", ""};
  const SftExample second_{"say", "22", "", ""};
  DecoderArtifact model_;
  NegativesSpec spec_;
  SeedSource seeds_{1, 0};
  Progress progress_;
};

TEST_F(AnswersTest, AreDrawnAtTheTemperatureFromAStreamOfTheirPromptAndNumber) {
  spec_.temperature = 1.5;
  spec_.top_k = 50;
  const auto texts = Texts({first_, second_});
  ASSERT_EQ(texts.size(), 2u);
  ASSERT_EQ(texts[1].size(), 3u);
  models::GenerationOptions options(model_.tokenizer.vocab_size());
  options.max_new_tokens = 5;
  options.temperature = 1.5;
  options.top_k = 50;
  options.stop_token = model_.tokenizer.eos_id();
  Random random(seeds_.For(SeedPurpose::kSampling, PromptSha256("say", "22") + "/2"));
  const auto generated = models::Generate(
      *model_.decoder,
      {PromptEncoder::Create(model_.tokenizer, PromptTemplate::kPlain)->Prompt(second_)}, options,
      [&random](int64_t) { return random.Uniform(); });
  EXPECT_EQ(texts[1][2], model_.tokenizer.Decode(generated[0].tokens));
}

TEST_F(AnswersTest, DependNeitherOnOrderNorOnCompanyAndDifferByNumber) {
  const auto both = Texts({first_, second_});
  const auto reversed = Texts({second_, first_});
  EXPECT_EQ(both[0], reversed[1]);
  EXPECT_EQ(both[1], reversed[0]);
  EXPECT_EQ(Texts({second_})[0], both[1]);
  EXPECT_NE(both[0][0], both[0][1]);
  seeds_.replicate = 1;
  EXPECT_NE(Texts({first_, second_}), both);
}

TEST_F(AnswersTest, SayHowTheyEnded) {
  spec_.answers_per_prompt = 400;
  spec_.temperature = 100;  // nearly uniform
  const auto answers = AnswersOf(model_, {first_}, spec_, seeds_, progress_);
  ASSERT_TRUE(answers.ok()) << answers.status();
  // Five times, one token of 300 ends an answer: Binomial(400, 0.017), 6.6 with deviation 2.6.
  const auto finished = std::count_if(answers->at(0)->begin(), answers->at(0)->end(),
                                      [](const auto& a) { return a.end == AnswerEnd::kFinished; });
  EXPECT_GT(finished, 0);
  EXPECT_LT(finished, 20);
}

TEST_F(AnswersTest, AreAbsentForAPromptThatFillsThePositionsOnly) {
  const std::vector<SftExample> examples = {{"say 1234567890", "123456", "", ""}, first_};
  const auto answers = AnswersOf(model_, examples, spec_, seeds_, progress_);
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_FALSE(answers->at(0).has_value());
  EXPECT_EQ(answers->at(1)->size(), 3u);
  spec_.answers_per_prompt = 0;
  EXPECT_TRUE(AnswersOf(model_, {first_}, spec_, seeds_, progress_)->at(0)->empty());
}

TEST_F(AnswersTest, StopSignalEndsThem) {
  const StopRequest stop;
  EXPECT_TRUE(IsStopped(AnswersOf(model_, {first_}, spec_, seeds_, progress_).status()));
}

}  // namespace
}  // namespace bench::harness

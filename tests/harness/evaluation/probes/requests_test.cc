#include "harness/evaluation/probes/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "harness/data/prompt.h"
#include "harness/evaluation/probes/continuations.h"
#include "models/generate.h"
#include "results/metrics.h"
#include "tests/harness/stages/ppo/tiny_ppo.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;

class Requests : public testing::Test {
 protected:
  // Of one probe named "p".
  ProbeFindings Ask(ProbeSpec spec, const std::vector<Json>& documents) {
    std::ofstream file(folder_ / "documents.jsonl");
    for (const Json& document : documents) file << document.dump() << "\n";
    file.close();
    spec.name = "p";
    spec.path = folder_ / "documents.jsonl";
    const auto probe = Probe::Load(spec, "", {});
    EXPECT_TRUE(probe.ok()) << probe.status();
    auto findings = AskProbe(*probe, model_);
    EXPECT_TRUE(findings.ok()) << findings.status();
    return *std::move(findings);
  }
  static std::map<std::string, double> Values(const ProbeFindings& findings) {
    std::map<std::string, double> values;
    for (const results::MetricValue& value : findings.values) {
      EXPECT_EQ(value.key.label, "p");
      values[std::string(value.key.descriptor->name)] = value.value;
    }
    return values;
  }
  double LogProb(const std::string& context, const std::string& continuation) {
    return ScoreContinuations(*decoder_, {EncodePair(tokenizer_, context, continuation)})
        ->at(0)
        .log_prob;
  }
  // From here on the model says characters of the tokenizer's texts only: with single bytes, which
  // come before them, text and tokens would not be the same.
  void SayCharactersOnly() { MakeRowsLikely(*decoder_, 4 + 256); }
  // What the model says behind the context, to the last token.
  std::string Said(const std::vector<int64_t>& prompt, int64_t count) {
    models::GenerationOptions options(tokenizer_.vocab_size());
    options.max_new_tokens = count;
    return tokenizer_.Decode(models::Generate(*decoder_, {prompt}, options, nullptr)[0].tokens);
  }

  TempFolder folder_;
  Tokenizer tokenizer_ = TinyTokenizer();
  std::unique_ptr<models::Decoder> decoder_ = TinyPpoDecoder(tokenizer_.vocab_size(), 7);
  ProbeModel model_ = {*decoder_, tokenizer_, PromptTemplate::kPlain};
};

size_t IndexOfLargest(const std::vector<double>& values) {
  return static_cast<size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

TEST_F(Requests, ChoiceIsTheMostProbableOneByEachNormalisation) {
  const std::vector<std::string> inputs = {"say", "it is 4", "number:", "0 1 2", "x.", "what"};
  const std::vector<std::string> choices = {"it", "seven times it is", "0", "a b c d"};
  std::vector<double> raw, per_character, unconditional;
  std::vector<Json> documents;
  for (size_t d = 0; d < inputs.size(); ++d) {
    std::vector<double> log_probs, normalised, relative;
    for (const std::string& choice : choices) {
      const double log_prob = LogProb(inputs[d], " " + choice);
      log_probs.push_back(log_prob);
      normalised.push_back(log_prob / static_cast<double>(choice.size()));
      relative.push_back(log_prob - LogProb("", " " + choice));
    }
    const size_t gold = d % choices.size();
    documents.push_back({{"input", inputs[d]}, {"choices", choices}, {"gold", gold}});
    raw.push_back(IndexOfLargest(log_probs) == gold);
    per_character.push_back(IndexOfLargest(normalised) == gold);
    unconditional.push_back(IndexOfLargest(relative) == gold);
  }
  ProbeSpec spec;
  spec.request = ProbeRequest::kChoice;
  const ProbeFindings findings = Ask(spec, documents);
  const auto mean = [](const std::vector<double>& v) {
    return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
  };
  const auto values = Values(findings);
  EXPECT_EQ(values.at("accuracy"), mean(raw));
  EXPECT_EQ(values.at("accuracy_per_character"), mean(per_character));
  EXPECT_EQ(values.at("accuracy_unconditional"), mean(unconditional));
  EXPECT_EQ(values.at("chance_accuracy"), 0.25);
  EXPECT_DOUBLE_EQ(values.at("accuracy_above_chance"), (mean(raw) - 0.25) / 0.75);
  // They differ here, so that none is mistaken for another.
  EXPECT_NE(mean(raw), mean(per_character));
  EXPECT_NE(mean(per_character), mean(unconditional));
  ASSERT_EQ(findings.proportions.size(), 3U);
  EXPECT_EQ(findings.proportions[0].items, std::vector<bool>(raw.begin(), raw.end()));
  EXPECT_EQ(findings.answers[1].target, choices[1]);
  EXPECT_NEAR(findings.answers[1].log_prob / LogProb("it is 4", " " + choices[1]), 1, 1e-5);
}

TEST_F(Requests, AnyOfSeveralRightChoicesIsRight) {
  ProbeSpec spec;
  spec.request = ProbeRequest::kChoice;
  const std::vector<std::string> choices = {"a", "b", "c", "d"};
  std::vector<double> log_probs;
  for (const std::string& choice : choices) log_probs.push_back(LogProb("say", " " + choice));
  const size_t best = IndexOfLargest(log_probs);
  const auto values =
      Values(Ask(spec, {{{"input", "say"}, {"choices", choices}, {"gold", {best, (best + 1) % 4}}},
                        {{"input", "say"}, {"choices", choices}, {"gold", {(best + 1) % 4}}}}));
  EXPECT_EQ(values.at("accuracy"), 0.5);
  EXPECT_EQ(values.at("chance_accuracy"), (0.5 + 0.25) / 2);
}

TEST_F(Requests, LogLikelihoodOfTheBestTarget) {
  ProbeSpec spec;
  spec.request = ProbeRequest::kLogLikelihood;
  spec.delimiter = "";
  SayCharactersOnly();
  const std::string said = Said(tokenizer_.Encode("say"), 4);
  const ProbeFindings findings =
      Ask(spec, {{{"input", "say"}, {"target", said}},
                 {{"input", "say"}, {"target", {"q", "zzzzzzzz", "it"}}}});
  const double best = std::max(LogProb("say", "q"), LogProb("say", "it"));
  // The sums of a product depend on how many rows it has.
  EXPECT_NEAR(findings.answers[1].log_prob / best, 1, 1e-5);
  const auto values = Values(findings);
  EXPECT_NEAR(values.at("target_log_prob"), (LogProb("say", said) + best) / 2, 1e-5 * -best);
  EXPECT_TRUE(findings.answers[0].right);
  EXPECT_THAT(findings.proportions[0].items, ElementsAre(true, findings.answers[1].right));
}

TEST_F(Requests, GenerateEndsAtTheFirstOfItsStops) {
  SayCharactersOnly();
  ProbeSpec spec;
  spec.request = ProbeRequest::kGenerate;
  spec.max_new_tokens = 8;
  // A prompt whose answer does not begin with what it goes on with.
  std::string prompt, said;
  size_t end = 0;
  for (int i = 0; i < 100 && end == 0; ++i) {
    prompt = absl::StrCat("number ", i);
    said = Said(tokenizer_.Encode(prompt), 8);
    spec.until = {"not in it", said.substr(5, 1), said.substr(3, 2)};
    end = std::min(said.find(spec.until[1]), said.find(spec.until[2]));
  }
  ASSERT_GT(end, 0U);
  const ProbeFindings findings =
      Ask(spec, {{{"input", prompt}, {"target", {"else", said.substr(0, end)}}},
                 {{"input", prompt}, {"target", said}}});
  EXPECT_EQ(findings.answers[0].answer, said.substr(0, end));
  EXPECT_THAT(findings.proportions[0].items, ElementsAre(true, false));
  EXPECT_EQ(Values(findings).at("exact_match"), 0.5);
  EXPECT_EQ(Values(findings).at("unmatched_answers"), 0);
}

TEST_F(Requests, AnswerInWhichAFilterFindsNothingIsWrong) {
  ProbeSpec spec;
  spec.request = ProbeRequest::kGenerate;
  spec.max_new_tokens = 4;
  spec.until = {"\x01"};
  spec.filters = {{AnswerFilter::kFirstMatch, "NOT THERE"}};
  const auto values = Values(Ask(spec, {{{"input", "say"}, {"target", ""}}}));
  EXPECT_EQ(values.at("exact_match"), 0);
  EXPECT_EQ(values.at("unmatched_answers"), 1);
}

TEST_F(Requests, AskInThePromptTemplateOfTheModel) {
  model_.prompt_template = PromptTemplate::kAlpaca;
  ProbeSpec spec;
  spec.request = ProbeRequest::kLogLikelihood;
  spec.apply_template = true;
  const auto encoder = PromptEncoder::Create(tokenizer_, PromptTemplate::kPlain);
  model_.prompt_template = PromptTemplate::kPlain;
  const ProbeFindings findings = Ask(spec, {{{"input", "say"}, {"target", "it"}}});
  const EncodedPair pair = {encoder->Prompt({"say", "", "", ""}), tokenizer_.Encode("it")};
  EXPECT_EQ(findings.answers[0].log_prob, ScoreContinuations(*decoder_, {pair})->at(0).log_prob);
}

TEST_F(Requests, AnAnswerBeginsWithWhatItsTemplatePutsBeforeIt) {
  model_.prompt_template = PromptTemplate::kFalcon;
  ProbeSpec spec;
  spec.request = ProbeRequest::kLogLikelihood;
  spec.apply_template = true;
  const ProbeFindings findings = Ask(spec, {{{"input", "say"}, {"target", "it"}}});
  const EncodedPair pair = {tokenizer_.Encode("User: say\n\nAssistant:"), tokenizer_.Encode(" it")};
  EXPECT_EQ(findings.answers[0].log_prob, ScoreContinuations(*decoder_, {pair})->at(0).log_prob);
}

// 100 characters are more than the decoder's 64 positions.
TEST_F(Requests, RollingIsOverAllTokensBytesAndWords) {
  const std::string first = "say it is\n\n it", second(100, '7');
  ProbeSpec spec;
  spec.request = ProbeRequest::kRolling;
  const ProbeFindings findings = Ask(spec, {{{"text", first}}, {{"text", second}}});
  double nll = 0;
  for (const std::string& text : {first, second}) {
    for (const EncodedPair& window : RollingWindows(tokenizer_, text, 64)) {
      nll -= ScoreContinuations(*decoder_, {window})->at(0).log_prob;
    }
  }
  const auto num_tokens =
      static_cast<double>(tokenizer_.Encode(first).size() + tokenizer_.Encode(second).size());
  const auto values = Values(findings);
  EXPECT_NEAR(values.at("loss"), nll / num_tokens, 1e-6);
  EXPECT_NEAR(values.at("bits_per_byte"), nll / (std::numbers::ln2 * (14 + 100)), 1e-6);
  EXPECT_NEAR(values.at("word_perplexity") / std::exp(nll / (4 + 1)), 1, 1e-4);
}

}  // namespace
}  // namespace bench::harness

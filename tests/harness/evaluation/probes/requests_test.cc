#include "harness/evaluation/probes/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <numbers>
#include <numeric>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/data/prompt.h"
#include "harness/evaluation/probes/continuations.h"
#include "harness/model_io/decoder_artifact.h"
#include "models/families/family.h"
#include "models/generate.h"
#include "results/metrics.h"
#include "tests/harness/stages/ppo/tiny_ppo.h"
#include "tests/harness/tokenizers/test_tokenizer.h"
#include "tests/models/testing.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// One named "p", with the specification that it refers to.
class ProbeOfDocuments {
 public:
  ProbeOfDocuments(const ProbeSpec& spec, const std::vector<Json>& documents)
      : spec_(std::make_unique<ProbeSpec>(spec)) {
    const TempFolder folder;
    std::ofstream file(folder / "documents.jsonl");
    for (const Json& document : documents) file << document.dump() << "\n";
    file.close();
    spec_->name = "p";
    spec_->path = folder / "documents.jsonl";
    auto probe = Probe::Load(*spec_, "", {});
    EXPECT_TRUE(probe.ok()) << probe.status();
    probe_.emplace(*std::move(probe));
  }
  const Probe& operator*() const { return *probe_; }

 private:
  std::unique_ptr<ProbeSpec> spec_;
  std::optional<Probe> probe_;
};

class Requests : public testing::Test {
 protected:
  ProbeFindings Ask(const ProbeSpec& spec, const std::vector<Json>& documents) {
    const ProbeOfDocuments probe(spec, documents);
    EXPECT_TRUE(CheckRequest(*probe, model_).ok());
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

TEST_F(Requests, GenerateInATemplateCutsTheAnswersOwnText) {
  SayCharactersOnly();
  model_.prompt_template = PromptTemplate::kFalcon;
  const auto encoder = PromptEncoder::Create(tokenizer_, PromptTemplate::kFalcon);
  ProbeSpec spec;
  spec.request = ProbeRequest::kGenerate;
  spec.apply_template = true;
  spec.max_new_tokens = 8;
  const std::string prompt = "number 4";
  std::string said = Said(encoder->Prompt({prompt, "", "", ""}), 8);
  if (said.starts_with(' ')) said.erase(0, 1);
  ASSERT_EQ(said.find("\nUser"), std::string::npos);
  for (size_t begin = 0; begin + 2 <= said.size(); ++begin) {
    spec.until = {"not in it", said.substr(begin, 2)};
    const ProbeFindings findings = Ask(spec, {{{"input", prompt}, {"target", ""}}});
    EXPECT_EQ(findings.answers[0].answer, said.substr(0, said.find(spec.until[1])));
  }
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

// A small ChatGLM-6B, whose positions follow the marks that the template "chatglm" writes.
class MarkedRequests : public testing::Test {
 protected:
  static Tokenizer MakeTokenizer() {
    return *Tokenizer::FromModelBytes(
        *TrainTokenizer(TextsOf(TestTexts()), TestSpec(), {"[gMASK]", "<sop>", "<eop>"}), "marked");
  }
  std::unique_ptr<models::Decoder> MakeDecoder() const {
    ModelSpec spec;
    spec.family = ModelSpecOf(models::FindPublishedModel("chatglm-6b")->config).family;
    spec.hidden_size = 8;
    spec.num_layers = 1;
    spec.num_heads = 2;
    spec.intermediate_size = 32;
    spec.max_positions = 64;
    models::DecoderConfig config = DecoderConfigOf(spec, tokenizer_.vocab_size());
    config.position = models::BlockRope{.gmask_id = encoder_.named_tokens().at("[gMASK]"),
                                        .mask_id = 0,
                                        .bos_id = encoder_.named_tokens().at("<sop>")};
    config.initializer_std = 0.3;
    return models::MakeDecoder(config);
  }
  static ProbeSpec SpecOf(ProbeRequest request, bool apply_template) {
    ProbeSpec spec;
    spec.request = request;
    spec.apply_template = apply_template;
    spec.max_new_tokens = 4;
    if (request == ProbeRequest::kGenerate) spec.until = {"\n"};
    return spec;
  }
  static ProbeOfDocuments ProbeOf(const ProbeSpec& spec) {
    Json document = {{"input", "the"}, {"target", "cat"}};
    if (spec.request == ProbeRequest::kRolling) document = {{"text", "the cat"}};
    if (spec.request == ProbeRequest::kChoice) {
      document = {{"input", "the"}, {"choices", kChoices}, {"gold", 0}};
    }
    return {spec, {document}};
  }
  double LogProb(const std::string& message, const std::string& answer) const {
    const EncodedPair pair = {encoder_.Prompt({message, "", "", ""}), tokenizer_.Encode(answer)};
    return ScoreContinuations(*decoder_, {pair})->at(0).log_prob;
  }
  std::string Refusal(const Probe& probe) const {
    const absl::Status status = CheckRequest(probe, model_);
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr("probe \"p\": every row of family chatglm needs [gMASK]"),
                      Not(HasSubstr("\n"))));
    return std::string(status.message());
  }

  static inline const std::vector<std::string> kChoices = {"cat", "the window", "0", "mat on"};
  const Tokenizer tokenizer_ = MakeTokenizer();
  const PromptEncoder encoder_ = *PromptEncoder::Create(tokenizer_, PromptTemplate::kChatglm);
  const std::unique_ptr<models::Decoder> decoder_ = MakeDecoder();
  const ProbeModel model_ = {*decoder_, tokenizer_, PromptTemplate::kChatglm};
};

// What is refused before training is what the decoder could not be asked behind it.
TEST_F(MarkedRequests, RowsWithoutTheMarksAreRefusedBeforeTheyAreAsked) {
  for (size_t i = 0; i < EnumNames(ProbeRequest{}).size(); ++i) {
    const auto request = static_cast<ProbeRequest>(i);
    const ProbeOfDocuments probe = ProbeOf(SpecOf(request, /*apply_template=*/false));
    EXPECT_THAT(Refusal(*probe),
                HasSubstr(request == ProbeRequest::kRolling ? "leave out the probe"
                                                            : "set apply_template = true"));
    EXPECT_THROW(AskProbe(*probe, model_).status().IgnoreError(), c10::Error);
    const auto other = TinyPpoDecoder(tokenizer_.vocab_size(), 7);
    EXPECT_TRUE(CheckRequest(*probe, {*other, tokenizer_, PromptTemplate::kChatglm}).ok());
  }
}

TEST_F(MarkedRequests, AreAskedInTheTemplateThatWritesTheMarks) {
  for (const ProbeRequest request : {ProbeRequest::kLogLikelihood, ProbeRequest::kGenerate}) {
    const ProbeOfDocuments probe = ProbeOf(SpecOf(request, /*apply_template=*/true));
    ASSERT_TRUE(CheckRequest(*probe, model_).ok()) << CheckRequest(*probe, model_);
    const auto findings = AskProbe(*probe, model_);
    ASSERT_TRUE(findings.ok()) << findings.status();
    const double expected = request == ProbeRequest::kLogLikelihood ? LogProb("the", "cat") : 0;
    EXPECT_EQ(findings->answers.at(0).log_prob, expected);
  }
}

// Without its input a choice is the answer to an empty message.
TEST_F(MarkedRequests, AChoiceWithoutItsInputAnswersAnEmptyMessage) {
  std::vector<double> raw, relative;
  for (const std::string& choice : kChoices) {
    raw.push_back(LogProb("the", choice));
    relative.push_back(raw.back() - LogProb("", choice));
  }
  for (size_t gold = 0; gold < kChoices.size(); ++gold) {
    const ProbeOfDocuments probe(SpecOf(ProbeRequest::kChoice, /*apply_template=*/true),
                                 {{{"input", "the"}, {"choices", kChoices}, {"gold", gold}}});
    ASSERT_TRUE(CheckRequest(*probe, model_).ok()) << CheckRequest(*probe, model_);
    const auto findings = AskProbe(*probe, model_);
    ASSERT_TRUE(findings.ok()) << findings.status();
    std::map<std::string_view, double> values;
    for (const auto& value : findings->values) values[value.key.descriptor->name] = value.value;
    EXPECT_EQ(values.at("accuracy"), IndexOfLargest(raw) == gold ? 1 : 0);
    EXPECT_EQ(values.at("accuracy_unconditional"), IndexOfLargest(relative) == gold ? 1 : 0);
  }
}

// The beginning of what is too long is left out, up to the two marks. Of 64 positions 62 are left
// for an answer, whose last token is not read where it is only scored.
TEST_F(MarkedRequests, AnswersThatLeaveTheMarksNoPlaceAreRefused) {
  ProbeSpec generate = SpecOf(ProbeRequest::kGenerate, /*apply_template=*/true);
  const ProbeSpec scored = SpecOf(ProbeRequest::kLogLikelihood, /*apply_template=*/true);
  const auto target_of = [&](size_t num_tokens) {
    const std::string target(num_tokens, 'q');
    EXPECT_EQ(tokenizer_.Encode(target).size(), num_tokens);
    return ProbeOfDocuments(scored, {{{"input", "the"}, {"target", target}}});
  };
  generate.max_new_tokens = 62;
  const ProbeOfDocuments longest = ProbeOf(generate), longest_target = target_of(63);
  for (const ProbeOfDocuments* probe : {&longest, &longest_target}) {
    EXPECT_TRUE(CheckRequest(**probe, model_).ok()) << CheckRequest(**probe, model_);
    EXPECT_TRUE(AskProbe(**probe, model_).ok());
  }
  generate.max_new_tokens = 63;
  const ProbeOfDocuments too_long = ProbeOf(generate), too_long_target = target_of(64);
  for (const ProbeOfDocuments* probe : {&too_long, &too_long_target}) {
    EXPECT_THAT(Refusal(**probe),
                HasSubstr("no place for them before 63 tokens of an answer in 64"));
    EXPECT_THROW(AskProbe(**probe, model_).status().IgnoreError(), c10::Error);
  }
}

}  // namespace
}  // namespace bench::harness

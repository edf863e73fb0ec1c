// Every family of the catalogue through every stage that trains: on one process and, interrupted
// and resumed, on two ranks with ZeRO-1; exported and read again. A new family is tested by being
// in the catalogue.
#include <algorithm>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "harness/data/prompt.h"
#include "harness/training/digest.h"
#include "models/generate.h"
#include "models/hf_folder.h"
#include "tests/harness/families/family_pipeline.h"
#include "tests/models/testing.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

enum class Rows { kPlain, kMarked };

// A published model a family: those whose rows any template writes, or those that need marks.
std::vector<std::string> Cases(Rows rows) {
  std::vector<std::string> names;
  std::string_view last;
  for (const models::NamedModel& model : models::PublishedModels()) {
    const bool is_marked = std::holds_alternative<models::BlockRope>(model.config.position);
    const bool is_new = model.entry->name != last;
    last = model.entry->name;
    if (is_new && is_marked == (rows == Rows::kMarked)) names.emplace_back(model.model->name);
  }
  return names;
}

ModelSpec SmallRelativeOf(const std::string& published) {
  const auto model = models::FindPublishedModel(published);
  EXPECT_TRUE(model.ok()) << model.status();
  return SmallRelative(model->config);
}

std::string TestName(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

void ExpectSameTraining(const results::RunRecord& a, const results::RunRecord& b) {
  EXPECT_EQ(a.steps.at("loss").step, b.steps.at("loss").step);
  EXPECT_EQ(a.steps.at("loss").value, b.steps.at("loss").value);
  EXPECT_EQ(a.digests, b.digests);
  ASSERT_EQ(a.evals.size(), b.evals.size());
  for (const auto& [path, series] : a.evals) {
    if (!series.metric.deterministic) continue;
    EXPECT_EQ(series.step, b.evals.at(path).step) << path;
    EXPECT_EQ(series.value, b.evals.at(path).value) << path;
  }
}

void ExpectSameBytes(const std::string& a, const std::string& b) {
  for (const char* name : {"config.json", "model.safetensors"}) {
    EXPECT_EQ(*ReadFile(absl::StrCat(a, "/", name)), *ReadFile(absl::StrCat(b, "/", name))) << name;
  }
}

// So many ranks up to a step in the middle of an iteration, and so many from there on.
struct Parts {
  int64_t first_ranks;
  int64_t second_ranks;
};

// A run in parts does what `expected` has done.
void ExpectSameInParts(const Definition& definition, Parts parts, const FamilyRun& expected) {
  SCOPED_TRACE(testing::Message() << parts.first_ranks << ", then " << parts.second_ranks
                                  << " ranks");
  FamilyRun run(definition);
  run.Continue(parts.first_ranks, 3);
  run.Continue(parts.second_ranks);
  const results::RunRecord record = run.Record();
  EXPECT_EQ(record.attempts, 2);
  EXPECT_EQ(record.steps.at("loss").step, (std::vector<int64_t>{1, 2, 3, 4, 5, 6}));
  ExpectSameTraining(record, expected.Record());
  ExpectSameBytes(run.artifact(), expected.artifact());
}

// Every other family: what costs a run has one form for these, and the other for the others.
bool IsEven(const std::string& published) {
  const std::vector<std::string> names = Cases(Rows::kPlain);
  return (std::find(names.begin(), names.end(), published) - names.begin()) % 2 == 0;
}

// Two ranks begin and one process ends, or the other way round.
Parts PartsOf(const std::string& published) {
  return IsEven(published) ? Parts{2, 1} : Parts{1, 2};
}

// What one process has done `once` without a pause, two ranks with sharded optimizer states and one
// process do in `parts`, of which the second reads the checkpoint of the first. Ranks of PPO sample
// and score half of a rollout each, and the sums of a product may depend on how many rows it has:
// one process and two ranks go on for themselves, the ranks compared with two without sharding.
void ExpectSameInPartsAndOnRanks(const Definition& definition, Parts parts, const FamilyRun& once) {
  if (definition.kind() != StageKind::kPpo) return ExpectSameInParts(definition, parts, once);
  ExpectSameInParts(definition, {1, 1}, once);
  Definition plain = definition;
  std::get<PpoSpec>(plain.stage).training.parallel.sharding = Sharding::kNone;
  FamilyRun unsharded(plain);
  unsharded.Continue(2);
  ExpectSameInParts(definition, {2, 2}, unsharded);
}

// The weights in memory at the end of the run, by the digests that it recorded.
void ExpectTrainedWeights(const std::vector<models::NamedTensor>& parameters,
                          const std::string& prefix, const results::RunRecord& record) {
  for (const models::NamedTensor& parameter : parameters) {
    const auto& digests = record.digests.at(absl::StrCat("weights/", prefix, parameter.name));
    EXPECT_EQ(digests.step.back(), kFamilySteps);
    EXPECT_EQ(TensorSha256(parameter.tensor.detach()), digests.sha256.back()) << parameter.name;
  }
}

std::string Export(const std::string& artifact, const TempFolder& target) {
  const auto notes = ExportDecoderArtifact(artifact, target.path());
  EXPECT_TRUE(notes.ok()) << notes.status();
  return target.path();
}

TEST(FamilyCases, EveryFamilyIsOne) {
  EXPECT_EQ(Cases(Rows::kPlain).size() + Cases(Rows::kMarked).size(),
            models::FamilyCatalogue().size());
}

class StagesOfFamilies : public testing::TestWithParam<std::string> {
 protected:
  // The folder that is exported to `target` is the trained decoder, of the same family.
  void ExpectExported(const FamilyRun& run, const TempFolder& target,
                      const std::string& prefix = "") const {
    const std::string folder = Export(run.artifact(), target);
    const auto decoder = models::LoadHfFolder(folder, at::kCPU, at::kFloat);
    ASSERT_TRUE(decoder.ok()) << decoder.status();
    EXPECT_EQ(GeometryJson(ModelSpecOf((*decoder)->config())), GeometryJson(Expected(*decoder)));
    ExpectTrainedWeights((*decoder)->parameters(), prefix, run.Record());
    EXPECT_TRUE(LoadDecoderArtifact(folder, at::kCPU).ok());
  }
  // The deviation of first weights is not kept by every family's files.
  ModelSpec Expected(const std::unique_ptr<models::Decoder>& read) const {
    ModelSpec spec = model_;
    spec.initializer_std = read->config().initializer_std;
    return spec;
  }

  const ModelSpec model_ = SmallRelativeOf(GetParam());
  const Parts parts_ = PartsOf(GetParam());
  const FamilyFiles files_;
};

TEST_P(StagesOfFamilies, TrainToTheSameBitsInPartsOnTwoRanksAndExportWhatTheyTrained) {
  const TempFolder exported, exported_sft, exported_ppo;
  const Definition clm = FamilyClm(model_, files_);
  FamilyRun pretrained(clm);
  pretrained.Continue(1);
  {
    SCOPED_TRACE("clm");
    ExpectSameInPartsAndOnRanks(clm, parts_, pretrained);
    ExpectExported(pretrained, exported);
    const results::RunRecord record = pretrained.Record();
    const std::vector<double>& loss = record.steps.at("loss").value;
    EXPECT_LT(loss.back(), loss.front());
  }
  // SFT begins with the exported folder and the reward model with an artifact, or the other way
  // round.
  const bool is_even = IsEven(GetParam());
  const Definition sft = FamilySft(is_even ? exported.path() : pretrained.artifact(), files_);
  FamilyRun tuned(sft);
  tuned.Continue(1);
  {
    SCOPED_TRACE("sft");
    ExpectSameInPartsAndOnRanks(sft, parts_, tuned);
    ExpectExported(tuned, exported_sft);
  }
  const Definition reward = FamilyReward(is_even ? tuned.artifact() : exported_sft.path(), files_);
  FamilyRun judge(reward);
  judge.Continue(1);
  {
    SCOPED_TRACE("reward");
    ExpectSameInPartsAndOnRanks(reward, parts_, judge);
    const TempFolder target;
    const auto model =
        models::LoadHfRewardFolder(Export(judge.artifact(), target), at::kCPU, at::kFloat);
    ASSERT_TRUE(model.ok()) << model.status();
    EXPECT_EQ(model->decoder().config().family, model_.family);
    ExpectTrainedWeights(model->decoder().parameters(), "", judge.Record());
  }
  const Definition ppo = FamilyPpo(tuned.artifact(), judge.artifact(), files_);
  FamilyRun policy(ppo);
  policy.Continue(1);
  SCOPED_TRACE("ppo");
  ExpectSameInPartsAndOnRanks(ppo, parts_, policy);
  ExpectExported(policy, exported_ppo, "policy/");
  FamilyRun next(FamilySft(exported_ppo.path(), files_));
  next.Continue(1, 1);
}

INSTANTIATE_TEST_SUITE_P(, StagesOfFamilies, testing::ValuesIn(Cases(Rows::kPlain)), TestName);

// Every answer of a run: in its samples, and to its probes.
std::vector<std::string> AnswersOf(const results::RunRecord& record) {
  std::vector<std::string> answers;
  for (const auto& [name, table] : record.tables) {
    for (size_t column = 0; column < table.columns.size(); ++column) {
      if (table.columns[column] != "answer") continue;
      for (const auto& row : table.rows) answers.push_back(std::get<std::string>(row[column]));
    }
  }
  return answers;
}

// One that is asked to go on, behind what is asked already.
ProbeSpec SayProbe(const FamilyFiles& files) {
  ProbeSpec probe;
  probe.name = "say";
  probe.request = ProbeRequest::kGenerate;
  probe.path = files.probe_path();
  probe.until = {"not in it"};
  probe.max_new_tokens = 8;
  return probe;
}

class MarkedFamilies : public testing::TestWithParam<std::string> {
 protected:
  void ExpectRefused(const absl::Status& status) const {
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
    EXPECT_THAT(std::string(status.message()), HasSubstr("needs [gMASK]"));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("\n")));
  }
  const FamilyFiles files_;
};

// ChatGLM-6B's rows have marks between prompt and answer. It is not trained without them: neither
// from random weights nor from a folder, in no stage; nor is it asked.
TEST_P(MarkedFamilies, AreRefusedByEveryStageInOneLine) {
  const ModelSpec model = SmallRelativeOf(GetParam());
  ExpectRefused(FamilyRun(FamilyClm(model, files_)).Refusal());
  const TempFolder folder;
  const Tokenizer tokenizer = TinyTokenizer();
  models::DecoderConfig config = DecoderConfigOf(model, tokenizer.vocab_size());
  config.position = models::BlockRope{.gmask_id = 5, .mask_id = 6, .bos_id = 7};
  ASSERT_TRUE(SaveDecoderArtifact(*models::MakeDecoder(config), tokenizer, PromptTemplate::kPlain,
                                  folder.path())
                  .ok());
  Definition clm = FamilyClm({}, files_);
  BeginFrom(folder.path(), std::get<ClmSpec>(clm.stage).init);
  ExpectRefused(FamilyRun(clm).Refusal());
  ExpectRefused(FamilyRun(FamilySft(folder.path(), files_)).Refusal());
  ExpectRefused(FamilyRun(FamilyReward(folder.path(), files_)).Refusal());
  ExpectRefused(FamilyRun(FamilyPpo(folder.path(), folder.path(), files_)).Refusal());
  ExpectRefused(LoadDecoderArtifact(folder.path(), at::kCPU).status());
  const TempFolder target;
  EXPECT_EQ(models::ReadHfConfig(Export(folder.path(), target))->family, model.family);
}

// A vocabulary with ChatGLM's marks, in a file.
std::string PublishMarkedTokenizer(const TempFolder& folder) {
  const std::vector<std::string> texts = {"abcdefghijklmnopqrstuvwxyz 0123456789", "[Round ]\n"};
  size_t next = 0;
  TokenizerSpec spec;
  spec.algorithm = TokenizerAlgorithm::kCharacter;
  spec.vocab_size = 320;
  const auto model = TrainTokenizer(
      [&] { return next < texts.size() ? std::optional(texts[next++]) : std::nullopt; }, spec,
      {"[gMASK]", "<sop>", "<eop>"});
  EXPECT_TRUE(model.ok()) << model.status();
  EXPECT_TRUE(PublishFile(folder / "marked.model", *model).ok());
  return folder / "marked.model";
}

TEST_P(MarkedFamilies, AreTrainedAndAskedWithTheTemplateThatWritesThem) {
  const TempFolder folder, tokens;
  const std::string path = PublishMarkedTokenizer(tokens);
  const Tokenizer tokenizer = *Tokenizer::FromFiles(*ReadTokenizerFiles(path));
  const auto encoder = PromptEncoder::Create(tokenizer, PromptTemplate::kChatglm);
  ASSERT_TRUE(encoder.ok()) << encoder.status();
  models::DecoderConfig config =
      DecoderConfigOf(SmallRelativeOf(GetParam()), tokenizer.vocab_size());
  config.position = models::BlockRope{.gmask_id = encoder->named_tokens().at("[gMASK]"),
                                      .mask_id = 0,
                                      .bos_id = encoder->named_tokens().at("<sop>")};
  ASSERT_TRUE(SaveDecoderArtifact(*models::MakeDecoder(config), tokenizer, PromptTemplate::kChatglm,
                                  folder.path())
                  .ok());
  const auto marked = [&](auto& spec, SftDataSpec* sft, RewardDataSpec* reward) {
    spec.tokenizer.path = path;
    spec.training.max_tokens = 60;
    (sft != nullptr ? sft->prompt_template : reward->prompt_template) = PromptTemplate::kChatglm;
  };
  Definition sft = FamilySft(folder.path(), files_);
  auto& sft_spec = std::get<SftSpec>(sft.stage);
  marked(sft_spec, &sft_spec.data, nullptr);
  sft_spec.probes = {SayProbe(files_)};
  ExpectRefused(FamilyRun(sft).Refusal());  // asked when it has been trained, in rows without marks
  sft_spec.probes[0].apply_template = true;
  FamilyRun tuned(sft);
  tuned.Continue(1);
  EXPECT_EQ(tuned.Record().tables.at("probe_documents").rows.size(), 1U);
  ExpectSameInPartsAndOnRanks(sft, PartsOf(GetParam()), tuned);
  const std::vector<double> loss = tuned.Record().steps.at("loss").value;
  EXPECT_LT(loss.back(), loss.front());
  Definition reward = FamilyReward(tuned.artifact(), files_);
  marked(std::get<RewardSpec>(reward.stage), nullptr, &std::get<RewardSpec>(reward.stage).data);
  FamilyRun judge(reward);
  judge.Continue(1);
  Definition ppo = FamilyPpo(tuned.artifact(), judge.artifact(), files_);
  marked(std::get<PpoSpec>(ppo.stage), &std::get<PpoSpec>(ppo.stage).data.source, nullptr);
  FamilyRun policy(ppo);
  policy.Continue(1);
  EXPECT_TRUE(LoadDecoderArtifact(policy.artifact(), at::kCPU).ok());
}

INSTANTIATE_TEST_SUITE_P(, MarkedFamilies, testing::ValuesIn(Cases(Rows::kMarked)), TestName);

// Published vocabularies are padded beyond the tokenizer's. Rows that are by far the most likely
// ones, and have no text: an answer that had one of them would be the shorter for it.
TEST(PaddedVocabularies, NoStageSamplesAnIdBeyondTheTokenizers) {
  const FamilyFiles files;
  const Tokenizer tokenizer = TinyTokenizer();
  const auto decoder = models::MakeDecoder(
      DecoderConfigOf(SmallRelativeOf("llama2-7b"), tokenizer.vocab_size() + 40));
  {
    const at::NoGradGuard no_grad;
    decoder->head_weight_VD().slice(0, tokenizer.vocab_size()).mul_(30);
  }
  models::GenerationOptions free(tokenizer.vocab_size() + 40);
  free.max_new_tokens = 4;
  const auto row = models::Generate(*decoder, {tokenizer.Encode("say")}, free, nullptr);
  EXPECT_EQ(tokenizer.Decode(row[0].tokens), "");
  const TempFolder folder;
  ASSERT_TRUE(SaveDecoderArtifact(*decoder, tokenizer, PromptTemplate::kPlain, folder.path()).ok());
  FamilyRun judge(FamilyReward(folder.path(), files));
  judge.Continue(1);
  Definition clm = FamilyClm({}, files), sft = FamilySft(folder.path(), files);
  BeginFrom(folder.path(), std::get<ClmSpec>(clm.stage).init);
  std::get<ClmSpec>(clm.stage).probes = {SayProbe(files)};
  std::get<SftSpec>(sft.stage).probes = {SayProbe(files)};
  const std::pair<const char*, Definition> stages[] = {
      {"clm", clm}, {"sft", sft}, {"ppo", FamilyPpo(folder.path(), judge.artifact(), files)}};
  for (const auto& [stage, definition] : stages) {
    FamilyRun run(definition);
    run.Continue(1);
    const std::vector<std::string> answers = AnswersOf(run.Record());
    EXPECT_GE(answers.size(), definition.kind() == StageKind::kPpo ? 1U : 2U) << stage;
    for (const std::string& answer : answers) EXPECT_NE(answer, "") << stage;
  }
}

}  // namespace
}  // namespace bench::harness

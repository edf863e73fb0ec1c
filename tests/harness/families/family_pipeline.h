// The stages that train, in their order, on data small enough for a second a family: CLM from
// random weights, SFT from its artifact, a reward model and PPO from that one's.
#pragma once

#include <ATen/Parallel.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "gtest/gtest.h"
#include "harness/data/alpaca.h"
#include "harness/data/preferences.h"
#include "harness/definition/definition.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/run/geometry.h"
#include "harness/run/stage_factory.h"
#include "models/families/family.h"
#include "tests/harness/model_io/tiny_tokenizer.h"
#include "tests/harness/run_fixture.h"
#include "tests/support/rank_threads.h"

namespace bench::harness {

inline constexpr int64_t kFamilySteps = 6;

// A small relative of a published model, in the axes that a definition leaves open. The MLP is four
// times as wide as the residual stream because some families' files have no other.
inline ModelSpec SmallRelative(const models::DecoderConfig& published) {
  const ModelSpec large = ModelSpecOf(published);
  ModelSpec spec;
  spec.family = large.family;
  spec.hidden_size = 32;
  spec.num_layers = 2;
  spec.num_heads = 4;
  const bool one_for_all = large.num_kv_heads == large.num_heads;
  spec.num_kv_heads = one_for_all ? 4 : large.num_kv_heads == 1 ? 1 : 2;
  spec.intermediate_size = 128;
  spec.max_positions = 64;
  spec.rope_theta = large.rope_theta;
  spec.rms_norm_eps = large.rms_norm_eps;
  spec.initializer_std = 0.1;
  spec.tie_embeddings = large.tie_embeddings;
  return spec;
}

// Files that definitions name, in a folder of their own.
class FamilyFiles {
 public:
  FamilyFiles() {
    std::string text, rows, pairs;
    for (int i = 0; i < 48; ++i) {
      const std::string number = std::to_string(i), answer = "number " + number;
      absl::StrAppend(&text, "say number ", number, " it is ", number, "\n");
      if (i >= 16) continue;
      absl::StrAppend(&rows, AlpacaLine({"say", number, answer, ""}), "\n");
      absl::StrAppend(&pairs, PreferenceLine({"say", answer, "it", "", number}), "\n");
    }
    EXPECT_TRUE(PublishFile(text_path(), text).ok());
    EXPECT_TRUE(PublishFile(rows_path(), rows).ok());
    EXPECT_TRUE(PublishFile(pairs_path(), pairs).ok());
    EXPECT_TRUE(PublishFile(probe_path(), R"({"input": "say", "target": "it"})"
                                          "\n")
                    .ok());
    EXPECT_TRUE(PublishFile(tokenizer_path(), TinyTokenizerModel()).ok());
  }

  std::string text_path() const { return folder_ / "text.txt"; }
  std::string rows_path() const { return folder_ / "rows.jsonl"; }
  std::string pairs_path() const { return folder_ / "pairs.jsonl"; }
  std::string probe_path() const { return folder_ / "probe.jsonl"; }
  std::string tokenizer_path() const { return folder_ / "tokenizer.model"; }

 private:
  TempFolder folder_;
};

// Two micro-batches a step, so that two ranks have one each; not clipped, since the last bits of a
// norm depend on the number of ranks (docs/distributed.md).
template <typename Spec>
void SetTraining(Spec& spec) {
  spec.optimizer.learning_rate = 1e-2;
  spec.optimizer.max_grad_norm = 0;
  spec.training.steps = kFamilySteps;
  spec.training.batch_size = 4;
  spec.training.micro_batch_size = 2;
  spec.training.max_tokens = 32;
  spec.training.parallel = {Sharding::kOptimizerStates, 1.0 / 64};
  spec.evaluation.every_steps = 2;  // one between a pause behind step 3 and the end
}

inline void BeginFrom(const std::string& folder, InitSpec& init) {
  init = {InitSource::kFolder, std::nullopt, folder};
}

inline Definition FamilyClm(const ModelSpec& model, const FamilyFiles& files) {
  Definition definition = DefaultDefinition(StageKind::kClm);
  definition.run.checkpoint_every_steps = 4;
  auto& spec = std::get<ClmSpec>(definition.stage);
  SetTraining(spec);
  spec.model = model;
  spec.tokenizer.ref.path = files.tokenizer_path();
  spec.data.path = files.text_path();
  spec.evaluation.tokens_per_language = 100;
  spec.evaluation.num_samples = 1;
  spec.evaluation.sample_prompt_tokens = 8;
  spec.evaluation.sample_new_tokens = 8;
  return definition;
}

inline Definition FamilySft(const std::string& weights, const FamilyFiles& files) {
  Definition definition = DefaultDefinition(StageKind::kSft);
  definition.run.checkpoint_every_steps = 4;
  auto& spec = std::get<SftSpec>(definition.stage);
  SetTraining(spec);
  BeginFrom(weights, spec.init);
  spec.tokenizer.path = files.tokenizer_path();
  spec.data.path = files.rows_path();
  spec.data.validation_fraction = 0.25;
  spec.data.prompt_template = PromptTemplate::kPlain;
  spec.evaluation.rows_per_task = 4;
  spec.evaluation.generate_rows_per_task = 2;
  spec.evaluation.max_new_tokens = 8;
  spec.evaluation.num_samples = 1;
  return definition;
}

inline Definition FamilyReward(const std::string& weights, const FamilyFiles& files) {
  Definition definition = DefaultDefinition(StageKind::kReward);
  definition.run.checkpoint_every_steps = 4;
  auto& spec = std::get<RewardSpec>(definition.stage);
  SetTraining(spec);
  BeginFrom(weights, spec.init);
  spec.tokenizer.path = files.tokenizer_path();
  spec.data.path = files.pairs_path();
  spec.data.validation_fraction = 0.25;
  spec.data.prompt_template = PromptTemplate::kPlain;
  spec.evaluation.pairs_per_task = 4;
  spec.evaluation.num_samples = 1;
  return definition;
}

// Two steps a rollout.
inline Definition FamilyPpo(const std::string& policy, const std::string& reward,
                            const FamilyFiles& files) {
  Definition definition = DefaultDefinition(StageKind::kPpo);
  definition.run.checkpoint_every_steps = 4;
  auto& spec = std::get<PpoSpec>(definition.stage);
  SetTraining(spec);
  BeginFrom(policy, spec.init);
  spec.reward.folder = reward;
  spec.tokenizer.path = files.tokenizer_path();
  spec.data.source.path = files.rows_path();
  spec.data.source.validation_fraction = 0.25;
  spec.data.source.prompt_template = PromptTemplate::kPlain;
  spec.rollout.max_new_tokens = 8;
  spec.ppo.epochs = 2;
  spec.optimizer.learning_rate = 1e-3;
  spec.evaluation.prompts_per_task = 2;
  spec.evaluation.num_samples = 1;
  return definition;
}

// A run of a definition in a folder of its own: journal, checkpoints, artifact.
class FamilyRun {
 public:
  explicit FamilyRun(Definition definition) : definition_(std::move(definition)) {}

  std::string artifact() const { return folder_ / "artifact"; }

  // Steps up to `until`, by so many ranks, on from where the last attempt stopped.
  void Continue(int64_t num_ranks, int64_t until = kFamilySteps) {
    const auto body = [&](Ranks& ranks) {
      at::set_num_threads(1);
      RunFixture fixture(folder_, ranks);
      RunContext context = done_ == 0 ? fixture.Start("run") : fixture.Resume("run", done_);
      if (until < kFamilySteps) context.stop_after_step = until;
      const absl::StatusOr<StageOutcome> outcome = RunStage(context);
      ASSERT_TRUE(outcome.ok()) << outcome.status();
      EXPECT_EQ(outcome->status, until < kFamilySteps ? results::RunStatus::kInterrupted
                                                      : results::RunStatus::kComplete);
      ASSERT_TRUE(context.writer.Flush().ok());
    };
    if (num_ranks == 1) {
      body(*Ranks::Alone());
    } else {
      RunOnRanks(num_ranks, body);
    }
    done_ = until;
  }

  // What it says that does not train.
  absl::Status Refusal() {
    RunFixture fixture;
    RunContext context = fixture.Start("run");
    return RunStage(context).status();
  }

  results::RunRecord Record() const {
    auto record = results::RecoverJournal(folder_ / "run");
    EXPECT_TRUE(record.ok()) << record.status();
    return *record;
  }

 private:
  absl::StatusOr<StageOutcome> RunStage(RunContext& context) const {
    BENCH_ASSIGN_OR_RETURN(const Definition complete, WithGeometry(definition_, ""));
    const std::unique_ptr<Stage> stage = MakeStage(complete);
    BENCH_RETURN_IF_ERROR(stage->CheckRanks(context.ranks.size()));
    BENCH_RETURN_IF_ERROR(stage->Disk({}).status());
    return stage->Run(context);
  }

  const Definition definition_;
  TempFolder folder_;
  int64_t done_ = 0;
};

}  // namespace bench::harness

#include "harness/plan/memory_plan.h"

#include <algorithm>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "harness/model_io/decoder_artifact.h"

namespace bench::harness {
namespace {

constexpr int64_t kGigabyte = 1'000'000'000;

ClmSpec SmallClm() {
  ClmSpec spec;
  spec.model.hidden_size = 64;
  spec.model.num_layers = 3;
  spec.model.num_heads = 4;
  spec.model.intermediate_size = 128;
  spec.training.batch_size = 32;
  spec.training.max_tokens = 16;
  return spec;
}

Definition DefinitionOf(StageSpec spec) {
  Definition definition;
  definition.stage = std::move(spec);
  return definition;
}

MemoryPlan PlanOf(const Definition& definition, std::vector<int64_t> ranks,
                  int64_t device_bytes = kGigabyte) {
  const TrainedStage stage = *TrainedStageOf(definition);
  const models::DecoderConfig config = DecoderConfigOf(*stage.model, 100);
  auto plan = PlanMemory({definition, {config, config}, std::move(ranks), device_bytes});
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *std::move(plan);
}

// A rank's micro-batch is its share of the step's rows, but never less than a row.
TEST(MemoryPlan, MicroBatchesWithoutASizeShrinkWithTheRanks) {
  const MemoryPlan plan = PlanOf(DefinitionOf(SmallClm()), {1, 4, 64});
  EXPECT_EQ(plan.ranks[0].micro_batch.num_rows, 32);
  EXPECT_EQ(plan.ranks[1].micro_batch.num_rows, 8);
  EXPECT_EQ(plan.ranks[2].micro_batch.num_rows, 1);
  EXPECT_LT(plan.ranks[1].activations.peak(), plan.ranks[0].activations.peak());
  ClmSpec sized = SmallClm();
  sized.training.micro_batch_size = 2;
  const MemoryPlan fixed = PlanOf(DefinitionOf(sized), {1, 4});
  EXPECT_EQ(fixed.ranks[0].micro_batch.num_rows, 2);
  EXPECT_EQ(fixed.ranks[1].micro_batch.num_rows, 2);
}

// Of 16 tokens a query sees 8 keys on average, with a window of 4 these less the window's
// triangle: 4 - 4^2 / 32 = 3.5. A key costs 4 operations a column of the 64, in each of 3 layers.
TEST(MemoryPlan, AWindowSavesTheOperationsOfTheKeysThatItHides) {
  ClmSpec sliding = SmallClm();
  sliding.model.positions.attention_window = 4;
  const double all = PlanOf(DefinitionOf(SmallClm()), {1}).models[0].forward_flops;
  const double seen = PlanOf(DefinitionOf(sliding), {1}).models[0].forward_flops;
  EXPECT_DOUBLE_EQ(all - seen, 3 * 4 * 64 * (8 - 3.5));
}

// A vector of 20 values takes 2 x 20 x 64 more; every token is taken to be one.
TEST(MemoryPlan, TheMapOfVectorsHasOperationsToo) {
  ClmSpec reader = SmallClm();
  reader.model.vector_size = 20;
  const double all = PlanOf(DefinitionOf(reader), {1}).models[0].forward_flops;
  const double text = PlanOf(DefinitionOf(SmallClm()), {1}).models[0].forward_flops;
  EXPECT_DOUBLE_EQ(all - text, 2 * 20 * 64);
}

TEST(MemoryPlan, NeedIsStatesFrozenModelsAndThePeakOfActivations) {
  PpoSpec spec;
  spec.model = SmallClm().model;
  spec.training.batch_size = 8;
  spec.training.max_tokens = 64;
  spec.rollout.max_new_tokens = 20;
  const MemoryPlan plan = PlanOf(DefinitionOf(spec), {4});
  // V D + L (4 D D + 3 D F + 2 D) + D of the trunk; the head has D + 1. By hand.
  const int64_t trunk = 100 * 64 + 3 * (4 * 64 * 64 + 3 * 64 * 128 + 2 * 64) + 64;
  ASSERT_EQ(plan.models.size(), 4u);
  EXPECT_EQ(plan.trained_parameters, 2 * trunk + 65);
  EXPECT_EQ(plan.frozen_bytes, 4.0 * static_cast<double>(2 * trunk + 65));
  const RanksPlan& ranks = plan.ranks[0];
  for (const StagePlan& stage : ranks.stages) {
    EXPECT_EQ(stage.states.total(),
              ModelStateBytes(2 * trunk + 65, Precision::kFp32, stage.sharding).total());
    EXPECT_EQ(stage.total_bytes,
              stage.states.total() + plan.frozen_bytes + ranks.activations.peak());
  }
}

// Reference and reward model, which are not trained, are in the type of the activations, but for
// the 64 + 1 parameters of the head that gives rewards: 4 bytes each, where half of them were 2.
TEST(MemoryPlan, FrozenTrunksTakeHalfInBf16) {
  PpoSpec spec;
  spec.model = SmallClm().model;
  spec.training.batch_size = 8;
  const MemoryPlan fp32 = PlanOf(DefinitionOf(spec), {1, 4});
  for (const Precision precision : {Precision::kAutocast, Precision::kMixed}) {
    spec.training.precision = precision;
    const MemoryPlan plan = PlanOf(DefinitionOf(spec), {1, 4});
    EXPECT_EQ(plan.frozen_bytes, fp32.frozen_bytes / 2 + 2 * 65);
    EXPECT_EQ(plan.trained_parameters, fp32.trained_parameters);
    for (size_t r = 0; r < plan.ranks.size(); ++r) {
      EXPECT_LT(plan.ranks[r].activations.kept, fp32.ranks[r].activations.kept);
      for (const StagePlan& stage : plan.ranks[r].stages) {
        const StateBytes states =
            ModelStateBytes(plan.trained_parameters, precision, stage.sharding);
        EXPECT_EQ(stage.states.total(), states.total());
        EXPECT_EQ(stage.total_bytes,
                  states.total() + plan.frozen_bytes +
                      std::max(plan.ranks[r].activations.peak(), stage.update_bytes));
      }
    }
  }
}

// 4 bytes a parameter that a device updates, fewer than 2^22 here, where that is more than the
// activations.
TEST(MemoryPlan, TheUpdateOfMixedPrecisionCountsWhereActivationsAreFew) {
  ClmSpec spec = SmallClm();
  spec.model.hidden_size = 512;
  spec.training.batch_size = 1;
  spec.training.precision = Precision::kMixed;
  const MemoryPlan plan = PlanOf(DefinitionOf(spec), {2});
  const auto parameters = static_cast<double>(plan.trained_parameters);
  const RanksPlan& ranks = plan.ranks[0];
  ASSERT_LT(ranks.activations.peak(), 2 * parameters);
  EXPECT_EQ(ranks.stages[0].total_bytes, (16 + 4) * parameters);
  EXPECT_EQ(ranks.stages[1].total_bytes, (4 + 12 / 2.0 + 4 / 2.0) * parameters);
  EXPECT_EQ(ranks.stages[3].total_bytes, (16 / 2.0 + 4 / 2.0) * parameters);
}

// Policy and value trunk keep theirs at once; a head on the policy's trunk only its states.
TEST(MemoryPlan, ActivationsOfModelsTrainedTogetherAddUp) {
  PpoSpec spec;
  spec.model = SmallClm().model;
  spec.training.batch_size = 2;
  spec.training.max_tokens = 33;
  spec.rollout.max_new_tokens = 20;
  const double own = PlanOf(DefinitionOf(spec), {1}).ranks[0].activations.kept;
  spec.value.model = ValueModel::kShared;
  const double shared = PlanOf(DefinitionOf(spec), {1}).ranks[0].activations.kept;
  const double head_states = 4.0 * (2 * 20) * 64;
  EXPECT_EQ(own, 2 * (shared - head_states));
}

// "Largest" by its definition, on the plan of a definition with that many layers.
TEST(MemoryPlan, LargestNumberOfLayersFitsAndOneMoreDoesNot) {
  for (const bool recompute : {false, true}) {
    ClmSpec spec = SmallClm();
    spec.training.recompute_activations = recompute;
    const MemoryPlan plan = PlanOf(DefinitionOf(spec), {1, 4}, 50'000'000);
    for (size_t r = 0; r < plan.ranks.size(); ++r) {
      for (size_t s = 0; s < kZeroStages.size(); ++s) {
        const int64_t largest = plan.ranks[r].stages[s].largest_layers;
        ASSERT_GT(largest, spec.model.num_layers);
        const auto need = [&](int64_t num_layers) {
          ClmSpec grown = spec;
          grown.model.num_layers = num_layers;
          return PlanOf(DefinitionOf(grown), {1, 4}).ranks[r].stages[s].total_bytes;
        };
        EXPECT_LE(need(largest), 50e6);
        EXPECT_GT(need(largest + 1), 50e6);
      }
    }
  }
}

TEST(MemoryPlan, LargestParametersFitBesideTheFrozenModels) {
  PpoSpec spec;
  spec.model = SmallClm().model;
  spec.training.batch_size = 2;
  const MemoryPlan plan = PlanOf(DefinitionOf(spec), {4}, 10'000'000);
  const auto frozen = static_cast<int64_t>(plan.frozen_bytes);
  for (const StagePlan& stage : plan.ranks[0].stages) {
    EXPECT_EQ(stage.largest_parameters,
              LargestNumParameters(10'000'000 - frozen, Precision::kFp32, stage.sharding));
  }
  // A device that does not even hold them.
  const MemoryPlan none = PlanOf(DefinitionOf(spec), {4}, 1000);
  EXPECT_EQ(none.ranks[0].stages[3].largest_parameters, 0);
  EXPECT_EQ(none.ranks[0].stages[3].largest_layers, 0);
}

TEST(MemoryPlan, GeometriesThatAreNoneAreRefused) {
  const Definition definition = DefinitionOf(SmallClm());
  models::DecoderConfig config = DecoderConfigOf(SmallClm().model, 100);
  config.num_kv_heads = 3;
  const auto plan = PlanMemory({definition, {config, {}}, {1}, kGigabyte});
  EXPECT_EQ(plan.status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace bench::harness

// The loop on several ranks: what one process and any number of ranks leave is the same.
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/training/loop.h"
#include "nlohmann/json.hpp"
#include "tests/harness/run_fixture.h"
#include "tests/support/rank_threads.h"

namespace bench::harness {
namespace {

constexpr int64_t kMicroBatches = 4;  // 3 ranks have 2, 1 and 1 of them
constexpr int64_t kSteps = 12;

// Gradients are small integers over a power of two, so their sums are exact in any order: all that
// is left must be equal, bit for bit. But for the norm of one process, which is rounded otherwise:
// it is compared where nothing is clipped.
class Exact : public TrainingTask {
 public:
  const std::vector<models::NamedTensor>& parameters() const override { return parameters_; }
  absl::StatusOr<Window> NextWindow() override {
    ++position_;
    return Window{kMicroBatches, kMicroBatches, 20, 8};
  }
  at::Tensor LossSum(int64_t micro_batch) override {
    at::Tensor loss = at::zeros({});
    for (const auto& [name, tensor] : parameters_) {
      const at::Tensor gradient =
          (at::arange(tensor.numel(), at::kFloat) * position_ + 3 * micro_batch).remainder(7) - 3;
      loss = loss + (tensor * gradient.view(tensor.sizes())).sum();
    }
    return loss;
  }
  absl::StatusOr<Evaluation> Evaluate(EvaluationPoint, int64_t) override {
    return Evaluation{{{{&results::kEvalLoss, ""}, parameters_[0].tensor.sum().item<double>()}},
                      {}};
  }
  nlohmann::json SaveState() const override { return {{"position", position_}}; }
  absl::Status RestoreState(const nlohmann::json& state) override {
    position_ = state["position"];
    return absl::OkStatus();
  }

 private:
  std::vector<models::NamedTensor> parameters_ = {
      {"w", at::ones({20, 17}).set_requires_grad(true)},
      {"gain", at::ones({300}).set_requires_grad(true)}};
  int64_t position_ = 0;
};

// A part of a run: steps up to `until`, by so many ranks.
struct Part {
  int64_t num_ranks;
  int64_t until;
  Sharding sharding = Sharding::kOptimizerStates;
};

constexpr double kClipped = 0.5;  // of norms of several units
constexpr double kUnclipped = 0;

void RunPart(const TempFolder& folder, int64_t from, const Part& part, double max_grad_norm) {
  const auto body = [&](Ranks& ranks) {
    RunFixture fixture(folder, ranks);
    RunContext context = from == 0 ? fixture.Start("run") : fixture.Resume("run", from);
    context.stop_after_step = part.until;
    LoopSpec spec;
    spec.optimizer.learning_rate = 0.1;
    spec.optimizer.max_grad_norm = max_grad_norm;
    spec.num_steps = kSteps;
    spec.evaluate_every_steps = 4;
    spec.checkpoint_every_steps = 3;
    spec.parallel = {part.sharding, 100.0 / (1 << 20)};
    Exact task;
    const auto outcome = RunTrainingLoop(spec, task, context);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    ASSERT_TRUE(context.writer.Flush().ok());
  };
  if (part.num_ranks == 1) {
    body(*Ranks::Alone());
  } else {
    RunOnRanks(part.num_ranks, body);
  }
}

results::RunRecord RunParts(const std::vector<Part>& parts, double max_grad_norm) {
  const TempFolder folder;
  int64_t from = 0;
  for (const Part& part : parts) {
    RunPart(folder, from, part, max_grad_norm);
    from = part.until;
  }
  auto record = results::RecoverJournal(folder / "run");
  EXPECT_TRUE(record.ok()) << record.status();
  return *record;
}

void ExpectSameTraining(const results::RunRecord& a, const results::RunRecord& b) {
  for (const char* metric : {"loss", "learning_rate"}) {
    EXPECT_EQ(a.steps.at(metric).step, b.steps.at(metric).step) << metric;
    EXPECT_EQ(a.steps.at(metric).value, b.steps.at(metric).value) << metric;
  }
  EXPECT_EQ(a.evals.at("loss").step, b.evals.at("loss").step);
  EXPECT_EQ(a.evals.at("loss").value, b.evals.at("loss").value);
  EXPECT_EQ(a.digests, b.digests);
}

TEST(TrainingLoopOnRanks, LeavesWhatOneProcessLeaves) {
  const results::RunRecord expected = RunParts({{1, kSteps}}, kUnclipped);
  EXPECT_EQ(expected.digests.at("optimizer").step, (std::vector<int64_t>{4, 8, 12}));
  for (const int64_t num_ranks : {2, 3, 4}) {
    for (const Sharding sharding : {Sharding::kNone, Sharding::kOptimizerStates}) {
      SCOPED_TRACE(testing::Message() << num_ranks << " " << Name(sharding).data());
      ExpectSameTraining(RunParts({{num_ranks, kSteps, sharding}}, kUnclipped), expected);
    }
  }
}

// Of 4 ranks the last owns nothing but padding.
TEST(TrainingLoopOnRanks, ClipsAlikeOnAnyNumberOfRanks) {
  const results::RunRecord expected = RunParts({{2, kSteps}}, kClipped);
  const results::RunRecord unclipped = RunParts({{2, kSteps}}, kUnclipped);
  EXPECT_GT(expected.steps.at("grad_norm").value.front(), kClipped);
  EXPECT_FALSE(expected.digests.at("optimizer") == unclipped.digests.at("optimizer"));
  for (const int64_t num_ranks : {3, 4}) {
    const results::RunRecord other = RunParts({{num_ranks, kSteps}}, kClipped);
    ExpectSameTraining(other, expected);
    EXPECT_EQ(other.steps.at("grad_norm").value, expected.steps.at("grad_norm").value);
  }
}

TEST(TrainingLoopOnRanks, ContinuesOnAnyOtherNumberOfRanks) {
  const results::RunRecord expected = RunParts({{1, kSteps}}, kUnclipped);
  ExpectSameTraining(
      RunParts({{1, 3}, {3, 5}, {2, 8, Sharding::kNone}, {4, 10}, {1, kSteps}}, kUnclipped),
      expected);
  ExpectSameTraining(RunParts({{4, 2}, {1, 4}, {2, 7}, {3, kSteps}}, kUnclipped), expected);
}

}  // namespace
}  // namespace bench::harness

// The times that the loop records are by the run's clock.
#include <gtest/gtest.h>

#include "harness/training/loop.h"
#include "nlohmann/json.hpp"
#include "tests/harness/run_fixture.h"

namespace bench::harness {
namespace {

class OneWeight : public TrainingTask {
 public:
  const std::vector<models::NamedTensor>& parameters() const override { return parameters_; }
  absl::StatusOr<Window> NextWindow() override { return Window{1, 1, 20, 8}; }
  at::Tensor LossSum(int64_t) override { return parameters_[0].tensor.square().sum(); }
  absl::StatusOr<Evaluation> Evaluate(EvaluationPoint, int64_t) override { return Evaluation{}; }
  nlohmann::json SaveState() const override { return nlohmann::json::object(); }
  absl::Status RestoreState(const nlohmann::json&) override { return absl::OkStatus(); }

 private:
  std::vector<models::NamedTensor> parameters_ = {{"w", at::ones({1}).set_requires_grad(true)}};
};

// The clock stands still for the run, as while another experiment is made first.
TEST(TrainingLoop, TimesOfTheRunAreByItsClock) {
  RunFixture fixture;
  OneWeight task;
  RunContext context = fixture.Start("run");
  const RunClock::Charge charge(fixture.clock(), RunClock::Account::kPrerequisites);
  const double stands_at = fixture.clock().Seconds();
  LoopSpec spec;
  spec.num_steps = 3;
  const auto outcome = RunTrainingLoop(spec, task, context);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  const results::RunRecord record = fixture.Record("run");
  EXPECT_EQ(record.summary.at("time_to_first_step").value, stands_at);
  EXPECT_EQ(record.steps.at("loss").wall_time_s, std::vector<double>(3, stands_at));
}

}  // namespace
}  // namespace bench::harness

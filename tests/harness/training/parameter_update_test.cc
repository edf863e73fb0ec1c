#include "harness/training/parameter_update.h"

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

using models::NamedTensor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<NamedTensor> Parameters() {
  return {{"gain", at::ones({3}).set_requires_grad(true)},
          {"w", at::ones({2, 3}).set_requires_grad(true)},
          {"frozen", at::ones({4})}};
}

void Step(ParameterUpdate& update, const std::vector<NamedTensor>& parameters) {
  for (const NamedTensor& p : parameters) {
    if (p.tensor.requires_grad()) p.tensor.mutable_grad() = at::ones_like(p.tensor.detach());
  }
  update.FinishGradients(0);
  update.Apply(0.1);
  update.ClearGradients();
}

std::vector<NamedTensor> StateOf(ParameterUpdate& update) {
  std::vector<NamedTensor> state;
  EXPECT_TRUE(update
                  .VisitState([&](const NamedTensor& tensor) {
                    state.push_back({tensor.name, tensor.tensor.clone()});
                    return absl::OkStatus();
                  })
                  .ok());
  return state;
}

TEST(LocalUpdate, AnnouncesItsStateMatricesFirst) {
  const auto update = MakeLocalUpdate({}, Parameters());
  std::vector<std::string> announced, visited;
  for (const models::TensorSpec& spec : update->StateSpecs()) announced.push_back(spec.name);
  for (const NamedTensor& tensor : StateOf(*update)) visited.push_back(tensor.name);
  EXPECT_THAT(announced, ElementsAre("exp_avg/w", "exp_avg_sq/w", "step/w", "exp_avg/gain",
                                     "exp_avg_sq/gain", "step/gain"));
  EXPECT_EQ(announced, visited);
  EXPECT_EQ(update->StateSpecs()[0].shape, (std::vector<int64_t>{2, 3}));
}

TEST(LocalUpdate, GoesOnFromARestoredState) {
  const auto parameters = Parameters(), others = Parameters();
  const auto update = MakeLocalUpdate({}, parameters);
  const auto restored = MakeLocalUpdate({}, others);
  Step(*update, parameters);
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < others.size(); ++i) others[i].tensor.copy_(parameters[i].tensor);
  ASSERT_TRUE(restored->RestoreState(StateOf(*update)).ok());
  Step(*update, parameters);
  Step(*restored, others);
  for (size_t i = 0; i < others.size(); ++i) {
    EXPECT_TRUE(others[i].tensor.equal(parameters[i].tensor)) << parameters[i].name;
  }
}

TEST(LocalUpdate, RefusesAnotherState) {
  const auto update = MakeLocalUpdate({}, Parameters());
  std::vector<NamedTensor> state = StateOf(*update);
  EXPECT_TRUE(update->RestoreState(state).ok());
  state.back().name = "step/other";
  EXPECT_EQ(ExitCodeFor(update->RestoreState(state)), ExitCode::kBadData);
  EXPECT_THAT(update->RestoreState(state).message(), HasSubstr("step/gain is missing"));
}

TEST(LocalUpdate, CountsBytes) {
  const HeldBytes bytes = MakeLocalUpdate({}, Parameters())->Bytes();
  EXPECT_EQ(bytes.parameters, 4 * (3 + 6 + 4));
  EXPECT_EQ(bytes.gradients, 4 * (3 + 6));
  EXPECT_EQ(bytes.optimizer_states, 2 * 4 * (3 + 6) + 2 * 4);  // moments, two counts
  EXPECT_EQ(bytes.communication_buffers, 0);
}

}  // namespace
}  // namespace bench::harness

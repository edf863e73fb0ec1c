#include "harness/training/sharded_state.h"

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/rank_threads.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;

// Three parameters of 5 elements, of which rank 0 has the first two and rank 1 the rest but for the
// last parameter, which is all rank 1's; and a number each.
ShardedState StateOn(const Ranks& ranks) {
  ShardedState state;
  for (size_t i = 0; i < 3; ++i) {
    const std::string name = std::to_string(i);
    state.tensors.push_back({{"moment/" + name, at::kFloat, {5}}, i, 0});
    state.tensors.push_back({{"step/" + name, at::kFloat, {}}, i, 1});
  }
  state.sizes = {{2, 2, 0}, {3, 3, 5}};
  const std::vector<int64_t> mine = state.sizes[static_cast<size_t>(ranks.rank())];
  const int64_t begin = ranks.rank() == 0 ? 0 : 5;
  state.own = [mine, begin](const StateTensor& tensor) -> std::vector<at::Tensor> {
    const int64_t size = mine[tensor.parameter];
    if (size == 0) return {};
    if (tensor.kind == 1) return {at::full({1}, 7.0, at::kFloat)};
    const at::Tensor whole =
        at::arange(5, at::kFloat) + 10.0 * static_cast<double>(tensor.parameter);
    return {begin == 0 ? whole.narrow(0, 0, size) : whole.narrow(0, 5 - size, size)};
  };
  return state;
}

TEST(VisitOnLeader, PutsThePiecesTogetherInOrderOnRankZeroAlone) {
  RunOnRanks(2, [](Ranks& ranks) {
    std::vector<std::string> names;
    const absl::Status status =
        VisitOnLeader(StateOn(ranks), ranks, [&](const models::NamedTensor& tensor) {
          names.push_back(tensor.name);
          const auto parameter = static_cast<double>(tensor.name.back() - '0');
          const at::Tensor expected = tensor.name.front() == 's'
                                          ? at::scalar_tensor(7.0, at::kFloat)
                                          : at::arange(5, at::kFloat) + 10 * parameter;
          EXPECT_TRUE(tensor.tensor.equal(expected)) << tensor.name;
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    if (ranks.leads()) {
      EXPECT_THAT(names,
                  ElementsAre("moment/0", "step/0", "moment/1", "step/1", "moment/2", "step/2"));
    } else {
      EXPECT_TRUE(names.empty());
    }
  });
}

TEST(NumTogether, FillsAGroupAndTakesALargeTensorAlone) {
  const auto tensors = [](const std::vector<int64_t>& sizes) {
    std::vector<StateTensor> made;
    for (const int64_t size : sizes) made.push_back({{"t", at::kFloat, {size}}, 0, 0});
    return made;
  };
  constexpr int64_t kHalf = kGatheredTogether / 2;
  EXPECT_EQ(NumTogether(tensors({kHalf, kHalf, 1})), 2U);
  EXPECT_EQ(NumTogether(tensors({kHalf, kHalf + 1})), 1U);
  EXPECT_EQ(NumTogether(tensors({2 * kGatheredTogether, 1})), 1U);
  EXPECT_EQ(NumTogether(tensors({1, 2, 3})), 3U);
}

// Larger than what travels together: every tensor in an exchange of its own.
TEST(VisitOnLeader, PutsLargeTensorsTogether) {
  RunOnRanks(2, [](Ranks& ranks) {
    const int64_t half = kGatheredTogether / 2 + 1;
    ShardedState state;
    for (size_t i = 0; i < 3; ++i) {
      state.tensors.push_back({{std::to_string(i), at::kFloat, {2 * half}}, i, 0});
    }
    state.sizes = {{half, half, half}, {half, half, half}};
    state.own = [&](const StateTensor& tensor) -> std::vector<at::Tensor> {
      return {at::full(
          {half}, static_cast<double>(10 * tensor.parameter) + static_cast<double>(ranks.rank()))};
    };
    const absl::Status status = VisitOnLeader(state, ranks, [&](const models::NamedTensor& tensor) {
      const double parameter = 10.0 * (tensor.name.back() - '0');
      EXPECT_TRUE(tensor.tensor.narrow(0, 0, half).eq(parameter).all().item<bool>());
      EXPECT_TRUE(tensor.tensor.narrow(0, half, half).eq(parameter + 1).all().item<bool>());
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
  });
}

TEST(VisitOnLeader, TheFirstErrorEndsTheVisits) {
  ShardedState state;
  state.tensors = {{{"a", at::kFloat, {5}}, 0, 0}, {{"b", at::kFloat, {5}}, 1, 0}};
  state.own = [](const StateTensor&) { return std::vector<at::Tensor>{at::ones({5})}; };
  int visits = 0;
  const absl::Status status =
      VisitOnLeader(state, *Ranks::Alone(), [&](const models::NamedTensor&) {
        ++visits;
        return EnvironmentError("full");
      });
  EXPECT_EQ(visits, 1);
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
}

}  // namespace
}  // namespace bench::harness

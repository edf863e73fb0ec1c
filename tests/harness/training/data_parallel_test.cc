#include "harness/training/data_parallel.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>

#include <cmath>
#include <mutex>

#include "gtest/gtest.h"
#include "tests/support/rank_threads.h"

namespace bench::harness {
namespace {

using models::NamedTensor;

constexpr int64_t kMicroBatches = 12;       // divisible by 2, 3 and 4 ranks
constexpr int64_t kUnevenMicroBatches = 7;  // by none of them
constexpr int kSteps = 3;

OptimizerSpec Spec() {
  OptimizerSpec spec;
  spec.learning_rate = 0.01;
  spec.weight_decay = 0.1;
  return spec;
}

// Odd sizes, a matrix that is used twice, and parameters that no, or not every, rank trains.
std::vector<NamedTensor> Model(at::ScalarType type) {
  auto generator = at::detail::createCPUGenerator(7);
  std::vector<NamedTensor> parameters;
  const auto add = [&](const std::string& name, const std::vector<int64_t>& shape) {
    at::Tensor values = at::empty(shape, at::kFloat).normal_(0, 0.3, generator).to(type);
    parameters.push_back({name, values.set_requires_grad(true)});
  };
  add("embedding", {37, 19});
  add("gain", {19});
  add("w", {19, 41});
  add("last_ranks_only", {41});
  add("never_used", {70});
  add("empty", {0, 3});
  add("frozen", {5, 5});
  parameters.back().tensor.set_requires_grad(false);
  return parameters;
}

at::Tensor Loss(const std::vector<NamedTensor>& p, int64_t step, int64_t micro_batch) {
  auto generator = at::detail::createCPUGenerator(static_cast<uint64_t>(100 * step + micro_batch));
  const at::Tensor& embedding = p[0].tensor;
  const at::Tensor x =
      at::empty({6, 37}, at::kFloat).normal_(0, 1, generator).to(embedding.scalar_type());
  at::Tensor y = at::tanh(at::mm(at::mm(x, embedding) * p[1].tensor, p[2].tensor));
  if (micro_batch >= 6) y = y * p[3].tensor;  // of the last ranks only
  return at::mm(at::mm(y, p[2].tensor.t()), embedding.t()).to(at::kFloat).square().sum();
}

// What training leaves: all that must not depend on how it was done.
struct Trained {
  std::vector<NamedTensor> parameters, state;
  std::vector<double> norms;
};

std::vector<NamedTensor> StateOf(ParameterUpdate& update) {
  std::vector<NamedTensor> state;
  const absl::Status status = update.VisitState([&](const NamedTensor& tensor) {
    state.push_back({tensor.name, tensor.tensor.clone()});
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return state;
}

void Accumulate(ParameterUpdate& update, const std::vector<NamedTensor>& parameters, int64_t step,
                int64_t num_micro_batches, const Ranks& ranks) {
  const Share share = ShareOf(num_micro_batches, ranks);
  for (int64_t i = share.begin; i < share.end; ++i) {
    const at::Tensor loss = Loss(parameters, step, i) / static_cast<double>(num_micro_batches);
    if (i + 1 == share.end) update.BeforeLastBackward();
    loss.backward();
  }
}

void TrainSteps(ParameterUpdate& update, const std::vector<NamedTensor>& parameters,
                int64_t num_micro_batches, const Ranks& ranks, Trained& trained) {
  for (int step = 0; step < kSteps; ++step) {
    Accumulate(update, parameters, step, num_micro_batches, ranks);
    trained.norms.push_back(update.FinishGradients(/*max_norm=*/1));
    update.Apply(0.01);
    update.ClearGradients();
  }
}

Trained Finish(ParameterUpdate& update, const std::vector<NamedTensor>& parameters,
               Trained trained) {
  for (const auto& [name, tensor] : parameters) {
    trained.parameters.push_back({name, tensor.detach().clone()});
  }
  trained.state = StateOf(update);
  return trained;
}

struct How {
  int64_t num_ranks;
  ParallelSpec parallel;
  at::ScalarType type = at::kFloat;
  int64_t num_micro_batches = kMicroBatches;
  int num_threads = 1;  // of a rank
};

std::unique_ptr<ParameterUpdate> MakeUpdate(const How& how,
                                            const std::vector<NamedTensor>& parameters,
                                            Ranks& ranks, RangeTable& ranges) {
  if (how.num_ranks == 1) return MakeLocalUpdate(Spec(), parameters);
  return MakeDataParallelUpdate(Spec(), how.parallel, parameters, ranks, ranges);
}

void ExpectEqual(const std::vector<NamedTensor>& a, const std::vector<NamedTensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].name, b[i].name);
    EXPECT_TRUE(a[i].tensor.equal(b[i].tensor)) << a[i].name;
  }
}

void ExpectEqual(const Trained& a, const Trained& b) {
  EXPECT_EQ(a.norms, b.norms);
  ExpectEqual(a.parameters, b.parameters);
  ExpectEqual(a.state, b.state);
}

// What every rank ended with; all must be equal. The state is rank 0's to see.
Trained Train(const How& how) {
  std::mutex mutex;
  std::vector<Trained> all;
  const auto body = [&](Ranks& ranks) {
    at::set_num_threads(how.num_threads);  // of this thread's operations
    RangeTable ranges;
    const auto parameters = Model(how.type);
    const auto update = MakeUpdate(how, parameters, ranks, ranges);
    Trained trained;
    TrainSteps(*update, parameters, how.num_micro_batches, ranks, trained);
    trained = Finish(*update, parameters, std::move(trained));
    const std::lock_guard lock(mutex);
    all.push_back(std::move(trained));
  };
  if (how.num_ranks == 1) {
    body(*Ranks::Alone());
  } else {
    RunOnRanks(how.num_ranks, body);
  }
  EXPECT_EQ(std::ssize(all), how.num_ranks);
  std::vector<NamedTensor> state;
  for (Trained& trained : all) {
    EXPECT_TRUE(state.empty() || trained.state.empty());
    if (!trained.state.empty()) state = std::move(trained.state);
    trained.state.clear();
  }
  EXPECT_FALSE(state.empty());
  for (const Trained& trained : all) ExpectEqual(trained, all.front());
  if (all.empty()) return {};
  all.front().state = std::move(state);
  return all.front();
}

constexpr double kTinyMiB = 1e-6;                // a bucket a parameter
constexpr double kSomeMiB = 3000.0 / (1 << 20);  // two or three
constexpr ParallelSpec kPlain = {Sharding::kNone, 25};

class OfEachSize : public ::testing::TestWithParam<std::tuple<int64_t, at::ScalarType>> {};
INSTANTIATE_TEST_SUITE_P(DataParallel, OfEachSize,
                         ::testing::Combine(::testing::Values(2, 3, 4),
                                            ::testing::Values(at::kFloat, at::kBFloat16)));

TEST_P(OfEachSize, ShardedEqualsPlainBitForBitWhateverTheBuckets) {
  const auto [num_ranks, type] = GetParam();
  const Trained plain = Train({num_ranks, kPlain, type});
  for (const Sharding sharding : {Sharding::kNone, Sharding::kOptimizerStates}) {
    for (const double bucket_mib : {kTinyMiB, kSomeMiB, 25.0}) {
      SCOPED_TRACE(testing::Message() << Name(sharding).data() << " " << bucket_mib);
      ExpectEqual(Train({num_ranks, {sharding, bucket_mib}, type}), plain);
    }
  }
}

TEST_P(OfEachSize, ShardedEqualsPlainWhereRanksHaveMoreMicroBatchesThanOthers) {
  const auto [num_ranks, type] = GetParam();
  const Trained plain = Train({num_ranks, kPlain, type, kUnevenMicroBatches});
  const ParallelSpec sharded = {Sharding::kOptimizerStates, kSomeMiB};
  ExpectEqual(Train({num_ranks, sharded, type, kUnevenMicroBatches}), plain);
}

// Threads cut what they update at other places in a shard than in a whole parameter.
TEST_P(OfEachSize, ShardedEqualsPlainWithSeveralThreadsARank) {
  const auto [num_ranks, type] = GetParam();
  const Trained plain = Train({num_ranks, kPlain, type, kMicroBatches, /*num_threads=*/3});
  const ParallelSpec sharded = {Sharding::kOptimizerStates, kSomeMiB};
  ExpectEqual(Train({num_ranks, sharded, type, kMicroBatches, /*num_threads=*/3}), plain);
}

// Of one process that accumulates as many micro-batches: the sums of gradients differ in their
// order only.
void ExpectGradientsOfOneProcess(int64_t num_micro_batches) {
  const auto parameters = Model(at::kFloat);
  // By parameter: the gradient, and the sum of its terms' magnitudes.
  std::vector<at::Tensor> expected, magnitudes;
  for (const NamedTensor& p : parameters) {
    expected.push_back(at::zeros_like(p.tensor.detach(), at::kDouble));
    magnitudes.push_back(at::zeros_like(p.tensor.detach(), at::kDouble));
  }
  for (int64_t i = 0; i < num_micro_batches; ++i) {
    (Loss(parameters, 0, i) / static_cast<double>(num_micro_batches)).backward();
    for (size_t k = 0; k < parameters.size(); ++k) {
      at::Tensor& gradient = parameters[k].tensor.mutable_grad();
      if (!gradient.defined()) continue;
      expected[k] += gradient.to(at::kDouble);
      magnitudes[k] += gradient.to(at::kDouble).abs();
      gradient.reset();
    }
  }
  RunOnRanks(3, [&](Ranks& ranks) {
    RangeTable ranges;
    const auto own = Model(at::kFloat);
    const auto update = MakeDataParallelUpdate(Spec(), kPlain, own, ranks, ranges);
    Accumulate(*update, own, 0, num_micro_batches, ranks);
    update->FinishGradients(/*max_norm=*/0);
    for (size_t k = 0; k < own.size(); ++k) {
      const at::Tensor& gradient = own[k].tensor.grad();
      if (!own[k].tensor.requires_grad() || own[k].tensor.numel() == 0) continue;
      // A sum of n terms in any order is within (n - 1) u of the sum of their magnitudes.
      const at::Tensor bound =
          magnitudes[k] * static_cast<double>(num_micro_batches - 1) * std::ldexp(1.0, -24);
      EXPECT_TRUE(((gradient.to(at::kDouble) - expected[k]).abs() <= bound).all().item<bool>())
          << own[k].name;
    }
    update->ClearGradients();
  });
}

TEST(DataParallel, GradientsEqualThoseOfOneProcess) { ExpectGradientsOfOneProcess(kMicroBatches); }

TEST(DataParallel, GradientsEqualThoseOfOneProcessWhereRanksHaveUnequalShares) {
  ExpectGradientsOfOneProcess(kUnevenMicroBatches);
}

TEST(DataParallel, LeavesWhatNoRankTrains) {
  const Trained trained = Train({2, {Sharding::kOptimizerStates, 25}, at::kFloat});
  const auto before = Model(at::kFloat);
  for (size_t i = 0; i < before.size(); ++i) {
    const bool moves =
        before[i].name != "never_used" && before[i].name != "frozen" && before[i].name != "empty";
    EXPECT_EQ(!trained.parameters[i].tensor.equal(before[i].tensor), moves) << before[i].name;
  }
  for (const NamedTensor& state : trained.state) {
    EXPECT_EQ(state.name.find("frozen"), std::string::npos);
    if (state.name == "step/never_used") {
      EXPECT_EQ(state.tensor.item<float>(), 0);
    }
    // On the ranks of its micro-batches alone, but a step for all.
    if (state.name == "step/last_ranks_only") {
      EXPECT_EQ(state.tensor.item<float>(), kSteps);
    }
  }
}

// A step of one process with the same gradients: the update itself is the same bits.
TEST(DataParallel, UpdateEqualsOneProcessBitForBitOnEqualGradients) {
  const auto parameters = Model(at::kFloat);
  const auto local = MakeLocalUpdate(Spec(), parameters);
  (Loss(parameters, 0, 0) * 2).backward();
  local->FinishGradients(0);
  local->Apply(0.01);
  RunOnRanks(2, [&](Ranks& ranks) {
    RangeTable ranges;
    const auto own = Model(at::kFloat);
    const auto update =
        MakeDataParallelUpdate(Spec(), {Sharding::kOptimizerStates, kSomeMiB}, own, ranks, ranges);
    update->BeforeLastBackward();
    Loss(own, 0, 0).backward();  // on both ranks: doubling is exact
    update->FinishGradients(0);
    update->Apply(0.01);
    for (size_t i = 0; i < own.size(); ++i) {
      EXPECT_TRUE(own[i].tensor.equal(parameters[i].tensor)) << own[i].name;
    }
  });
}

// State of 3 ranks goes on with 2, 4 or in one process: it is the same state.
TEST(DataParallel, StateMovesToAnotherNumberOfRanks) {
  const Trained before = Train({3, {Sharding::kOptimizerStates, kSomeMiB}, at::kBFloat16});
  const auto restore = [&](const How& how, Ranks& ranks) {
    RangeTable ranges;
    const auto parameters = Model(how.type);
    const auto update = MakeUpdate(how, parameters, ranks, ranges);
    const absl::Status status = update->RestoreState(before.state);
    EXPECT_TRUE(status.ok()) << status;
    const std::vector<NamedTensor> state = StateOf(*update);
    ExpectEqual(state, ranks.leads() ? before.state : std::vector<NamedTensor>());
  };
  for (const int64_t num_ranks : {2, 4}) {
    const How how = {num_ranks, {Sharding::kOptimizerStates, kTinyMiB}, at::kBFloat16};
    RunOnRanks(num_ranks, [&](Ranks& ranks) { restore(how, ranks); });
  }
  restore({1, kPlain, at::kBFloat16}, *Ranks::Alone());
}

// Each parameter is a bucket of its own, complete when the backward pass has come to it.
TEST(DataParallel, SendsGradientsWhileTheBackwardPassGoesOn) {
  RunOnRanks(2, [](Ranks& ranks) {
    RangeTable ranges;
    const std::vector<NamedTensor> parameters = {{"w1", at::ones({8, 8}).set_requires_grad(true)},
                                                 {"w2", at::ones({8, 8}).set_requires_grad(true)}};
    const auto update = MakeDataParallelUpdate(Spec(), {Sharding::kOptimizerStates, kTinyMiB},
                                               parameters, ranks, ranges);
    const auto num_sent = [&] {
      int64_t count = 0;
      for (const RangeTotal& total : ranges.TakeStep()) {
        if (total.id == RangeId::kSendGradients) count += total.count;
      }
      return count;
    };
    int64_t before_w1 = 0;
    parameters[0].tensor.register_hook([&](const at::Tensor&) { before_w1 = num_sent(); });
    const auto backward = [&] {
      at::ones({2, 8}).mm(parameters[0].tensor).mm(parameters[1].tensor).sum().backward();
    };
    backward();  // not the window's last: more will be added
    EXPECT_EQ(before_w1 + num_sent(), 0);
    update->BeforeLastBackward();
    backward();
    EXPECT_EQ(before_w1, 1);   // w2's, when w1 had no gradient yet
    EXPECT_EQ(num_sent(), 1);  // w1's, before anybody asked for the sums
    update->FinishGradients(0);
    EXPECT_EQ(num_sent(), 0);
  });
}

TEST(DataParallel, ShardsTheStatesOnly) {
  for (const int64_t num_ranks : {2, 4}) {
    RunOnRanks(num_ranks, [&](Ranks& ranks) {
      RangeTable ranges;
      std::vector<NamedTensor> parameters = {
          {"w", at::ones({512, 512}, at::kBFloat16).set_requires_grad(true)}};
      const int64_t psi = parameters[0].tensor.numel();
      const auto update = MakeDataParallelUpdate(Spec(), {Sharding::kOptimizerStates, 25},
                                                 parameters, ranks, ranges);
      EXPECT_EQ(update->Bytes().parameters, 2 * psi);
      EXPECT_EQ(update->Bytes().gradients, 2 * psi);
      EXPECT_EQ(update->Bytes().optimizer_states, 12 * psi / ranks.size() + 4);  // and a count
    });
  }
}

}  // namespace
}  // namespace bench::harness

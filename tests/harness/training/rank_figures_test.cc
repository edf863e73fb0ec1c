#include "harness/training/rank_figures.h"

#include "gtest/gtest.h"
#include "harness/training/data_parallel.h"
#include "results/metrics.h"
#include "tests/harness/run_fixture.h"
#include "tests/support/print_enums.h"
#include "tests/support/rank_threads.h"

namespace bench::harness {
namespace {

using models::NamedTensor;

double ValueOf(const results::RunRecord& record, int64_t rank,
               const results::MetricDescriptor& metric) {
  const auto& values = record.ranks.at(rank);
  const auto found = values.find(std::string(metric.name));
  EXPECT_NE(found, values.end()) << metric.name;
  return found == values.end() ? -1 : found->second.value;
}

TEST(RankFigures, OfOneProcessAreThoseOfItsTensors) {
  InstallTensorMemoryCounter();
  RunFixture fixture;
  RunContext context = fixture.Start("run");
  const std::vector<NamedTensor> parameters = {
      {"w", at::ones({64, 64}).set_requires_grad(true)},
      {"half", at::ones({64}, at::kBFloat16).set_requires_grad(true)}};
  const auto update = MakeLocalUpdate({}, parameters);
  RankFigures figures(parameters, *update, {}, context.ranks);
  figures.BeginStep();
  figures.BeginForward();
  const at::Tensor kept = at::ones({1000});
  figures.EndForward();
  { const at::Tensor passing = at::ones({5000}); }
  figures.EndStep();
  figures.BeginForward();  // of less
  figures.EndForward();
  const auto of_all = figures.RecordRanks(context.writer);
  ASSERT_TRUE(of_all.ok()) << of_all.status();

  const results::RunRecord record = fixture.Record("run");
  EXPECT_EQ(ValueOf(record, 0, results::kParameterBytes), 4 * 4096 + 2 * 64);
  EXPECT_EQ(ValueOf(record, 0, results::kGradientBytes), 4 * 4096 + 2 * 64);
  // Two moments each, master weights of the bf16 one, a count each.
  EXPECT_EQ(ValueOf(record, 0, results::kOptimizerStateBytes), 8 * 4096 + 12 * 64 + 2 * 4);
  EXPECT_EQ(ValueOf(record, 0, results::kActivationBytes), 4000);
  EXPECT_GE(ValueOf(record, 0, results::kPeakTensorBytes), 12 * 4096 + 4000 + 20000);
  const double formula = 16 * (4096 + 64);
  EXPECT_DOUBLE_EQ(ValueOf(record, 0, results::kStateBytesRatio), (formula + 8) / formula);
  // One process sends nothing: absent, not 0.
  EXPECT_FALSE(record.ranks.at(0).contains("sent_bytes"));
  EXPECT_FALSE(record.ranks.at(0).contains("sent_bytes_ratio"));
  ASSERT_EQ(of_all->size(), 2u);
  EXPECT_EQ(of_all->at(0).key.descriptor, &results::kHeapBytes);
  EXPECT_EQ(of_all->at(0).value, ValueOf(record, 0, results::kHeapBytes));
  EXPECT_GE(of_all->at(0).value, 12 * 4096 + 4000);  // the tensors of above
  EXPECT_EQ(of_all->at(1).key.descriptor, &results::kStateBytesRatio);
}

// By hand: 100 elements fill two shards of 64, of which the second holds 36.
TEST(RankFigures, OfSeveralRanksAreRecordedByTheFirstWithTheRatioThatIsFurthestOff) {
  const TempFolder folder;
  RunOnRanks(2, [&](Ranks& ranks) {
    RunFixture fixture(folder, ranks);
    RunContext context = fixture.Start("run");
    RangeTable ranges;
    const std::vector<NamedTensor> parameters = {{"w", at::ones({100}).set_requires_grad(true)}};
    const ParallelSpec parallel = {Sharding::kOptimizerStates, 25};
    const auto update = MakeDataParallelUpdate({}, parallel, parameters, ranks, ranges);
    const RankFigures figures(parameters, *update, parallel, ranks);
    const auto of_all = figures.RecordRanks(context.writer);
    ASSERT_TRUE(of_all.ok()) << of_all.status();
    ASSERT_EQ(of_all->size(), 2u);  // no step, so nothing is known of sent bytes
    EXPECT_EQ(of_all->at(1).key.descriptor, &results::kStateBytesRatio);
    EXPECT_DOUBLE_EQ(of_all->at(1).value, (2 * 512 + 8 * 64 + 4) / 1200.0);
    ASSERT_TRUE(context.writer.Flush().ok());
  });
  const results::RunRecord record = *results::RecoverJournal(folder / "run");
  ASSERT_EQ(record.ranks.size(), 2u);
  const double formula = 8 * 100 + 8 * 100 / 2.0;  // of ZeRO-1 in fp32
  for (const int64_t rank : {0, 1}) {
    const double states = 8 * (rank == 0 ? 64 : 36) + 4;  // two moments, and a count
    EXPECT_EQ(ValueOf(record, rank, results::kParameterBytes), 4 * 128);
    EXPECT_EQ(ValueOf(record, rank, results::kGradientBytes), 4 * 128);
    EXPECT_EQ(ValueOf(record, rank, results::kOptimizerStateBytes), states);
    EXPECT_DOUBLE_EQ(ValueOf(record, rank, results::kStateBytesRatio),
                     (2 * 512 + states) / formula);
    EXPECT_FALSE(record.ranks.at(rank).contains("activation_bytes"));
  }
}

// The ranks are threads of one process here, whose sockets are counted together.
class SentBytes : public ::testing::TestWithParam<std::tuple<int64_t, Sharding>> {};
INSTANTIATE_TEST_SUITE_P(RankFigures, SentBytes,
                         ::testing::Combine(::testing::Values(2, 4),
                                            ::testing::Values(Sharding::kNone,
                                                              Sharding::kOptimizerStates)));

TEST_P(SentBytes, OfAllRanksAreTwiceTheParametersLessTheirOwnShare) {
  const auto [num_ranks, sharding] = GetParam();
  RunOnRanks(num_ranks, [sharding = sharding](Ranks& ranks) {
    RangeTable ranges;
    const std::vector<NamedTensor> parameters = {
        {"w", at::ones({512, 512}).set_requires_grad(true)}};
    const ParallelSpec parallel = {sharding, 0.25};
    const auto update = MakeDataParallelUpdate({}, parallel, parameters, ranks, ranges);
    const auto step = [&] {
      update->BeforeLastBackward();
      parameters[0].tensor.square().sum().backward();
      update->FinishGradients(0);
      update->Apply(0.1);
      update->ClearGradients();
      ranks.GatherRows(at::ones({1}));  // nobody is still sending
    };
    step();
    const int64_t before = *ranks.SentBytes();
    ranks.GatherRows(at::ones({1}));
    step();
    ranks.GatherRows(at::ones({1}));
    const auto sent = static_cast<double>(*ranks.SentBytes() - before);
    const auto n = static_cast<double>(ranks.size());
    const double expected = n * (2 * (n - 1) / n * 4 * 512 * 512);  // of all
    // Headers, the norm and the rows gathered above: some kilobytes between any two.
    EXPECT_GE(sent, expected);
    EXPECT_LE(sent, expected + n * (n - 1) * 4096);
    ranks.GatherRows(at::ones({1}));
  });
}

}  // namespace
}  // namespace bench::harness

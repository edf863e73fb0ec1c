#include "harness/stages/ppo_statistics.h"

#include <map>
#include <string>

#include "tests/harness/stages/ppo_golden.h"

namespace bench::harness {
namespace {

std::map<std::string, double> MetricsOf(const PpoGolden& golden,
                                        const std::vector<std::pair<int64_t, int64_t>>& pieces) {
  PpoStatistics statistics;
  for (const auto& [begin, length] : pieces) {
    const auto piece = [&, begin = begin, length = length](const char* name) {
      return golden.Vector(name).narrow(0, begin, length);
    };
    statistics.Add(
        PolicyLossTerms(piece("log_probs"), piece("old_log_probs"), piece("advantages"),
                        golden.settings()),
        ValueLossTerms(piece("values"), {piece("old_values"), piece("returns")}, golden.settings()),
        piece("values"));
  }
  std::map<std::string, double> values;
  for (const results::MetricValue& value : statistics.Metrics()) {
    values[value.key.Path()] = value.value;
  }
  return values;
}

// However the mini-batch is cut: 16 tokens as one micro-batch, or as three of different sizes.
TEST(PpoStatistics, AreThoseOfAPaddedPythonTrainerForAnyMicroBatches) {
  for (const PpoGolden& golden : PpoGolden::Load()) {
    for (const auto& pieces : {std::vector<std::pair<int64_t, int64_t>>{{0, 16}},
                               std::vector<std::pair<int64_t, int64_t>>{{0, 5}, {5, 1}, {6, 10}}}) {
      const std::map<std::string, double> values = MetricsOf(golden, pieces);
      for (const char* name : {"policy_loss", "value_loss", "approx_kl", "clip_fraction",
                               "value_clip_fraction", "ratio", "ratio_variance"}) {
        EXPECT_NEAR(values.at(name), golden.Number(name), kGoldenTolerance) << name;
      }
      EXPECT_NEAR(values.at("entropy"), golden.Vector("values").mean().item<double>(),
                  kGoldenTolerance);
    }
  }
}

TEST(PpoStatistics, ASingleTokenHasNoVariance) {
  const PpoGolden golden = PpoGolden::Load().front();
  EXPECT_EQ(MetricsOf(golden, {{3, 1}}).at("ratio_variance"), 0);
}

}  // namespace
}  // namespace bench::harness

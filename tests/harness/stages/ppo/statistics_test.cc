#include "harness/stages/ppo/statistics.h"

#include <map>
#include <string>

#include "tests/harness/stages/ppo/golden.h"

namespace bench::harness {
namespace {

// Responses begin to end - 1 of a rollout.
struct Piece {
  size_t begin, end;
};

at::Tensor Narrowed(const at::Tensor& all, const ResponseOffsets& offsets, const Piece& piece) {
  return all.slice(0, offsets[piece.begin], offsets[piece.end]);
}

std::map<std::string, double> MetricsOf(const PpoGolden& golden, const std::vector<Piece>& pieces) {
  PpoStatistics statistics;
  for (const Piece& piece : pieces) {
    const auto tokens = [&](const char* name) {
      return Narrowed(golden.Vector(name), golden.layout().tokens, piece);
    };
    const auto values = [&](const char* name) {
      return Narrowed(golden.Vector(name), golden.layout().values, piece);
    };
    statistics.Add(PolicyLossTerms(tokens("log_probs"), tokens("old_log_probs"),
                                   tokens("advantages"), golden.settings()),
                   tokens("log_probs"));
    statistics.AddValues(ValueLossTerms(values("values"), {values("old_values"), values("returns")},
                                        golden.settings()));
  }
  std::map<std::string, double> values;
  for (const results::MetricValue& value : statistics.Metrics(*Ranks::Alone())) {
    values[value.key.Path()] = value.value;
  }
  return values;
}

// However the mini-batch is cut: 16 tokens as one micro-batch, or as three of different sizes.
// Values may stand behind the ends of responses too.
TEST(PpoStatistics, AreThoseOfAPaddedPythonTrainerForAnyMicroBatches) {
  for (const PpoGolden& golden : PpoGolden::Load()) {
    for (const auto& pieces :
         {std::vector<Piece>{{0, 4}}, std::vector<Piece>{{0, 1}, {1, 2}, {2, 4}}}) {
      const std::map<std::string, double> values = MetricsOf(golden, pieces);
      for (const char* name : {"policy_loss", "value_loss", "approx_kl", "clip_fraction",
                               "value_clip_fraction", "ratio", "ratio_variance"}) {
        EXPECT_NEAR(values.at(name), golden.Number(name), kGoldenTolerance) << name;
      }
      EXPECT_NEAR(values.at("entropy"), golden.Vector("log_probs").mean().item<double>(),
                  kGoldenTolerance);
    }
  }
}

TEST(PpoStatistics, ASingleTokenHasNoVariance) {
  const PpoGolden golden = PpoGolden::Load().front();
  EXPECT_EQ(MetricsOf(golden, {{1, 2}}).at("ratio_variance"), 0);
}

}  // namespace
}  // namespace bench::harness

#include "harness/stages/generated/predictor_losses.h"

#include <gtest/gtest.h>

#include <map>

namespace bench::harness {
namespace {

generated::Row Row(const std::vector<double>& exact, const std::vector<double>& other) {
  generated::Row row;
  row.Add(4, TokenMark::kGiven);
  for (size_t i = 1; i < exact.size(); ++i) row.Add(5, TokenMark::kTarget);
  row.predictor_nll = {exact, other};
  return row;
}

// Means over all targets of both rows: (1 + 2 + 3) / 3; late are the second target of the first row
// and the only one of the second: (2 + 3) / 2.
TEST(PredictorLosses, AreMeansOverTheTargets) {
  PredictorLosses losses({"bayes", "unigram"});
  losses.Add(Row({0, 1, 2}, {0, 10, 20}));
  losses.Add(Row({0, 3}, {0, 60}));
  std::map<std::string, double> values;
  for (const results::MetricValue& value : losses.Summary()) values[value.key.Path()] = value.value;
  EXPECT_EQ(values, (std::map<std::string, double>{{"predictor_loss/bayes", 2},
                                                   {"predictor_loss/bayes_late", 2.5},
                                                   {"predictor_loss/unigram", 30},
                                                   {"predictor_loss/unigram_late", 40}}));
}

TEST(PredictorLosses, AreNoneWithoutRows) {
  EXPECT_TRUE(PredictorLosses({"bayes"}).Summary().empty());
  EXPECT_TRUE(PredictorLosses({}).Summary().empty());
}

}  // namespace
}  // namespace bench::harness

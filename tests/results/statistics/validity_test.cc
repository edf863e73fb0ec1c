#include "results/statistics/validity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/status.h"

namespace bench::results {
namespace {

TEST(CheckSample, NamesTheFirstValueThatIsNotFinite) {
  const std::vector<double> values = {1, 2, std::nan(""), 4};
  const absl::Status status = CheckSample(values, 1);
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  EXPECT_EQ(status.message(), "value 2 of a sample is not finite");
  EXPECT_TRUE(CheckSample(std::span(values).first(2), 2).ok());
  EXPECT_FALSE(CheckSample(std::span(values).first(2), 3).ok());
}

TEST(CheckPairs, RefusesUnequalSizesAndSaysWhichArmIsBad) {
  const std::vector<double> two = {1, 2};
  const std::vector<double> infinite = {1, std::numeric_limits<double>::infinity()};
  EXPECT_TRUE(CheckPairs(two, two, 2).ok());
  EXPECT_FALSE(CheckPairs(two, std::span(two).first(1), 1).ok());
  EXPECT_EQ(CheckPairs(two, infinite, 2).message(), "head: value 1 of a sample is not finite");
}

TEST(CheckProbability, EndsAndNanAreOutside) {
  EXPECT_TRUE(CheckProbability(0.5, "level").ok());
  for (const double bad : {0.0, 1.0, -0.1, 95.0, std::nan("")}) {
    EXPECT_EQ(ExitCodeFor(CheckProbability(bad, "level")), ExitCode::kUsage) << bad;
  }
}

}  // namespace
}  // namespace bench::results

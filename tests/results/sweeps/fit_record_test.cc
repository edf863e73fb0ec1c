#include "results/sweeps/fit_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::results {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// Through 3 + 2 x^-0.5, the point at x = 16 held out.
SweepFit Law(size_t num_replicates) {
  SweepFit fit;
  fit.kind = "power_law";
  fit.arm = "all";
  fit.x = "parameters";
  fit.y = "loss";
  for (const double x : {1.0, 2.0, 4.0, 8.0, 16.0}) {
    fit.points.push_back({x, {}});
    for (size_t r = 0; r < num_replicates; ++r) {
      const double aside = num_replicates == 1 ? 0 : (r % 2 == 0 ? 0.01 : -0.01);
      fit.points.back().y.push_back(3 + 2 * std::pow(x, -0.5) + aside);
    }
  }
  const auto made = FitWithBand(CurveKind::kPowerLaw, fit.points,
                                {.held_out = HeldOut::kLargestX, .num_resamples = 99});
  EXPECT_TRUE(made.ok()) << made.status();
  fit.fit = *made;
  return fit;
}

RunRecord Recorded(const std::vector<SweepFit>& fits) {
  const TempFolder folder;
  const auto writer = *RunWriter::Create(folder / "run", SampleHeader(), 5);
  for (size_t i = 0; i < fits.size(); ++i) {
    const absl::Status recorded = RecordFit(*writer, static_cast<int64_t>(i), fits[i]);
    EXPECT_TRUE(recorded.ok()) << recorded;
  }
  EXPECT_TRUE(writer->Flush().ok());
  return *RecoverJournal(folder / "run");
}

TEST(FitRecord, IsReadAsItWasRecorded) {
  const SweepFit law = Law(4);
  const auto fits = FitsOf(Recorded({law}));
  ASSERT_THAT(fits, SizeIs(1));
  const RecordedFit& fit = fits[0];
  EXPECT_EQ(fit.title, "loss by parameters, all: power_law");
  EXPECT_EQ(fit.quantities.at("exponent"), law.fit.curve.parameters[2]);
  EXPECT_EQ(fit.quantities.at("held_out_x"), 16);
  EXPECT_EQ(fit.quantities.at("predicted"), law.fit.held_out->predicted.y);
  EXPECT_EQ(fit.quantities.at("measured"), law.fit.held_out->measured);
  EXPECT_EQ(fit.intervals.at("exponent"), law.fit.parameters[2]);
  EXPECT_EQ(fit.intervals.at("predicted"), *law.fit.held_out->predicted.interval);
  EXPECT_THAT(fit.points, SizeIs(20));
  ASSERT_THAT(fit.curve, SizeIs(law.fit.points.size()));
  EXPECT_EQ(fit.curve.back().y, law.fit.points.back().y);
  EXPECT_EQ(*fit.curve.back().interval, *law.fit.points.back().interval);
}

TEST(FitRecord, WithoutABandThereAreNoIntervals) {
  const auto fits = FitsOf(Recorded({Law(1)}));
  ASSERT_THAT(fits, SizeIs(1));
  EXPECT_THAT(fits[0].intervals, IsEmpty());
  EXPECT_FALSE(fits[0].curve.front().interval.has_value());
  EXPECT_THAT(fits[0].points, SizeIs(5));
}

TEST(FitRecord, FitsKeepTheirOrder) {
  SweepFit second = Law(1);
  second.y = "perplexity";
  const auto fits = FitsOf(Recorded({Law(1), second}));
  ASSERT_THAT(fits, SizeIs(2));
  EXPECT_EQ(fits[0].y, "loss");
  EXPECT_EQ(fits[1].y, "perplexity");
}

TEST(FitsOf, OfOthersThereAreNone) { EXPECT_THAT(FitsOf(SampleRecord()), IsEmpty()); }

}  // namespace
}  // namespace bench::results

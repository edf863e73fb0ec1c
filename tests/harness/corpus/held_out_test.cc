#include "harness/corpus/held_out.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace bench::corpus {
namespace {

// Of n digests the held-out share is binomial: 5 standard deviations.
TEST(IsHeldOut, TakesTheFractionOfTheDigests) {
  constexpr int kNum = 20'000;
  for (const double fraction : {0.01, 0.3}) {
    int count = 0;
    for (int i = 0; i < kNum; ++i) count += IsHeldOut(DigestOf(std::to_string(i)), fraction);
    EXPECT_NEAR(count, kNum * fraction, 5 * std::sqrt(kNum * fraction * (1 - fraction)));
  }
  EXPECT_TRUE(IsHeldOut({.high = ~uint64_t{0}, .low = 0}, 1e-9));
  EXPECT_FALSE(IsHeldOut({.high = 0, .low = ~uint64_t{0}}, 0.5));
}

// How many of documents at these places are held out.
int NumHeldOut(const std::vector<double>& places, double fraction) {
  HeldOutPlaces range;
  for (const double place : places) range.Add(place);
  const double effective = HeldOutFraction(fraction, range);
  int count = 0;
  for (const double place : places) count += place < effective;
  return count;
}

TEST(HeldOutFraction, IsTheDefinitionsWhereBothPartsHaveADocument) {
  HeldOutPlaces places;
  places.Add(0.2);
  places.Add(0.7);
  EXPECT_EQ(HeldOutFraction(0.3, places), 0.3);
}

TEST(HeldOutFraction, OfFewDocumentsOneIsHeldOutAndOneIsTrainedOn) {
  EXPECT_EQ(NumHeldOut({0.9, 0.4, 0.5, 0.6, 0.8}, 0.01), 1);
  EXPECT_EQ(NumHeldOut({0.1, 0.2, 0.3}, 0.5), 2);
  EXPECT_EQ(NumHeldOut({0.01, 0.9}, 0.01), 1);  // the bound itself is not held out
  EXPECT_EQ(NumHeldOut({0.4, 0.4}, 0.01), 0);   // one text
}

TEST(HeldOutFraction, DoesNotDependOnHowPlacesAreMerged) {
  HeldOutPlaces left, right;
  left.Add(0.4);
  right.Add(0.2);
  right.Add(0.9);
  right.Merge(left);
  EXPECT_EQ(right.least, 0.2);
  EXPECT_EQ(right.most, 0.9);
  right.Merge(HeldOutPlaces());  // a shard without documents
  EXPECT_EQ(right.least, 0.2);
  EXPECT_EQ(right.most, 0.9);
}

}  // namespace
}  // namespace bench::corpus

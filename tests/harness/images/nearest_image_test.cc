#include "harness/images/nearest_image.h"

#include <gmock/gmock.h>

#include <string>

namespace bench::harness::images {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Image Line(std::vector<uint8_t> values) {
  const auto width = static_cast<int64_t>(values.size());
  return {width, 1, 1, std::move(values)};
}

// From (0, 0): to (3, 4) 5, to (0, 4) 4. From (9, 9): sqrt(61) and sqrt(106). From (255, 0):
// sqrt(252^2 + 16) and sqrt(255^2 + 16).
TEST(NearestImages, IsNearestByTheEuclideanDistance) {
  const Image known[] = {Line({3, 4}), Line({0, 4}), Line({0, 4})};
  const Image asked[] = {Line({0, 0}), Line({9, 9}), Line({0, 4}), Line({255, 0})};
  const std::vector<const Image*> known_list = {&known[0], &known[1], &known[2]};
  const std::vector<const Image*> asked_list = {&asked[0], &asked[1], &asked[2], &asked[3]};
  for (const int64_t num_threads : {1, 3}) {
    const auto nearest = NearestImages(asked_list, known_list, num_threads);
    ASSERT_TRUE(nearest.ok()) << nearest.status();
    EXPECT_THAT(*nearest, ElementsAre(1, 0, 1, 0));  // of equal ones the first
  }
}

// 4 times 16 is more than 49; by the largest difference the first one would be nearer.
TEST(NearestImages, AddsTheSquaresOfAllDifferences) {
  const Image asked = Line({0, 0, 0, 0});
  const Image spread = Line({4, 4, 4, 4}), in_one = Line({7, 0, 0, 0});
  const std::vector<const Image*> known = {&spread, &in_one};
  EXPECT_THAT(*NearestImages(std::vector<const Image*>{&asked}, known, 1), ElementsAre(1));
}

TEST(NearestImages, DifferentSizesHaveNoDistance) {
  const Image asked = Line({0, 0}), known = Line({0});
  EXPECT_THAT(std::string(NearestImages(std::vector<const Image*>{&asked},
                                        std::vector<const Image*>{&known}, 1)
                              .status()
                              .message()),
              HasSubstr("different sizes"));
}

}  // namespace
}  // namespace bench::harness::images

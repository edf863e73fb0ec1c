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

// Two lines of two pixels. (5 0 / 0 0) moved right is (0 5 / 0 0), down (0 0 / 5 0), both (0 0 / 0
// 5); (0 0 / 0 4) moved left is (0 0 / 4 0). So of what is asked, (0 0 / 0 5) is a copy of image 0,
// where unmoved image 1 is nearest, and (0 0 / 4 0) is one of image 1.
TEST(NearestMovedImages, IsNearestByTheNearestCopy) {
  const Image known[] = {{2, 2, 1, {5, 0, 0, 0}}, {2, 2, 1, {0, 0, 0, 4}}};
  const Image asked[] = {{2, 2, 1, {0, 0, 0, 5}}, {2, 2, 1, {0, 0, 4, 0}}};
  const std::vector<const Image*> known_list = {&known[0], &known[1]};
  const std::vector<const Image*> asked_list = {&asked[0], &asked[1]};
  EXPECT_THAT(*NearestImages(asked_list, known_list, 1), ElementsAre(1, 1));
  for (const int64_t num_threads : {1, 3}) {
    EXPECT_THAT(*NearestMovedImages(asked_list, known_list, 0, num_threads), ElementsAre(1, 1));
    EXPECT_THAT(*NearestMovedImages(asked_list, known_list, 1, num_threads), ElementsAre(0, 1));
  }
}

// Image 1 is what is asked when it is not moved, image 0 when it is moved down, which comes later.
TEST(NearestMovedImages, OfEqualDistancesItIsTheFirstImageWhateverTheMove) {
  const Image known[] = {{1, 2, 1, {7, 0}}, {1, 2, 1, {0, 7}}};
  const Image asked = {1, 2, 1, {0, 7}};
  EXPECT_THAT(*NearestMovedImages(std::vector<const Image*>{&asked},
                                  std::vector<const Image*>{&known[0], &known[1]}, 1, 1),
              ElementsAre(0));
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

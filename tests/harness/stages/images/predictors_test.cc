#include "harness/stages/images/predictors.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace bench::harness {
namespace {

// A line of two pixels with its text; the first four are trained on.
images::ImageRows Rows() {
  images::LabelledImages labelled;
  const std::pair<std::vector<uint8_t>, const char*> list[] = {
      {{0, 0}, "a"}, {{9, 9}, "b"}, {{9, 0}, "b"}, {{0, 9}, "c"},
      {{1, 1}, "a"}, {{8, 1}, "a"}, {{1, 8}, "c"}};
  for (const auto& [values, text] : list) labelled.images.push_back({{2, 1, 1, values}, text});
  ImagesSpec spec;
  spec.patch_width = 2;
  spec.patch_height = 1;
  spec.training_images = 4;
  return *images::ImageRows::Create(spec, 1, labelled);
}

TEST(ImagePredictors, AreTheNearestNeighbourAndTheMostFrequentText) {
  const auto predictors = ComputePredictors(Rows(), 0, 2);
  ASSERT_TRUE(predictors.ok()) << predictors.status();
  ASSERT_EQ(predictors->size(), 2U);
  EXPECT_EQ((*predictors)[0].name, "nearest_neighbour");
  EXPECT_EQ((*predictors)[0].texts, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ((*predictors)[1].name, "most_frequent");
  EXPECT_EQ((*predictors)[1].texts, (std::vector<std::string>{"b", "b", "b"}));
}

// Moved by a pixel, image 1 is (9, 0) and (0, 9), too: as near as images 2 and 3 are, and before
// them. Image 6 is "b" then, which images 2 and 3 alone would not make of it.
TEST(ImagePredictors, WithMovedImagesANeighbourOfTheirCopiesIsOneMore) {
  const auto predictors = ComputePredictors(Rows(), 1, 2);
  ASSERT_TRUE(predictors.ok()) << predictors.status();
  ASSERT_EQ(predictors->size(), 3U);
  EXPECT_EQ((*predictors)[0].texts, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ((*predictors)[2].name, "nearest_neighbour_moved");
  EXPECT_EQ((*predictors)[2].texts, (std::vector<std::string>{"a", "b", "b"}));
}

// The nearest neighbour has 4 and 6 right, and 5 wrong. Of the rows (4 6), (4 5), (5 5) it has
// images 2 + 1 + 0 of 6 and the first row alone; always "b" has none.
TEST(ImagePredictors, AreScoredByImagesAndByRows) {
  const images::ImageRows rows = Rows();
  const auto predictors = ComputePredictors(rows, 0, 1);
  ASSERT_TRUE(predictors.ok()) << predictors.status();
  std::map<std::string, double> scores;
  for (const auto& value : PredictorScores(*predictors, rows, {{4, 6}, {4, 5}, {5, 5}})) {
    scores[value.key.Path()] = value.value;
  }
  EXPECT_EQ(scores,
            (std::map<std::string, double>{{"predictor_accuracy/nearest_neighbour", 0.5},
                                           {"predictor_exact_match/nearest_neighbour", 1.0 / 3},
                                           {"predictor_accuracy/most_frequent", 0},
                                           {"predictor_exact_match/most_frequent", 0}}));
}

}  // namespace
}  // namespace bench::harness

// What predictors that are computed, not trained, say of the images of held-out rows:
//   nearest_neighbour  the text of the nearest training image (harness/images/nearest_image.h)
//   most_frequent      the most frequent text of the training images; of several the first in the
//                      order of bytes
//   nearest_neighbour_moved  the text of the nearest among all moved copies of the training images,
//                      where rows have them (images.max_shift > 0): what a model is trained on
// predictor_accuracy is the share of the rows' images whose text is right, an image counted as
// often as rows have it; predictor_exact_match that of the rows of which every image is right. No
// image that is asked is moved, as none of a held-out row is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/images/image_rows.h"
#include "results/metric.h"

namespace bench::harness {

struct ImagePredictor {
  std::string name;
  std::vector<std::string> texts;  // of the held-out images, in their order
};

// `max_shift` as in the rows. Errors as NearestImages has them.
absl::StatusOr<std::vector<ImagePredictor>> ComputePredictors(const images::ImageRows& rows,
                                                              int64_t max_shift,
                                                              int64_t num_threads);

// `row_images`: of each held-out row the images that it is made of.
std::vector<results::MetricValue> PredictorScores(
    const std::vector<ImagePredictor>& predictors, const images::ImageRows& rows,
    const std::vector<std::vector<int64_t>>& row_images);

}  // namespace bench::harness

#include "harness/stages/images/predictors.h"

#include <algorithm>
#include <map>

#include "base/status.h"
#include "harness/images/nearest_image.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using images::ImageRows;
using images::Part;

const std::string& TextOf(const ImageRows& rows, int64_t image) {
  return rows.labelled().images[static_cast<size_t>(image)].text;
}

std::vector<const images::Image*> ImagesOf(const ImageRows& rows, Part part) {
  std::vector<const images::Image*> list;
  for (const int64_t i : rows.images(part)) {
    list.push_back(&rows.labelled().images[static_cast<size_t>(i)].image);
  }
  return list;
}

std::string MostFrequentText(const ImageRows& rows) {
  std::map<std::string, int64_t> counts;
  for (const int64_t i : rows.images(Part::kTrain)) ++counts[TextOf(rows, i)];
  return std::max_element(counts.begin(), counts.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

// What the nearest images say: `nearest` has places in the list of the training images.
ImagePredictor Neighbours(const std::string& name, const ImageRows& rows,
                          const std::vector<int64_t>& nearest) {
  const std::vector<int64_t>& known = rows.images(Part::kTrain);
  ImagePredictor predictor{name, {}};
  for (const int64_t i : nearest) {
    predictor.texts.push_back(TextOf(rows, known[static_cast<size_t>(i)]));
  }
  return predictor;
}

}  // namespace

absl::StatusOr<std::vector<ImagePredictor>> ComputePredictors(const ImageRows& rows,
                                                              int64_t max_shift,
                                                              int64_t num_threads) {
  const std::vector<const images::Image*> asked_images = ImagesOf(rows, Part::kValidation);
  const std::vector<const images::Image*> known_images = ImagesOf(rows, Part::kTrain);
  BENCH_ASSIGN_OR_RETURN(const std::vector<int64_t> nearest,
                         images::NearestImages(asked_images, known_images, num_threads));
  std::vector<ImagePredictor> predictors;
  predictors.reserve(3);
  predictors.push_back(Neighbours("nearest_neighbour", rows, nearest));
  ImagePredictor& most_frequent = predictors.emplace_back();
  most_frequent.name = "most_frequent";
  most_frequent.texts.assign(asked_images.size(), MostFrequentText(rows));
  if (max_shift > 0) {
    BENCH_ASSIGN_OR_RETURN(
        const std::vector<int64_t> nearest_moved,
        images::NearestMovedImages(asked_images, known_images, max_shift, num_threads));
    predictors.push_back(Neighbours("nearest_neighbour_moved", rows, nearest_moved));
  }
  return predictors;
}

std::vector<results::MetricValue> PredictorScores(
    const std::vector<ImagePredictor>& predictors, const ImageRows& rows,
    const std::vector<std::vector<int64_t>>& row_images) {
  std::map<int64_t, size_t> places;  // of the held-out images
  for (const int64_t image : rows.images(Part::kValidation)) places.emplace(image, places.size());
  std::vector<results::MetricValue> values;
  for (const ImagePredictor& predictor : predictors) {
    int64_t num_images = 0, num_right_images = 0, num_right_rows = 0;
    for (const std::vector<int64_t>& row : row_images) {
      const int64_t num_right = std::count_if(row.begin(), row.end(), [&](int64_t image) {
        return predictor.texts[places.at(image)] == TextOf(rows, image);
      });
      num_images += std::ssize(row);
      num_right_images += num_right;
      if (num_right == std::ssize(row)) ++num_right_rows;
    }
    values.push_back({{&results::kPredictorAccuracy, predictor.name},
                      static_cast<double>(num_right_images) / static_cast<double>(num_images)});
    values.push_back(
        {{&results::kPredictorExactMatch, predictor.name},
         static_cast<double>(num_right_rows) / static_cast<double>(row_images.size())});
  }
  return values;
}

}  // namespace bench::harness

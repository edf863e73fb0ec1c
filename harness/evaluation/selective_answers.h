// What a model's confidence in its answers is worth: whether it tells right answers from wrong
// ones, and what is gained where only the most confident ones are given (selective prediction).
//
//   AUROC        probability that a right answer has the higher score than a wrong one, equal
//                scores counting half (Mann and Whitney's U / (right x wrong)); none where there
//                are no right ones or no wrong ones
//   calibration  expected calibration error: sum over ten bins of equal width of
//   error        n_b / n |share right in b - mean confidence in b| (Guo et al., arXiv:1706.04599);
//                a confidence of i/10 is in the bin above it, 1 in the last one
//   precision    share of right ones among the k answers of the highest confidence; of equal ones
//   at coverage  at the limit each is as likely to be among them: the expected share
// Pure functions; sums in fp64. Confidences are in [0, 1], scores any finite numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace bench::harness {

// `right` has as many items as `scores`, at least one, in all of these.
std::optional<double> Auroc(std::span<const double> scores, const std::vector<bool>& right);

// A bin of confidences, as it is drawn in a reliability diagram. None that is empty is given.
struct ConfidenceBin {
  int64_t number = 0;  // [number / 10, (number + 1) / 10)
  int64_t count = 0;
  double mean_confidence = 0;
  double share_right = 0;
};
std::vector<ConfidenceBin> ReliabilityBins(std::span<const double> confidences,
                                           const std::vector<bool>& right);
double ExpectedCalibrationError(std::span<const double> confidences,
                                const std::vector<bool>& right);

// For every k from 1 on: the share of right ones among the k most confident answers, and the least
// confidence among them.
struct CoveragePoint {
  double precision = 0;
  double threshold = 0;
};
std::vector<CoveragePoint> PrecisionByCoverage(std::span<const double> confidences,
                                               const std::vector<bool>& right);

}  // namespace bench::harness

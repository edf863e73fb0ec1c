#include "results/statistics/permutation_test.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/statistics/arrangements.h"
#include "results/statistics/descriptive.h"
#include "results/statistics/validity.h"

namespace bench::results {
namespace {

double SumOfMagnitudes(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += std::abs(value);
  return sum;
}

// How far apart two arrangements of equal statistic may come out: the order of the n terms moves
// each sum by at most n epsilon times their magnitudes, and each term is a difference of two values
// that were rounded before.
double RoundingSlack(std::span<const double> terms, std::span<const double> base,
                     std::span<const double> head) {
  return 2 * std::numeric_limits<double>::epsilon() *
         (static_cast<double>(terms.size()) * SumOfMagnitudes(terms) + SumOfMagnitudes(base) +
          SumOfMagnitudes(head));
}

// Compares statistic(arrangement) with `observed` over the plan's arrangements.
PermutationResult Test(const ArrangementPlan& plan, Tail tail, double observed, double slack,
                       absl::FunctionRef<double(const Arrangement&)> statistic) {
  int64_t num_less = 0;
  int64_t num_greater = 0;
  const VisitedArrangements seen = VisitArrangements(plan, [&](const Arrangement& arrangement) {
    const double value = statistic(arrangement);
    if (value <= observed + slack) ++num_less;
    if (value >= observed - slack) ++num_greater;
  });
  PermutationResult result;
  result.exact = seen.exact;
  result.num_arrangements = seen.visited;
  if (tail == Tail::kTwoSided) {
    result.p_value = std::min(1.0, 2 * seen.PValue(std::min(num_less, num_greater)));
  } else {
    result.p_value = seen.PValue(tail == Tail::kLess ? num_less : num_greater);
  }
  return result;
}

absl::Status CheckOptions(const PermutationOptions& options) {
  if (options.num_resamples >= 1) return absl::OkStatus();
  return UsageError(absl::StrCat(options.num_resamples, " resamples; at least one is needed"));
}

ArrangementPlan Plan(Pairing pairing, std::size_t num_base, std::size_t num_head,
                     const PermutationOptions& options) {
  return {.pairing = pairing,
          .num_base = num_base,
          .num_head = num_head,
          .max_exact_arrangements = kMaxExactArrangements,
          .num_resamples = options.num_resamples,
          .seed = options.seed};
}

double SmallestPValue(double num_arrangements, Tail tail) {
  return tail == Tail::kTwoSided ? std::min(1.0, 2 / num_arrangements) : 1 / num_arrangements;
}

}  // namespace

absl::StatusOr<PermutationResult> PairedPermutationTest(std::span<const double> base,
                                                        std::span<const double> head,
                                                        const PermutationOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckPairs(base, head, 1));
  BENCH_RETURN_IF_ERROR(CheckOptions(options));
  std::vector<double> differences(base.size());
  for (std::size_t i = 0; i < base.size(); ++i) differences[i] = head[i] - base[i];
  const auto signed_sum = [&differences](const Arrangement& swapped) {
    double sum = 0;
    for (std::size_t i = 0; i < differences.size(); ++i) {
      sum += swapped[i] ? -differences[i] : differences[i];
    }
    return sum;
  };
  PermutationResult result = Test(Plan(Pairing::kPaired, base.size(), head.size(), options),
                                  options.tail, signed_sum(Arrangement(base.size())),
                                  RoundingSlack(differences, base, head), signed_sum);
  result.difference = Mean(differences);
  return result;
}

absl::StatusOr<PermutationResult> UnpairedPermutationTest(std::span<const double> base,
                                                          std::span<const double> head,
                                                          const PermutationOptions& options) {
  BENCH_RETURN_IF_ERROR(CheckSamples(base, head, 1));
  BENCH_RETURN_IF_ERROR(CheckOptions(options));
  // The sum of the head's values decides, the total being fixed. It is taken around one value, so
  // that a common offset costs no digits.
  std::vector<double> centred;
  centred.reserve(base.size() + head.size());
  for (const double value : base) centred.push_back(value - base.front());
  for (const double value : head) centred.push_back(value - base.front());
  const auto head_sum = [&centred](const Arrangement& is_head) {
    double sum = 0;
    for (std::size_t i = 0; i < centred.size(); ++i) sum += is_head[i] ? centred[i] : 0.0;
    return sum;
  };
  Arrangement observed(base.size());
  observed.resize(centred.size(), true);
  PermutationResult result =
      Test(Plan(Pairing::kUnpaired, base.size(), head.size(), options), options.tail,
           head_sum(observed), RoundingSlack(centred, base, head), head_sum);
  result.difference = Mean(head) - Mean(base);
  return result;
}

double SmallestPairedPValue(int64_t num_pairs, Tail tail) {
  return SmallestPValue(std::exp2(static_cast<double>(num_pairs)), tail);
}

double SmallestUnpairedPValue(int64_t num_base, int64_t num_head, Tail tail) {
  return SmallestPValue(NumArrangements({.pairing = Pairing::kUnpaired,
                                         .num_base = static_cast<std::size_t>(num_base),
                                         .num_head = static_cast<std::size_t>(num_head)}),
                        tail);
}

}  // namespace bench::results

#include "results/statistics/arrangements.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/random.h"
#include "results/statistics/distributions.h"

namespace bench::results {
namespace {

using Visitor = absl::FunctionRef<void(const Arrangement&)>;

// Counts up in binary; false after the last sign vector.
bool NextSigns(Arrangement* signs) {
  for (std::size_t i = 0; i < signs->size(); ++i) {
    (*signs)[i] = !(*signs)[i];
    if ((*signs)[i]) return true;
  }
  return false;
}

Arrangement ObservedSplit(const ArrangementPlan& plan) {
  Arrangement split(plan.num_base + plan.num_head);
  std::fill(split.begin() + static_cast<std::ptrdiff_t>(plan.num_base), split.end(), true);
  return split;
}

int64_t VisitAll(const ArrangementPlan& plan, Visitor visit) {
  int64_t visited = 0;
  const bool paired = plan.pairing == Pairing::kPaired;
  Arrangement current = paired ? Arrangement(plan.num_base) : ObservedSplit(plan);
  do {
    visit(current);
    ++visited;
  } while (paired ? NextSigns(&current) : std::next_permutation(current.begin(), current.end()));
  return visited;
}

void DrawSigns(Random* random, Arrangement* signs) {
  uint64_t bits = 0;
  for (std::size_t i = 0; i < signs->size(); ++i) {
    if (i % 64 == 0) bits = random->Next();
    (*signs)[i] = (bits >> (i % 64) & 1) != 0;
  }
}

void Shuffle(Random* random, Arrangement* split) {
  for (std::size_t i = split->size(); i > 1; --i) {
    const std::size_t j = random->Below(i);
    const bool kept = (*split)[i - 1];
    (*split)[i - 1] = (*split)[j];
    (*split)[j] = kept;
  }
}

void VisitSample(const ArrangementPlan& plan, Visitor visit) {
  Random random(plan.seed);
  const bool paired = plan.pairing == Pairing::kPaired;
  Arrangement current = paired ? Arrangement(plan.num_base) : ObservedSplit(plan);
  for (int64_t i = 0; i < plan.num_resamples; ++i) {
    if (paired) {
      DrawSigns(&random, &current);
    } else {
      Shuffle(&random, &current);
    }
    visit(current);
  }
}

}  // namespace

double NumArrangements(const ArrangementPlan& plan) {
  if (plan.pairing == Pairing::kPaired) return std::exp2(static_cast<double>(plan.num_base));
  return BinomialCoefficient(static_cast<int64_t>(plan.num_base + plan.num_head),
                             static_cast<int64_t>(plan.num_base));
}

double VisitedArrangements::PValue(int64_t count) const {
  const int64_t observed = exact ? 0 : 1;
  return static_cast<double>(count + observed) / static_cast<double>(visited + observed);
}

VisitedArrangements VisitArrangements(const ArrangementPlan& plan, Visitor visit) {
  if (NumArrangements(plan) <= static_cast<double>(plan.max_exact_arrangements)) {
    return {.visited = VisitAll(plan, visit), .exact = true};
  }
  VisitSample(plan, visit);
  return {.visited = plan.num_resamples, .exact = false};
}

}  // namespace bench::results

#include "results/comparison/suite.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "results/text.h"

namespace bench::results {
namespace {

std::string WordOf(Outcome outcome) { return outcome == Outcome::kFail ? "FAILED" : "NOT SHOWN"; }

}  // namespace

Outcome OutcomeOf(const ComparisonSuite& suite) {
  Outcome worst = Outcome::kPass;
  for (const ExperimentComparison& one : suite) worst = std::max(worst, one.comparison.outcome());
  return worst;
}

std::string Conclusion(const ComparisonSuite& suite) {
  const Outcome worst = OutcomeOf(suite);
  const std::string all =
      absl::StrCat(suite.size(), suite.size() == 1 ? " experiment" : " experiments");
  if (worst == Outcome::kPass) return absl::StrCat("ok: ", all);
  std::vector<std::string> with_it;
  for (const ExperimentComparison& one : suite) {
    if (one.comparison.outcome() == worst) with_it.push_back(EscapeForTerminal(one.experiment));
  }
  return absl::StrCat(WordOf(worst), ": ", with_it.size(), " of ", all, ": ",
                      absl::StrJoin(with_it, ", "));
}

}  // namespace bench::results

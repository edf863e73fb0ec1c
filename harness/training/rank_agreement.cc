#include "harness/training/rank_agreement.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::harness {

WindowLosses GatherLosses(const std::vector<double>& own, Ranks& ranks) {
  const at::Tensor rows = at::empty({std::ssize(own), 2}, at::kDouble);
  rows.select(1, 0).copy_(at::tensor(own, at::kDouble));
  rows.select(1, 1).fill_(StopSignal().value_or(0));
  const at::Tensor all = ranks.GatherUnequalRows(rows).t().contiguous();
  const double* losses = all.const_data_ptr<double>();
  const int signal = all[1].max().item<int>();
  if (signal != 0) SetStopSignal(signal);  // all end alike
  return {{losses, losses + all.size(1)}, signal != 0};
}

absl::Status CheckSameParameters(const std::string& digest, int64_t step, Ranks& ranks) {
  const at::Tensor own =
      at::tensor(std::vector<int64_t>(digest.begin(), digest.end()), at::kLong).view({1, -1});
  const at::Tensor all = ranks.GatherRows(own);
  for (int64_t rank = 1; rank < all.size(0); ++rank) {
    if (all[rank].equal(all[0])) continue;
    return EnvironmentError(absl::StrCat("after step ", step, " the parameters of rank ", rank,
                                         " are not those of rank 0"));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness

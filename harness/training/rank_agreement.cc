#include "harness/training/rank_agreement.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/even_share.h"
#include "base/status.h"
#include "harness/control/signals.h"

namespace bench::harness {

WindowLosses GatherLosses(const std::vector<double>& own, int64_t num_micro_batches, Ranks& ranks) {
  // In one exchange: what signals ask for, then as many losses as the largest share has.
  constexpr int64_t kSignals = 2;
  const int64_t width = kSignals + EvenShare(num_micro_batches, ranks.size(), 0).size();
  std::vector<double> row(static_cast<size_t>(width), 0);
  row[0] = StopSignal().value_or(0);
  row[1] = TakeCheckpointRequest() ? 1 : 0;
  std::copy(own.begin(), own.end(), row.begin() + kSignals);
  const at::Tensor rows = ranks.GatherRows(at::tensor(row, at::kDouble).view({1, width}));
  WindowLosses all;
  for (int64_t rank = 0; rank < ranks.size(); ++rank) {
    const double* values = rows.const_data_ptr<double>() + rank * width;
    AdoptStopSignal(static_cast<int>(values[0]));  // all end alike
    all.stop_requested |= values[0] != 0;
    all.checkpoint_requested |= values[1] != 0;
    const int64_t count = EvenShare(num_micro_batches, ranks.size(), rank).size();
    all.losses.insert(all.losses.end(), values + kSignals, values + kSignals + count);
  }
  return all;
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

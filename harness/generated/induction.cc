#include "harness/generated/induction.h"

#include "absl/strings/str_join.h"
#include "harness/generated/symbols.h"

namespace bench::harness::generated {

InductionGrammar::InductionGrammar(const InductionSpec& spec)
    : RowGrammar(Numbered("", spec.symbols), {"rows"}), spec_(spec) {}

Row InductionGrammar::Draw(Part, int64_t, RowStreams& streams) const {
  Random& random = streams.row;
  const auto periods = static_cast<uint64_t>(spec_.max_period - spec_.min_period + 1);
  const int64_t period = spec_.min_period + static_cast<int64_t>(random.Below(periods));
  Row row;
  for (int64_t t = 0; t < spec_.length; ++t) {
    const int64_t token =
        t < period ? kFirstSymbol +
                         static_cast<int64_t>(random.Below(static_cast<uint64_t>(spec_.symbols)))
                   : row.tokens[static_cast<size_t>(t - period)];
    row.Add(token, t > period ? TokenMark::kTarget : TokenMark::kGiven);
  }
  row.key = absl::StrJoin(row.tokens, " ");
  return row;
}

}  // namespace bench::harness::generated

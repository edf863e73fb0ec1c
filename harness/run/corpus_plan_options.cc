#include "harness/run/corpus_plan_options.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {
namespace {

std::function<absl::Status(Options&, const OptionValues&)> Amount(
    std::string_view option, double most, std::optional<double> CorpusPlanOptions::*into) {
  return [=](Options& options, const OptionValues& values) {
    double value = 0;
    if (!absl::SimpleAtod(values[0], &value) || !(value > 0) || value > most) {
      return UsageError(absl::StrCat("--", internal::View(option), " ", values[0],
                                     ": must be a number above 0, at most ", most));
    }
    options.plan.corpus.*into = value;
    return absl::OkStatus();
  };
}

}  // namespace

std::vector<OptionRow> CorpusPlanRows() {
  const std::vector<Command> plan = {Command::kPlan};
  constexpr double kMaxInputGib = 1e9, kMaxDocumentBytes = 1e9, kMaxSharedGbps = 1e6;
  return {
      {"input-gib", "G", "of stage corpus: files to read, in GiB; default: those of corpus.path",
       plan, Amount("input-gib", kMaxInputGib, &CorpusPlanOptions::input_gib)},
      {"document-bytes", "B", "of stage corpus: mean text of a document; default: as measured",
       plan, Amount("document-bytes", kMaxDocumentBytes, &CorpusPlanOptions::document_bytes)},
      {"shared-gbps", "R",
       "of stage corpus: 10^9 bytes/s that the shared folder moves for all ranks together; "
       "default: "
       "no limit",
       plan, Amount("shared-gbps", kMaxSharedGbps, &CorpusPlanOptions::shared_gbps)},
      {"rates", "FILE", "of stage corpus: measured rates; default: the committed ones", plan,
       [](Options& options, const OptionValues& values) {
         options.plan.corpus.rates = values[0];
         return absl::OkStatus();
       }},
  };
}

}  // namespace bench::harness

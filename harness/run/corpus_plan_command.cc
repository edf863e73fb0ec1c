#include "harness/run/corpus_plan_command.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/corpus/source_files.h"
#include "harness/plan/corpus_forecast_report.h"

namespace bench::harness {
namespace {

absl::StatusOr<double> InputBytes(const CorpusSpec& spec, const Options& options) {
  if (options.plan.corpus.input_gib) return std::ldexp(*options.plan.corpus.input_gib, 30);
  if (!spec.path) return UsageError("say how much is read: --input-gib G");
  BENCH_ASSIGN_OR_RETURN(const corpus::SourceFiles found, corpus::FilesOf({"", *spec.path, {}}));
  double num_bytes = 0;
  for (const corpus::SourceFile& file : found.files) {
    std::error_code error;  // of a file that has just vanished
    const auto size = std::filesystem::file_size(file.root + "/" + file.relative_path, error);
    if (!error) num_bytes += static_cast<double>(size);
  }
  if (num_bytes > 0) return num_bytes;
  return UsageError(absl::StrCat(*spec.path, " has no bytes to read: give --input-gib G"));
}

}  // namespace

absl::StatusOr<int> CorpusPlanCommand(const LoadedDefinition& loaded, const Options& options) {
  if (options.plan.vocab_size || options.plan.model) {
    return UsageError("--vocab-size and --model are for plans of stages that train");
  }
  const auto& spec = std::get<CorpusSpec>(loaded.definition.stage);
  BENCH_ASSIGN_OR_RETURN(const double input_bytes, InputBytes(spec, options));
  BENCH_ASSIGN_OR_RETURN(const CorpusRates rates,
                         ReadCorpusRates(options.plan.corpus.rates.value_or(
                             absl::StrCat(options.experiments_root, "/data/corpus_rates.json"))));
  CorpusForecastRequest request = {
      spec,
      rates,
      input_bytes,
      options.plan.corpus.document_bytes.value_or(rates.document_bytes()),
      loaded.definition.run.threads,
      std::nullopt};
  if (options.plan.corpus.shared_gbps) {
    request.shared_bytes_per_s = *options.plan.corpus.shared_gbps * 1e9;
  }
  CorpusForecasts forecasts = {loaded, request, {}};
  for (const int64_t ranks : options.plan.ranks) {
    BENCH_ASSIGN_OR_RETURN(forecasts.by_ranks.emplace_back(), ForecastCorpus(request, ranks));
  }
  const auto render = options.form == OutputForm::kJson ? ForecastJson : ForecastText;
  std::fputs(render(forecasts).c_str(), stdout);
  return 0;
}

}  // namespace bench::harness

#include "harness/plan/corpus_forecast_report.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace bench::harness {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormatVersion = 1;
constexpr double kGigabyte = 1e9;
constexpr double kGib = 1024.0 * 1024 * 1024;

std::string NameOf(const LoadedDefinition& loaded) {
  if (!loaded.version) return loaded.name;
  return absl::StrCat(loaded.name, "@", *loaded.version);
}

std::string SharedFolder(const CorpusForecastRequest& request) {
  if (!request.shared_bytes_per_s) return "taken to be as fast as it is asked to (--shared-gbps)";
  return absl::StrFormat("%.4g GB/s of all ranks together",
                         *request.shared_bytes_per_s / kGigabyte);
}

std::string Heading(const CorpusForecasts& forecasts) {
  const CorpusForecastRequest& request = forecasts.request;
  return absl::StrFormat(
      "%s: a corpus of %.5g GiB of files, documents of %.5g bytes\n"
      "each rank %d threads, budget %d MiB; the shared folder is %s\n"
      "rates of %s,\non %s\n\n",
      NameOf(forecasts.definition), request.input_bytes / kGib, request.document_bytes,
      request.threads, request.spec.budget_mib, SharedFolder(request), request.rates.input,
      request.rates.machine);
}

Json PhaseJson(const PhaseForecast& phase) {
  return {{"phase", phase.phase},
          {"by_rank_0", phase.by_rank_0},
          {"hours", phase.hours},
          {"read_bytes", phase.read_bytes},
          {"written_bytes", phase.written_bytes},
          {"exchanged_bytes", phase.exchanged_bytes}};
}

Json ForecastOf(const CorpusForecast& forecast) {
  Json phases = Json::array();
  for (const PhaseForecast& phase : forecast.phases) phases.push_back(PhaseJson(phase));
  return {{"ranks", forecast.ranks},
          {"hours", forecast.hours},
          {"read_bytes", forecast.read_bytes},
          {"written_bytes", forecast.written_bytes},
          {"exchanged_bytes", forecast.exchanged_bytes},
          {"rank_memory_bytes", forecast.rank_memory_bytes},
          {"disk_bytes", forecast.disk_bytes},
          {"shards", forecast.num_shards},
          {"partitions", forecast.num_partitions},
          {"files", forecast.num_files},
          {"phases", phases}};
}

}  // namespace

std::string ForecastText(const CorpusForecasts& forecasts) {
  std::string text = Heading(forecasts);
  absl::StrAppendFormat(&text, "%10s %10s %12s %12s %12s %12s %12s %12s\n", "ranks", "hours",
                        "GB read", "GB written", "GB exchanged", "GB memory", "GB of disk",
                        "GB disk");
  absl::StrAppendFormat(&text, "%10s %10s %12s %12s %12s %12s %12s %12s\n", "", "", "", "", "",
                        "a rank", "all", "a rank");
  for (const CorpusForecast& forecast : forecasts.by_ranks) {
    absl::StrAppendFormat(&text, "%10d %10.4g %12.5g %12.5g %12.5g %12.4g %12.5g %12.5g\n",
                          forecast.ranks, forecast.hours, forecast.read_bytes / kGigabyte,
                          forecast.written_bytes / kGigabyte, forecast.exchanged_bytes / kGigabyte,
                          forecast.rank_memory_bytes / kGigabyte, forecast.disk_bytes / kGigabyte,
                          forecast.disk_bytes / kGigabyte / static_cast<double>(forecast.ranks));
  }
  const CorpusForecast& last = forecasts.by_ranks.back();
  absl::StrAppendFormat(&text, "\nfiles on %d ranks, at most: %.4g (%d shards, %d partitions)\n",
                        last.ranks, last.num_files, last.num_shards, last.num_partitions);
  absl::StrAppendFormat(&text, "\nphases on %d ranks:\n%-22s %12s %12s %12s\n", last.ranks, "",
                        "hours", "GB read", "GB written");
  for (const PhaseForecast& phase : last.phases) {
    absl::StrAppendFormat(&text, "%-22s %12.4g %12.5g %12.5g%s\n", phase.phase, phase.hours,
                          phase.read_bytes / kGigabyte, phase.written_bytes / kGigabyte,
                          phase.by_rank_0 ? "  rank 0 alone" : "");
  }
  absl::StrAppend(&text, "\nleft out:\n");
  for (const std::string& line : LeftOut()) absl::StrAppend(&text, "  ", line, "\n");
  return text;
}

std::string ForecastJson(const CorpusForecasts& forecasts) {
  const CorpusForecastRequest& request = forecasts.request;
  Json plans = Json::array();
  for (const CorpusForecast& forecast : forecasts.by_ranks) plans.push_back(ForecastOf(forecast));
  const Json json = {
      {"format", "bench-corpus-plan"},
      {"format_version", kFormatVersion},
      {"experiment", NameOf(forecasts.definition)},
      {"input_bytes", request.input_bytes},
      {"document_bytes", request.document_bytes},
      {"threads", request.threads},
      {"shared_bytes_per_s",
       request.shared_bytes_per_s ? Json(*request.shared_bytes_per_s) : Json(nullptr)},
      {"rates", {{"machine", request.rates.machine}, {"input", request.rates.input}}},
      {"plans", plans}};
  return json.dump(2) + "\n";
}

}  // namespace bench::harness

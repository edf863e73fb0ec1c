#include "harness/plan/corpus_forecast.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {
namespace {

constexpr double kSecondsPerHour = 3600;
constexpr double kBytesPerOpenShard = 4096;
constexpr double kShardsPerWorker = 4;  // phases.h

enum class Work { kSpread, kOfRank0 };
enum class Grows { kWithText, kWithDocuments };
// What a phase reads: all of it as it was left, or records of every shard by hash.
enum class Reads { kShards, kExchange };

struct PhaseKind {
  const char* name;
  Work work;
  Grows grows;
  Reads reads;
  bool (*wanted)(const CorpusSpec&);
};

bool Always(const CorpusSpec&) { return true; }
bool Exact(const CorpusSpec& spec) { return spec.exact.enabled; }
bool Near(const CorpusSpec& spec) { return spec.near.enabled; }
bool Lines(const CorpusSpec& spec) { return spec.paragraphs.enabled; }
bool Substrings(const CorpusSpec& spec) { return spec.substrings.enabled; }

// In their order (harness/corpus/pipeline.cc). "split files" is left out: what it costs depends on
// how many of the files are large, and reading is little beside filtering.
constexpr std::array<PhaseKind, 14> kPhases = {{
    {"read and filter", Work::kSpread, Grows::kWithText, Reads::kShards, Always},
    {"equal documents", Work::kSpread, Grows::kWithDocuments, Reads::kExchange, Exact},
    {"signatures", Work::kSpread, Grows::kWithText, Reads::kShards, Near},
    {"similar documents", Work::kSpread, Grows::kWithDocuments, Reads::kExchange, Near},
    {"clusters", Work::kOfRank0, Grows::kWithDocuments, Reads::kExchange, Near},
    {"lines", Work::kSpread, Grows::kWithText, Reads::kShards, Lines},
    {"repeated lines", Work::kSpread, Grows::kWithText, Reads::kExchange, Lines},
    {"removed lines", Work::kOfRank0, Grows::kWithText, Reads::kExchange, Lines},
    {"suffixes", Work::kSpread, Grows::kWithText, Reads::kShards, Substrings},
    {"repeated substrings", Work::kOfRank0, Grows::kWithText, Reads::kExchange, Substrings},
    {"clean", Work::kSpread, Grows::kWithText, Reads::kShards, Always},
    {"tokenise", Work::kSpread, Grows::kWithText, Reads::kExchange, Always},
    {"data set", Work::kOfRank0, Grows::kWithText, Reads::kExchange, Always},
    {"held-out check", Work::kSpread, Grows::kWithText, Reads::kShards, Always},
}};

double WrittenBy(const CorpusForecast& forecast, std::string_view phase) {
  const auto found = std::find_if(forecast.phases.begin(), forecast.phases.end(),
                                  [&](const PhaseForecast& p) { return p.phase == phase; });
  return found == forecast.phases.end() ? 0 : found->written_bytes;
}

// The most of the run's folder: prepared documents with one exchange at a time, then the prepared
// and the final ones, then these with the tokens, twice.
double DiskBytes(const CorpusForecast& forecast) {
  const double prepared = WrittenBy(forecast, "read and filter");
  const double final_texts = WrittenBy(forecast, "clean");
  const double tokens = WrittenBy(forecast, "tokenise") + WrittenBy(forecast, "data set");
  double most = std::max(prepared + final_texts, final_texts + tokens);
  for (const char* exchange : {"signatures", "lines", "suffixes"}) {
    most = std::max(most, prepared + 2 * WrittenBy(forecast, exchange));
  }
  return most;
}

}  // namespace

absl::StatusOr<CorpusForecast> ForecastCorpus(const CorpusForecastRequest& request, int64_t ranks) {
  const CorpusRates& rates = request.rates;
  const double of_text = request.input_bytes / rates.input_bytes;
  const double of_documents = of_text * rates.document_bytes() / request.document_bytes;
  const auto workers = static_cast<double>(ranks * request.threads);
  CorpusForecast forecast;
  forecast.ranks = ranks;
  for (const PhaseKind& kind : kPhases) {
    if (!kind.wanted(request.spec)) continue;
    const auto rate = std::find_if(rates.phases.begin(), rates.phases.end(),
                                   [&](const PhaseRate& r) { return r.phase == kind.name; });
    if (rate == rates.phases.end()) {
      return UsageError(absl::StrCat("the rates have no phase \"", kind.name,
                                     "\": measure them with it (scripts/bench_corpus_ranks.py)"));
    }
    const double scale = kind.grows == Grows::kWithText ? of_text : of_documents;
    PhaseForecast phase;
    phase.phase = kind.name;
    phase.by_rank_0 = kind.work == Work::kOfRank0;
    phase.read_bytes = scale * rate->read_bytes;
    phase.written_bytes = scale * rate->written_bytes;
    if (kind.reads == Reads::kExchange) {
      phase.exchanged_bytes = phase.read_bytes * (1 - 1 / static_cast<double>(ranks));
    }
    double seconds = scale * rate->seconds / (phase.by_rank_0 ? 1 : workers);
    if (request.shared_bytes_per_s) {
      seconds =
          std::max(seconds, (phase.read_bytes + phase.written_bytes) / *request.shared_bytes_per_s);
    }
    phase.hours = seconds / kSecondsPerHour;
    forecast.hours += phase.hours;
    forecast.read_bytes += phase.read_bytes;
    forecast.written_bytes += phase.written_bytes;
    forecast.exchanged_bytes += phase.exchanged_bytes;
    forecast.phases.push_back(std::move(phase));
  }
  const auto threads = static_cast<double>(request.threads);
  const double shards = std::max(static_cast<double>(request.spec.num_shards),
                                 ranks == 1 ? 1 : kShardsPerWorker * workers);
  forecast.rank_memory_bytes = std::ldexp(static_cast<double>(request.spec.budget_mib), 20) +
                               rates.program_bytes + kBytesPerOpenShard * shards * threads;
  forecast.disk_bytes = DiskBytes(forecast);
  return forecast;
}

}  // namespace bench::harness

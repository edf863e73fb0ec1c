#include "harness/plan/corpus_forecast.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/corpus/phases.h"
#include "harness/data/token_dataset.h"

namespace bench::harness {
namespace {

constexpr double kSecondsPerHour = 3600;
constexpr double kBytesPerOpenShard = 4096;

enum class Work { kOfShards, kOfPartitions, kOfClusters, kOfFiles, kOfTokenShards };
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
// how many of the files are large, and reading is little beside filtering. The rounds of "clusters"
// are phases of their own in the rates, and one here.
constexpr std::array<PhaseKind, 18> kPhases = {{
    {"digest of the input", Work::kOfFiles, Grows::kWithText, Reads::kShards, Always},
    {"read and filter", Work::kOfShards, Grows::kWithText, Reads::kShards, Always},
    {"equal documents", Work::kOfPartitions, Grows::kWithDocuments, Reads::kExchange, Exact},
    {"signatures", Work::kOfShards, Grows::kWithText, Reads::kShards, Near},
    {"similar documents", Work::kOfPartitions, Grows::kWithDocuments, Reads::kExchange, Near},
    {"clusters", Work::kOfClusters, Grows::kWithDocuments, Reads::kExchange, Near},
    {"lines", Work::kOfShards, Grows::kWithText, Reads::kShards, Lines},
    {"repeated lines", Work::kOfPartitions, Grows::kWithText, Reads::kExchange, Lines},
    {"removed lines", Work::kOfPartitions, Grows::kWithText, Reads::kExchange, Lines},
    {"anchors", Work::kOfShards, Grows::kWithText, Reads::kShards, Substrings},
    {"repeated anchors", Work::kOfPartitions, Grows::kWithText, Reads::kExchange, Substrings},
    {"passages", Work::kOfShards, Grows::kWithText, Reads::kShards, Substrings},
    {"repeated substrings", Work::kOfPartitions, Grows::kWithText, Reads::kExchange, Substrings},
    {"removed substrings", Work::kOfShards, Grows::kWithText, Reads::kExchange, Substrings},
    {"clean", Work::kOfShards, Grows::kWithText, Reads::kShards, Always},
    {"tokenise", Work::kOfPartitions, Grows::kWithText, Reads::kExchange, Always},
    {"data set", Work::kOfTokenShards, Grows::kWithText, Reads::kExchange, Always},
    {"held-out check", Work::kOfShards, Grows::kWithText, Reads::kShards, Always},
}};

// What was measured of the phase and of its rounds, "NAME ..."; nullopt where it was not run.
std::optional<PhaseRate> RateOf(const CorpusRates& rates, const std::string& phase) {
  const std::string rounds = absl::StrCat(phase, " ");
  std::optional<PhaseRate> sum;
  for (const PhaseRate& rate : rates.phases) {
    if (rate.phase != phase && !absl::StartsWith(rate.phase, rounds)) continue;
    if (!sum) sum = PhaseRate{phase, 0, 0, 0};
    sum->seconds += rate.seconds;
    sum->read_bytes += rate.read_bytes;
    sum->written_bytes += rate.written_bytes;
  }
  return sum;
}

double WrittenBy(const CorpusForecast& forecast, std::string_view phase) {
  const auto found = std::find_if(forecast.phases.begin(), forecast.phases.end(),
                                  [&](const PhaseForecast& p) { return p.phase == phase; });
  return found == forecast.phases.end() ? 0 : found->written_bytes;
}

// The most of the run's folder: unpacked and prepared documents, then prepared ones with one
// exchange at a time, then the prepared and the final ones, then these with the tokens, twice.
double DiskBytes(const CorpusForecast& forecast, double unpacked) {
  const double prepared = WrittenBy(forecast, "read and filter");
  const double final_texts = WrittenBy(forecast, "clean");
  const double tokens = WrittenBy(forecast, "tokenise") + WrittenBy(forecast, "data set");
  double most = std::max({unpacked + prepared, prepared + final_texts, final_texts + tokens});
  for (const char* exchange : {"signatures", "lines", "anchors", "passages"}) {
    most = std::max(most, prepared + 2 * WrittenBy(forecast, exchange));
  }
  return most;
}

// Of what a phase writes: tokens of 2 bytes, as most vocabularies have. The shard that the
// validation part ends with is left out: it is small, and another equal part would halve the time
// of a data set whose training part is one shard.
int64_t NumTokenShards(double written_bytes) {
  constexpr double kTokenBytes = 2;
  const auto num_tokens = static_cast<int64_t>(written_bytes / kTokenBytes);
  return num_tokens / ShardTokensFor(num_tokens) + 1;
}

// How many parts a phase has; nullopt: files, which are taken to be many for each thread.
std::optional<int64_t> NumParts(Work work, const CorpusForecast& forecast, double written_bytes) {
  switch (work) {
    case Work::kOfShards:
      return forecast.num_shards;
    case Work::kOfPartitions:
      return forecast.num_partitions;
    case Work::kOfClusters:
      return forecast.num_cluster_partitions;
    case Work::kOfTokenShards:
      return NumTokenShards(written_bytes);
    case Work::kOfFiles:
      return std::nullopt;
  }
  return std::nullopt;
}

// The parts that the busiest thread makes one after the other, of all parts.
double BusiestShare(std::optional<int64_t> num_parts, int64_t ranks, int64_t threads) {
  if (!num_parts) return 1 / static_cast<double>(ranks * threads);
  const auto parts = static_cast<double>(*num_parts);
  const double of_rank = std::ceil(parts / static_cast<double>(ranks));
  return std::ceil(of_rank / static_cast<double>(threads)) / parts;
}

// Records of an exchange, and of each phase the parts' records and what they made. A partition that
// answers reads one exchange and writes another: to the shards (substrings), to partitions (lines,
// and the rounds of clusters).
double NumFiles(const CorpusForecast& forecast, const CorpusSpec& spec) {
  const auto shards = static_cast<double>(forecast.num_shards);
  const auto partitions = static_cast<double>(forecast.num_partitions);
  const auto phases = static_cast<double>(forecast.phases.size());
  const auto of_rounds = static_cast<double>(forecast.num_cluster_partitions);
  const double of_clusters = spec.near.enabled ? 2 * of_rounds * of_rounds : 0;
  const double of_lines = spec.paragraphs.enabled ? partitions * partitions : 0;
  const double of_shards =
      shards * partitions + std::max(spec.substrings.enabled ? shards * partitions : 0, of_lines);
  return std::max(of_shards, of_clusters) + phases * (shards + partitions);
}

}  // namespace

std::vector<std::string> LeftOut() {
  return {
      "by rank 0 alone: fetching of sources, where the shards of tokens begin, the count of "
      "held-out",
      "  texts, checks and digest of the data set, its copy where the store is on another disk",
      "by all: unpacking and counting of large files, barriers, the logarithm of sorts, parts and",
      "  files of unequal size, the time of creating many files"};
}

absl::StatusOr<CorpusForecast> ForecastCorpus(const CorpusForecastRequest& request, int64_t ranks) {
  const CorpusRates& rates = request.rates;
  const double of_text = request.input_bytes / rates.input_bytes;
  const double of_documents = of_text * rates.document_bytes() / request.document_bytes;
  const int64_t least_shards = corpus::LeastShards(ranks, request.threads);
  if (least_shards > std::numeric_limits<int>::max()) {
    return UsageError(absl::StrCat("--plan-ranks ", ranks, ": of ", request.threads,
                                   " threads each; the work cannot be cut for so many"));
  }
  const corpus::CorpusPlan plan = {
      .spec = request.spec, .num_threads = request.threads, .least_shards = least_shards};
  CorpusForecast forecast;
  forecast.ranks = ranks;
  forecast.num_shards = plan.num_shards();
  forecast.num_partitions = plan.num_partitions();
  forecast.num_cluster_partitions = plan.num_cluster_partitions();
  for (const PhaseKind& kind : kPhases) {
    if (!kind.wanted(request.spec)) continue;
    const std::optional<PhaseRate> rate = RateOf(rates, kind.name);
    if (!rate) {
      return UsageError(absl::StrCat("the rates have no phase \"", kind.name,
                                     "\": measure them with it (scripts/bench_corpus_ranks.py)"));
    }
    const double scale = kind.grows == Grows::kWithText ? of_text : of_documents;
    PhaseForecast phase;
    phase.phase = kind.name;
    phase.read_bytes = scale * rate->read_bytes;
    phase.written_bytes = scale * rate->written_bytes;
    const std::optional<int64_t> parts = NumParts(kind.work, forecast, phase.written_bytes);
    phase.by_rank_0 = ranks > 1 && parts == 1;
    if (kind.reads == Reads::kExchange) {
      phase.exchanged_bytes = phase.read_bytes * (1 - 1 / static_cast<double>(ranks));
    }
    double seconds = scale * rate->seconds * BusiestShare(parts, ranks, request.threads);
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
  forecast.rank_memory_bytes =
      std::ldexp(static_cast<double>(request.spec.budget_mib), 20) + rates.program_bytes +
      kBytesPerOpenShard * static_cast<double>(forecast.num_shards * request.threads);
  forecast.disk_bytes =
      DiskBytes(forecast, std::max(request.input_bytes, of_text * rates.text_bytes));
  forecast.num_files = NumFiles(forecast, request.spec);
  return forecast;
}

}  // namespace bench::harness

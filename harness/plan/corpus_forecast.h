// What a corpus of a given size will take on N ranks: hours, bytes, memory and disk, from the rates
// of a measured run (corpus_rates.h). Nothing is read but the rates.
//
// With s = the planned over the measured input bytes and d = the planned over the measured number
// of documents, a phase that looks at texts takes s times, one that sorts records of documents d
// times its measured thread-seconds and bytes. Its P parts, as CorpusPlan cuts them, are equal, and
// on N ranks of T threads they are made in ceil(ceil(P / N) / T) rounds; a phase of one part is
// rank 0's. The data set has a part for each of its shards (data/token_dataset.h), but for that of
// the validation part, which is small. The digest of the input is spread over all threads by files
// (stages/corpus/content.h), of which there are taken to be many. Where the shared folder's rate is
// given, no phase is faster than its bytes.
//   hours = sum of max(seconds x rounds / P, bytes / rate) / 3600
//   memory of a rank <= budget + program + 4 KiB a shard and thread
//   disk <= the most that lies in the run's folder at a time: prepared and final texts, what an
//           exchange writes, twice (its sorts spill as much), and what compressed lines unpack to,
//           as if all files were such
//   files <= of one exchange, a file of each shard for each partition, of two where one answers the
//            other (partitions answer shards, or partitions), and of texts, tokens and records, one
//            of each part and phase
// LeftOut() names what is not in it. Numbers of duplicates scale as everything else: the planned
// documents are taken to be as similar to each other as the measured ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/corpus_spec.h"
#include "harness/plan/corpus_rates.h"

namespace bench::harness {

struct CorpusForecastRequest {
  const CorpusSpec& spec;
  const CorpusRates& rates;
  double input_bytes = 0;
  double document_bytes = 0;  // mean text
  int64_t threads = 1;        // of a rank
  std::optional<double> shared_bytes_per_s;
};

struct PhaseForecast {
  std::string phase;
  bool by_rank_0 = false;  // alone, of several: the phase has one part
  double hours = 0;
  double read_bytes = 0;
  double written_bytes = 0;
  double exchanged_bytes = 0;  // read of what other ranks wrote
};

struct CorpusForecast {
  int64_t ranks = 1;
  std::vector<PhaseForecast> phases;
  double hours = 0;
  double read_bytes = 0;
  double written_bytes = 0;
  double exchanged_bytes = 0;
  double rank_memory_bytes = 0;
  double disk_bytes = 0;   // of all ranks
  int64_t num_shards = 1;  // as CorpusPlan cuts the work
  int64_t num_partitions = 1;
  int64_t num_cluster_partitions = 1;
  double num_files = 0;  // at a time in the run's folder
};

// What a plan does not count, a line each, for people.
std::vector<std::string> LeftOut();

// UsageError for a phase of the specification that the rates do not have.
absl::StatusOr<CorpusForecast> ForecastCorpus(const CorpusForecastRequest& request, int64_t ranks);

}  // namespace bench::harness

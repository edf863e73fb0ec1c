// Measured rates of the corpus stage, for plans of larger ones (corpus_forecast.h): what each phase
// of one run took and moved. JSON, format "bench-corpus-rates" (FORMAT.md), written by
// scripts/bench_corpus_ranks.py from a run's table "phases".
// Errors: DataError naming the file for anything else; EnvironmentError where it cannot be read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::harness {

struct PhaseRate {
  std::string phase;
  double seconds = 0;  // of one thread
  double read_bytes = 0;
  double written_bytes = 0;
};

struct CorpusRates {
  std::string machine;
  std::string input;       // what was read, in words
  double input_bytes = 0;  // of files
  double text_bytes = 0;   // of the documents in them
  double documents = 0;
  double program_bytes = 0;  // of a rank's own memory beside the budget
  std::vector<PhaseRate> phases;

  double document_bytes() const { return text_bytes / documents; }
};

absl::StatusOr<CorpusRates> ReadCorpusRates(const std::string& path);

}  // namespace bench::harness

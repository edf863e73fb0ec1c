// Reads the mutants of a format in a process of its own, and says how that went.
//
// A reader must refuse a mutant with the format's exit code, or read it; its process must not die,
// no exception may leave it, no mutant may take longer than kMaxSeconds of wall time (a guard
// against endless loops), and memory stays within kMaxMemoryBytes above what the process had.
// A sanitizer's report ends the process, and so counts as death.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/mutants/format.h"

namespace bench::mutants {

inline constexpr unsigned kMaxSeconds = 60;
inline constexpr int64_t kMaxMemoryBytes = int64_t{1} << 30;

struct Draw {
  uint64_t seed = 1;
  int64_t count = 1000;
  std::optional<int64_t> only;  // this mutant alone
};

struct Outcome {
  int64_t num_refused = 0;
  int64_t num_read = 0;
  double slowest_s = 0;
  double memory_mib = 0;           // growth of the process's peak resident size
  std::optional<std::string> bad;  // the first mutant that was not handled in order, and how
};

// The mutant number `index` of a format.
std::string MutantOf(const Corpus& corpus, uint64_t seed, int64_t index);

Outcome RunFormat(const Format& format, const Draw& draw);

}  // namespace bench::mutants

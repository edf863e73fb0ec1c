// Compares two runs of one experiment: are they comparable at all, are two strict runs bitwise
// equal, and did a summary value change by more than its metric's threshold.
//
// change = (head - base) / |base|; a change counts if |change| > threshold, and is a regression or
// an improvement by the metric's `better`. Values are compared one to one: with a single run on
// each side nothing is known about their spread. Never a pass: runs that are not comparable, no
// metric in common, a metric of the base that the head lacks, a non-finite value. Times of a
// resumed run are shown and not judged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "results/record.h"

namespace bench::results {

enum class Verdict {
  kSame,        // within the threshold
  kImproved,    //
  kRegressed,   //
  kChanged,     // beyond the threshold of a metric without a better direction
  kNonFinite,   // NaN or infinite on either side
  kOnlyInBase,  // measured before, not any more
  kOnlyInHead,  // new
  kNotJudged,   // a time of a resumed run
};
std::string_view Name(Verdict verdict);

struct SummaryRow {
  MetricInfo metric;
  std::optional<double> base;
  std::optional<double> head;
  std::optional<double> ratio;  // head / base; absent unless both are finite and base is not 0
  Verdict verdict = Verdict::kSame;
};

// The first place at which two strict runs differ.
struct Difference {
  std::string path;             // "digests/weights", "steps/loss"
  std::optional<int64_t> step;  // absent for a summary value and a rank's
  std::string base;             // the digest or value, "absent" where there is none
  std::string head;
};

// The bitwise part; absent unless both runs are strict.
struct BitwiseComparison {
  int64_t num_digests = 0;  // compared
  int64_t num_values = 0;
  std::optional<Difference> digest;  // the first digest that differs
  std::optional<Difference> metric;  // the first deterministic value that differs

  bool identical() const { return !digest && !metric && num_digests + num_values > 0; }
};

struct Comparison {
  std::vector<std::string> incomparable;  // reasons; the rest is empty unless this is
  std::vector<std::string> notes;
  bool head_diverged = false;
  std::optional<BitwiseComparison> bitwise;
  std::optional<NonFinite> non_finite;  // in the head
  std::vector<SummaryRow> rows;

  // kRegressed (also: non-finite, diverged), kIncomparable (also: inconclusive) or kOk.
  ExitCode exit_code() const;
  // Whether any row was judged.
  bool has_measurements() const;
};

Comparison Compare(const RunRecord& base, const RunRecord& head);

}  // namespace bench::results

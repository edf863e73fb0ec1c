// All statements that the rows of a data set could make, and which of them are true, on disk.
//
// A statement is a token for each of several places behind a common beginning; each place has its
// alternatives, and every choice of them is a statement. Its number counts the choices in the order
// of the places, the last one fastest. The true ones are equally probable; training rows are drawn
// from them.
//   statements.json {"format": "bench-statements", "format_version": 1, "begin": [1],
//                    "places": [[4, 64], ...], "true": [...], "exposures": [...]}
// beside the rows. Same space = same bytes. Errors: DataError naming file and defect for anything
// but what the writer leaves, UsageError where there is no such file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::harness {

// Alternatives of a place: the tokens from `first` on.
struct TokenRange {
  int64_t first = 0;
  int64_t count = 0;

  bool operator==(const TokenRange&) const = default;
};

// More are not written: to enumerate them is no small matter any more.
inline constexpr int64_t kMostStatements = int64_t{1} << 20;

struct StatementSpace {
  std::vector<int64_t> begin;  // tokens, at least one
  std::vector<TokenRange> places;
  std::vector<int64_t> true_statements;  // their numbers, all different
  std::vector<int64_t> exposures;        // of each: how many training rows make it

  bool operator==(const StatementSpace&) const = default;
  int64_t num_statements() const;
};

// Whether there are at most kMostStatements of them.
bool CanBeEnumerated(const std::vector<TokenRange>& places);

absl::Status WriteStatementSpace(const StatementSpace& space, const std::string& folder);
absl::StatusOr<StatementSpace> ReadStatementSpace(const std::string& folder);

}  // namespace bench::harness

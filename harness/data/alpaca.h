// Examples for supervised fine-tuning in the Alpaca format, read strictly and in bounded memory.
//
// A file is a JSON array of objects or JSON lines (one object a line; LF or CRLF; blank lines are
// allowed), told apart by its first character. Fields, all strings: "instruction" (not empty),
// "input" (optional), "output", "task" (optional, the label that metrics are reported under). Other
// fields are ignored but must be valid JSON. Memory is bounded by one record, whatever the file's
// size.
//
// Errors are DataErrors that begin with "file:line: " (JSON lines) or "file: record N: " (array,
// from 1): byte order mark, invalid UTF-8, lone surrogate, NUL, nesting deeper than 64, number out
// of range, duplicate key, truncated record, record over the size limit, missing field (with the
// nearest key that is there), wrong type, no record at all. OnInvalid::kSkip drops and counts such
// records instead where the next one can be found (not after a syntax error inside an array).
// Between records a stop signal is obeyed: StoppedError.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bench::harness {

struct SftExample {
  std::string instruction;
  std::string input;  // may be empty
  std::string output;
  std::string task;  // may be empty
  friend bool operator==(const SftExample&, const SftExample&) = default;
};

enum class OnInvalid { kError, kSkip };

struct AlpacaOptions {
  OnInvalid on_invalid = OnInvalid::kError;
  int64_t max_record_bytes = int64_t{1} << 20;
};

struct AlpacaReport {
  int64_t num_read = 0;
  int64_t num_skipped = 0;
  std::vector<std::string> skipped;  // messages of the first 10 skipped records
};

using ExampleVisitor = std::function<absl::Status(SftExample)>;

// Calls `visit` for every record in file order; its error ends the reading and is returned.
absl::StatusOr<AlpacaReport> VisitAlpaca(const std::string& path, const AlpacaOptions& options,
                                         const ExampleVisitor& visit);

struct AlpacaData {
  std::vector<SftExample> examples;
  AlpacaReport report;
};
absl::StatusOr<AlpacaData> ReadAlpaca(const std::string& path, const AlpacaOptions& options = {});

// One line of JSON without the newline: keys instruction, input, output, and task unless empty;
// UTF-8 as it is. Text must be valid UTF-8 (invalid bytes become U+FFFD).
std::string AlpacaLine(const SftExample& example);

// All lines, each ended by a newline.
std::string AlpacaLines(const std::vector<SftExample>& examples);

}  // namespace bench::harness

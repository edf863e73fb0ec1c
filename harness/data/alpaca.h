// Examples for supervised fine-tuning in the Alpaca format, as data sets of this project are
// written, read strictly and in bounded memory. Other layouts: instruction_records.h.
//
// The file's form and its errors: record_reader.h. Fields, all strings: "instruction" (not empty),
// "input" (optional), "output", "task" (optional, the label that metrics are reported under). An
// optional field that is null is absent.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/data/conversation.h"
#include "harness/data/record_reader.h"

namespace bench::harness {

struct SftExample {
  std::string instruction;
  std::string input;  // may be empty
  std::string output;
  std::string task;  // may be empty
  EarlierTurns earlier = {};
  friend bool operator==(const SftExample&, const SftExample&) = default;
};

using AlpacaOptions = RecordOptions;
using AlpacaReport = RecordReport;
using ExampleVisitor = std::function<absl::Status(SftExample)>;
// `where` is what a message about this record begins with.
using LocatedExampleVisitor = std::function<absl::Status(SftExample, const std::string& where)>;

// Calls `visit` for every record in file order; its error ends the reading and is returned.
absl::StatusOr<AlpacaReport> VisitAlpaca(const std::string& path, const AlpacaOptions& options,
                                         const ExampleVisitor& visit);
absl::StatusOr<AlpacaReport> VisitAlpaca(const std::string& path, const AlpacaOptions& options,
                                         const LocatedExampleVisitor& visit);

struct AlpacaData {
  std::vector<SftExample> examples;
  AlpacaReport report;
};
absl::StatusOr<AlpacaData> ReadAlpaca(const std::string& path, const AlpacaOptions& options = {});

// One line of JSON without the newline, of an example without earlier turns: keys instruction,
// input, output, and task unless empty; UTF-8 as it is. Text must be valid UTF-8 (invalid bytes
// become U+FFFD).
std::string AlpacaLine(const SftExample& example);

// All lines, each ended by a newline.
std::string AlpacaLines(const std::vector<SftExample>& examples);

}  // namespace bench::harness

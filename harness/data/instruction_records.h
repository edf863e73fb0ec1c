// Examples for supervised fine-tuning from a user's file, whatever its format and layout.
//
//   alpaca             "instruction" (not empty), "input" (optional), "output"
//   messages           "messages": a conversation (messages.h)
//   conversations      "conversations": the same, as ShareGPT names it
//   prompt_completion  "prompt" (not empty), "completion": two texts, or two lists of messages
// and in each of them "task" (optional): the label that metrics are reported under. Beside a list
// "system" (optional) is the system message.
//
// The layout is the options', or what the fields of the first row say (the first of messages,
// conversations, prompt and completion; alpaca otherwise); every row must be of it. An example is
// the last answer of a conversation, with all that was said before. Errors: record_reader.h.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/alpaca.h"
#include "harness/data/record_reader.h"
#include "harness/definition/data_format.h"

namespace bench::harness {

struct ExampleOptions {
  RecordOptions records;
  RecordLayout layout = RecordLayout::kAuto;
};

// As a definition's [data] says.
template <typename DataSpec>
ExampleOptions ExampleOptionsOf(const DataSpec& spec) {
  return {RecordOptionsOf(spec), spec.records};
}

// The layout of rows with these fields; never kAuto.
RecordLayout LayoutOf(const FieldKinds& fields);

// Calls `visit` for every record in file order; its error ends the reading and is returned.
absl::StatusOr<RecordReport> VisitExamples(const std::string& path, const ExampleOptions& options,
                                           const LocatedExampleVisitor& visit);

}  // namespace bench::harness

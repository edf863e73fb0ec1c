// Preferences between two responses to a prompt, as reward models are trained on.
//
// The file's form and its errors: record_reader.h. Fields are texts: "prompt" (not empty), "chosen"
// (the better response), "rejected", "task" (optional: the kind of the rejected response, the label
// that metrics are reported under), "input" (optional: what the prompt is about, as in alpaca.h, so
// that a prompt is written for the reward model as it was for the fine-tuned one), "earlier"
// (optional: the messages before the prompt, messages.h). Or "chosen" and "rejected" are lists of
// messages, as the first row has them: two conversations that part with their last answer, or what
// comes behind "prompt" (a list of messages, or the user's message). An optional field that is null
// is absent.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/data/conversation.h"
#include "harness/data/record_reader.h"

namespace bench::harness {

struct Preference {
  std::string prompt;
  std::string chosen;
  std::string rejected;
  std::string task;        // may be empty
  std::string input = "";  // may be empty
  EarlierTurns earlier = {};
  friend bool operator==(const Preference&, const Preference&) = default;
};

// `where` is what a message about this record begins with.
using PreferenceVisitor = std::function<absl::Status(Preference, const std::string& where)>;

// Calls `visit` for every record in file order; its error ends the reading and is returned.
absl::StatusOr<RecordReport> VisitPreferences(const std::string& path, const RecordOptions& options,
                                              const PreferenceVisitor& visit);

// One line of JSON without the newline: keys prompt, input unless empty, chosen, rejected, task
// unless empty, and earlier where there are earlier turns; UTF-8 as it is. Text must be valid UTF-8
// (invalid bytes become U+FFFD).
std::string PreferenceLine(const Preference& preference);

}  // namespace bench::harness

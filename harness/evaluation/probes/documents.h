// Documents of a probe: what a model is asked, and which answers are right.
//
// A file is JSON lines, an object a line, of one form:
//   {"input": text, "target": text or [texts]}             log_likelihood, generate
//   {"input": text, "choices": [texts], "gold": i or [i]}  choice, from 0
//   {"text": text}                                         rolling
// or a BIG-bench task, a JSON object with "examples", each with "input" and "target" or
// "target_scores" (those with the highest score are right); its prefixes are put around the inputs,
// its choices behind them in alphabetical order unless append_choices_to_input is false, and its
// task_prefix becomes the description (BIG-bench, docs/doc.md, "JSON schema").
// Other members are ignored. Errors: DataError, "file:line: ..." or "file: example N: ...".
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/probe_spec.h"

namespace bench::harness {

struct ProbeDocument {
  std::string input;                 // of rolling: the text
  std::vector<std::string> targets;  // any of them is right
  std::vector<std::string> choices;  // of request "choice", at least two
  std::vector<size_t> gold;          // right ones among them, at least one and not all
  std::string sha256;                // of its JSON, keys sorted, without spaces

  // What an example shows as its answer.
  const std::string& answer() const { return choices.empty() ? targets[0] : choices[gold[0]]; }
};

struct ProbeFile {
  std::vector<ProbeDocument> documents;  // at least one
  std::string description;               // of a BIG-bench task
  bool ends_inputs = false;              // inputs end with what announces the answer: no delimiter
};

absl::StatusOr<ProbeFile> ReadProbeFile(const std::string& path, ProbeRequest request);

}  // namespace bench::harness

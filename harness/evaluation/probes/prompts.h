// What stands before a probe's answer: description, examples, input.
//
// context = description + for each example (input + delimiter + answer + separator) + input.
// Examples come from a file of their own: the first ones, or ones drawn without replacement by a
// stream of the document's digest, so that another document or another order changes none of them.
// The continuation that is scored behind it is delimiter + target (as lm-evaluation-harness has
// it: target_delimiter, fewshot_delimiter).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/definition/probe_spec.h"
#include "harness/determinism/seeds.h"
#include "harness/evaluation/probes/documents.h"

namespace bench::harness {

class ProbePrompts {
 public:
  // DataError where the shots are more than `examples`.
  static absl::StatusOr<ProbePrompts> Create(const ProbeSpec& spec, const ProbeFile& file,
                                             std::vector<ProbeDocument> examples,
                                             const SeedSource& seeds);

  std::string Context(const ProbeDocument& document) const;
  const std::string& delimiter() const { return delimiter_; }

 private:
  ProbePrompts(ProbeSpec spec, std::vector<ProbeDocument> examples, const SeedSource& seeds)
      : spec_(std::move(spec)), examples_(std::move(examples)), seeds_(seeds) {}
  std::vector<size_t> Shots(const ProbeDocument& document) const;

  ProbeSpec spec_;
  std::vector<ProbeDocument> examples_;
  SeedSource seeds_;
  std::string description_, delimiter_;
};

}  // namespace bench::harness

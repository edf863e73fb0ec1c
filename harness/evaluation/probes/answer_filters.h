// What becomes of a generated answer before it is compared.
//
// first_match and last_match: the first group that is not empty, or the whole match, without white
// space at its ends; an answer in which nothing is found has no value, and is wrong. Patterns are
// ICU's regular expressions, given up after some seconds, which counts as nothing found.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/probe_spec.h"

namespace bench::harness {

class AnswerFilters {
 public:
  // UsageError with ICU's name of the error for a pattern that is none.
  static absl::StatusOr<AnswerFilters> Create(const std::vector<AnswerFilterSpec>& specs);
  AnswerFilters(AnswerFilters&&) noexcept;
  AnswerFilters& operator=(AnswerFilters&&) noexcept;
  ~AnswerFilters();

  std::optional<std::string> Apply(std::string answer) const;

 private:
  class Step;
  AnswerFilters();
  std::vector<std::unique_ptr<Step>> steps_;
};

}  // namespace bench::harness

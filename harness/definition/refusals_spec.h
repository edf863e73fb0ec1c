// stage = "refusals": rows for fine-tuning made from a model's own errors: questions with their
// answers or, where the model is wrong, a refusal (R-tuning, Zhang et al., arXiv:2311.09677).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/definition/artifact_ref.h"
#include "harness/definition/preferences_spec.h"

namespace bench::harness {

class FieldList;
class Violations;

// Which questions are answered by the refusal. OwnErrors: those that the model answers wrongly.
// None: no question. Shuffled: as many as of own_errors, drawn without regard to the answers; a
// control.
enum class RefusalLabels { kOwnErrors, kNone, kShuffled };
constexpr std::array<std::string_view, 3> EnumNames(RefusalLabels) {
  return {"own_errors", "none", "shuffled"};
}

struct RefusalsSpec {
  ArtifactRef dataset;      // in [data]; required
  AnsweringModelRef model;  // [model]: exactly one source
  RefusalLabels labels = RefusalLabels::kOwnErrors;
  std::string refusal = "unknown ";  // a symbol of the data set
  bool balanced = true;              // as many refusals as answers: rows of the rarer are repeated
  double statements = 0.25;          // share of the training rows that are the data set's own
};

void Describe(RefusalsSpec& spec, FieldList& fields);
void Validate(const RefusalsSpec& spec, const Violations& violations);

}  // namespace bench::harness

// Answers of a trained decoder to prompts, as text.
//
// Every answer draws from a stream of its own, that of its prompt's SHA-256 and its number, so
// neither the order of the prompts nor what else is asked changes what is drawn. Deterministic for
// one machine class. StoppedError within a token of a stop signal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/control/progress.h"
#include "harness/data/alpaca.h"
#include "harness/definition/preferences_spec.h"
#include "harness/determinism/seeds.h"
#include "harness/model_io/decoder_artifact.h"

namespace bench::harness {

enum class AnswerEnd : uint8_t {
  kFinished,  // with what ends an answer
  kCutOff,    // at max_new_tokens, or where the positions end
};
struct ModelAnswer {
  std::string text;
  AnswerEnd end;
};

// To one prompt. Absent: it is too long, the model's positions have no room for a token more.
using ModelAnswers = std::optional<std::vector<ModelAnswer>>;

// answers_per_prompt answers to each example, in its order; of equal prompts the same ones.
absl::StatusOr<std::vector<ModelAnswers>> AnswersOf(const DecoderArtifact& model,
                                                    const std::vector<SftExample>& examples,
                                                    const NegativesSpec& spec,
                                                    const SeedSource& seeds, Progress& progress);

}  // namespace bench::harness

// A versioned experiment definition as plain typed structs.
//
// To add a stage: its own header with a struct, Describe (the field list) and Validate, and one
// line in each of StageKind, its names and StageSpec below; parsing, hash, --set, results and
// --help follow from the field list.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/definition/clm_spec.h"
#include "harness/definition/corpus_spec.h"
#include "harness/definition/enum_names.h"
#include "harness/definition/evaluate_spec.h"
#include "harness/definition/generated_spec.h"
#include "harness/definition/images_spec.h"
#include "harness/definition/names_spec.h"
#include "harness/definition/ppo_spec.h"
#include "harness/definition/preferences_spec.h"
#include "harness/definition/program_spec.h"
#include "harness/definition/refusals_spec.h"
#include "harness/definition/reward_spec.h"
#include "harness/definition/run_spec.h"
#include "harness/definition/sft_spec.h"
#include "harness/definition/sweep_spec.h"
#include "harness/definition/synthetic_spec.h"
#include "harness/definition/tokenizer_spec.h"
#include "harness/definition/translations_spec.h"

namespace bench::harness {

class FieldList;
class Violations;

// In the order of StageSpec's alternatives.
enum class StageKind {
  kTranslations,
  kTokenizer,
  kCorpus,
  kClm,
  kSft,
  kPreferences,
  kReward,
  kPpo,
  kEvaluate,
  kProgram,
  kGenerated,
  kSynthetic,
  kSweep,
  kImages,
  kNames,
  kRefusals
};
constexpr std::array<std::string_view, 16> EnumNames(StageKind) {
  return {"translations", "tokenizer", "corpus",   "clm",     "sft",       "preferences",
          "reward",       "ppo",       "evaluate", "program", "generated", "synthetic",
          "sweep",        "images",    "names",    "refusals"};
}
using StageSpec =
    std::variant<TranslationsSpec, TokenizerSpec, CorpusSpec, ClmSpec, SftSpec, PreferencesSpec,
                 RewardSpec, PpoSpec, EvaluateSpec, ProgramSpec, GeneratedSpec, SyntheticSpec,
                 SweepSpec, ImagesSpec, NamesSpec, RefusalsSpec>;
static_assert(std::variant_size_v<StageSpec> == EnumNames(StageKind{}).size());

inline constexpr int64_t kSchema = 1;

struct Definition {
  int64_t schema = kSchema;
  std::string title;
  int64_t base_seed = 0;
  RunSpec run;
  StageSpec stage;
  std::string folder;  // of the file; no field: what paths of stage "program" are relative to

  StageKind kind() const { return static_cast<StageKind>(stage.index()); }
};

// A definition of this stage with every default, and the required fields not yet set.
Definition DefaultDefinition(StageKind kind);

void Describe(Definition& definition, FieldList& fields);
void Validate(const Definition& definition, const Violations& violations);

// Whether runs of it claim that their bits come again (run.determinism, or program.strict).
bool ClaimsStrict(const Definition& definition);

// Bounds on the final metrics; none for stages that do not train.
std::vector<AcceptanceBound> AcceptanceBounds(const Definition& definition);

// The experiments whose artifacts this one needs, in the order of the fields.
std::vector<ArtifactRef> ReferencedArtifacts(const Definition& definition);

}  // namespace bench::harness

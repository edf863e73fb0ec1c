#include "harness/definition/translations_spec.h"

#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "harness/definition/field.h"
#include "harness/definition/message_text.h"
#include "harness/definition/violations.h"

namespace bench::harness {

void Describe(PartFractions& spec, FieldList& fields) {
  fields.Leaf("sft", spec.sft, {.doc = "fine-tuning", .bounds = Between(0, 1)});
  fields.Leaf("reward", spec.reward, {.doc = "reward model", .bounds = Between(0, 1)});
  fields.Leaf("ppo", spec.ppo, {.doc = "prompts of PPO", .bounds = Between(0, 1)});
  fields.Leaf("validation", spec.validation,
              {.doc = "evaluation during development", .bounds = Between(0, 1)});
  fields.Leaf("test", spec.test, {.doc = "final evaluation", .bounds = Between(0, 1)});
}

void Describe(TranslationsSpec& spec, FieldList& fields) {
  FieldList& table = fields.Group("translations", "");
  table.Leaf("sources", spec.sources,
             {.doc = "data source manifests, experiments/data/NAME.toml",
              .presence = Presence::kRequired,
              .role = TextRole::kName});
  table.Leaf("max_characters", spec.max_characters,
             {.doc = "longest text that is used, in Unicode code points",
              .units = "characters",
              .bounds = Between(1, 100000)});
  table.Leaf("min_script_similarity", spec.min_script_similarity,
             {.doc = "least share of common characters of a Traditional to Simplified pair, after "
                     "conversion of the script; other pairs are dropped as reworded",
              .bounds = Between(0, 1)});
  table.Table("parts", spec.parts, "fraction of the connected components in each part; sum 1");
}

void Validate(const TranslationsSpec& spec, const Violations& violations) {
  const Violations here = violations.In("translations");
  if (spec.sources.empty()) here.Add("sources", "needs at least one source");
  std::set<std::string> seen;
  for (const std::string& source : spec.sources) {
    if (!seen.insert(source).second) here.Add("sources", absl::StrCat(source, " is named twice"));
  }
  const PartFractions& parts = spec.parts;
  const double sum = parts.sft + parts.reward + parts.ppo + parts.validation + parts.test;
  // Five decimal fractions, each rounded to half an ulp of at most 1, and four rounded sums.
  if (std::abs(sum - 1) > 1e-12)
    here.Add("parts", absl::StrCat("sum to ", NumberText(sum), " instead of 1"));
}

}  // namespace bench::harness

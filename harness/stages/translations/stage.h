// Stage "translations": the SFT data set of human translations (harness/data/translations.h), one
// JSON-lines file a part. Tables: sources, examples, dropped, components.
#pragma once

#include "harness/definition/translations_spec.h"
#include "harness/stages/stage.h"
#include "harness/store/store.h"

namespace bench::harness {

class TranslationsStage : public Stage {
 public:
  explicit TranslationsStage(const TranslationsSpec& spec) : spec_(spec) {}
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const TranslationsSpec& spec_;
};

}  // namespace bench::harness

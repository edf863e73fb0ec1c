// Stage "tokenizer": a SentencePiece model trained on the instructions, inputs and outputs of one
// part of a data set. Artifact: tokenizer.model.
#pragma once

#include "harness/definition/tokenizer_spec.h"
#include "harness/stages/stage.h"

namespace bench::harness {

class TokenizerStage : public Stage {
 public:
  explicit TokenizerStage(const TokenizerSpec& spec) : spec_(spec) {}
  std::vector<InputNeed> Inputs() const override {
    return {{"dataset", spec_.dataset, {StageKind::kTranslations}}};
  }
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const TokenizerSpec& spec_;
};

}  // namespace bench::harness

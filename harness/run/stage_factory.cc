#include "harness/run/stage_factory.h"

#include "harness/run/sweep_stage.h"
#include "harness/stages/clm/stage.h"
#include "harness/stages/corpus/stage.h"
#include "harness/stages/evaluate/stage.h"
#include "harness/stages/generated/stage.h"
#include "harness/stages/images/stage.h"
#include "harness/stages/names/stage.h"
#include "harness/stages/ppo/stage.h"
#include "harness/stages/preferences/stage.h"
#include "harness/stages/program/stage.h"
#include "harness/stages/refusals/stage.h"
#include "harness/stages/reward/stage.h"
#include "harness/stages/sft/stage.h"
#include "harness/stages/synthetic/stage.h"
#include "harness/stages/tokenizer/stage.h"
#include "harness/stages/translations/stage.h"

namespace bench::harness {
namespace {

struct Factory {
  const Definition& definition;

  std::unique_ptr<Stage> operator()(const TranslationsSpec& spec) const {
    return std::make_unique<TranslationsStage>(spec);
  }
  std::unique_ptr<Stage> operator()(const TokenizerSpec& spec) const {
    return std::make_unique<TokenizerStage>(spec);
  }
  std::unique_ptr<Stage> operator()(const CorpusSpec&) const {
    return std::make_unique<CorpusStage>(definition);
  }
  std::unique_ptr<Stage> operator()(const ClmSpec&) const {
    return std::make_unique<ClmStage>(definition);
  }
  std::unique_ptr<Stage> operator()(const SftSpec&) const {
    return std::make_unique<SftStage>(definition);
  }
  std::unique_ptr<Stage> operator()(const RewardSpec&) const {
    return std::make_unique<RewardStage>(definition);
  }
  std::unique_ptr<Stage> operator()(const PreferencesSpec& spec) const {
    return std::make_unique<PreferencesStage>(spec);
  }
  std::unique_ptr<Stage> operator()(const PpoSpec&) const {
    return std::make_unique<PpoStage>(definition);
  }
  std::unique_ptr<Stage> operator()(const EvaluateSpec& spec) const {
    return std::make_unique<EvaluateStage>(spec);
  }
  std::unique_ptr<Stage> operator()(const ProgramSpec&) const {
    return std::make_unique<ProgramStage>(definition);
  }
  std::unique_ptr<Stage> operator()(const GeneratedSpec&) const {
    return std::make_unique<GeneratedStage>(definition);
  }
  std::unique_ptr<Stage> operator()(const SyntheticSpec&) const {
    return std::make_unique<SyntheticStage>(definition);
  }
  std::unique_ptr<Stage> operator()(const SweepSpec&) const {
    return std::make_unique<SweepStage>(definition);
  }
  std::unique_ptr<Stage> operator()(const ImagesSpec&) const {
    return std::make_unique<ImagesStage>(definition);
  }
  std::unique_ptr<Stage> operator()(const NamesSpec&) const {
    return std::make_unique<NamesStage>(definition);
  }
  std::unique_ptr<Stage> operator()(const RefusalsSpec&) const {
    return std::make_unique<RefusalsStage>(definition);
  }
};

}  // namespace

std::unique_ptr<Stage> MakeStage(const Definition& definition) {
  return std::visit(Factory{definition}, definition.stage);
}

}  // namespace bench::harness

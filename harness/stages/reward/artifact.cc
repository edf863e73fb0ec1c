#include "harness/stages/reward/artifact.h"

#include <utility>

#include "base/status.h"
#include "models/hf_folder.h"

namespace bench::harness {

absl::Status SaveRewardArtifact(const models::RewardModel& model, const Tokenizer& tokenizer,
                                PromptTemplate prompt_template, const std::string& folder) {
  BENCH_RETURN_IF_ERROR(models::SaveHfRewardFolder(model, SpecialTokensOf(tokenizer), folder));
  return SavePromptFiles(tokenizer, prompt_template, folder);
}

absl::StatusOr<RewardArtifact> LoadRewardModel(const std::string& folder, at::Device device) {
  BENCH_ASSIGN_OR_RETURN(models::RewardModel model,
                         models::LoadHfRewardFolder(folder, device, at::kFloat));
  BENCH_ASSIGN_OR_RETURN(PromptFiles prompt,
                         LoadPromptFiles(folder, model.decoder().config().vocab_size));
  return RewardArtifact{std::move(model), std::move(prompt)};
}

}  // namespace bench::harness

// What responses are worth: the reward model's score, the verifiable quality against the record's
// output, and from one of them the score that PPO maximises.
//
// The reward model reads a response as tokens, behind the example's prompt as its own template
// writes it, and that template's end token where the response has ended. Score of a response: the
// objective's reward, then the rule for a missing end token, then clipping. Scores are fp64 on the
// CPU, without a graph. B responses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ATen/ATen.h"
#include "absl/status/statusor.h"
#include "harness/data/prompt.h"
#include "harness/definition/ppo_spec.h"
#include "harness/stages/ppo/data.h"
#include "harness/stages/reward/artifact.h"
#include "harness/tokenizers/tokenizer.h"

namespace bench::harness {

struct Response {
  const PpoPrompt* prompt = nullptr;
  std::vector<int64_t> tokens;  // up to and with what ends it, where it ends; never empty
  bool ended = false;           // with the end token, or as its prompt template has it
};

struct ResponseScores {
  std::optional<at::Tensor> learned_B;
  at::Tensor exact_match_B, chrf_B;  // 0 or 1; in [0, 100]
  at::Tensor score_B;                // what PPO maximises
};

class ResponseScorer {
 public:
  // All must outlive the scorer; `reward` may be null.
  struct Parts {
    const PpoSpec& spec;
    const PpoData& data;
    const Tokenizer& tokenizer;
    const RewardArtifact* reward;
  };
  // UsageError where the reward model's positions are too few for a prompt with its response.
  static absl::StatusOr<ResponseScorer> Create(const Parts& parts);

  ResponseScores Score(const std::vector<Response>& responses) const;

  // nullopt without a reward model.
  std::optional<at::Tensor> LearnedRewards(const std::vector<Response>& responses) const;
  std::string Text(const Response& response) const {
    return p_.data.answer_form.Text(p_.tokenizer, response.tokens);
  }

 private:
  ResponseScorer(const Parts& parts, std::optional<PromptEncoder> encoder)
      : p_(parts), encoder_(std::move(encoder)) {}

  std::vector<int64_t> RewardRow(const Response& response) const;
  // What the reward model or the judge says, without a graph, of responses with these texts.
  at::Tensor Rewards(const ResponseScores& scores, const std::vector<Response>& responses,
                     const std::vector<std::string>& texts) const;
  // Of these rewards: the rule for a missing end token, then clipping.
  at::Tensor Objective(const at::Tensor& rewards_B, const std::vector<Response>& responses) const;

  Parts p_;
  std::optional<PromptEncoder> encoder_;  // of the reward model
};

}  // namespace bench::harness

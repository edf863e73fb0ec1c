// Longer than 400 lines: the catalogue is one list, and each metric an entry of it.
#include "results/metrics.h"

#include <iterator>

namespace bench::results {
extern const MetricDescriptor kPeakDeviceMemory;
}  // namespace bench::results
namespace bench::results {

using enum Better;
using enum MetricKind;

// name, units, better, deterministic, threshold, description, kind
const MetricDescriptor kLoss = {
    "loss",    "nats/token", kLower,
    true,      0.01,         "Mean negative log-likelihood of the target tokens",
    kLearning,
};
const MetricDescriptor kPairLoss = {
    "loss", "nats/pair", kLower, true, 0.01, "Mean preference loss of the pairs", kLearning,
};
const MetricDescriptor kTrainLoss = {
    "train_loss", "nats", kLower, true, 0.02, "Mean loss of the last training steps", kLearning,
};
const MetricDescriptor kPerplexity = {
    "perplexity", "1", kLower, true, 0.02, "Exponential of the held-out loss", kLearning,
};
const MetricDescriptor kBitsPerByte = {
    "bits_per_byte",
    "bits/byte",
    kLower,
    true,
    0.01,
    "Negative log2-likelihood of held-out tokens / bytes of text that they stand for",
    kLearning,
};
const MetricDescriptor kScoredBytes = {
    "scored_bytes", "bytes", kNone,
    true,           0,       "Bytes of held-out text that the scored tokens stand for",
    kCount,
};
const MetricDescriptor kTokenAccuracy = {
    "token_accuracy",
    "1",
    kHigher,
    true,
    0.01,
    "Fraction of the target tokens that are the most probable ones",
    kLearning,
};
const MetricDescriptor kExactMatch = {
    "exact_match", "1",  kHigher,
    true,          0.05, "Fraction of the greedily generated answers that equal the reference",
    kLearning,
};
const MetricDescriptor kChrf = {
    "chrf",    "points", kHigher, true, 0.02, "chrF2 of the greedily generated answers, 0 to 100",
    kLearning,
};
const MetricDescriptor kGradNorm = {
    "grad_norm", "1", kNone, true, 0.1, "L2 norm of the gradient before clipping", kLearning,
};
const MetricDescriptor kLearningRate = {
    "learning_rate", "1", kNone, true, 0, "Learning rate of the step", kLearning,
};

const MetricDescriptor kPreferenceAccuracy = {
    "preference_accuracy",
    "1",
    kHigher,
    true,
    0.01,
    "Fraction of the pairs whose chosen response has the higher reward",
    kLearning,
};
const MetricDescriptor kRewardMargin = {
    "reward_margin", "nats", kNone, true, 0.05, "Mean of the chosen reward - the rejected reward",
    kLearning,
};
const MetricDescriptor kRewardMean = {
    "reward_mean", "nats", kNone, true, 0.05, "Mean reward of both responses", kLearning,
};
const MetricDescriptor kRewardMin = {
    "reward_min", "nats", kNone, true, 0.05, "Smallest reward", kLearning,
};
const MetricDescriptor kRewardMax = {
    "reward_max", "nats", kNone, true, 0.05, "Largest reward", kLearning,
};
const MetricDescriptor kCalibrationError = {
    "calibration_error",
    "1",
    kLower,
    true,
    0.05,
    "Expected calibration error of the stated preferences, ten bins",
    kLearning,
};

const MetricDescriptor kPpoLoss = {
    "loss", "1", kNone, true, 0, "Policy loss + value coefficient x value loss", kLearning};
const MetricDescriptor kPolicyLoss = {
    "policy_loss", "1", kNone, true, 0, "Mean clipped policy loss of the response tokens",
    kLearning};
const MetricDescriptor kValueLoss = {
    "value_loss", "1", kNone, true, 0.05, "Mean clipped value loss of the response tokens",
    kLearning};
const MetricDescriptor kApproxKl = {
    "approx_kl", "nats/token", kNone,
    true,        0.05,         "Mean of (log pi - log pi_old)^2 / 2 over the response tokens",
    kLearning};
const MetricDescriptor kClipFraction = {
    "clip_fraction",
    "1",
    kNone,
    true,
    0.05,
    "Fraction of the response tokens whose policy loss is clipped",
    kLearning};
const MetricDescriptor kValueClipFraction = {
    "value_clip_fraction",
    "1",
    kNone,
    true,
    0.05,
    "Fraction of the response tokens whose value loss is clipped",
    kLearning};
const MetricDescriptor kRatio = {
    "ratio", "1", kNone, true, 0.01, "Mean of pi / pi_old over the response tokens", kLearning};
const MetricDescriptor kRatioVariance = {
    "ratio_variance", "1", kNone, true, 0.05, "Variance of pi / pi_old over the response tokens",
    kLearning};
const MetricDescriptor kEntropy = {
    "entropy", "nats/token", kNone, true, 0.05, "Mean entropy of the policy at the response tokens",
    kLearning};
const MetricDescriptor kLearnedReward = {"learned_reward",
                                         "nats",
                                         kHigher,
                                         true,
                                         0.05,
                                         "Mean reward that the reward model gives the responses",
                                         kLearning};
const MetricDescriptor kSampledExactMatch = {
    "sampled_exact_match",
    "1",
    kHigher,
    true,
    0.05,
    "Fraction of the sampled responses that equal the reference",
    kLearning};
const MetricDescriptor kSampledChrf = {
    "sampled_chrf", "points",
    kHigher,        true,
    0.02,           "chrF2 of the sampled responses, 0 to 100; in a rollout the mean of sentences",
    kLearning};
const MetricDescriptor kScore = {
    "score", "1", kHigher, true, 0.05, "Mean score of the responses, what is maximised", kLearning};
const MetricDescriptor kKl = {
    "kl",
    "nats/response",
    kNone,
    true,
    0.05,
    "Mean KL divergence from the policy before training: of a rollout by ppo.kl_estimator, of an "
    "evaluation k3",
    kLearning};
const MetricDescriptor kKlCoefficient = {"kl_coefficient",           "1",      kNone, true, 0,
                                         "Weight of the KL penalty", kLearning};
const MetricDescriptor kNonScoreReward = {
    "non_score_reward", "1", kNone, true, 0.05, "Mean KL penalty of a response", kLearning};
const MetricDescriptor kRlhfReward = {
    "rlhf_reward", "1", kHigher, true, 0.05, "Mean score of the responses less their KL penalty",
    kLearning};
const MetricDescriptor kResponseEntropy = {"response_entropy",
                                           "nats/response",
                                           kNone,
                                           true,
                                           0.05,
                                           "Mean negative log-probability of a response",
                                           kLearning};
const MetricDescriptor kResponseTokens = {"response_tokens",
                                          "tokens",
                                          kNone,
                                          true,
                                          0.05,
                                          "Mean tokens of a response, the end token included",
                                          kLearning};
const MetricDescriptor kEndedFraction = {"ended_fraction",
                                         "1",
                                         kNone,
                                         true,
                                         0.05,
                                         "Fraction of the responses that end with the end token",
                                         kLearning};
const MetricDescriptor kEpisodes = {"episodes", "1", kNone, true, 0, "Responses sampled so far",
                                    kCount};
const MetricDescriptor kInitialExactMatch = {"initial_exact_match",
                                             "1",
                                             kNone,
                                             true,
                                             0,
                                             "Exact match of the policy before training",
                                             kLearning};
const MetricDescriptor kInitialChrf = {
    "initial_chrf", "points", kNone, true, 0, "chrF2 of the policy before training", kLearning};
const MetricDescriptor kInitialLearnedReward = {"initial_learned_reward",
                                                "nats",
                                                kNone,
                                                true,
                                                0,
                                                "Mean learned reward of the policy before training",
                                                kLearning};
const MetricDescriptor kInitialSampledExactMatch = {
    "initial_sampled_exact_match",
    "1",
    kNone,
    true,
    0,
    "Sampled exact match of the policy before training",
    kLearning};
const MetricDescriptor kInitialSampledChrf = {"initial_sampled_chrf",
                                              "points",
                                              kNone,
                                              true,
                                              0,
                                              "Sampled chrF2 of the policy before training",
                                              kLearning};

const MetricDescriptor kCopyExactMatch = {
    "copy_exact_match", "1", kNone, true, 0, "Exact match of answering with the input", kLearning,
};
const MetricDescriptor kCopyChrf = {
    "copy_chrf", "points", kNone, true, 0, "chrF2 of answering with the input", kLearning,
};
const MetricDescriptor kNearestExactMatch = {
    "nearest_exact_match",
    "1",
    kNone,
    true,
    0,
    "Exact match of answering with the answer of the nearest training example",
    kLearning,
};
const MetricDescriptor kNearestChrf = {
    "nearest_chrf", "points", kNone,
    true,           0,        "chrF2 of answering with the answer of the nearest training example",
    kLearning,
};

// One run on each side says nothing of the spread, and shared machines vary by several percent from
// run to run: smaller changes of a time do not count until replicates are compared.
const MetricDescriptor kSetupTime = {
    "setup_time",
    "s",
    kNone,
    false,
    0.05,
    "Time from the start of the process to that of the run: the wrapper's set-up, loading",
    kTime,
};
const MetricDescriptor kRankWaitTime = {
    "rank_wait_time", "s", kNone, false, 0.05, "Time until all ranks had met", kTime,
};
const MetricDescriptor kPrerequisitesTime = {
    "prerequisites_time",
    "s",
    kNone,
    false,
    0.05,
    "Time for finding, fetching or making the inputs",
    kTime,
};
const MetricDescriptor kStepTime = {
    "step_time", "s", kLower, false, 0.1, "Time of one optimizer step, without evaluation", kTime,
};
const MetricDescriptor kIterationTime = {
    "iteration_time",
    "s",
    kLower,
    false,
    0.1,
    "Time of a rollout and the optimizer steps on it, without evaluation",
    kTime,
};
const MetricDescriptor kTargetTokensPerSecond = {
    "target_tokens_per_second",
    "tokens/s",
    kHigher,
    false,
    0.1,
    "Target tokens trained on a second of step time",
    kTime,
};
const MetricDescriptor kTimeToFirstStep = {
    "time_to_first_step",
    "s",
    kLower,
    false,
    0.1,
    "Time of the run until the end of its first step, by the run's clock",
    kTime,
};
const MetricDescriptor kTrainTime = {
    "train_time", "s", kLower, false, 0.1, "Sum of the step times", kTime,
};
const MetricDescriptor kWallTime = {
    "wall_time", "s", kLower, false, 0.05, "Time of the run, without set-up and waiting", kTime,
};

const MetricDescriptor kPeakMemory = {
    "peak_memory", "bytes", kLower, false, 0.02, "Largest resident set of the process", kMemory,
};
const MetricDescriptor kPeakDeviceMemory = {
    "peak_device_memory",
    "bytes",
    kLower,
    false,
    0.02,
    "Most memory of its GPU that the process's caching allocator held at one time",
    kMemory,
};

// Sizes of what a rank holds follow from the model and the sharding alone. A peak may also depend
// on when the threads of a collective operation allocate and free.
const MetricDescriptor kParameterBytes = {
    "parameter_bytes", "bytes", kLower, true, 0, "Parameters that the rank holds", kMemory,
};
const MetricDescriptor kGradientBytes = {
    "gradient_bytes", "bytes", kLower, true, 0, "Gradients that the rank keeps for its step",
    kMemory,
};
const MetricDescriptor kOptimizerStateBytes = {
    "optimizer_state_bytes",
    "bytes",
    kLower,
    true,
    0,
    "Moments and master weights that the rank holds",
    kMemory,
};
const MetricDescriptor kCommunicationBufferBytes = {
    "communication_buffer_bytes",
    "bytes",
    kLower,
    true,
    0,
    "Buffers that the rank keeps for collective operations",
    kMemory,
};
const MetricDescriptor kActivationBytes = {
    "activation_bytes",
    "bytes",
    kLower,
    false,
    0.02,
    "What the forward pass of a micro-batch keeps for the backward pass, at most",
    kMemory,
};
const MetricDescriptor kPeakTensorBytes = {
    "peak_tensor_bytes",
    "bytes",
    kLower,
    false,
    0.02,
    "Largest sum of all tensors in a step",
    kMemory,
};
const MetricDescriptor kStateBytesRatio = {
    "state_bytes_ratio",
    "1",
    kLower,
    true,
    0,
    "Bytes of parameters, gradients and optimizer states / what ZeRO's formula gives",
    kMemory,
};

// As the sockets count them, over the first steps of an attempt, which a resumed run has elsewhere.
const MetricDescriptor kSentBytes = {
    "sent_bytes", "bytes", kLower, false, 0.01, "Bytes that the rank sent in a step", kCount,
};
const MetricDescriptor kSentBytesRatio = {
    "sent_bytes_ratio",
    "1",
    kLower,
    false,
    0.01,
    "Bytes that the rank sent in a step / those of 2 (N - 1) / N elements a parameter, N ranks",
    kCount,
};

const MetricDescriptor kParameters = {
    "parameters", "1", kNone, true, 0, "Trained parameters of the model", kCount,
};
const MetricDescriptor kOptimizerSteps = {
    "optimizer_steps", "1", kNone, true, 0, "Optimizer steps done", kCount,
};
const MetricDescriptor kBatchTokens = {
    "batch_tokens", "tokens", kNone, true, 0, "Tokens of the step's batch, prompts included",
    kCount,
};
const MetricDescriptor kTargetTokens = {
    "target_tokens", "tokens", kNone, true, 0, "Tokens of the step's batch that are trained on",
    kCount,
};
const MetricDescriptor kExamples = {
    "examples", "1", kNone, true, 0, "Examples used", kCount,
};
const MetricDescriptor kDroppedExamples = {
    "dropped_examples", "1", kNone, true, 0, "Examples left out", kCount,
};

const MetricDescriptor kDocuments = {
    "documents", "1", kNone, true, 0, "Documents of the corpus, as read and as kept", kCount,
};
const MetricDescriptor kTextBytes = {
    "text_bytes", "bytes", kNone, true, 0, "Bytes of the documents' text", kCount,
};
const MetricDescriptor kTokens = {
    "dataset_tokens", "tokens", kNone, true, 0, "Tokens of the data set's part", kCount,
};
const MetricDescriptor kRejectedDocuments = {
    "rejected_documents", "1", kNone, true, 0, "Invalid documents that were kept aside", kCount,
};
const MetricDescriptor kHeldOutInTraining = {
    "held_out_in_training",
    "1",
    kLower,
    true,
    0,
    "Held-out documents whose tokens are those of a training document",
    kCount,
};
const MetricDescriptor kHeldOutNgramsInTraining = {
    "held_out_ngrams_in_training",
    "1",
    kLower,
    true,
    0.01,
    "Fraction of the held-out documents' n-grams that occur in training documents",
    kCount,
};

const MetricDescriptor kVocabSize = {
    "vocab_size", "1", kNone, true, 0, "Pieces of the tokenizer", kCount,
};
const MetricDescriptor kCharactersPerToken = {
    "characters_per_token",
    "characters/token",
    kHigher,
    true,
    0.01,
    "Characters of held-out text a token",
    kLearning,
};

namespace {

constexpr const MetricDescriptor* kAll[] = {
    &kLoss,
    &kTrainLoss,
    &kPerplexity,
    &kBitsPerByte,
    &kScoredBytes,
    &kTokenAccuracy,
    &kExactMatch,
    &kChrf,
    &kGradNorm,
    &kLearningRate,
    &kPreferenceAccuracy,
    &kRewardMargin,
    &kRewardMean,
    &kRewardMin,
    &kRewardMax,
    &kCalibrationError,
    &kPolicyLoss,
    &kValueLoss,
    &kApproxKl,
    &kClipFraction,
    &kValueClipFraction,
    &kRatio,
    &kRatioVariance,
    &kEntropy,
    &kLearnedReward,
    &kSampledExactMatch,
    &kSampledChrf,
    &kScore,
    &kKl,
    &kKlCoefficient,
    &kNonScoreReward,
    &kRlhfReward,
    &kResponseEntropy,
    &kResponseTokens,
    &kEndedFraction,
    &kEpisodes,
    &kInitialExactMatch,
    &kInitialChrf,
    &kInitialLearnedReward,
    &kInitialSampledExactMatch,
    &kInitialSampledChrf,
    &kCopyExactMatch,
    &kCopyChrf,
    &kNearestExactMatch,
    &kNearestChrf,
    &kSetupTime,
    &kRankWaitTime,
    &kPrerequisitesTime,
    &kStepTime,
    &kIterationTime,
    &kTargetTokensPerSecond,
    &kTimeToFirstStep,
    &kTrainTime,
    &kWallTime,
    &kPeakMemory,
    &kPeakDeviceMemory,
    &kParameterBytes,
    &kGradientBytes,
    &kOptimizerStateBytes,
    &kCommunicationBufferBytes,
    &kActivationBytes,
    &kPeakTensorBytes,
    &kStateBytesRatio,
    &kSentBytes,
    &kSentBytesRatio,
    &kParameters,
    &kOptimizerSteps,
    &kBatchTokens,
    &kTargetTokens,
    &kExamples,
    &kDroppedExamples,
    &kDocuments,
    &kTextBytes,
    &kTokens,
    &kRejectedDocuments,
    &kHeldOutInTraining,
    &kHeldOutNgramsInTraining,
    &kVocabSize,
    &kCharactersPerToken,
};

}  // namespace

const std::vector<const MetricDescriptor*>& AllMetrics() {
  static const std::vector<const MetricDescriptor*> all(std::begin(kAll), std::end(kAll));
  return all;
}

const MetricDescriptor* FindMetric(std::string_view name) {
  for (const MetricDescriptor* metric : AllMetrics()) {
    if (metric->name == name) return metric;
  }
  return nullptr;
}

}  // namespace bench::results

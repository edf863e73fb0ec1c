// Longer than 400 lines: the catalogue is one list, and each metric an entry of it.
//
// The catalogue of metrics: the only place where their names are literals. To add a metric, add its
// descriptor here; journal, results file, comparison and reports follow. metric_rules.h says what a
// descriptor must be.
//
// A change of a summary value matters if it is larger than threshold * |value| and than the floor;
// with both 0 every change does.
#pragma once

#include "results/metric.h"
#include "results/metric_rules.h"

namespace bench::results {

// Learning, a value a step or an evaluation.
inline constexpr MetricDescriptor kLoss = Metric({
    .name = "loss",
    .units = "nats/token",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.01,
    .description = "Mean negative log-likelihood of the target tokens",
});
inline const MetricDescriptor& kEvalLoss = kLoss;  // in /evals it is measured on held-out data
// The same series where the loss is that of a pair: /steps/loss is every training stage's.
inline constexpr MetricDescriptor kPairLoss = Metric({
    .name = "loss",
    .units = "nats/pair",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.01,
    .description = "Mean preference loss of the pairs",
});
// The loss of the last steps, in the summary.
inline constexpr MetricDescriptor kTrainLoss = Metric({
    .name = "train_loss",
    .units = "nats",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.02,
    .description = "Mean loss of the last training steps",
});
inline constexpr MetricDescriptor kPerplexity = Metric({
    .name = "perplexity",
    .units = "1",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.02,
    .description = "Exponential of the held-out loss",
});
inline constexpr MetricDescriptor kBitsPerByte = Metric({
    .name = "bits_per_byte",
    .units = "bits/byte",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.01,
    .description = "Negative log2-likelihood of held-out tokens / bytes of text that they "
                   "stand for",
});
inline constexpr MetricDescriptor kScoredBytes = Metric({
    .name = "scored_bytes",
    .units = "bytes",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Bytes of held-out text that the scored tokens stand for",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kTokenAccuracy = Metric({
    .name = "token_accuracy",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.01,
    .description = "Fraction of the target tokens that are the most probable ones",
    .floor = 0.005,
});
inline constexpr MetricDescriptor kExactMatch = Metric({
    .name = "exact_match",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Fraction of the greedily generated answers that equal the reference",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kAnswerAccuracy = Metric({
    .name = "answer_accuracy",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Fraction of the greedily generated rows whose answer is right, whatever was "
                   "written before it",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kAnswerEdits = Metric({
    .name = "answer_edits",
    .units = "tokens/answer",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean Levenshtein distance of the greedily generated answers from the "
                   "references",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kAnswerSymbolAccuracy = Metric({
    .name = "answer_symbol_accuracy",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.02,
    .description = "Fraction of the symbols of the references that the greedily generated answers "
                   "have at the same place, ends left out",
    .floor = 0.005,
});
inline constexpr MetricDescriptor kSymbolErrorRate = Metric({
    .name = "symbol_error_rate",
    .units = "1",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Levenshtein distances of the greedily generated answers from the references / "
                   "symbols of the references; where symbols are characters, CER",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kWrongLanguageRate = Metric({
    .name = "wrong_language_rate",
    .units = "1",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Fraction of the greedily generated rows that are the answer in another "
                   "language and not in the row's own",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kExcessLoss = Metric({
    .name = "excess_loss",
    .units = "nats/token",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Held-out loss less that of the exact Bayes predictor",
    .floor = 0.005,
});
inline constexpr MetricDescriptor kChrf = Metric({
    .name = "chrf",
    .units = "points",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.02,
    .description = "chrF2 of the greedily generated answers, 0 to 100",
    .floor = 0.5,
});
inline constexpr MetricDescriptor kGradNorm = Metric({
    .name = "grad_norm",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.1,
    .description = "L2 norm of the gradient before clipping",
});
inline constexpr MetricDescriptor kLearningRate = Metric({
    .name = "learning_rate",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Learning rate of the step",
});

// Probes, over their documents.
inline constexpr MetricDescriptor kAccuracy = Metric({
    .name = "accuracy",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.02,
    .description = "Fraction of the documents whose most probable choice is right",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kAccuracyPerCharacter = Metric({
    .name = "accuracy_per_character",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.02,
    .description = "The same, with log-probabilities divided by the characters of the choice",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kAccuracyUnconditional = Metric({
    .name = "accuracy_unconditional",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.02,
    .description = "The same, less the log-probability of the choice without its input",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kAccuracyAboveChance = Metric({
    .name = "accuracy_above_chance",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.02,
    .description = "(accuracy - chance_accuracy) / (1 - chance_accuracy)",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kChanceAccuracy = Metric({
    .name = "chance_accuracy",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Mean share of right ones among the choices",
});
inline constexpr MetricDescriptor kTargetLogProb = Metric({
    .name = "target_log_prob",
    .units = "nats",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.01,
    .description = "Mean log-probability of a whole target",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kGreedyMatch = Metric({
    .name = "greedy_match",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.02,
    .description = "Fraction of the targets of which every token is the most probable one",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kUnmatchedAnswers = Metric({
    .name = "unmatched_answers",
    .units = "1",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.02,
    .description = "Fraction of the generated answers in which a filter finds nothing",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kWordPerplexity = Metric({
    .name = "word_perplexity",
    .units = "1",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.02,
    .description = "exp(negative log-likelihood / words that white space separates)",
});

// Reward models, over pairs of a chosen and a rejected response.
inline constexpr MetricDescriptor kPreferenceAccuracy = Metric({
    .name = "preference_accuracy",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.01,
    .description = "Fraction of the pairs whose chosen response has the higher reward",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kRewardMargin = Metric({
    .name = "reward_margin",
    .units = "nats",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean of the chosen reward - the rejected reward",
    .floor = 0.05,
});
inline constexpr MetricDescriptor kRewardMean = Metric({
    .name = "reward_mean",
    .units = "nats",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean reward of both responses",
    .floor = 0.05,
});
inline constexpr MetricDescriptor kRewardMin = Metric({
    .name = "reward_min",
    .units = "nats",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Smallest reward",
    .floor = 0.1,
});
inline constexpr MetricDescriptor kRewardMax = Metric({
    .name = "reward_max",
    .units = "nats",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Largest reward",
    .floor = 0.1,
});
inline constexpr MetricDescriptor kCalibrationError = Metric({
    .name = "calibration_error",
    .units = "1",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Expected calibration error of the stated probabilities, ten bins",
    .floor = 0.01,
});

// Reinforcement learning. The loss of a step, under the name of every training stage's.
inline constexpr MetricDescriptor kPpoLoss = Metric({
    .name = "loss",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description =
        "Policy loss + value coefficient x value loss; where advantages come from groups "
        "+ KL coefficient x KL loss",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kPolicyLoss = Metric({
    .name = "policy_loss",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Mean clipped policy loss of the response tokens",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kValueLoss = Metric({
    .name = "value_loss",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean clipped value loss of the response tokens",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kKlLoss = Metric({
    .name = "kl_loss",
    .units = "nats/token",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean of k3 = r - 1 - log r, r = ref / pi, over the response tokens: what the "
                   "loss adds with the KL coefficient where advantages come from groups",
    .floor = 0.001,
});
inline constexpr MetricDescriptor kApproxKl = Metric({
    .name = "approx_kl",
    .units = "nats/token",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean of (log pi - log pi_old)^2 / 2 over the response tokens",
    .floor = 0.001,
});
inline constexpr MetricDescriptor kClipFraction = Metric({
    .name = "clip_fraction",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Fraction of the response tokens whose policy loss is clipped",
    .floor = 0.005,
});
inline constexpr MetricDescriptor kValueClipFraction = Metric({
    .name = "value_clip_fraction",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Fraction of the response tokens whose value loss is clipped",
    .floor = 0.005,
});
inline constexpr MetricDescriptor kRatio = Metric({
    .name = "ratio",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.01,
    .description = "Mean of pi / pi_old over the response tokens",
});
inline constexpr MetricDescriptor kRatioVariance = Metric({
    .name = "ratio_variance",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Variance of pi / pi_old over the response tokens",
    .floor = 0.001,
});
inline constexpr MetricDescriptor kEntropy = Metric({
    .name = "entropy",
    .units = "nats/token",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean entropy of the policy at the response tokens",
    .floor = 0.02,
});
// A value a rollout, or an evaluation.
inline constexpr MetricDescriptor kLearnedReward = Metric({
    .name = "learned_reward",
    .units = "nats",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean reward that the reward model gives the responses",
    .floor = 0.05,
});
inline constexpr MetricDescriptor kSampledExactMatch = Metric({
    .name = "sampled_exact_match",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Fraction of the sampled responses that equal the reference",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kSampledChrf = Metric({
    .name = "sampled_chrf",
    .units = "points",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.02,
    .description = "chrF2 of the sampled responses, 0 to 100; in a rollout the mean of "
                   "sentences",
    .floor = 0.5,
});
inline constexpr MetricDescriptor kScore = Metric({
    .name = "score",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean score of the responses, what is maximised",
    .floor = 0.05,
});
inline constexpr MetricDescriptor kKl = Metric({
    .name = "kl",
    .units = "nats/response",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean KL divergence from the policy before training: of a rollout by "
                   "ppo.kl_estimator, of an evaluation k3",
    .floor = 0.02,
});
inline constexpr MetricDescriptor kKlCoefficient = Metric({
    .name = "kl_coefficient",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Weight of the KL penalty",
    .floor = 0.001,
});
inline constexpr MetricDescriptor kNonScoreReward = Metric({
    .name = "non_score_reward",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean KL penalty of a response",
    .floor = 0.05,
});
inline constexpr MetricDescriptor kRlhfReward = Metric({
    .name = "rlhf_reward",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean score of the responses less their KL penalty",
    .floor = 0.05,
});
inline constexpr MetricDescriptor kResponseEntropy = Metric({
    .name = "response_entropy",
    .units = "nats/response",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean negative log-probability of a response",
    .floor = 0.02,
});
inline constexpr MetricDescriptor kResponseTokens = Metric({
    .name = "response_tokens",
    .units = "tokens",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Mean tokens of a response, the end token included",
});
inline constexpr MetricDescriptor kEndedFraction = Metric({
    .name = "ended_fraction",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Fraction of the responses that end with the end token",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kUniformGroups = Metric({
    .name = "uniform_groups",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description =
        "Fraction of the prompts whose responses all have one score, so that none has an advantage",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kEpisodes = Metric({
    .name = "episodes",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Responses sampled so far",
    .kind = MetricKind::kCount,
});
// Of the policy before training, on the same prompts.
inline constexpr MetricDescriptor kFinalAnswer = Metric({
    .name = "final_answer",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Fraction of the greedily generated answers whose final answer, behind "
                   "reward.mark, is right",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kInitialFinalAnswer = Metric({
    .name = "initial_final_answer",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Final answers of the policy before training that are right",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kInitialExactMatch = Metric({
    .name = "initial_exact_match",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Exact match of the policy before training",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kInitialChrf = Metric({
    .name = "initial_chrf",
    .units = "points",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "chrF2 of the policy before training",
    .floor = 0.5,
});
inline constexpr MetricDescriptor kInitialLearnedReward = Metric({
    .name = "initial_learned_reward",
    .units = "nats",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Mean learned reward of the policy before training",
    .floor = 0.05,
});
inline constexpr MetricDescriptor kInitialSampledExactMatch = Metric({
    .name = "initial_sampled_exact_match",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Sampled exact match of the policy before training",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kInitialSampledChrf = Metric({
    .name = "initial_sampled_chrf",
    .units = "points",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Sampled chrF2 of the policy before training",
    .floor = 0.5,
});

// The same measures of answers that need no training.
inline constexpr MetricDescriptor kCopyExactMatch = Metric({
    .name = "copy_exact_match",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Exact match of answering with the input",
});
inline constexpr MetricDescriptor kCopyChrf = Metric({
    .name = "copy_chrf",
    .units = "points",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "chrF2 of answering with the input",
});
inline constexpr MetricDescriptor kNearestExactMatch = Metric({
    .name = "nearest_exact_match",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Exact match of answering with the answer of the nearest training "
                   "example",
});
inline constexpr MetricDescriptor kNearestChrf = Metric({
    .name = "nearest_chrf",
    .units = "points",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "chrF2 of answering with the answer of the nearest training example",
});

// Times. Those of the run are by its own clock; what it waits for has names of its own.
// One run on each side says nothing of the spread, and shared machines vary by several percent from
// run to run: smaller changes of a time do not count until replicates are compared.
inline constexpr MetricDescriptor kSetupTime = Metric({
    .name = "setup_time",
    .units = "s",
    .better = Better::kNone,
    .deterministic = false,
    .threshold = 0.05,
    .description = "Time from the start of the process to that of the run: the wrapper's "
                   "set-up, loading",
    .kind = MetricKind::kTime,
});
inline constexpr MetricDescriptor kRankWaitTime = Metric({
    .name = "rank_wait_time",
    .units = "s",
    .better = Better::kNone,
    .deterministic = false,
    .threshold = 0.05,
    .description = "Time until all ranks had met",
    .kind = MetricKind::kTime,
});
inline constexpr MetricDescriptor kPrerequisitesTime = Metric({
    .name = "prerequisites_time",
    .units = "s",
    .better = Better::kNone,
    .deterministic = false,
    .threshold = 0.05,
    .description = "Time for finding, fetching or making the inputs",
    .kind = MetricKind::kTime,
});
inline constexpr MetricDescriptor kStepTime = Metric({
    .name = "step_time",
    .units = "s",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.02,
    .description = "Time of one optimizer step, without evaluation",
    .kind = MetricKind::kTime,
});
// Of stages whose steps come in iterations.
inline constexpr MetricDescriptor kIterationTime = Metric({
    .name = "iteration_time",
    .units = "s",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.02,
    .description = "Time of a rollout and the optimizer steps on it, without evaluation",
    .kind = MetricKind::kTime,
});
inline constexpr MetricDescriptor kTargetTokensPerSecond = Metric({
    .name = "target_tokens_per_second",
    .units = "tokens/s",
    .better = Better::kHigher,
    .deterministic = false,
    .threshold = 0.02,
    .description = "Target tokens trained on a second of step time",
    .kind = MetricKind::kTime,
});
// Decoding. A value a repeat in /samples, the median in the summary.
inline constexpr MetricDescriptor kGenerateTime = Metric({
    .name = "generate_time",
    .units = "s",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.02,
    .description = "Time of continuing the batch of prompts, the prompts' own pass included",
    .kind = MetricKind::kTime,
});
inline constexpr MetricDescriptor kGeneratedTokensPerSecond = Metric({
    .name = "generated_tokens_per_second",
    .units = "tokens/s",
    .better = Better::kHigher,
    .deterministic = false,
    .threshold = 0.02,
    .description = "Generated tokens a second of generate_time",
    .kind = MetricKind::kTime,
});
// The products of a step by themselves (harness/training/product_timing.h). Shares of the step's
// time have no direction: step_time is what is judged.
inline constexpr MetricDescriptor kProductTime = Metric({
    .name = "product_time",
    .units = "s",
    .better = Better::kNone,
    .deterministic = false,
    .threshold = 0.05,
    .description = "Time of a step's matrix products, each done by itself in the same process",
    .kind = MetricKind::kTime,
});
inline constexpr MetricDescriptor kProductRate = Metric({
    .name = "product_rate",
    .units = "FLOP/s",
    .better = Better::kNone,
    .deterministic = false,
    .threshold = 0.05,
    .description = "Operations of those products a second of product_time",
    .kind = MetricKind::kTime,
});
inline constexpr MetricDescriptor kProductTimeFraction = Metric({
    .name = "product_time_fraction",
    .units = "1",
    .better = Better::kNone,
    .deterministic = false,
    .threshold = 0.05,
    .description = "product_time / step_time: 1 where a step took no longer than its products",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kModelFlopsUtilization = Metric({
    .name = "model_flops_utilization",
    .units = "1",
    .better = Better::kNone,
    .deterministic = false,
    .threshold = 0.02,
    .description = "step_flops a second of step time / the GPU's peak, which the note "
                   "utilization_peak names",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kTimeToFirstStep = Metric({
    .name = "time_to_first_step",
    .units = "s",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.1,
    .description = "Time of the run until the end of its first step, by the run's clock",
    .kind = MetricKind::kTime,
});
inline constexpr MetricDescriptor kTrainTime = Metric({
    .name = "train_time",
    .units = "s",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.02,
    .description = "Sum of the step times",
    .kind = MetricKind::kTime,
});
inline constexpr MetricDescriptor kWallTime = Metric({
    .name = "wall_time",
    .units = "s",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.02,
    .description = "Time of the run, without set-up and waiting",
    .kind = MetricKind::kTime,
});

// Memory.
inline constexpr MetricDescriptor kPeakMemory = Metric({
    .name = "peak_memory",
    .units = "bytes",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.02,
    .description = "Largest resident set of the process",
    .kind = MetricKind::kMemory,
});
inline constexpr MetricDescriptor kPeakDeviceMemory = Metric({
    .name = "peak_device_memory",
    .units = "bytes",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.02,
    .description = "Most memory of its GPU that the process's caching allocator held at "
                   "one time",
    .kind = MetricKind::kMemory,
});
// Of one rank. Sizes of what it holds, and peaks of its device's tensors.
// Sizes of what a rank holds follow from the model and the sharding alone. A peak may also depend
// on when the threads of a collective operation allocate and free.
inline constexpr MetricDescriptor kParameterBytes = Metric({
    .name = "parameter_bytes",
    .units = "bytes",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0,
    .description = "Parameters that the rank holds",
    .kind = MetricKind::kMemory,
});
inline constexpr MetricDescriptor kGradientBytes = Metric({
    .name = "gradient_bytes",
    .units = "bytes",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0,
    .description = "Gradients that the rank keeps for its step",
    .kind = MetricKind::kMemory,
});
inline constexpr MetricDescriptor kOptimizerStateBytes = Metric({
    .name = "optimizer_state_bytes",
    .units = "bytes",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0,
    .description = "Moments and master weights that the rank holds",
    .kind = MetricKind::kMemory,
});
inline constexpr MetricDescriptor kCommunicationBufferBytes = Metric({
    .name = "communication_buffer_bytes",
    .units = "bytes",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0,
    .description = "Buffers that the rank keeps for collective operations",
    .kind = MetricKind::kMemory,
});
inline constexpr MetricDescriptor kHeapBytes = Metric({
    .name = "heap_bytes",
    .units = "bytes",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.02,
    .description = "Blocks of the C library's heap that the rank still holds when training has "
                   "ended",
    .kind = MetricKind::kMemory,
});
inline constexpr MetricDescriptor kActivationBytes = Metric({
    .name = "activation_bytes",
    .units = "bytes",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.02,
    .description = "What the forward pass of a micro-batch keeps for the backward pass, at "
                   "most",
    .kind = MetricKind::kMemory,
});
inline constexpr MetricDescriptor kPeakTensorBytes = Metric({
    .name = "peak_tensor_bytes",
    .units = "bytes",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.02,
    .description = "Largest sum of all tensors in a step",
    .kind = MetricKind::kMemory,
});
inline constexpr MetricDescriptor kStateBytesRatio = Metric({
    .name = "state_bytes_ratio",
    .units = "1",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0,
    .description = "Bytes of parameters, gradients and optimizer states / what ZeRO's "
                   "formula gives",
    .kind = MetricKind::kMemory,
});

// Communication of one rank.
// As the sockets count them, over the first steps of an attempt, which a resumed run has elsewhere.
inline constexpr MetricDescriptor kSentBytes = Metric({
    .name = "sent_bytes",
    .units = "bytes",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.01,
    .description = "Bytes that the rank sent in a step",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kSentBytesRatio = Metric({
    .name = "sent_bytes_ratio",
    .units = "1",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.01,
    .description = "Bytes that the rank sent in a step / those of 2 (N - 1) / N elements a "
                   "parameter, N ranks",
    .kind = MetricKind::kCount,
});

// Sizes and counts.
inline constexpr MetricDescriptor kParameters = Metric({
    .name = "parameters",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Trained parameters of the model",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kOptimizerSteps = Metric({
    .name = "optimizer_steps",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Optimizer steps done",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kBatchTokens = Metric({
    .name = "batch_tokens",
    .units = "tokens",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Tokens of the step's batch, prompts included",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kTargetTokens = Metric({
    .name = "target_tokens",
    .units = "tokens",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Tokens of the step's batch that are trained on",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kStepFlops = Metric({
    .name = "step_flops",
    .units = "FLOP",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Operations of a step's matrix products, two a multiplication and addition, "
                   "recomputed ones too; attention's own kernels are not counted",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kGeneratedTokens = Metric({
    .name = "generated_tokens",
    .units = "tokens",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Tokens generated in one repeat",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kExamples = Metric({
    .name = "examples",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Examples used",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kDroppedExamples = Metric({
    .name = "dropped_examples",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Examples left out",
    .kind = MetricKind::kCount,
});

// Corpora.
inline constexpr MetricDescriptor kDocuments = Metric({
    .name = "documents",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Documents of the corpus, as read and as kept",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kTextBytes = Metric({
    .name = "text_bytes",
    .units = "bytes",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Bytes of the documents' text",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kTokens = Metric({
    .name = "dataset_tokens",
    .units = "tokens",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Tokens of the data set's part",
    .kind = MetricKind::kCount,
});
// By part of the work: filters, duplicates, tokens (harness/stages/corpus/stage.h).
inline constexpr MetricDescriptor kPhaseTime = Metric({
    .name = "phase_time",
    .units = "s",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.05,
    .description = "Time of a part of the work, from its begin to the end of the last rank",
    .kind = MetricKind::kTime,
});
inline constexpr MetricDescriptor kRejectedDocuments = Metric({
    .name = "rejected_documents",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Invalid documents that were kept aside",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kHeldOutInTraining = Metric({
    .name = "held_out_in_training",
    .units = "1",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0,
    .description = "Held-out documents whose tokens are those of a training document",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kHeldOutNgramsInTraining = Metric({
    .name = "held_out_ngrams_in_training",
    .units = "1",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.01,
    .description = "Fraction of the held-out documents' n-grams that occur in training "
                   "documents",
    .kind = MetricKind::kCount,
});

// Generated rows.
inline constexpr MetricDescriptor kPredictorLoss = Metric({
    .name = "predictor_loss",
    .units = "nats/token",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Loss of a predictor that is computed, not trained, on the held-out targets",
});
inline constexpr MetricDescriptor kPredictorAccuracy = Metric({
    .name = "predictor_accuracy",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Fraction of the images of the held-out rows whose text a predictor that is "
                   "computed, not trained, has right",
});
inline constexpr MetricDescriptor kPredictorExactMatch = Metric({
    .name = "predictor_exact_match",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Fraction of the held-out rows of which that predictor has every image right",
});
inline constexpr MetricDescriptor kMonofactRate = Metric({
    .name = "monofact_rate",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Fraction of the training rows whose fact no other training row has",
    .kind = MetricKind::kCount,
});

// Statements that a model could make, enumerated (harness/evaluation/statement_calibration.h).
inline constexpr MetricDescriptor kStatementLoss = Metric({
    .name = "statement_loss",
    .units = "nats/statement",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.01,
    .description = "Cross-entropy of the distribution of true statements with the model's",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kHallucinationRate = Metric({
    .name = "hallucination_rate",
    .units = "1",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Probability that the model states something false",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kMalformedRate = Metric({
    .name = "malformed_rate",
    .units = "1",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Probability that the model writes what is no statement",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kMiscalibration = Metric({
    .name = "miscalibration",
    .units = "1",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Half the L1 distance between the model's and the true mass of statements, "
                   "binned by powers of two of the model's probability",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kMissingMass = Metric({
    .name = "missing_mass",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Probability of the true statements that no training row makes",
});
inline constexpr MetricDescriptor kHallucinationBound = Metric({
    .name = "hallucination_bound",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Monofact rate less miscalibration, below which the hallucination rate cannot "
                   "be but for terms that vanish with more rows",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kHallucinationMargin = Metric({
    .name = "hallucination_margin",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Hallucination rate less its bound",
    .floor = 0.01,
});

// Answers that may be refused (harness/evaluation/selective_answers.h).
inline constexpr MetricDescriptor kForcedAccuracy = Metric({
    .name = "forced_accuracy",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Fraction of the questions whose most probable answer is right, were none "
                   "refused",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kCoverage = Metric({
    .name = "coverage",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Fraction of the questions that are answered rather than refused",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kWrongAnswers = Metric({
    .name = "wrong_answers",
    .units = "1",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Fraction of all questions that are answered wrongly",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kAnswerPrecision = Metric({
    .name = "answer_precision",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Fraction of the answered questions that are answered rightly",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kPrecisionAtCoverage = Metric({
    .name = "precision_at_coverage",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Fraction of right ones among so many answers of the greatest probability",
    .floor = 0.01,
});
inline constexpr MetricDescriptor kKnownAuroc = Metric({
    .name = "known_auroc",
    .units = "1",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.02,
    .description = "Area under the ROC curve of a score for the most probable answer being right",
    .floor = 0.01,
});

// Tokenizers.
inline constexpr MetricDescriptor kVocabSize = Metric({
    .name = "vocab_size",
    .units = "1",
    .better = Better::kNone,
    .deterministic = true,
    .threshold = 0,
    .description = "Pieces of the tokenizer",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kCharactersPerToken = Metric({
    .name = "characters_per_token",
    .units = "characters/token",
    .better = Better::kHigher,
    .deterministic = true,
    .threshold = 0.01,
    .description = "Characters of held-out text a token",
});

// Programs of others (stage program), of all their processes, by the kernel's accounts.
inline constexpr MetricDescriptor kProgramTime = Metric({
    .name = "program_time",
    .units = "s",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.05,
    .description = "Time from the program's start to its end",
    .kind = MetricKind::kTime,
});
inline constexpr MetricDescriptor kUserTime = Metric({
    .name = "user_time",
    .units = "s",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.05,
    .description = "Processor time of the program outside the kernel",
    .kind = MetricKind::kTime,
});
inline constexpr MetricDescriptor kSystemTime = Metric({
    .name = "system_time",
    .units = "s",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.1,
    .description = "Processor time of the program in the kernel",
    .kind = MetricKind::kTime,
    .floor = 0.02,
});
inline constexpr MetricDescriptor kPageFaults = Metric({
    .name = "page_faults",
    .units = "1",
    .better = Better::kNone,
    .deterministic = false,
    .threshold = 0.05,
    .description = "Page faults of the program that needed no disk",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kDiskPageFaults = Metric({
    .name = "disk_page_faults",
    .units = "1",
    .better = Better::kNone,
    .deterministic = false,
    .threshold = 0.05,
    .description = "Page faults of the program that waited for the disk",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kVoluntarySwitches = Metric({
    .name = "voluntary_switches",
    .units = "1",
    .better = Better::kNone,
    .deterministic = false,
    .threshold = 0.05,
    .description = "Times that a thread of the program gave its processor up to wait",
    .kind = MetricKind::kCount,
});
inline constexpr MetricDescriptor kForcedSwitches = Metric({
    .name = "forced_switches",
    .units = "1",
    .better = Better::kNone,
    .deterministic = false,
    .threshold = 0.05,
    .description = "Times that a thread of the program had its processor taken away",
    .kind = MetricKind::kCount,
});

// Of a comparison that was given a target (comparison/targets.h); no run records them.
inline constexpr MetricDescriptor kTokensToTarget = Metric({
    .name = "tokens_to_target",
    .units = "tokens",
    .better = Better::kLower,
    .deterministic = true,
    .threshold = 0.05,
    .description = "Tokens trained on when an evaluation first reaches the target",
});
inline constexpr MetricDescriptor kTimeToTarget = Metric({
    .name = "time_to_target",
    .units = "s",
    .better = Better::kLower,
    .deterministic = false,
    .threshold = 0.05,
    .description = "Time since the run began when an evaluation first reaches the target",
    .kind = MetricKind::kTime,
});

}  // namespace bench::results

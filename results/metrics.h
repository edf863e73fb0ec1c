// The catalogue of metrics: the only place where their names are literals. To add a metric, add its
// descriptor here and in metrics.cc; journal, results file, comparison and reports follow.
//
// Thresholds are relative changes of a summary value that count as one; 0 counts every change.
#pragma once

#include <string_view>
#include <vector>

#include "results/metric.h"

namespace bench::results {

// Learning, a value a step or an evaluation.
extern const MetricDescriptor kLoss;
inline const MetricDescriptor& kEvalLoss = kLoss;  // in /evals it is measured on held-out data
// The same series where the loss is that of a pair: /steps/loss is every training stage's.
extern const MetricDescriptor kPairLoss;
extern const MetricDescriptor kTrainLoss;  // summary of the last steps' loss
extern const MetricDescriptor kPerplexity;
extern const MetricDescriptor kBitsPerByte;
extern const MetricDescriptor kScoredBytes;
extern const MetricDescriptor kTokenAccuracy;
extern const MetricDescriptor kExactMatch;
extern const MetricDescriptor kChrf;
extern const MetricDescriptor kGradNorm;
extern const MetricDescriptor kLearningRate;

// Reward models, over pairs of a chosen and a rejected response.
extern const MetricDescriptor kPreferenceAccuracy;
extern const MetricDescriptor kRewardMargin;
extern const MetricDescriptor kRewardMean;
extern const MetricDescriptor kRewardMin;
extern const MetricDescriptor kRewardMax;
extern const MetricDescriptor kCalibrationError;

// Reinforcement learning. The loss of a step, under the name of every training stage's.
extern const MetricDescriptor kPpoLoss;
extern const MetricDescriptor kPolicyLoss;
extern const MetricDescriptor kValueLoss;
extern const MetricDescriptor kApproxKl;
extern const MetricDescriptor kClipFraction;
extern const MetricDescriptor kValueClipFraction;
extern const MetricDescriptor kRatio;
extern const MetricDescriptor kRatioVariance;
extern const MetricDescriptor kEntropy;
// A value a rollout, or an evaluation.
extern const MetricDescriptor kLearnedReward;
extern const MetricDescriptor kSampledExactMatch;
extern const MetricDescriptor kSampledChrf;
extern const MetricDescriptor kScore;
extern const MetricDescriptor kKl;
extern const MetricDescriptor kKlCoefficient;
extern const MetricDescriptor kNonScoreReward;
extern const MetricDescriptor kRlhfReward;
extern const MetricDescriptor kResponseEntropy;
extern const MetricDescriptor kResponseTokens;
extern const MetricDescriptor kEndedFraction;
extern const MetricDescriptor kEpisodes;
// Of the policy before training, on the same prompts.
extern const MetricDescriptor kInitialExactMatch;
extern const MetricDescriptor kInitialChrf;
extern const MetricDescriptor kInitialLearnedReward;
extern const MetricDescriptor kInitialSampledExactMatch;
extern const MetricDescriptor kInitialSampledChrf;

// The same measures of answers that need no training.
extern const MetricDescriptor kCopyExactMatch;
extern const MetricDescriptor kCopyChrf;
extern const MetricDescriptor kNearestExactMatch;
extern const MetricDescriptor kNearestChrf;

// Times. Those of the run are by its own clock; what it waits for has names of its own.
extern const MetricDescriptor kSetupTime;
extern const MetricDescriptor kRankWaitTime;
extern const MetricDescriptor kPrerequisitesTime;
extern const MetricDescriptor kStepTime;
extern const MetricDescriptor kIterationTime;  // of stages whose steps come in iterations
extern const MetricDescriptor kTargetTokensPerSecond;
extern const MetricDescriptor kTimeToFirstStep;
extern const MetricDescriptor kTrainTime;
extern const MetricDescriptor kWallTime;

// Memory.
extern const MetricDescriptor kPeakMemory;
// Of one rank. Sizes of what it holds, and peaks of its device's tensors.
extern const MetricDescriptor kParameterBytes;
extern const MetricDescriptor kGradientBytes;
extern const MetricDescriptor kOptimizerStateBytes;
extern const MetricDescriptor kCommunicationBufferBytes;
extern const MetricDescriptor kActivationBytes;
extern const MetricDescriptor kPeakTensorBytes;
extern const MetricDescriptor kStateBytesRatio;

// Communication of one rank.
extern const MetricDescriptor kSentBytes;
extern const MetricDescriptor kSentBytesRatio;

// Sizes and counts.
extern const MetricDescriptor kParameters;
extern const MetricDescriptor kOptimizerSteps;
extern const MetricDescriptor kBatchTokens;
extern const MetricDescriptor kTargetTokens;
extern const MetricDescriptor kExamples;
extern const MetricDescriptor kDroppedExamples;

// Corpora.
extern const MetricDescriptor kDocuments;
extern const MetricDescriptor kTextBytes;
extern const MetricDescriptor kTokens;
extern const MetricDescriptor kRejectedDocuments;
extern const MetricDescriptor kHeldOutInTraining;
extern const MetricDescriptor kHeldOutNgramsInTraining;

// Tokenizers.
extern const MetricDescriptor kVocabSize;
extern const MetricDescriptor kCharactersPerToken;

// The descriptor named `name` (without label), or nullptr.
const MetricDescriptor* FindMetric(std::string_view name);
// All descriptors, one a name, in the order above.
const std::vector<const MetricDescriptor*>& AllMetrics();

}  // namespace bench::results

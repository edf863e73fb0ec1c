// The prompts of PPO: those that are answered in training, and held-out ones.
//
// A data set gives one part to each (the definition's dataset_part and evaluation_part); a user's
// file is split as in ../sft/data.h. Of the definition's mix, where there is one, only its tasks
// are trained on and evaluated. No prompt (harness/data/disjoint_prompts.h) may be in both, nor, of
// a data set, in any of its other parts: what the policy and its reward model learnt from is not
// asked again, and what is evaluated was never trained on. A prompt without room for a whole
// response within training.max_tokens is dropped, and counted.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/alpaca.h"
#include "harness/data/answer_form.h"
#include "harness/definition/ppo_spec.h"
#include "harness/stages/left_out.h"
#include "harness/store/store.h"
#include "harness/tokenizers/tokenizer.h"
#include "harness/training/mixture_sampler.h"

namespace bench::harness {

struct PpoPrompt {
  SftExample example;           // its output is the reference of the verifiable reward
  std::vector<int64_t> tokens;  // as the policy reads it
};

// The prompts of one task, in file order.
struct PpoTaskPrompts {
  std::string task;
  std::vector<PpoPrompt> train, held_out;
};

struct PpoData {
  std::vector<PpoTaskPrompts> tasks;  // by name
  LeftOutRecords left_out;            // dropped: no room for a response within max_tokens
  AnswerForm answer_form;             // what ends a response
};

// DataError for a prompt in two parts and where a part has no prompts; UsageError where the
// tokenizer lacks a control token of the prompt template.
absl::StatusOr<PpoData> LoadPpoData(const PpoSpec& spec, const Tokenizer& tokenizer,
                                    const std::map<std::string, Artifact>& inputs);

// Tokens of the longest one, trained on or held out.
int64_t LongestPrompt(const PpoData& data);

// The parts that rollouts draw from, and their prompts in the same order.
struct PpoMixture {
  std::vector<MixturePart> parts;
  std::vector<const std::vector<PpoPrompt>*> prompts;
};
absl::StatusOr<PpoMixture> MixtureOf(const PpoData& data, const std::vector<TaskWeight>& mix);

}  // namespace bench::harness

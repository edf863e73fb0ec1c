// stage = "sft": supervised fine-tuning on instruction, input, output records.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/definition/artifact_ref.h"
#include "harness/definition/data_format.h"
#include "harness/definition/model_spec.h"
#include "harness/definition/probe_spec.h"
#include "harness/definition/training_spec.h"

namespace bench::harness {

class FieldList;
class Violations;

// The texts are in harness/data/prompt_template.h.
enum class PromptTemplate {
  kAlpaca,
  kPlain,
  kChatml,
  kLlama3,
  kVicuna,
  kLlama2,
  kQwen,
  kChatglm,
  kChatglm2,
  kBaichuan,
  kBaichuan2,
  kInternlm,
  kMoss,
  kTigerbot,
  kStablelm,
  kFalcon,
  kDeepseek,
};
constexpr std::array<std::string_view, 17> EnumNames(PromptTemplate) {
  return {"alpaca", "plain",    "chatml",   "llama3",   "vicuna",    "llama2",
          "qwen",   "chatglm",  "chatglm2", "baichuan", "baichuan2", "internlm",
          "moss",   "tigerbot", "stablelm", "falcon",   "deepseek"};
}

struct TaskWeight {
  std::string task;
  double weight = 0;
};

// [data]: exactly one of `dataset` and `path`.
struct SftDataSpec {
  std::optional<ArtifactRef> dataset;
  std::optional<std::string> path;             // instruction_records.h
  std::optional<std::string> validation_path;  // with path; absent: a hashed fraction of path
  double validation_fraction = 0.05;
  PromptTemplate prompt_template = PromptTemplate::kAlpaca;
  bool skip_invalid = false;
  double max_skipped_share = 0.1;         // of a file's records
  std::vector<TaskWeight> mix;            // [[data.mix]]; empty: every task as often as it occurs
  DataFormat format = DataFormat::kAuto;  // of path and validation_path
  RecordLayout records = RecordLayout::kAuto;  // of their rows
};

// [tokenizer]: exactly one of the two.
struct TokenizerRef {
  std::optional<ArtifactRef> artifact;
  std::optional<std::string> path;  // SentencePiece .model, tokenizer.json or a folder with one
};

// How the rows of a micro-batch go through the model. Packed: one after the other without padding;
// positions restart in each and attention never crosses into another. Padded: each is filled up to
// the longest, and the padding is computed, as trainers without packing do. Same loss and gradients
// up to rounding.
enum class Packing { kPacked, kPadded };
constexpr std::array<std::string_view, 2> EnumNames(Packing) { return {"packed", "padded"}; }

struct EvaluationSpec {
  int64_t every_steps = 0;  // 0: only at the end
  int64_t rows_per_task = 200;
  int64_t generate_rows_per_task = 100;
  int64_t max_new_tokens = 64;
  int64_t num_samples = 8;  // generations shown in the results, a task
};

struct SftSpec {
  ModelSpec model;
  TokenizerRef tokenizer;
  SftDataSpec data;
  LossTurns loss_turns = LossTurns::kAll;  // in [data]
  InitSpec init;
  OptimizerSpec optimizer;
  ScheduleSpec schedule;
  TrainingSpec training;
  Packing packing = Packing::kPacked;  // in [training]
  EvaluationSpec evaluation;
  std::vector<ProbeSpec> probes;  // asked at the end
  std::vector<AcceptanceBound> acceptance;
};

void Describe(TaskWeight& spec, FieldList& fields);
void Describe(SftDataSpec& spec, FieldList& fields);
void Describe(TokenizerRef& spec, FieldList& fields);
void Describe(EvaluationSpec& spec, FieldList& fields);
void Describe(SftSpec& spec, FieldList& fields);
void Validate(const SftDataSpec& spec, const Violations& violations);
void Validate(const TokenizerRef& spec, const Violations& violations);
void Validate(const SftSpec& spec, const Violations& violations);

}  // namespace bench::harness

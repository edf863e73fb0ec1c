// What a training run writes, from its definition: its checkpoints, and the model that it leaves.
//
// A checkpoint has the parameters in their own type and, for each that is trained, what the
// optimizer keeps of it (training/optimizer.h): in fp32 4 + 8 bytes a parameter, in mixed precision
// 2 + 12. Counted are the bytes of the files themselves (training/checkpoint.h), on models without
// weights; not the task's state but for `state_bytes`, which is small. While a checkpoint is made
// those that are kept are still there. Errors: those of reading a tokenizer or a model's folder.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/context/needs.h"
#include "harness/definition/model_spec.h"
#include "harness/definition/training_spec.h"
#include "harness/store/store.h"
#include "models/decoder.h"

namespace bench::harness {

struct TrainedTensors {
  const std::vector<models::NamedTensor>& parameters;  // may have no storage
  int64_t artifact_bytes = 0;
  int64_t state_bytes = 0;  // tensors of the task's state, at most
};
absl::StatusOr<DiskNeed> TrainingDisk(const OptimizerSpec& optimizer,
                                      const TrainedTensors& tensors);

int64_t NumBytes(const std::vector<models::NamedTensor>& parameters);

absl::StatusOr<int64_t> VocabSizeOf(const TokenizerRef& tokenizer,
                                    const std::map<std::string, Artifact>& inputs);

// The decoder that training starts from (InitialDecoder), without weights.
struct DecoderSource {
  const ModelSpec& model;
  const InitSpec& init;
  int64_t vocab_size = 0;  // the tokenizer's; that of initial weights may be padded
  Precision precision = Precision::kFp32;
  PromptTemplate prompt_template = PromptTemplate::kPlain;  // of its rows
};
absl::StatusOr<std::unique_ptr<models::Decoder>> WithoutWeights(
    const DecoderSource& source, const std::map<std::string, Artifact>& inputs);

// The same of stages whose decoder is what they train and leave.
absl::StatusOr<DiskNeed> DecoderDisk(const DecoderSource& source, const OptimizerSpec& optimizer,
                                     const std::map<std::string, Artifact>& inputs);

}  // namespace bench::harness

// A decoder without its language head, and a scalar head on it.
//
// reward of a sequence = score of the hidden state of its last token (scalar_head.h). Sequences are
// ragged (ragged_batch.h): padding is not part of the arithmetic, so it cannot reach a reward,
// whatever its side and amount. The decoder's configuration has tie_embeddings set, that is, it
// owns no matrix beside the embedding: nothing here would train one. Deterministic as the decoder
// is. Errors: as those of Decoder::FromTensors and ScalarHead::FromWeights.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/Generator.h>

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "models/decoder.h"
#include "models/ragged_batch.h"
#include "models/scalar_head.h"

namespace bench::models {

class RewardModel {
 public:
  // A new head, drawn from `generator`, on a trained decoder, whose language head is left. It
  // computes in the decoder's type.
  static absl::StatusOr<RewardModel> OnDecoder(std::unique_ptr<Decoder> decoder,
                                               at::Generator generator);
  // The decoder must have tied embeddings (TORCH_CHECK).
  RewardModel(std::unique_ptr<Decoder> decoder, ScalarHead head);

  // A model of its own with these parameters in `type`, which it computes in.
  RewardModel CopyIn(at::ScalarType type) const;
  // As Decoder::ComputeIn, which rewards and gradients then come from.
  void ComputeIn(at::ScalarType type) { decoder_->ComputeIn(type); }

  const Decoder& decoder() const { return *decoder_; }
  const ScalarHead& head() const { return head_; }
  void set_bias(double bias) { head_.set_bias(bias); }
  // The decoder's, then the head's.
  const std::vector<NamedTensor>& parameters() const { return parameters_; }

  // [B], without a graph: the rewards of whole sequences.
  at::Tensor Rewards(const RaggedBatch& batch) const;

 private:
  std::unique_ptr<Decoder> decoder_;
  ScalarHead head_;
  std::vector<NamedTensor> parameters_;
};

}  // namespace bench::models

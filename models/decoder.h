// A decoder-only transformer over ragged batches, of the blocks of models/blocks as its
// configuration says.
//
// h = embed(tokens), and W x + b where a vector x stands in a token's place; h = layer(h) for every
// layer (blocks/layer.h: LLaMA's is h += attention(norm(h)), h += mlp(norm(h))); Hidden = norm(h);
// logits = Hidden * head^T. Source: LLaMA (Touvron et al., arXiv:2302.13971, section 2.2); the
// other forms in their blocks. Parameters are leaves that require gradients, with canonical names;
// gradients appear in
// `.grad()` when autograd is enabled (at::AutoGradMode) and backward is called on a loss.
// Deterministic: for one thread count and machine class, equal inputs give bitwise equal outputs
// and gradients; a sequence's outputs do not depend on the other sequences' tokens. Errors:
// factories return UsageError (configuration) or DataError (weights: missing, unexpected or wrongly
// shaped tensors, by name). Tensor code checks shapes with TORCH_CHECK. It does not own an
// optimizer, a loss or a random stream.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/Generator.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/config.h"
#include "models/ragged_batch.h"

namespace bench::models {

class KvCache;
class Position;
struct DecoderBlocks;

// Which implementation of attention a configuration gets.
enum class AttentionKernels {
  kFused,     // kernels/ragged_attention.h and cached_attention.h
  kComposed,  // kernels/composed_attention.h: scores with a bias, a visible prefix, or a window
};
AttentionKernels AttentionKernelsOf(const DecoderConfig& config);

// What is kept of each layer between the forward and the backward pass.
enum class Activations {
  kKept,
  kRecomputed,  // its input only (recompute.h); same gradients, bit for bit
};

struct NamedTensor {
  std::string name;
  at::Tensor tensor;
};

class Decoder {
 public:
  // Matrices and the embedding ~ N(0, initializer_std^2), drawn in canonical order in fp32 from the
  // CPU generator whatever `device` and `dtype` are; norm weights 1, biases 0.
  static absl::StatusOr<std::unique_ptr<Decoder>> Create(const DecoderConfig& config,
                                                         at::Generator generator, at::Device device,
                                                         at::ScalarType dtype);
  // Parameters without storage, on the meta device: names, shapes and types of a model of any size
  // at once. It computes nothing.
  static absl::StatusOr<std::unique_ptr<Decoder>> WithoutWeights(const DecoderConfig& config,
                                                                 at::ScalarType dtype);
  // Copies `tensors` (any order and floating dtype). Exactly the names of Parameters(config) must
  // be present, with their shapes; a head that merely repeats a tied embedding is accepted.
  static absl::StatusOr<std::unique_ptr<Decoder>> FromTensors(
      const DecoderConfig& config, const std::vector<NamedTensor>& tensors, at::Device device,
      at::ScalarType dtype);

  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder();

  // A decoder of its own with these parameters in `type`, which it computes in.
  std::unique_ptr<Decoder> CopyIn(at::ScalarType type) const;

  const DecoderConfig& config() const { return config_; }
  at::Device device() const { return parameters_.front().tensor.device(); }
  // Canonical order, see Parameters(config).
  const std::vector<NamedTensor>& parameters() const { return parameters_; }

  // Hidden computes in `type`: its activations and products, whose weights are converted in the
  // forward pass, so that gradients arrive in the parameters' own type. The beginning: that type.
  // Decoding (HiddenCached) always computes in the parameters' type, so Generate converts them
  // once.
  void ComputeIn(at::ScalarType type);
  at::ScalarType compute_type() const;

  // [N, D] after the final norm. Token ids must lie in [0, V), sequences within max_positions;
  // vectors have config().vector_size values.
  at::Tensor Hidden(const RaggedBatch& batch, Activations activations = Activations::kKept) const;
  // What a loss reads (kernels/linear_cross_entropy.h): logits = head_weight * HeadInput(hidden).
  // The weight is the embedding itself when tied, in the type that Hidden computes in; a head with
  // a bias has it as one more column, and its input one more, of ones (blocks/head.h).
  at::Tensor head_weight_VD() const;
  at::Tensor HeadInput(const at::Tensor& hidden_MD) const;
  // [M, V] for chosen rows of Hidden. For training use kernels::LinearCrossEntropy instead, which
  // never materialises them.
  at::Tensor Logits(const at::Tensor& hidden_MD) const;

  // As Hidden, for rows that continue sequences cache_rows[b] of `cache`, where their keys and
  // values are appended. Either all of those sequences are empty (prefill) or every row is one
  // token at position cache.length(cache_rows[b]) (decode). No gradients.
  at::Tensor HiddenCached(const RaggedBatch& batch, const std::vector<int64_t>& cache_rows,
                          KvCache& cache) const;

 private:
  Decoder(const DecoderConfig& config, std::vector<NamedTensor> parameters);
  void CheckBatch(const RaggedBatch& batch) const;
  // [N, D] in `type`: embedded tokens, and vectors.
  at::Tensor Embed(const RaggedBatch& batch, at::ScalarType type) const;
  at::Tensor EmbedTokens(const RaggedBatch& batch) const;

  DecoderConfig config_;
  std::vector<NamedTensor> parameters_;
  std::unique_ptr<const DecoderBlocks> blocks_;        // over parameters_
  std::shared_ptr<const Position> decoding_position_;  // in the parameters' type
  std::shared_ptr<const Position> position_;           // in the type of Hidden
};

}  // namespace bench::models

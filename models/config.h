// The typed configuration of a decoder-only transformer.
//
// What is the same in every model so far is the decoder's own: RMSNorm, SwiGLU, RoPE over the pairs
// (i, i + head_dim / 2), and separate q, k, v and o matrices (decoder.h). Errors: Validate returns
// a UsageError that names the field, its value and the rule.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/family.h"

namespace bench::models {

struct DecoderConfig {
  Family family = Family::kLlama;
  int64_t vocab_size = 0;
  int64_t hidden_size = 0;
  int64_t num_layers = 0;
  int64_t num_heads = 0;
  int64_t num_kv_heads = 0;  // divides num_heads; equal to it without grouped-query attention
  int64_t head_dim = 0;      // even; num_heads * head_dim may differ from hidden_size
  int64_t intermediate_size = 0;
  int64_t max_positions = 1024;  // longest sequence, prompt and generated tokens together
  double rope_theta = 1e4;
  double rms_norm_eps = 1e-5;
  double initializer_std = 0.02;  // of every matrix and the embedding; norm weights start at 1
  bool tie_embeddings = true;     // the output head is the embedding matrix
};

absl::Status Validate(const DecoderConfig& config);

// A parameter of a decoder under its Hugging Face name. Vectors are norm weights.
struct ParameterSpec {
  std::string name;
  std::vector<int64_t> shape;
};

// All parameters in their canonical order (embedding, layers, final norm, head), which is the order
// of initialisation, of the optimizer's state and of saved files.
std::vector<ParameterSpec> Parameters(const DecoderConfig& config);
int64_t NumParameters(const DecoderConfig& config);

}  // namespace bench::models

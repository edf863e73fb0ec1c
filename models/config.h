// The typed configuration of a decoder-only transformer: sizes, and one variant an axis along which
// families differ. The blocks of models/blocks are built from it; nothing else reads it.
//
// Errors: Validate returns a UsageError that names the field, its value and the rule; whoever
// builds a decoder calls it once, and blocks rely on it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "models/family.h"

namespace bench::models {

// Norms. RMS: y = x / rms(x) * w. Layer: y = (x - mean) / std * w + b.
struct RmsNorm {};
struct LayerNorm {};
struct NormConfig {
  std::variant<RmsNorm, LayerNorm> kind;
  double eps = 1e-5;
};

// How rotary angles are stretched for sequences longer than those of pre-training.
struct NoScaling {};
// Position p turns as p / factor (Chen et al., arXiv:2306.15595).
struct LinearScaling {
  double factor = 1;
};
// A sequence of L > original_positions tokens turns with the base
// theta (factor L / original - factor + 1)^(w / (w - 2)).
struct DynamicNtkScaling {
  double factor = 1;
  int64_t original_positions = 0;
};
// As DynamicNtk in steps: base theta a^(w / (w - 2)), a = max(1, 2^ceil(log2(L / original) + 1) -
// 1) and, where log_n, query p times log_original(p + 1) from p = original on.
struct SteppedNtkScaling {
  int64_t original_positions = 0;
  bool log_n = false;
};
// Pair i = 0, 1, ... of w / 2 turns slower by exp(a (i + 1)^exponent), a = ln(factor) / (w / 2)^
// exponent: the slowest by `factor`, the fastest hardly. Su's mixed-radix positions
// (kexue.fm/archives/9706); 1 is his NTK, 0 the linear scaling.
struct MixedRadixScaling {
  double factor = 1;
  double exponent = 0.75;
};
// Peng et al., arXiv:2309.00071, sections 3.2 to 3.4.
struct YarnScaling {
  double factor = 1;
  int64_t original_positions = 0;
  double beta_fast = 32, beta_slow = 1;
  double attention_factor = 0;  // of cos and sin; 0: 0.1 ln(factor) + 1
};
// Llama 3 (arXiv:2407.21783, section 3.2), by the wave length of each pair.
struct Llama3Scaling {
  double factor = 1, low_freq_factor = 1, high_freq_factor = 4;
  int64_t original_positions = 0;
};
using RopeScaling = std::variant<NoScaling, LinearScaling, DynamicNtkScaling, SteppedNtkScaling,
                                 YarnScaling, Llama3Scaling, MixedRadixScaling>;

// The base of rotary positions whose slowest pair turns as p / factor and whose fastest pair keeps
// its frequency: theta factor^(width / (width - 2)). NTK scaling of every length is this base.
double NtkTheta(double theta, double factor, int64_t width);

// Rotary positions of the first `width` columns of a head.
struct Rope {
  double theta = 1e4;
  int64_t width = 0;  // even; 0: all of the head
  RopeScaling scaling;
  // Query p times max(1, ln(p + 1) / ln(log_n_positions)), as SteppedNtkScaling::log_n; 0: none.
  int64_t log_n_positions = 0;
};
// Of the field or of a stepped scaling; 0: none.
int64_t LogNPositions(const Rope& rope);
// Longest sequence whose angles do not depend on its length; `all` where none do.
int64_t OriginalPositions(const RopeScaling& scaling, int64_t all);

// Scores of query head h get m_h j at key j (Press et al., arXiv:2108.12409).
enum class AlibiOrder {
  kAfterScaling,
  kBeforeScalingInBf16,  // m_h j in bf16, scaled with the score: Falcon-RW
};
struct Alibi {
  AlibiOrder order = AlibiOrder::kAfterScaling;
};
// Two rotations, one a half of the head: by the position up to [gMASK], and by the place in the
// block behind it. Rows see the whole prompt, that is, all columns before `bos`. ChatGLM-6B.
struct BlockRope {
  double theta = 1e4;
  int64_t gmask_id = 0, mask_id = 0, bos_id = 0;
};
using PositionConfig = std::variant<Rope, Alibi, BlockRope>;

// y = down(silu(gate x) * up x), and y = down(gelu(up x)).
struct SwiGlu {};
enum class GeluForm { kTanh, kErf };
struct Gelu {
  GeluForm form = GeluForm::kTanh;
};
using MlpConfig = std::variant<SwiGlu, Gelu>;

// h += attention(norm(h)), then h += mlp(norm'(h)).
struct SequentialResidual {};
// h + attention(norm(h)) + mlp(norm(h)), the second norm a matrix of its own or the first.
enum class ParallelNorms { kOne, kTwo };
struct ParallelResidual {
  ParallelNorms norms = ParallelNorms::kOne;
};
// h = alpha n + attention(n) with n = norm(h), then the same of the MLP. ChatGLM-6B.
struct NormResidual {
  double alpha = 1;
};
using ResidualConfig = std::variant<SequentialResidual, ParallelResidual, NormResidual>;

// Which linear layers have a bias.
struct Biases {
  bool qkv = false, output = false, mlp = false, head = false;
};

struct DecoderConfig {
  Family family = {};
  int64_t vocab_size = 0;
  int64_t hidden_size = 0;
  int64_t num_layers = 0;
  int64_t num_heads = 0;
  int64_t num_kv_heads = 0;  // divides num_heads; equal to it without grouped-query attention
  int64_t head_dim = 0;      // num_heads * head_dim may differ from hidden_size
  int64_t intermediate_size = 0;
  int64_t max_positions = 1024;   // longest sequence, prompt and generated tokens together
  double initializer_std = 0.02;  // of every matrix and the embedding; norm weights 1, biases 0
  bool tie_embeddings = true;     // the output head is the embedding matrix
  bool embedding_norm = false;    // a norm behind the embedding
  bool normalised_head = false;   // rows of the head are divided by their L2 norm
  NormConfig norm;
  PositionConfig position = Rope();
  MlpConfig mlp = SwiGlu();
  ResidualConfig residual = SequentialResidual();
  Biases biases;
  // Values of the vectors that sequences may begin with (ragged_batch.h); 0: there are none.
  int64_t vector_size = 0;
  // Every query sees the last so many keys, its own among them, in every layer; 0: all.
  int64_t window = 0;

  // Whether some sequence is longer than the window.
  bool slides() const { return window > 0 && window < max_positions; }
};

absl::Status Validate(const DecoderConfig& config);

// Columns of a head that are rotated; 0 without rotary positions.
int64_t RotaryWidth(const DecoderConfig& config);

// The same decoder without a language head: the trunk of a reward model.
DecoderConfig WithoutHead(DecoderConfig config);

// A parameter of a decoder under its canonical name, which is LLaMA's in Hugging Face's files;
// those of other families are in the catalogue.
enum class Initial { kNormal, kOnes, kZeros };
struct ParameterSpec {
  std::string name;
  std::vector<int64_t> shape;
  Initial initial = Initial::kNormal;
};
int64_t NumElements(const ParameterSpec& spec);

}  // namespace bench::models

// Where the tokens of a pass are, as attention sees it.
//
//   rotary   tables of cos and sin of p f_i, f_i = theta^(-2i/w) as the scaling changes it
//            (kernels/rope.h). Scalings that depend on a sequence's length have tables of the pass,
//            a row a token, where a sequence is longer than `original_positions`. A cache whose
//            sequences can get there holds keys before their rotation, and every decoding pass
//            turns all of them as its sequences' lengths say, so that query and keys always turn
//            alike (transformers leaves cached keys as they were rotated). A layer equals that of
//            the pass over the whole sequence for equal inputs; the first one's are equal, those of
//            deeper layers were computed when the sequence was shorter.
//   log n    query p times max(1, ln(p + 1) / ln(L)) (Su; as in Qwen)
//   ALiBi    a bias m_h j of scores; slopes: c = the largest power of two <= H, b = 2^(-8/c):
//            b^1..b^c, then odd powers of 2^(-4/c) (Press et al., arXiv:2108.12409, section 3)
//   block    two rotations and a visible prompt (models/config.h), from the token ids
// Angles are computed in fp32 as transformers does. Without parameters. Errors: TORCH_CHECK where a
// sequence of block positions has no [gMASK] or [MASK] before its beginning of sequence.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "models/blocks/pass.h"
#include "models/config.h"

namespace bench::models {

// [H], fp32.
at::Tensor AlibiSlopes(int64_t num_heads);

// Frequencies of a sequence of `length` tokens, fp32, and the factor of cos and sin.
struct RotaryFrequencies {
  at::Tensor values;  // [w / 2]
  double table_factor = 1;
};
RotaryFrequencies FrequenciesOf(const Rope& rope, int64_t width, int64_t length);

class Position {
 public:
  // Tables in `type`.
  Position(const DecoderConfig& config, at::Device device, at::ScalarType type);

  at::ScalarType type() const { return type_; }
  // `lengths_B`: tokens of each sequence, those that are cached included.
  // With a cache, the places of new sequences are noted in it and those of others read.
  PassPositions Of(const RaggedBatch& batch, const std::vector<int64_t>& lengths_B, KvCache* cache,
                   const std::vector<int64_t>& cache_rows) const;

 private:
  struct Make;

  PositionConfig config_;
  int64_t width_ = 0;
  at::TensorOptions options_;
  at::ScalarType type_;
  kernels::RopeTables tables_;  // rotary: of sequences of up to original_positions
  at::Tensor bias_HP_;          // ALiBi
};

}  // namespace bench::models

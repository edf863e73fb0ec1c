// A head that turns a hidden state into one number: a reward, or a value.
//
// score_m = hidden_m . weight + bias. Shapes: hidden_MD [M, D], weight [1, D], bias [1], result
// [M]. Hidden states and parameters of any floating types; scores are fp64 of fp64 states, else
// fp32, and so are the products and sums: bf16 would tell few rewards apart. A row's score depends
// on that row only, bit for bit. Differentiable in all three. Parameters are leaves that require
// gradients, named "score.weight" (as in transformers) and "score.bias". Initial weights ~ N(0, 1 /
// (D + 1)), bias 0 (Huang et al., "The N+ Implementation Details of RLHF with PPO",
// arXiv:2403.17031, detail 11). Errors: TORCH_CHECK on shapes; DataError from FromTensors.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/Generator.h>

#include <cstdint>
#include <vector>

#include "models/decoder.h"

namespace bench::models {

inline constexpr char kScoreWeight[] = "score.weight";
inline constexpr char kScoreBias[] = "score.bias";

class ScalarHead {
 public:
  // Drawn in fp32 from the CPU generator whatever `options` are.
  static ScalarHead Create(int64_t hidden_size, at::Generator generator,
                           const at::TensorOptions& options);
  // Copies. DataError on shapes other than [1, hidden_size].
  static absl::StatusOr<ScalarHead> FromWeights(const at::Tensor& weight_1D, double bias,
                                                int64_t hidden_size,
                                                const at::TensorOptions& options);

  // A head of its own with these parameters in `type`.
  ScalarHead CopyIn(at::ScalarType type) const;

  at::Tensor Score(const at::Tensor& hidden_MD) const;

  // score.weight, score.bias.
  const std::vector<NamedTensor>& parameters() const { return parameters_; }
  const at::Tensor& weight_1D() const { return parameters_[0].tensor; }
  double bias() const { return parameters_[1].tensor.item<double>(); }
  void set_bias(double bias);

 private:
  ScalarHead(const at::Tensor& weight_1D, double bias, const at::TensorOptions& options);

  std::vector<NamedTensor> parameters_;
};

}  // namespace bench::models

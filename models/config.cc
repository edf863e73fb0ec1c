#include "models/config.h"

#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/number_text.h"
#include "base/status.h"

namespace bench::models {
namespace {

// Keeps every size computable in 64 bits and every row addressable by a 32-bit BLAS.
constexpr int64_t kMaxSize = int64_t{1} << 30;
// As definitions have them. A damaged config.json asks for no table of a billion positions, nor for
// the names of the tensors of a billion layers.
constexpr int64_t kMaxLayers = int64_t{1} << 12;
constexpr int64_t kMaxPositions = int64_t{1} << 20;

struct Size {
  const char* name;
  int64_t value;
  int64_t largest = kMaxSize;
};

absl::Status CheckSizes(const DecoderConfig& c) {
  const Size sizes[] = {{"vocab_size", c.vocab_size},
                        {"hidden_size", c.hidden_size},
                        {"num_layers", c.num_layers, kMaxLayers},
                        {"num_heads", c.num_heads},
                        {"num_kv_heads", c.num_kv_heads},
                        {"head_dim", c.head_dim},
                        {"max_positions", c.max_positions, kMaxPositions},
                        {"intermediate_size", c.intermediate_size}};
  for (const auto& [name, value, largest] : sizes) {
    if (value >= 1 && value <= largest) continue;
    return UsageError(absl::StrCat(name, " = ", value, " must lie in [1, ", largest, "]"));
  }
  return absl::OkStatus();
}

absl::Status CheckPositive(const char* name, double value) {
  if (value > 0) return absl::OkStatus();
  return UsageError(absl::StrCat(name, " = ", NumberText(value), " must be positive"));
}

absl::Status CheckNotNegative(const char* name, double value) {
  if (value >= 0) return absl::OkStatus();
  return UsageError(absl::StrCat(name, " = ", NumberText(value), " must not be negative"));
}

struct ScalingCheck {
  absl::Status operator()(const NoScaling&) const { return absl::OkStatus(); }
  absl::Status operator()(const LinearScaling& s) const { return Check(s.factor, kLeast); }
  absl::Status operator()(const DynamicNtkScaling& s) const {
    BENCH_RETURN_IF_ERROR(CheckBase());
    return Check(s.factor, s.original_positions);
  }
  absl::Status operator()(const SteppedNtkScaling& s) const {
    BENCH_RETURN_IF_ERROR(CheckBase());
    return Check(1, s.original_positions);
  }
  absl::Status operator()(const MixedRadixScaling& s) const {
    BENCH_RETURN_IF_ERROR(CheckNotNegative("exponent", s.exponent));
    return Check(s.factor, kLeast);
  }
  absl::Status operator()(const YarnScaling& s) const {
    BENCH_RETURN_IF_ERROR(CheckPositive("beta_slow", s.beta_slow));
    BENCH_RETURN_IF_ERROR(CheckPositive("beta_fast - beta_slow", s.beta_fast - s.beta_slow));
    BENCH_RETURN_IF_ERROR(CheckNotNegative("attention_factor", s.attention_factor));
    if (theta == 1) return UsageError("rope_theta = 1 turns every pair alike: no YaRN scaling");
    return Check(s.factor, s.original_positions);
  }
  absl::Status operator()(const Llama3Scaling& s) const {
    BENCH_RETURN_IF_ERROR(CheckPositive("low_freq_factor", s.low_freq_factor));
    BENCH_RETURN_IF_ERROR(CheckPositive("high_freq_factor - low_freq_factor",
                                        s.high_freq_factor - s.low_freq_factor));
    return Check(s.factor, s.original_positions);
  }

  double theta;
  int64_t width;

 private:
  absl::Status CheckBase() const {
    if (width > 2) return absl::OkStatus();
    return UsageError("two rotated columns have one frequency: no NTK scaling");
  }
  static constexpr int64_t kLeast = 2;  // whose logarithm is positive
  static absl::Status Check(double factor, int64_t original_positions) {
    if (!(factor >= 1)) {
      return UsageError(absl::StrCat("factor = ", NumberText(factor), " must be at least 1"));
    }
    if (original_positions >= kLeast) return absl::OkStatus();
    return UsageError(
        absl::StrCat("original positions = ", original_positions, " must be at least ", kLeast));
  }
};

struct PositionCheck {
  const DecoderConfig& c;

  absl::Status operator()(const Rope& rope) const {
    const int64_t width = RotaryWidth(c);
    if (c.head_dim % 2 != 0 && rope.width == 0) {
      return UsageError(
          absl::StrCat("head_dim = ", c.head_dim, " must be even (rotary positions)"));
    }
    if (width < 2 || width % 2 != 0 || width > c.head_dim) {
      return UsageError(absl::StrCat("rotary width = ", width, " must be even and in [2, ",
                                     c.head_dim, "], the width of a head"));
    }
    BENCH_RETURN_IF_ERROR(CheckPositive("rope_theta", rope.theta));
    if (rope.log_n_positions < 0 || rope.log_n_positions == 1) {
      return UsageError(absl::StrCat("log_n positions = ", rope.log_n_positions,
                                     " must be 0, for none, or at least 2"));
    }
    return std::visit(ScalingCheck{rope.theta, width}, rope.scaling);
  }
  absl::Status operator()(const Alibi&) const { return absl::OkStatus(); }
  absl::Status operator()(const BlockRope& rope) const {
    if (c.head_dim % 4 != 0) {
      return UsageError(absl::StrCat("head_dim = ", c.head_dim,
                                     " must be a multiple of 4 (two rotary positions)"));
    }
    for (const int64_t id : {rope.gmask_id, rope.mask_id, rope.bos_id}) {
      if (id >= 0 && id < c.vocab_size) continue;
      return UsageError(
          absl::StrCat("special token ", id, " is not below vocab_size = ", c.vocab_size));
    }
    return CheckPositive("rope_theta", rope.theta);
  }
};

absl::Status CheckWindow(const DecoderConfig& c) {
  if (c.window < 0) {
    return UsageError(absl::StrCat("window = ", c.window, " must not be negative"));
  }
  if (c.window == 0 || !std::holds_alternative<BlockRope>(c.position)) return absl::OkStatus();
  return UsageError("a window has no meaning where rows see their whole prompt (block positions)");
}

absl::Status CheckHead(const DecoderConfig& c) {
  if (c.normalised_head && (c.tie_embeddings || c.biases.head)) {
    return UsageError("a normalised head is a matrix of its own without bias");
  }
  if (c.biases.head && c.tie_embeddings) {
    return UsageError("a head with a bias is not tied to the embedding");
  }
  return absl::OkStatus();
}

absl::Status CheckVectors(const DecoderConfig& c) {
  if (c.vector_size < 0 || c.vector_size > kMaxSize) {
    return UsageError(
        absl::StrCat("vector_size = ", c.vector_size, " must lie in [0, ", kMaxSize, "]"));
  }
  if (c.vector_size == 0 || !std::holds_alternative<BlockRope>(c.position)) return absl::OkStatus();
  return UsageError(absl::StrCat("vector_size = ", c.vector_size,
                                 ": positions of this family follow marks among the tokens, so "
                                 "that its sequences begin with none but tokens"));
}

}  // namespace

absl::Status Validate(const DecoderConfig& c) {
  BENCH_RETURN_IF_ERROR(CheckSizes(c));
  if (c.num_heads % c.num_kv_heads != 0) {
    return UsageError(absl::StrCat("num_heads = ", c.num_heads,
                                   " is not a multiple of num_kv_heads = ", c.num_kv_heads));
  }
  BENCH_RETURN_IF_ERROR(std::visit(PositionCheck{c}, c.position));
  BENCH_RETURN_IF_ERROR(CheckWindow(c));
  BENCH_RETURN_IF_ERROR(CheckNotNegative("rms_norm_eps", c.norm.eps));
  BENCH_RETURN_IF_ERROR(CheckNotNegative("initializer_std", c.initializer_std));
  BENCH_RETURN_IF_ERROR(CheckVectors(c));
  return CheckHead(c);
}

double NtkTheta(double theta, double factor, int64_t width) {
  const auto w = static_cast<double>(width);
  return theta * std::pow(factor, w / (w - 2));
}

int64_t LogNPositions(const Rope& rope) {
  if (rope.log_n_positions > 0) return rope.log_n_positions;
  const auto* stepped = std::get_if<SteppedNtkScaling>(&rope.scaling);
  return stepped != nullptr && stepped->log_n ? stepped->original_positions : 0;
}

int64_t OriginalPositions(const RopeScaling& scaling, int64_t all) {
  if (const auto* dynamic = std::get_if<DynamicNtkScaling>(&scaling)) {
    return dynamic->original_positions;
  }
  if (const auto* stepped = std::get_if<SteppedNtkScaling>(&scaling)) {
    return stepped->original_positions;
  }
  return all;
}

int64_t RotaryWidth(const DecoderConfig& config) {
  const auto* rope = std::get_if<Rope>(&config.position);
  if (rope == nullptr) return std::holds_alternative<Alibi>(config.position) ? 0 : config.head_dim;
  return rope->width == 0 ? config.head_dim : rope->width;
}

DecoderConfig WithoutHead(DecoderConfig config) {
  config.tie_embeddings = true;
  config.normalised_head = false;
  config.biases.head = false;
  return config;
}

int64_t NumElements(const ParameterSpec& spec) {
  return std::accumulate(spec.shape.begin(), spec.shape.end(), int64_t{1},
                         std::multiplies<int64_t>());
}

}  // namespace bench::models

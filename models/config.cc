#include "models/config.h"

#include <functional>
#include <numeric>
#include <utility>

#include "base/number_text.h"
#include "base/status.h"
#include "models/families/family.h"

namespace bench::models {
namespace {

// Keeps every size computable in 64 bits and every row addressable by a 32-bit BLAS.
constexpr int64_t kMaxSize = int64_t{1} << 30;

absl::Status CheckSizes(const DecoderConfig& c) {
  const std::pair<const char*, int64_t> sizes[] = {
      {"vocab_size", c.vocab_size},       {"hidden_size", c.hidden_size},
      {"num_layers", c.num_layers},       {"num_heads", c.num_heads},
      {"num_kv_heads", c.num_kv_heads},   {"head_dim", c.head_dim},
      {"max_positions", c.max_positions}, {"intermediate_size", c.intermediate_size}};
  for (const auto& [name, value] : sizes) {
    if (value >= 1 && value <= kMaxSize) continue;
    return UsageError(absl::StrCat(name, " = ", value, " must lie in [1, ", kMaxSize, "]"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Validate(const DecoderConfig& c) {
  BENCH_RETURN_IF_ERROR(CheckSizes(c));
  if (c.num_heads % c.num_kv_heads != 0) {
    return UsageError(absl::StrCat("num_heads = ", c.num_heads,
                                   " is not a multiple of num_kv_heads = ", c.num_kv_heads));
  }
  if (c.head_dim % 2 != 0) {
    return UsageError(absl::StrCat("head_dim = ", c.head_dim, " must be even (rotary positions)"));
  }
  if (!(c.rope_theta > 0)) {
    return UsageError(absl::StrCat("rope_theta = ", NumberText(c.rope_theta), " must be positive"));
  }
  if (!(c.rms_norm_eps >= 0)) {
    return UsageError(
        absl::StrCat("rms_norm_eps = ", NumberText(c.rms_norm_eps), " must not be negative"));
  }
  if (!(c.initializer_std >= 0)) {
    return UsageError(
        absl::StrCat("initializer_std = ", NumberText(c.initializer_std), " must not be negative"));
  }
  return absl::OkStatus();
}

std::vector<ParameterSpec> Parameters(const DecoderConfig& config) {
  return AdapterOf(config.family).parameters(config);
}

int64_t NumParameters(const DecoderConfig& config) {
  int64_t total = 0;
  for (const ParameterSpec& spec : Parameters(config)) {
    total += std::accumulate(spec.shape.begin(), spec.shape.end(), int64_t{1},
                             std::multiplies<int64_t>());
  }
  return total;
}

}  // namespace bench::models

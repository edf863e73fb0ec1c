// How a decoder knows where its tokens are, beyond the base of its rotary positions: a stretched
// rotation, queries scaled by the logarithm of their position, a sliding window (models/config.h).
// Fields of [model], for a model that is trained with them, and of [positions] of stage "evaluate",
// for one that was trained otherwise and is read at lengths that it never saw.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bench::harness {

class FieldList;
class Violations;

// Own: that of the family, or of the stored model. With ratio s = rope_factor, L =
// trained_positions, w rotated columns, base b of the frequencies b^(-2i/w):
enum class RopeScalingKind {
  kOwn,
  kNone,
  kLinear,      // p / s (arXiv:2306.15595)
  kNtk,         // base b s^(w / (w - 2)) at every length
  kDynamicNtk,  // of n > L tokens, base b (s n / L - s + 1)^(w / (w - 2))
  kSteppedNtk,  // the same in powers of two of n / L, without s (Qwen)
  kMixed,       // pair i slower by exp(a (i + 1)^mixed_exponent), the last by s (Su)
  kYarn,        // arXiv:2309.00071
  kLlama3,      // arXiv:2407.21783
};
constexpr std::array<std::string_view, 9> EnumNames(RopeScalingKind) {
  return {"own", "none", "linear", "ntk", "dynamic_ntk", "stepped_ntk", "mixed", "yarn", "llama3"};
}

struct PositionsSpec {
  RopeScalingKind rope_scaling = RopeScalingKind::kOwn;
  double rope_factor = 1;
  int64_t trained_positions = 0;  // 0: the longest sequence that the model has without these fields
  double mixed_exponent = 0.75;
  double yarn_beta_fast = 32;
  double yarn_beta_slow = 1;
  double yarn_attention_factor = 0;  // 0: 0.1 ln(rope_factor) + 1
  double llama3_low_freq_factor = 1;
  double llama3_high_freq_factor = 4;
  bool log_n = false;            // true: query p times max(1, ln(p + 1) / ln(trained_positions))
  int64_t attention_window = 0;  // 0: that of the stored model, of a new one none

  bool operator==(const PositionsSpec&) const = default;
};

// The fields one by one, in the table that has them.
void Describe(PositionsSpec& spec, FieldList& fields);
// A kind of scaling may leave fields unread, so that arms of an experiment differ in one.
void Validate(const PositionsSpec& spec, const Violations& violations);

}  // namespace bench::harness

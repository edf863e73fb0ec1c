#include "harness/model_io/positions_form.h"

#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"
#include "models/families/family.h"

namespace bench::harness {
namespace {

models::RopeScaling ScalingOf(const PositionsSpec& s, int64_t trained) {
  switch (s.rope_scaling) {
    case RopeScalingKind::kOwn:
    case RopeScalingKind::kNone:
    case RopeScalingKind::kNtk:  // in theta
      return models::NoScaling();
    case RopeScalingKind::kLinear:
      return models::LinearScaling{s.rope_factor};
    case RopeScalingKind::kDynamicNtk:
      return models::DynamicNtkScaling{s.rope_factor, trained};
    case RopeScalingKind::kSteppedNtk:
      return models::SteppedNtkScaling{trained, s.log_n};
    case RopeScalingKind::kMixed:
      return models::MixedRadixScaling{s.rope_factor, s.mixed_exponent};
    case RopeScalingKind::kYarn:
      return models::YarnScaling{s.rope_factor, trained, s.yarn_beta_fast, s.yarn_beta_slow,
                                 s.yarn_attention_factor};
    case RopeScalingKind::kLlama3:
      return models::Llama3Scaling{s.rope_factor, s.llama3_low_freq_factor,
                                   s.llama3_high_freq_factor, trained};
  }
  return models::NoScaling();
}

// The fields of a scaling.
struct ToSpec {
  PositionsSpec& s;

  void operator()(const models::NoScaling&) const {}
  void operator()(const models::LinearScaling& from) const {
    s.rope_scaling = RopeScalingKind::kLinear;
    s.rope_factor = from.factor;
  }
  void operator()(const models::DynamicNtkScaling& from) const {
    s.rope_scaling = RopeScalingKind::kDynamicNtk;
    s.rope_factor = from.factor;
    s.trained_positions = from.original_positions;
  }
  void operator()(const models::SteppedNtkScaling& from) const {
    s.rope_scaling = RopeScalingKind::kSteppedNtk;
    s.trained_positions = from.original_positions;
  }
  void operator()(const models::MixedRadixScaling& from) const {
    s.rope_scaling = RopeScalingKind::kMixed;
    s.rope_factor = from.factor;
    s.mixed_exponent = from.exponent;
  }
  void operator()(const models::YarnScaling& from) const {
    s.rope_scaling = RopeScalingKind::kYarn;
    s.rope_factor = from.factor;
    s.trained_positions = from.original_positions;
    s.yarn_beta_fast = from.beta_fast;
    s.yarn_beta_slow = from.beta_slow;
    s.yarn_attention_factor = from.attention_factor;
  }
  void operator()(const models::Llama3Scaling& from) const {
    s.rope_scaling = RopeScalingKind::kLlama3;
    s.rope_factor = from.factor;
    s.trained_positions = from.original_positions;
    s.llama3_low_freq_factor = from.low_freq_factor;
    s.llama3_high_freq_factor = from.high_freq_factor;
  }
};

}  // namespace

void ApplyPositions(const PositionsSpec& spec, models::DecoderConfig& config) {
  const int64_t trained =
      spec.trained_positions > 0 ? spec.trained_positions : config.max_positions;
  if (spec.attention_window > 0) config.window = spec.attention_window;
  const int64_t width = models::RotaryWidth(config);
  auto* rope = std::get_if<models::Rope>(&config.position);
  if (rope == nullptr) return;
  if (spec.rope_scaling == RopeScalingKind::kNtk) {
    rope->theta = models::NtkTheta(rope->theta, spec.rope_factor, width);
  }
  if (spec.rope_scaling != RopeScalingKind::kOwn) rope->scaling = ScalingOf(spec, trained);
  if (spec.rope_scaling == RopeScalingKind::kNone) rope->log_n_positions = 0;
  // A stepped scaling has it within.
  if (spec.log_n && spec.rope_scaling != RopeScalingKind::kSteppedNtk) {
    rope->log_n_positions = trained;
  }
}

PositionsSpec PositionsSpecOf(const models::DecoderConfig& config) {
  PositionsSpec spec;
  if (config.slides()) spec.attention_window = config.window;
  const auto* rope = std::get_if<models::Rope>(&config.position);
  if (rope == nullptr) return spec;
  std::visit(ToSpec{spec}, rope->scaling);
  if (const int64_t log_n = models::LogNPositions(*rope); log_n > 0) {
    spec.log_n = true;
    spec.trained_positions = log_n;
  }
  return spec;
}

absl::Status CheckPositionsApply(const PositionsSpec& spec, const models::DecoderConfig& config) {
  const bool is_stretched =
      spec.rope_scaling != RopeScalingKind::kOwn && spec.rope_scaling != RopeScalingKind::kNone;
  if (std::holds_alternative<models::Rope>(config.position)) {
    if (spec.rope_scaling != RopeScalingKind::kNtk || models::RotaryWidth(config) > 2) {
      return absl::OkStatus();
    }
    return UsageError("two rotated columns have one frequency: no NTK scaling");
  }
  if (!is_stretched && !spec.log_n) return absl::OkStatus();
  const std::string what =
      is_stretched ? absl::StrCat("rope_scaling = \"", std::string(Name(spec.rope_scaling)), "\"")
                   : "log_n";
  return UsageError(absl::StrCat(what, " has no meaning for family ",
                                 std::string(models::EntryOf(config.family).name),
                                 ", whose positions are not one rotation"));
}

absl::StatusOr<std::unique_ptr<models::Decoder>> WithPositions(
    std::unique_ptr<models::Decoder> decoder, const EvaluatedPositionsSpec& spec) {
  if (spec == EvaluatedPositionsSpec()) return decoder;
  BENCH_RETURN_IF_ERROR(
      Annotate(CheckPositionsApply(spec.positions, decoder->config()), "positions"));
  models::DecoderConfig config = decoder->config();
  ApplyPositions(spec.positions, config);
  if (spec.max_positions > 0) config.max_positions = spec.max_positions;
  BENCH_RETURN_IF_ERROR(Annotate(models::Validate(config), "positions"));
  const at::ScalarType type = decoder->parameters().front().tensor.scalar_type();
  return models::Decoder::FromTensors(config, decoder->parameters(), decoder->device(), type);
}

}  // namespace bench::harness

#include "models/blocks/layer.h"

#include <ATen/record_function.h>

#include <variant>

#include "absl/strings/str_cat.h"

namespace bench::models {
namespace {

bool HasOneNorm(const ResidualConfig& residual) {
  const auto* parallel = std::get_if<ParallelResidual>(&residual);
  return parallel != nullptr && parallel->norms == ParallelNorms::kOne;
}

std::optional<Norm> MlpNorm(const DecoderConfig& c, const ParameterScope& scope) {
  if (HasOneNorm(c.residual)) return std::nullopt;
  return Norm(c.norm, c.hidden_size, scope.In("post_attention_layernorm"));
}

}  // namespace

struct Layer::Forward {
  const Layer& layer;
  const at::Tensor& h_ND;
  const Pass& pass;

  at::Tensor operator()(const SequentialResidual&) const {
    const at::Tensor middle_ND = h_ND + layer.attention_(layer.attention_norm_(h_ND), pass);
    return middle_ND + layer.mlp_((*layer.mlp_norm_)(middle_ND));
  }
  at::Tensor operator()(const ParallelResidual&) const {
    const at::Tensor x_ND = layer.attention_norm_(h_ND);
    const at::Tensor attended_ND = h_ND + layer.attention_(x_ND, pass);
    return attended_ND + layer.mlp_(layer.mlp_norm_ ? (*layer.mlp_norm_)(h_ND) : x_ND);
  }
  at::Tensor operator()(const NormResidual& residual) const {
    const at::Tensor x_ND = layer.attention_norm_(h_ND);
    const at::Tensor middle_ND = x_ND * residual.alpha + layer.attention_(x_ND, pass);
    const at::Tensor y_ND = (*layer.mlp_norm_)(middle_ND);
    return y_ND * residual.alpha + layer.mlp_(y_ND);
  }
};

Layer::Layer(const DecoderConfig& config, int64_t index, const ParameterScope& scope)
    : name_(absl::StrCat("layer.", index)),
      residual_(config.residual),
      width_(static_cast<double>(config.hidden_size)),
      attention_norm_(config.norm, config.hidden_size, scope.In("input_layernorm")),
      attention_(config, index, scope.In("self_attn")),
      mlp_norm_(MlpNorm(config, scope)),
      mlp_(config, scope.In("mlp")) {}

at::Tensor Layer::operator()(const at::Tensor& h_ND, const Pass& pass) const {
  // For profilers; without one it costs a look at LibTorch's list of callbacks.
  at::RecordFunction scope(at::RecordScope::USER_SCOPE);
  if (scope.isActive()) scope.before(name_);
  return std::visit(Forward{*this, h_ND, pass}, residual_);
}

// Norms keep their inputs, h once in the parallel forms, and linear layers the norms' outputs.
BlockCost Layer::Cost(const CostSetting& setting) const {
  const double state = setting.element_bytes * width_;
  const bool one_input =
      std::holds_alternative<ParallelResidual>(residual_) && attention_norm_.KeepsInput(setting);
  const double num_norms = mlp_norm_ ? 2 : 1;
  BlockCost cost = {.kept_bytes = (one_input ? 1 : num_norms) * state + num_norms * state};
  cost += attention_norm_.Cost(setting);
  if (mlp_norm_) cost += mlp_norm_->Cost(setting);
  cost += attention_.Cost(setting);
  cost += mlp_.Cost(setting);
  cost.gradient_bytes += state;  // that of the residual
  return cost;
}

}  // namespace bench::models

#include "models/blocks/mlp.h"

#include <variant>

#include "kernels/swiglu.h"

namespace bench::models {
namespace {

LinearShape Widening(const DecoderConfig& c) {
  return {c.hidden_size, c.intermediate_size, c.biases.mlp};
}

std::optional<Linear> GateOf(const DecoderConfig& c, const ParameterScope& scope) {
  if (!std::holds_alternative<SwiGlu>(c.mlp)) return std::nullopt;
  return Linear(Widening(c), scope.In("gate_proj"));
}

// Tensors of F that stay: what is activated and the result; the gate; two factors that the
// reference of SwiGLU keeps. And that exist at once beyond those in the backward pass.
struct Widths {
  const CostSetting& setting;

  BlockCost operator()(const SwiGlu&) const {
    return {.kept_bytes = setting.kernels == KernelSet::kReference ? 5.0 : 3.0,
            .gradient_bytes = 2};
  }
  BlockCost operator()(const Gelu&) const { return {.kept_bytes = 2, .gradient_bytes = 1}; }
};

}  // namespace

Mlp::Mlp(const DecoderConfig& config, const ParameterScope& scope)
    : config_(config.mlp),
      width_(static_cast<double>(config.intermediate_size)),
      gate_(GateOf(config, scope)),
      up_(Widening(config), scope.In("up_proj")),
      down_({config.intermediate_size, config.hidden_size, config.biases.mlp},
            scope.In("down_proj")) {}

at::Tensor Mlp::operator()(const at::Tensor& x_ND) const {
  if (gate_) return down_(kernels::SwiGlu((*gate_)(x_ND), up_(x_ND)));
  const bool tanh = std::get<Gelu>(config_).form == GeluForm::kTanh;
  return down_(at::gelu(up_(x_ND), tanh ? "tanh" : "none"));
}

BlockCost Mlp::Cost(const CostSetting& setting) const {
  BlockCost cost = std::visit(Widths{setting}, config_);
  cost.kept_bytes *= setting.element_bytes * width_;
  cost.gradient_bytes *= setting.element_bytes * width_;
  if (gate_) cost += gate_->Cost();
  cost += up_.Cost();
  cost += down_.Cost();
  return cost;
}

}  // namespace bench::models

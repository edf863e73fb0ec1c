#include "harness/training/optimizer.h"

#include <cmath>

namespace bench::harness {
namespace {

class AdamW : public Optimizer {
 public:
  AdamW(const OptimizerSpec& spec, const std::vector<models::NamedTensor>& parameters)
      : spec_(spec) {
    for (const models::NamedTensor& parameter : parameters) {
      Group& group = parameter.tensor.dim() >= 2 ? decayed_ : undecayed_;
      const auto fp32 = parameter.tensor.options().dtype(at::kFloat).requires_grad(false);
      group.names.push_back(parameter.name);
      group.parameters.push_back(parameter.tensor);
      // The parameter itself if it is fp32.
      group.masters.push_back(parameter.tensor.detach().to(at::kFloat));
      group.exp_avg.push_back(at::zeros(parameter.tensor.sizes(), fp32));
      group.exp_avg_sq.push_back(at::zeros(parameter.tensor.sizes(), fp32));
      group.step.push_back(at::zeros({}, fp32));
    }
  }

  void Step(double learning_rate) override {
    const at::NoGradGuard no_grad;
    StepGroup(decayed_, learning_rate, spec_.weight_decay);
    StepGroup(undecayed_, learning_rate, 0);
  }

  std::vector<models::NamedTensor> State() const override {
    std::vector<models::NamedTensor> state;
    for (const Group* group : {&decayed_, &undecayed_}) {
      for (size_t i = 0; i < group->names.size(); ++i) {
        state.push_back({"exp_avg/" + group->names[i], group->exp_avg[i]});
        state.push_back({"exp_avg_sq/" + group->names[i], group->exp_avg_sq[i]});
        state.push_back({"step/" + group->names[i], group->step[i]});
        if (HasMaster(*group, i)) {
          state.push_back({"master/" + group->names[i], group->masters[i]});
        }
      }
    }
    return state;
  }

 private:
  struct Group {
    std::vector<std::string> names;
    std::vector<at::Tensor> parameters, masters, exp_avg, exp_avg_sq, step;
  };

  static bool HasMaster(const Group& group, size_t i) {
    return group.parameters[i].scalar_type() != at::kFloat;
  }

  void StepGroup(const Group& group, double learning_rate, double weight_decay) const {
    Group live;
    std::vector<at::Tensor> gradients;
    for (size_t i = 0; i < group.parameters.size(); ++i) {
      const at::Tensor& gradient = group.parameters[i].grad();
      if (!gradient.defined()) continue;
      live.parameters.push_back(group.parameters[i]);
      live.masters.push_back(group.masters[i]);
      live.exp_avg.push_back(group.exp_avg[i]);
      live.exp_avg_sq.push_back(group.exp_avg_sq[i]);
      live.step.push_back(group.step[i]);
      gradients.push_back(gradient.to(at::kFloat));
    }
    if (gradients.empty()) return;
    at::_foreach_add_(live.step, 1);
    at::_fused_adamw_(live.masters, gradients, live.exp_avg, live.exp_avg_sq,
                      /*max_exp_avg_sqs=*/{}, live.step, learning_rate, spec_.beta1, spec_.beta2,
                      weight_decay, spec_.epsilon, /*amsgrad=*/false, /*maximize=*/false);
    for (size_t i = 0; i < live.parameters.size(); ++i) {
      if (HasMaster(live, i)) live.parameters[i].copy_(live.masters[i]);
    }
  }

  OptimizerSpec spec_;
  Group decayed_, undecayed_;
};

}  // namespace

std::unique_ptr<Optimizer> MakeOptimizer(const OptimizerSpec& spec,
                                         const std::vector<models::NamedTensor>& parameters) {
  switch (spec.kind) {
    case OptimizerKind::kAdamW:
      return std::make_unique<AdamW>(spec, parameters);
  }
  return nullptr;
}

void ClearGradients(const std::vector<models::NamedTensor>& parameters) {
  for (const models::NamedTensor& parameter : parameters) parameter.tensor.mutable_grad().reset();
}

double ClipGradients(const std::vector<models::NamedTensor>& parameters, double max_norm) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> gradients;
  for (const models::NamedTensor& parameter : parameters) {
    if (parameter.tensor.grad().defined()) gradients.push_back(parameter.tensor.grad());
  }
  if (gradients.empty()) return 0;
  double sum_of_squares = 0;
  for (const at::Tensor& norm : at::_foreach_norm(gradients, /*ord=*/2, at::kFloat)) {
    const double value = norm.item<double>();
    sum_of_squares += value * value;
  }
  const double norm = std::sqrt(sum_of_squares);
  if (max_norm > 0 && norm > max_norm) at::_foreach_mul_(gradients, max_norm / (norm + 1e-6));
  return norm;
}

}  // namespace bench::harness

#include "harness/training/optimizer.h"

#include <algorithm>
#include <cmath>

#include "kernels/parallel.h"

namespace bench::harness {
namespace {

class AdamW : public Optimizer {
 public:
  AdamW(const OptimizerSpec& spec, const std::vector<ParameterPiece>& pieces) : spec_(spec) {
    for (const ParameterPiece& piece : pieces) {
      const auto fp32 = piece.tensor.options().dtype(at::kFloat).requires_grad(false);
      entries_.push_back({piece.tensor,
                          // The parameter itself if it is fp32.
                          piece.tensor.detach().to(at::kFloat),
                          at::zeros(piece.tensor.sizes(), fp32),
                          at::zeros(piece.tensor.sizes(), fp32), at::zeros({}, fp32),
                          piece.full_shape.size() >= 2});
    }
  }

  void Step(double learning_rate) override {
    const at::NoGradGuard no_grad;
    for (const bool decays : {true, false}) StepGroup(decays, learning_rate);
  }

  std::vector<StateKind> StateKinds(at::ScalarType parameter) const override {
    using Extent = StateKind::Extent;
    std::vector<StateKind> kinds = {{"exp_avg", at::kFloat, Extent::kElements},
                                    {"exp_avg_sq", at::kFloat, Extent::kElements},
                                    {"step", at::kFloat, Extent::kScalar}};
    if (parameter != at::kFloat) kinds.push_back({"master", at::kFloat, Extent::kElements});
    return kinds;
  }

  std::vector<at::Tensor> StateOf(size_t piece) const override {
    const Entry& entry = entries_[piece];
    std::vector<at::Tensor> state = {entry.exp_avg, entry.exp_avg_sq, entry.step};
    if (entry.has_master()) state.push_back(entry.master);
    return state;
  }

 private:
  struct Entry {
    at::Tensor parameter, master, exp_avg, exp_avg_sq, step;
    bool decays;

    bool has_master() const { return parameter.scalar_type() != at::kFloat; }
  };

  // What one call of the kernel updates.
  struct Batch {
    std::vector<at::Tensor> parameters, masters, gradients, exp_avg, exp_avg_sq, step;
    int64_t num_converted = 0;
  };

  void StepGroup(bool decays, double learning_rate) const {
    Batch batch;
    const double weight_decay = decays ? spec_.weight_decay : 0;
    for (const Entry& entry : entries_) {
      if (entry.decays != decays || !entry.parameter.grad().defined()) continue;
      entry.step.add_(1);
      if (entry.has_master()) {
        AddConverted(entry, batch, [&] { Update(batch, learning_rate, weight_decay); });
      } else {
        Add(entry, entry.parameter.grad(), batch);
      }
    }
    Update(batch, learning_rate, weight_decay);
  }

  static void Add(const Entry& entry, const at::Tensor& gradient, Batch& batch) {
    batch.parameters.push_back(entry.parameter);
    batch.masters.push_back(entry.master);
    batch.gradients.push_back(gradient);
    batch.exp_avg.push_back(entry.exp_avg);
    batch.exp_avg_sq.push_back(entry.exp_avg_sq);
    batch.step.push_back(entry.step);
  }

  // In slices, so that of the fp32 gradients only kMostConverted are there at once. Slices begin
  // at multiples of a vector: bits do not depend on them.
  template <typename F>
  static void AddConverted(const Entry& entry, Batch& batch, const F& update) {
    const at::Tensor gradient = entry.parameter.grad().reshape({-1});
    for (int64_t begin = 0; begin < gradient.numel(); begin += kMostConverted) {
      const int64_t count = std::min(kMostConverted, gradient.numel() - begin);
      if (batch.num_converted + count > kMostConverted) update();
      const auto slice = [&](const at::Tensor& whole) {
        return whole.view({-1}).narrow(0, begin, count);
      };
      const Entry part = {slice(entry.parameter),  slice(entry.master), slice(entry.exp_avg),
                          slice(entry.exp_avg_sq), entry.step,          entry.decays};
      Add(part, slice(gradient).to(at::kFloat), batch);
      batch.num_converted += count;
    }
  }

  // And empties the batch.
  void Update(Batch& batch, double learning_rate, double weight_decay) const {
    if (batch.gradients.empty()) return;
    // The kernel for processors takes one tensor after the other, and wakes all threads for the
    // smallest; a device takes all at once.
    const size_t count = batch.masters.front().is_cpu() ? 1 : batch.masters.size();
    for (size_t i = 0; i < batch.masters.size(); i += count) {
      const kernels::SerialIf serial(count == 1 &&
                                     batch.masters[i].numel() < kernels::kGrainElements);
      const auto part = [&](const std::vector<at::Tensor>& all) {
        return at::TensorList(all).slice(i, count);
      };
      at::_fused_adamw_(part(batch.masters), part(batch.gradients), part(batch.exp_avg),
                        part(batch.exp_avg_sq), /*max_exp_avg_sqs=*/{}, part(batch.step),
                        learning_rate, spec_.beta1, spec_.beta2, weight_decay, spec_.epsilon,
                        /*amsgrad=*/false, /*maximize=*/false);
    }
    for (size_t i = 0; i < batch.parameters.size(); ++i) {
      // An fp32 parameter is its own master.
      if (batch.parameters[i].scalar_type() != at::kFloat) {
        batch.parameters[i].copy_(batch.masters[i]);
      }
    }
    batch = Batch();
  }

  OptimizerSpec spec_;
  std::vector<Entry> entries_;
};

}  // namespace

std::vector<ParameterPiece> WholePieces(const std::vector<models::NamedTensor>& parameters) {
  std::vector<ParameterPiece> pieces;
  for (const auto& [name, tensor] : parameters) {
    if (!tensor.requires_grad() || tensor.numel() == 0) continue;
    pieces.push_back({name, tensor.sizes().vec(), 0, tensor});
  }
  return pieces;
}

std::unique_ptr<Optimizer> MakeOptimizer(const OptimizerSpec& spec,
                                         const std::vector<ParameterPiece>& pieces) {
  switch (spec.kind) {
    case OptimizerKind::kAdamW:
      return std::make_unique<AdamW>(spec, pieces);
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

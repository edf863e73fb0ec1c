#include "harness/training/parameter_update.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/training/checkpoint.h"

namespace bench::harness {
namespace {

using models::NamedTensor;

std::string StateName(const StateKind& kind, const ParameterPiece& parameter) {
  return absl::StrCat(kind.name, "/", parameter.name);
}

class LocalUpdate : public ParameterUpdate {
 public:
  LocalUpdate(const OptimizerSpec& spec, const std::vector<NamedTensor>& parameters)
      : ParameterUpdate(spec, WholePieces(parameters), WholePieces(parameters)),
        all_parameters_(parameters) {}

  double FinishGradients(double max_norm) override {
    return ClipGradients(all_parameters_, max_norm);
  }
  void Apply(double learning_rate) override { optimizer().Step(learning_rate); }
  void ClearGradients() override { harness::ClearGradients(all_parameters_); }

  HeldBytes Bytes() const override {
    HeldBytes bytes;
    for (const ParameterPiece& parameter : trained()) {
      bytes.gradients += static_cast<int64_t>(parameter.tensor.nbytes());
    }
    for (const NamedTensor& parameter : all_parameters_) {
      bytes.parameters += static_cast<int64_t>(parameter.tensor.nbytes());
    }
    bytes.optimizer_states = StateBytes();
    return bytes;
  }

  absl::Status VisitState(const StateVisitor& visit) override {
    for (const StateTensor& tensor : StateTensors()) {
      BENCH_RETURN_IF_ERROR(
          visit({tensor.spec.name, optimizer().StateOf(tensor.parameter)[tensor.kind]}));
    }
    return absl::OkStatus();
  }

 private:
  std::vector<NamedTensor> all_parameters_;
};

}  // namespace

ParameterUpdate::ParameterUpdate(const OptimizerSpec& spec, std::vector<ParameterPiece> parameters,
                                 std::vector<ParameterPiece> pieces)
    : parameters_(std::move(parameters)),
      pieces_(std::move(pieces)),
      optimizer_(MakeOptimizer(spec, pieces_)) {
  for (const bool matrices : {true, false}) {
    for (size_t i = 0; i < parameters_.size(); ++i) {
      if ((parameters_[i].full_shape.size() >= 2) == matrices) state_order_.push_back(i);
    }
  }
}

std::vector<StateTensor> ParameterUpdate::StateTensors() const {
  std::vector<StateTensor> tensors;
  for (const size_t i : state_order_) {
    const ParameterPiece& parameter = parameters_[i];
    const std::vector<StateKind> kinds = optimizer_->StateKinds(parameter.tensor.scalar_type());
    for (size_t k = 0; k < kinds.size(); ++k) {
      const bool scalar = kinds[k].extent == StateKind::Extent::kScalar;
      tensors.push_back({{StateName(kinds[k], parameter), kinds[k].type,
                          scalar ? std::vector<int64_t>() : parameter.full_shape},
                         i,
                         k});
    }
  }
  return tensors;
}

std::vector<models::TensorSpec> ParameterUpdate::StateSpecs() const {
  std::vector<models::TensorSpec> specs;
  for (StateTensor& tensor : StateTensors()) specs.push_back(std::move(tensor.spec));
  return specs;
}

int64_t ParameterUpdate::StateBytes() const {
  int64_t bytes = 0;
  for (size_t i = 0; i < pieces_.size(); ++i) {
    for (const at::Tensor& tensor : optimizer_->StateOf(i)) {
      bytes += static_cast<int64_t>(tensor.nbytes());
    }
  }
  return bytes;
}

absl::Status ParameterUpdate::RestoreState(const std::vector<NamedTensor>& state) {
  const at::NoGradGuard no_grad;
  BENCH_ASSIGN_OR_RETURN(const auto by_name, ByName(state, StateSpecs()));
  for (size_t i = 0; i < pieces_.size(); ++i) {
    const ParameterPiece& piece = pieces_[i];
    const std::vector<StateKind> kinds = optimizer_->StateKinds(piece.tensor.scalar_type());
    const std::vector<at::Tensor> live = optimizer_->StateOf(i);
    for (size_t k = 0; k < kinds.size(); ++k) {
      const at::Tensor whole = by_name.at(StateName(kinds[k], piece));
      const bool scalar = kinds[k].extent == StateKind::Extent::kScalar;
      live[k].copy_(
          scalar
              ? whole
              : whole.reshape({-1}).narrow(0, piece.begin, live[k].numel()).view(live[k].sizes()));
    }
  }
  return absl::OkStatus();
}

std::unique_ptr<ParameterUpdate> MakeLocalUpdate(
    const OptimizerSpec& spec, const std::vector<models::NamedTensor>& parameters) {
  return std::make_unique<LocalUpdate>(spec, parameters);
}

}  // namespace bench::harness

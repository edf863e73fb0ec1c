// What a step does with the gradients of a window: the update of the parameters, in one process
// (parameter_update.cc) or by several ranks (data_parallel.h).
//
// Order of calls in a step: BeforeLastBackward, the window's last backward pass, FinishGradients,
// Apply or not, ClearGradients. Operations are collective: all ranks call them in the same order.
//
// The optimizer's state has one tensor a parameter and kind, "exp_avg/model.norm.weight",
// whatever number of ranks it is spread over; parameters are in the order given, those that decay
// (matrices) first.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "harness/definition/training_spec.h"
#include "harness/training/optimizer.h"
#include "models/decoder.h"
#include "models/safetensors.h"

namespace bench::harness {

// Bytes of what stays between the steps, on this rank.
struct HeldBytes {
  int64_t parameters = 0;
  int64_t gradients = 0;  // those of the trained parameters, while there are any
  int64_t optimizer_states = 0;
  int64_t communication_buffers = 0;
};

// One tensor of the state: kind `kind` of the parameter with that index.
struct StateTensor {
  models::TensorSpec spec;
  size_t parameter = 0;
  size_t kind = 0;
};

class ParameterUpdate {
 public:
  using StateVisitor = std::function<absl::Status(const models::NamedTensor&)>;

  virtual ~ParameterUpdate() = default;

  // The backward pass that follows completes the gradients.
  virtual void BeforeLastBackward() {}
  // Sums them over the ranks and returns their L2 norm. Where max_norm > 0 and the norm is larger,
  // they are scaled by max_norm / (norm + 1e-6).
  virtual double FinishGradients(double max_norm) = 0;
  virtual void Apply(double learning_rate) = 0;
  virtual void ClearGradients() = 0;

  virtual HeldBytes Bytes() const = 0;

  // The state, whole, tensor by tensor, on rank 0; a tensor is there for its visit only. The first
  // error ends the visits.
  virtual absl::Status VisitState(const StateVisitor& visit) = 0;
  // Names, shapes and types, in the order of the visits.
  std::vector<models::TensorSpec> StateSpecs() const;
  // From the whole state. DataError if a name is missing, left over or differs in shape.
  absl::Status RestoreState(const std::vector<models::NamedTensor>& state);

 protected:
  // `parameters`: all that are trained, whole, in order. `pieces`: those that this rank updates.
  ParameterUpdate(const OptimizerSpec& spec, std::vector<ParameterPiece> parameters,
                  std::vector<ParameterPiece> pieces);

  // In the order of the visits.
  std::vector<StateTensor> StateTensors() const;
  const std::vector<ParameterPiece>& trained() const { return parameters_; }
  const std::vector<ParameterPiece>& pieces() const { return pieces_; }
  Optimizer& optimizer() const { return *optimizer_; }
  int64_t StateBytes() const;

 private:
  std::vector<ParameterPiece> parameters_, pieces_;
  std::unique_ptr<Optimizer> optimizer_;
  std::vector<size_t> state_order_;  // indices of the parameters
};

// In one process.
std::unique_ptr<ParameterUpdate> MakeLocalUpdate(
    const OptimizerSpec& spec, const std::vector<models::NamedTensor>& parameters);

}  // namespace bench::harness

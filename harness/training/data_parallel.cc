#include "harness/training/data_parallel.h"

#include <cmath>
#include <utility>

#include "base/status.h"
#include "harness/measurement/memory.h"
#include "harness/training/exact_sum.h"
#include "harness/training/gradient_buckets.h"
#include "harness/training/gradient_exchange.h"
#include "harness/training/gradient_norm.h"
#include "harness/training/sharded_state.h"

namespace bench::harness {
namespace {

using models::NamedTensor;

// The pieces that a rank updates: of all shards, or of its own.
std::vector<BucketPiece> UpdatedPieces(const GradientBuckets& buckets, Sharding sharding,
                                       const Ranks& ranks) {
  if (sharding == Sharding::kOptimizerStates) return buckets.Pieces(ranks.rank());
  std::vector<BucketPiece> all;
  for (int64_t shard = 0; shard < ranks.size(); ++shard) {
    for (BucketPiece& piece : buckets.Pieces(shard)) all.push_back(std::move(piece));
  }
  return all;
}

std::vector<ParameterPiece> PlainPieces(const std::vector<BucketPiece>& pieces) {
  std::vector<ParameterPiece> plain;
  for (const BucketPiece& piece : pieces) plain.push_back(piece.piece);
  return plain;
}

GradientExchange::Gather GatheredBy(Sharding sharding) {
  return sharding == Sharding::kOptimizerStates ? GradientExchange::Gather::kNothing
                                                : GradientExchange::Gather::kSums;
}

class DataParallelUpdate : public ParameterUpdate {
 public:
  struct Parts {
    std::unique_ptr<GradientBuckets> buckets;
    std::vector<BucketPiece> pieces;  // that this rank updates
    std::vector<NamedTensor> all_parameters;
  };
  DataParallelUpdate(const OptimizerSpec& spec, Sharding sharding, Parts parts, Ranks& ranks,
                     RangeTable& ranges)
      : ParameterUpdate(spec, WholePieces(parts.all_parameters), PlainPieces(parts.pieces)),
        sharding_(sharding),
        parts_(std::move(parts)),
        ranks_(ranks),
        ranges_(ranges),
        own_(parts_.buckets->Pieces(ranks.rank())),
        exchange_(*parts_.buckets, trained(), GatheredBy(sharding), ranks, ranges) {}

  void BeforeLastBackward() override { exchange_.BeforeLastBackward(); }

  double FinishGradients(double max_norm) override {
    const at::NoGradGuard no_grad;
    const Range range(ranges_, RangeId::kReduceGradients);
    exchange_.Finish();
    const double norm = std::sqrt(exchange_.SumOverRanks(OwnSquares()).Value());
    exchange_.Wait();
    ShowGradients();
    if (max_norm > 0 && norm > max_norm) Scale(max_norm / (norm + 1e-6));
    return norm;
  }

  void Apply(double learning_rate) override {
    optimizer().Step(learning_rate);
    if (!sharded()) return;
    const at::NoGradGuard no_grad;
    const Range range(ranges_, RangeId::kGatherParameters);
    std::vector<std::unique_ptr<Transfer>> gathers;
    for (const GradientBucket& bucket : buckets()) {
      gathers.push_back(ranks_.AllGather(bucket.parameters,
                                         parts_.buckets->Shard(bucket.parameters, ranks_.rank())));
    }
    for (const auto& gather : gathers) gather->Wait();
  }

  void ClearGradients() override { exchange_.Clear(); }

  HeldBytes Bytes() const override {
    HeldBytes bytes;
    for (const NamedTensor& parameter : parts_.all_parameters) {
      if (!parameter.tensor.requires_grad()) {
        bytes.parameters += static_cast<int64_t>(parameter.tensor.nbytes());
      }
    }
    for (const GradientBucket& bucket : buckets()) {
      bytes.parameters += static_cast<int64_t>(bucket.parameters.nbytes());
      bytes.gradients += static_cast<int64_t>(bucket.gradients.nbytes());
    }
    bytes.optimizer_states = StateBytes();
    bytes.communication_buffers = exchange_.buffer_bytes();
    return bytes;
  }

  absl::Status VisitState(const StateVisitor& visit) override {
    ShardedState state;
    state.tensors = StateTensors();
    state.own = [this](const StateTensor& tensor) { return OwnState(tensor); };
    if (sharded()) state.sizes = PieceSizes();
    return VisitOnLeader(state, ranks_, visit);
  }

 private:
  bool sharded() const { return sharding_ == Sharding::kOptimizerStates; }
  const std::vector<GradientBucket>& buckets() const { return parts_.buckets->buckets(); }

  ExactSum OwnSquares() const {
    std::vector<at::Tensor> gradients;
    for (const BucketPiece& piece : own_) gradients.push_back(piece.gradient);
    ExactSum squares;
    AddSquares(gradients, squares);
    return squares;
  }

  // To the optimizer, which skips pieces without one.
  void ShowGradients() {
    for (const BucketPiece& piece : parts_.pieces) {
      piece.piece.tensor.mutable_grad() =
          exchange_.has_gradient(piece.parameter) ? piece.gradient : at::Tensor();
    }
  }

  void Scale(double factor) {
    std::vector<at::Tensor> gradients;
    for (const BucketPiece& piece : parts_.pieces) gradients.push_back(piece.gradient);
    if (gradients.empty()) return;  // a rank may own padding only
    at::_foreach_mul_(gradients, factor);
  }

  std::vector<at::Tensor> OwnState(const StateTensor& tensor) const {
    std::vector<at::Tensor> own;
    for (size_t p = 0; p < parts_.pieces.size(); ++p) {
      if (parts_.pieces[p].parameter != tensor.parameter) continue;
      own.push_back(optimizer().StateOf(p)[tensor.kind].reshape({-1}).cpu());
    }
    return own;
  }

  // By rank and parameter.
  std::vector<std::vector<int64_t>> PieceSizes() const {
    std::vector<std::vector<int64_t>> sizes;
    for (int64_t rank = 0; rank < ranks_.size(); ++rank) {
      sizes.emplace_back(trained().size(), 0);
      for (const BucketPiece& piece : parts_.buckets->Pieces(rank)) {
        sizes.back()[piece.parameter] = piece.gradient.numel();
      }
    }
    return sizes;
  }

  const Sharding sharding_;
  Parts parts_;
  Ranks& ranks_;
  RangeTable& ranges_;
  const std::vector<BucketPiece> own_;  // of this rank's shards
  GradientExchange exchange_;
};

}  // namespace

std::unique_ptr<ParameterUpdate> MakeDataParallelUpdate(
    const OptimizerSpec& spec, const ParallelSpec& parallel,
    const std::vector<models::NamedTensor>& parameters, Ranks& ranks, RangeTable& ranges) {
  constexpr double kMiB = 1 << 20;
  DataParallelUpdate::Parts parts;
  parts.all_parameters = parameters;
  parts.buckets = std::make_unique<GradientBuckets>(
      WholePieces(parameters), ranks.size(), static_cast<int64_t>(parallel.bucket_mib * kMiB));
  ReturnFreedPages();  // where the parameters were before; the optimizer's states come next
  parts.pieces = UpdatedPieces(*parts.buckets, parallel.sharding, ranks);
  return std::make_unique<DataParallelUpdate>(spec, parallel.sharding, std::move(parts), ranks,
                                              ranges);
}

}  // namespace bench::harness

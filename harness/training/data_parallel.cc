#include "harness/training/data_parallel.h"

#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <cmath>
#include <functional>
#include <utility>

#include "base/status.h"
#include "harness/measurement/memory.h"
#include "harness/training/exact_sum.h"
#include "harness/training/gradient_buckets.h"
#include "harness/training/gradient_norm.h"
#include "harness/training/sharded_state.h"

namespace bench::harness {
namespace {

using models::NamedTensor;

// Buckets whose pieces are under way at once, each with a buffer.
constexpr size_t kInFlight = 2;

class GradientHook : public torch::autograd::PostAccumulateGradHook {
 public:
  explicit GradientHook(std::function<void()> call) : call_(std::move(call)) {}
  void operator()(const at::Tensor&) override { call_(); }

 private:
  std::function<void()> call_;
};

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

// A shard and what the other ranks sent of it, in rank order: the shard becomes the sum in that
// order, in fp32, rounded once to its type. What was received is used up.
void SumInRankOrder(std::vector<at::Tensor> terms, at::Tensor shard) {
  at::Tensor sum = terms.front().to(at::kFloat);
  for (size_t r = 1; r + 1 < terms.size(); ++r) sum.add_(terms[r]);
  if (shard.scalar_type() == at::kFloat) {
    at::add_out(shard, sum, terms.back());
  } else {
    shard.copy_(sum.add_(terms.back()));
  }
}

class DataParallelUpdate : public ParameterUpdate {
 public:
  struct Parts {
    std::unique_ptr<GradientBuckets> buckets;
    std::vector<BucketPiece> pieces;  // that this rank updates
    std::vector<NamedTensor> all_parameters;
  };
  DataParallelUpdate(const OptimizerSpec& spec, const ParallelSpec& parallel, Parts parts,
                     Ranks& ranks, RangeTable& ranges)
      : ParameterUpdate(spec, WholePieces(parts.all_parameters), PlainPieces(parts.pieces)),
        parallel_(parallel),
        parts_(std::move(parts)),
        ranks_(ranks),
        ranges_(ranges),
        own_(parts_.buckets->Pieces(ranks.rank())),
        touched_(trained().size(), 0),
        missing_(parts_.buckets->buckets().size(), 0) {
    for (size_t i = 0; i < trained().size(); ++i) {
      torch::autograd::impl::set_post_acc_grad_hooks(
          trained()[i].tensor, std::make_unique<GradientHook>([this, i] { OnGradient(i); }));
    }
  }

  ~DataParallelUpdate() override {
    for (const ParameterPiece& parameter : trained()) {
      torch::autograd::impl::set_post_acc_grad_hooks(parameter.tensor, nullptr);
    }
  }

  void BeforeLastBackward() override {
    next_ = 0;
    summed_ = 0;
    in_last_backward_ = true;
    for (size_t b = 0; b < missing_.size(); ++b) missing_[b] = buckets()[b].members.size();
  }

  double FinishGradients(double max_norm) override {
    const at::NoGradGuard no_grad;
    const Range range(ranges_, RangeId::kReduceGradients);
    in_last_backward_ = false;
    while (next_ < buckets().size()) Send(next_++);
    while (summed_ < next_) Sum(summed_++);
    const double norm = std::sqrt(ExchangeSquares().Value());
    WaitForGathers();
    ShowTouchedGradients();
    if (max_norm > 0 && norm > max_norm) Scale(max_norm / (norm + 1e-6));
    return norm;
  }

  void Apply(double learning_rate) override {
    optimizer().Step(learning_rate);
    if (!sharded()) return;
    const at::NoGradGuard no_grad;
    const Range range(ranges_, RangeId::kGatherParameters);
    for (const GradientBucket& bucket : buckets()) {
      gathers_.push_back(ranks_.AllGather(bucket.parameters,
                                          parts_.buckets->Shard(bucket.parameters, ranks_.rank())));
    }
    WaitForGathers();
  }

  // The next window's first gradients are copied into the buckets: nothing to set to zero.
  void ClearGradients() override {
    for (const ParameterPiece& parameter : trained()) parameter.tensor.mutable_grad().reset();
    touched_.assign(touched_.size(), 0);
  }

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
    for (const at::Tensor& buffer : received_) {
      if (buffer.defined()) bytes.communication_buffers += static_cast<int64_t>(buffer.nbytes());
    }
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
  bool sharded() const { return parallel_.sharding == Sharding::kOptimizerStates; }
  const std::vector<GradientBucket>& buckets() const { return parts_.buckets->buckets(); }

  // Called by the backward pass, for each parameter once.
  void OnGradient(size_t parameter) {
    const at::NoGradGuard no_grad;
    touched_[parameter] = 1;
    MoveIntoBucket(parameter);
    if (!in_last_backward_) return;
    size_t& missing = missing_[parts_.buckets->bucket_of(parameter)];
    TORCH_CHECK(missing > 0, "parameter ", trained()[parameter].name,
                " got a gradient after its bucket was sent");
    --missing;
    // In order, which is the same on all ranks whatever the order of their gradients.
    while (next_ < missing_.size() && missing_[next_] == 0) Send(next_++);
  }

  // The backward pass gives the first gradient of a window a tensor of its own.
  void MoveIntoBucket(size_t parameter) {
    at::Tensor& gradient = trained()[parameter].tensor.mutable_grad();
    const at::Tensor place = parts_.buckets->GradientOf(parameter);
    if (gradient.is_alias_of(place)) return;
    place.copy_(gradient);
    gradient = place;
  }

  // Those that this rank has no gradient of are zero.
  void Complete(const GradientBucket& bucket) {
    for (const size_t i : bucket.members) {
      if (touched_[i] != 0) continue;
      const at::Tensor place = parts_.buckets->GradientOf(i);
      trained()[i].tensor.mutable_grad() = place.zero_();
    }
  }

  // Within the backward pass too: its range includes what these take there.
  void Send(size_t bucket) {
    const Range range(ranges_, RangeId::kSendGradients);
    Complete(buckets()[bucket]);
    if (bucket >= kInFlight && summed_ + kInFlight <= bucket) Sum(summed_++);
    at::Tensor& buffer = received_[bucket % kInFlight];
    const at::Tensor& gradients = buckets()[bucket].gradients;
    const int64_t others = ranks_.size() - 1;
    if (!buffer.defined()) {
      const int64_t most = parts_.buckets->most_bytes() / ranks_.size() * others;
      buffer = at::empty({most}, gradients.options().dtype(at::kByte));
    }
    const int64_t num_bytes = static_cast<int64_t>(gradients.nbytes()) / ranks_.size() * others;
    const at::Tensor received = buffer.narrow(0, 0, num_bytes).view(gradients.scalar_type());
    transfers_[bucket % kInFlight] = {received, ranks_.ScatterPieces(received, gradients)};
  }

  void Sum(size_t bucket) {
    const Range range(ranges_, RangeId::kSumGradients);
    UnderWay& under_way = transfers_[bucket % kInFlight];
    under_way.transfer->Wait();
    const at::Tensor& gradients = buckets()[bucket].gradients;
    const at::Tensor shard = parts_.buckets->Shard(gradients, ranks_.rank());
    std::vector<at::Tensor> terms = under_way.received.chunk(ranks_.size() - 1);
    terms.insert(terms.begin() + ranks_.rank(), shard);
    SumInRankOrder(std::move(terms), shard);
    under_way = {};
    // While the backward pass goes on.
    if (!sharded()) gathers_.push_back(ranks_.AllGather(gradients, shard));
  }

  // Of all gradients; and which parameters have one on any rank.
  ExactSum ExchangeSquares() {
    std::vector<at::Tensor> gradients;
    for (const BucketPiece& piece : own_) gradients.push_back(piece.gradient);
    ExactSum mine;
    AddSquares(gradients, mine);
    const ExactSum::Digits digits = mine.Carried();
    std::vector<int64_t> row(digits.begin(), digits.end());
    row.insert(row.end(), touched_.begin(), touched_.end());
    const at::Tensor rows =
        ranks_.GatherRows(at::tensor(row, at::kLong).view({1, -1})).sum(0).contiguous();
    const int64_t* sums = rows.const_data_ptr<int64_t>();
    ExactSum::Digits all;
    std::copy(sums, sums + all.size(), all.begin());
    for (size_t i = 0; i < touched_.size(); ++i) touched_[i] = sums[all.size() + i] > 0;
    ExactSum sum;
    sum.Add(all);
    return sum;
  }

  void WaitForGathers() {
    for (const auto& gather : gathers_) gather->Wait();
    gathers_.clear();
  }

  void ShowTouchedGradients() {
    for (const BucketPiece& piece : parts_.pieces) {
      piece.piece.tensor.mutable_grad() =
          touched_[piece.parameter] != 0 ? piece.gradient : at::Tensor();
    }
  }

  void Scale(double factor) {
    std::vector<at::Tensor> gradients;
    for (const BucketPiece& piece : parts_.pieces) gradients.push_back(piece.gradient);
    if (gradients.empty()) return;  // a rank may own padding only
    at::_foreach_mul_(gradients, factor);
  }

  std::vector<StateTensor> StateTensors() const {
    std::vector<StateTensor> tensors;
    std::vector<models::TensorSpec> specs = StateSpecs();
    for (const size_t i : state_order()) {
      const size_t num_kinds = optimizer().StateKinds(trained()[i].tensor.scalar_type()).size();
      for (size_t kind = 0; kind < num_kinds; ++kind) {
        tensors.push_back({std::move(specs[tensors.size()]), i, kind});
      }
    }
    return tensors;
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

  struct UnderWay {
    at::Tensor received;
    std::unique_ptr<Transfer> transfer;
  };

  const ParallelSpec parallel_;
  Parts parts_;
  Ranks& ranks_;
  RangeTable& ranges_;
  const std::vector<BucketPiece> own_;  // of this rank's shards
  std::vector<int64_t> touched_;        // by parameter: it has a gradient in this window
  std::vector<size_t> missing_;         // by bucket: gradients to come in the last backward pass
  bool in_last_backward_ = false;
  size_t next_ = 0;    // bucket to send
  size_t summed_ = 0;  // buckets that are
  at::Tensor received_[kInFlight];
  UnderWay transfers_[kInFlight];
  std::vector<std::unique_ptr<Transfer>> gathers_;
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
  return std::make_unique<DataParallelUpdate>(spec, parallel, std::move(parts), ranks, ranges);
}

}  // namespace bench::harness

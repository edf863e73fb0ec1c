#include "harness/training/gradient_exchange.h"

#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace bench::harness {
namespace {

class GradientHook : public torch::autograd::PostAccumulateGradHook {
 public:
  explicit GradientHook(std::function<void()> call) : call_(std::move(call)) {}
  void operator()(const at::Tensor&) override { call_(); }

 private:
  std::function<void()> call_;
};

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

}  // namespace

GradientExchange::GradientExchange(const GradientBuckets& buckets,
                                   const std::vector<ParameterPiece>& trained, Gather gather,
                                   Ranks& ranks, RangeTable& ranges)
    : buckets_(buckets),
      trained_(trained),
      gather_(gather),
      ranks_(ranks),
      ranges_(ranges),
      touched_(trained.size(), 0),
      missing_(buckets.buckets().size(), 0) {
  for (size_t i = 0; i < trained_.size(); ++i) {
    torch::autograd::impl::set_post_acc_grad_hooks(
        trained_[i].tensor, std::make_unique<GradientHook>([this, i] { OnGradient(i); }));
  }
}

GradientExchange::~GradientExchange() {
  for (const ParameterPiece& parameter : trained_) {
    torch::autograd::impl::set_post_acc_grad_hooks(parameter.tensor, nullptr);
  }
}

void GradientExchange::BeforeLastBackward() {
  next_ = 0;
  summed_ = 0;
  in_last_backward_ = true;
  for (size_t b = 0; b < missing_.size(); ++b) missing_[b] = buckets_.buckets()[b].members.size();
}

void GradientExchange::Finish() {
  in_last_backward_ = false;
  while (next_ < missing_.size()) Send(next_++);
  while (summed_ < next_) Sum(summed_++);
}

ExactSum GradientExchange::SumOverRanks(const ExactSum& mine) {
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

void GradientExchange::Wait() {
  for (const auto& gather : gathers_) gather->Wait();
  gathers_.clear();
}

// The next window's first gradients are copied into the buckets: nothing to set to zero.
void GradientExchange::Clear() {
  for (const ParameterPiece& parameter : trained_) parameter.tensor.mutable_grad().reset();
  touched_.assign(touched_.size(), 0);
}

int64_t GradientExchange::buffer_bytes() const {
  int64_t bytes = 0;
  for (const at::Tensor& buffer : buffers_) {
    if (buffer.defined()) bytes += static_cast<int64_t>(buffer.nbytes());
  }
  return bytes;
}

// Called by the backward pass, for each parameter once.
void GradientExchange::OnGradient(size_t parameter) {
  const at::NoGradGuard no_grad;
  touched_[parameter] = 1;
  MoveIntoBucket(parameter);
  if (!in_last_backward_) return;
  size_t& missing = missing_[buckets_.bucket_of(parameter)];
  TORCH_CHECK(missing > 0, "parameter ", trained_[parameter].name,
              " got a gradient after its bucket was sent");
  --missing;
  while (next_ < missing_.size() && missing_[next_] == 0) Send(next_++);
}

// The backward pass gives the first gradient of a window a tensor of its own.
void GradientExchange::MoveIntoBucket(size_t parameter) {
  at::Tensor& gradient = trained_[parameter].tensor.mutable_grad();
  const at::Tensor place = buckets_.GradientOf(parameter);
  if (gradient.is_alias_of(place)) return;
  place.copy_(gradient);
  gradient = place;
}

// Those that this rank has no gradient of are zero.
void GradientExchange::Complete(const GradientBucket& bucket) {
  for (const size_t i : bucket.members) {
    if (touched_[i] != 0) continue;
    trained_[i].tensor.mutable_grad() = buckets_.GradientOf(i).zero_();
  }
}

// For what the other ranks send of it.
at::Tensor GradientExchange::BufferFor(size_t bucket) {
  at::Tensor& buffer = buffers_[bucket % kInFlight];
  const at::Tensor& gradients = buckets_.buckets()[bucket].gradients;
  const int64_t others = ranks_.size() - 1;
  if (!buffer.defined()) {
    const int64_t most = buckets_.most_bytes() / ranks_.size() * others;
    buffer = at::empty({most}, gradients.options().dtype(at::kByte));
  }
  const int64_t num_bytes = static_cast<int64_t>(gradients.nbytes()) / ranks_.size() * others;
  return buffer.narrow(0, 0, num_bytes).view(gradients.scalar_type());
}

// Within the backward pass too: its range includes what these take there.
void GradientExchange::Send(size_t bucket) {
  const Range range(ranges_, RangeId::kSendGradients);
  const GradientBucket& sent = buckets_.buckets()[bucket];
  Complete(sent);
  if (bucket >= kInFlight && summed_ + kInFlight <= bucket) Sum(summed_++);
  const at::Tensor received = BufferFor(bucket);
  transfers_[bucket % kInFlight] = {received, ranks_.ScatterPieces(received, sent.gradients)};
}

void GradientExchange::Sum(size_t bucket) {
  const Range range(ranges_, RangeId::kSumGradients);
  UnderWay& under_way = transfers_[bucket % kInFlight];
  under_way.transfer->Wait();
  const at::Tensor& gradients = buckets_.buckets()[bucket].gradients;
  const at::Tensor shard = buckets_.Shard(gradients, ranks_.rank());
  std::vector<at::Tensor> terms = under_way.received.chunk(ranks_.size() - 1);
  terms.insert(terms.begin() + ranks_.rank(), shard);
  SumInRankOrder(std::move(terms), shard);
  under_way = {};
  // While the backward pass goes on.
  if (gather_ == Gather::kSums) gathers_.push_back(ranks_.AllGather(gradients, shard));
}

}  // namespace bench::harness

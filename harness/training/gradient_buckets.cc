#include "harness/training/gradient_buckets.h"

#include <algorithm>

#include "harness/training/gradient_norm.h"

namespace bench::harness {
namespace {

int64_t RoundUp(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace

GradientBuckets::GradientBuckets(const std::vector<ParameterPiece>& parameters, int64_t num_shards,
                                 int64_t bucket_bytes)
    : parameters_(parameters), num_shards_(num_shards), places_(parameters.size()) {
  std::vector<size_t> members;
  int64_t num_elements = 0;
  const auto close = [&] {
    if (!members.empty()) AddBucket(members, num_elements);
    members.clear();
    num_elements = 0;
  };
  for (size_t i = parameters_.size(); i-- > 0;) {
    const at::Tensor& tensor = parameters_[i].tensor;
    if (!members.empty()) {
      const at::Tensor& first = parameters_[members.front()].tensor;
      if (first.scalar_type() != tensor.scalar_type() || first.device() != tensor.device()) close();
    }
    members.push_back(i);
    places_[i].offset = num_elements;
    num_elements += RoundUp(tensor.numel(), kNormBlock);
    if (num_elements * static_cast<int64_t>(tensor.itemsize()) >= bucket_bytes) close();
  }
  close();
}

void GradientBuckets::AddBucket(const std::vector<size_t>& members, int64_t num_elements) {
  const at::NoGradGuard no_grad;
  GradientBucket bucket;
  bucket.members = members;
  bucket.shard_size = RoundUp(num_elements, kNormBlock * num_shards_) / num_shards_;
  const auto options = parameters_[members.front()].tensor.options().requires_grad(false);
  bucket.parameters = at::zeros({bucket.shard_size * num_shards_}, options);
  bucket.gradients = at::zeros({bucket.shard_size * num_shards_}, options);
  for (const size_t i : members) {
    places_[i].bucket = buckets_.size();
    MoveInto(bucket.parameters, i);
  }
  buckets_.push_back(std::move(bucket));
  for (const size_t i : members) parameters_[i].tensor.mutable_grad() = GradientOf(i);
}

at::Tensor GradientBuckets::InPlace(const at::Tensor& flat, size_t parameter) const {
  const at::Tensor& tensor = parameters_[parameter].tensor;
  return flat.narrow(0, places_[parameter].offset, tensor.numel()).view(tensor.sizes());
}

void GradientBuckets::MoveInto(const at::Tensor& flat, size_t parameter) const {
  const at::Tensor& tensor = parameters_[parameter].tensor;
  const at::Tensor home = InPlace(flat, parameter);
  home.copy_(tensor.detach());
  tensor.set_data(home);
}

at::Tensor GradientBuckets::GradientOf(size_t parameter) const {
  return InPlace(buckets_[bucket_of(parameter)].gradients, parameter);
}

at::Tensor GradientBuckets::Shard(const at::Tensor& flat, int64_t shard) const {
  const int64_t size = flat.numel() / num_shards_;
  return flat.narrow(0, shard * size, size);
}

std::vector<BucketPiece> GradientBuckets::Pieces(int64_t shard) const {
  std::vector<BucketPiece> pieces;
  for (const GradientBucket& bucket : buckets_) {
    const int64_t shard_begin = shard * bucket.shard_size;
    for (const size_t i : bucket.members) {
      const ParameterPiece& parameter = parameters_[i];
      const int64_t start = places_[i].offset;
      const int64_t begin = std::max(start, shard_begin);
      const int64_t end =
          std::min(start + parameter.tensor.numel(), shard_begin + bucket.shard_size);
      if (begin >= end) continue;
      pieces.push_back({i,
                        {parameter.name, parameter.full_shape, begin - start,
                         bucket.parameters.narrow(0, begin, end - begin)},
                        bucket.gradients.narrow(0, begin, end - begin)});
    }
  }
  return pieces;
}

int64_t GradientBuckets::most_bytes() const {
  int64_t most = 0;
  for (const GradientBucket& bucket : buckets_) {
    most = std::max(most, static_cast<int64_t>(bucket.gradients.nbytes()));
  }
  return most;
}

}  // namespace bench::harness

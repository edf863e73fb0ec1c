#include "harness/training/gradient_buckets.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "harness/training/gradient_norm.h"

namespace bench::harness {
namespace {

std::vector<ParameterPiece> Parameters() {
  at::manual_seed(1);
  std::vector<models::NamedTensor> named;
  for (const auto& shape : std::vector<std::vector<int64_t>>{{37, 19}, {19}, {200}, {64, 3}, {1}}) {
    named.push_back({absl::StrCat("p", named.size()), at::randn(shape).set_requires_grad(true)});
  }
  return WholePieces(named);
}

class OfEachShape : public ::testing::TestWithParam<std::tuple<int64_t, int64_t>> {
 protected:
  int64_t num_shards() const { return std::get<0>(GetParam()); }
  int64_t bucket_bytes() const { return std::get<1>(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Buckets, OfEachShape,
                         ::testing::Combine(::testing::Values(1, 2, 3, 8),
                                            ::testing::Values(1, 1000, 1 << 20)));

TEST_P(OfEachShape, KeepValuesAndShareStorage) {
  const auto parameters = Parameters();
  std::vector<at::Tensor> before;
  for (const ParameterPiece& p : parameters) before.push_back(p.tensor.detach().clone());
  const GradientBuckets buckets(parameters, num_shards(), bucket_bytes());
  for (size_t i = 0; i < parameters.size(); ++i) {
    EXPECT_TRUE(parameters[i].tensor.equal(before[i]));
    EXPECT_EQ(parameters[i].tensor.grad().sizes(), parameters[i].tensor.sizes());
    EXPECT_EQ(parameters[i].tensor.grad().abs().max().item<float>(), 0);
  }
  for (const GradientBucket& bucket : buckets.buckets()) {
    at::NoGradGuard no_grad;
    bucket.parameters.fill_(7);
  }
  for (const ParameterPiece& p : parameters) EXPECT_EQ(p.tensor.min().item<float>(), 7);
}

TEST_P(OfEachShape, PiecesOfAllShardsAreEveryElementOnceAndBeginAtBlocks) {
  const auto parameters = Parameters();
  const GradientBuckets buckets(parameters, num_shards(), bucket_bytes());
  at::NoGradGuard no_grad;
  for (const ParameterPiece& p : parameters) p.tensor.zero_();
  std::vector<int64_t> ends(parameters.size(), 0);
  for (int64_t shard = 0; shard < num_shards(); ++shard) {
    for (const BucketPiece& piece : buckets.Pieces(shard)) {
      EXPECT_EQ(piece.piece.begin, ends[piece.parameter]) << "in C order, without holes";
      EXPECT_EQ(piece.piece.begin % kNormBlock, 0);
      ends[piece.parameter] += piece.piece.tensor.numel();
      piece.piece.tensor.add_(1);
      piece.gradient.add_(2);
    }
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    EXPECT_EQ(ends[i], parameters[i].tensor.numel());
    EXPECT_TRUE((parameters[i].tensor == 1).all().item<bool>());
    EXPECT_TRUE((parameters[i].tensor.grad() == 2).all().item<bool>());
  }
}

TEST_P(OfEachShape, BucketsFillFromTheLastParameter) {
  const auto parameters = Parameters();
  const GradientBuckets buckets(parameters, num_shards(), bucket_bytes());
  std::vector<size_t> order;
  for (const GradientBucket& bucket : buckets.buckets()) {
    order.insert(order.end(), bucket.members.begin(), bucket.members.end());
    EXPECT_EQ(bucket.parameters.numel(), num_shards() * bucket.shard_size);
    EXPECT_EQ(bucket.shard_size % kNormBlock, 0);
    EXPECT_LE(static_cast<int64_t>(bucket.gradients.nbytes()), buckets.most_bytes());
  }
  EXPECT_EQ(order, (std::vector<size_t>{4, 3, 2, 1, 0}));
  if (bucket_bytes() == 1) {
    EXPECT_EQ(buckets.buckets().size(), parameters.size());
  }
  if (bucket_bytes() == (1 << 20)) {
    EXPECT_EQ(buckets.buckets().size(), 1u);
  }
}

TEST(GradientBuckets, DoNotMixTypes) {
  const auto parameters =
      WholePieces({{"a", at::ones({3}).set_requires_grad(true)},
                   {"b", at::ones({3}, at::kBFloat16).set_requires_grad(true)}});
  const GradientBuckets buckets(parameters, 2, 1 << 20);
  ASSERT_EQ(buckets.buckets().size(), 2u);
  EXPECT_EQ(buckets.buckets()[0].parameters.scalar_type(), at::kBFloat16);
  EXPECT_EQ(buckets.buckets()[1].parameters.scalar_type(), at::kFloat);
}

}  // namespace
}  // namespace bench::harness

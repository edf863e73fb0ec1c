#include "kernels/cached_attention.h"

#include "kernels/ragged_attention.h"
#include "tests/kernels/testing.h"

namespace bench::kernels {
namespace {

TEST(CachedAttention, MatchesReferenceInDouble) {
  const at::Tensor k = Random({300, 2, 10}, 2), v = Random({300, 2, 10}, 3);
  const at::Tensor q = Random({4, 6, 10}, 1);
  const std::vector<CacheRange> ranges = {{0, 1}, {1, 31}, {40, 33}, {43, 257}};
  const at::Tensor expected =
      CachedAttentionReference({q.to(at::kDouble), k.to(at::kDouble), v.to(at::kDouble)}, ranges);
  EXPECT_LE(RelativeError(CachedAttention({q, k, v}, ranges), expected), Tolerance(257, 4));
}

TEST(CachedAttention, EqualsTheLastRowOfFullAttention) {
  const int64_t n = 37;
  const at::Tensor q = Random({n, 4, 8}, 4), k = Random({n, 4, 8}, 5), v = Random({n, 4, 8}, 6);
  const at::Tensor full = RaggedAttention({q, k, v}, {0, n});
  const at::Tensor last = CachedAttention({q.narrow(0, n - 1, 1), k, v}, {{0, n}});
  EXPECT_LE(RelativeError(last[0], full[n - 1]), Tolerance(n, 4));
}

TEST(CachedAttention, RowsOutsideTheRangeAreNotRead) {
  at::Tensor k = Random({9, 1, 4}, 7), v = Random({9, 1, 4}, 8);
  const at::Tensor q = Random({1, 2, 4}, 9);
  const at::Tensor before = CachedAttention({q, k, v}, {{2, 5}});
  for (const int64_t row : {0, 1, 7, 8}) {
    k[row].fill_(NAN);
    v[row].fill_(NAN);
  }
  EXPECT_TRUE(at::equal(before, CachedAttention({q, k, v}, {{2, 5}})));
}

TEST(CachedAttention, RejectsRangesOutsideTheCache) {
  const at::Tensor q = at::zeros({1, 2, 4}), kv = at::zeros({5, 2, 4});
  EXPECT_THROW(CachedAttention({q, kv, kv}, {{0, 0}}), c10::Error);
  EXPECT_THROW(CachedAttention({q, kv, kv}, {{3, 3}}), c10::Error);
  EXPECT_THROW(CachedAttention({q, kv, kv}, {{0, 1}, {1, 1}}), c10::Error);
  EXPECT_THROW(CachedAttention({at::zeros({1, 3, 4}), kv, kv}, {{0, 1}}), c10::Error);
}

}  // namespace
}  // namespace bench::kernels

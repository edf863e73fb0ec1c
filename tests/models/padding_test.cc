#include "models/padding.h"

#include <gtest/gtest.h>

namespace bench::models {
namespace {

TEST(WithoutPadding, LeavesTheTokensOfTheMaskInTheirOrder) {
  const at::Tensor tokens_BT = at::tensor({0, 0, 5, 6, 7, 0, 0, 9}, at::kLong).view({2, 4});
  const at::Tensor mask_BT =
      at::tensor({0, 1, 1, 1, 1, 0, 0, 1}, at::kLong).to(at::kBool).view({2, 4});
  const RaggedBatch batch = WithoutPadding(tokens_BT, mask_BT, at::kCPU);
  EXPECT_TRUE(at::equal(batch.tokens_N, at::tensor({0, 5, 6, 7, 9}, at::kLong)));
  EXPECT_TRUE(at::equal(batch.positions_N, at::tensor({0, 1, 2, 0, 1}, at::kLong)));
  EXPECT_EQ(batch.offsets, (std::vector<int64_t>{0, 3, 5}));
}

TEST(WithoutPadding, RejectsRowsOfPaddingOnlyAndOtherShapes) {
  const at::Tensor tokens_BT = at::zeros({2, 3}, at::kLong);
  const at::Tensor mask_BT = at::ones({2, 3}, at::kBool);
  EXPECT_EQ(WithoutPadding(tokens_BT, mask_BT, at::kCPU).num_sequences(), 2);
  EXPECT_THROW(WithoutPadding(tokens_BT, mask_BT.slice(1, 1), at::kCPU), c10::Error);
  EXPECT_THROW(WithoutPadding(tokens_BT, mask_BT.to(at::kLong), at::kCPU), c10::Error);
  mask_BT[1].fill_(false);
  EXPECT_THROW(WithoutPadding(tokens_BT, mask_BT, at::kCPU), c10::Error);
}

}  // namespace
}  // namespace bench::models

#include "models/ragged_batch.h"

#include <gtest/gtest.h>

namespace bench::models {
namespace {

TEST(RaggedBatch, ConcatenatesAndRestartsPositions) {
  const RaggedBatch batch = MakeRaggedBatch({{5, 6, 7}, {8}, {9, 10}}, at::kCPU);
  EXPECT_TRUE(at::equal(batch.tokens_N, at::tensor({5, 6, 7, 8, 9, 10}, at::kLong)));
  EXPECT_TRUE(at::equal(batch.positions_N, at::tensor({0, 1, 2, 0, 0, 1}, at::kLong)));
  EXPECT_EQ(batch.offsets, (std::vector<int64_t>{0, 3, 4, 6}));
  EXPECT_EQ(batch.num_sequences(), 3);
}

TEST(RaggedBatch, RejectsEmptySequences) {
  EXPECT_THROW(MakeRaggedBatch({{1}, {}}, at::kCPU), c10::Error);
}

}  // namespace
}  // namespace bench::models

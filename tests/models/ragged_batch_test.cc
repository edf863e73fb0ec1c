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

TEST(RaggedBatch, VectorsStandAtTheBeginningsOfTheirSequences) {
  RaggedBatch batch = MakeRaggedBatch({{5, 6, 7}, {8}, {9, 10}}, at::kCPU);
  PutVectors({at::ones({3, 4}), {2, 0, 1}}, batch);
  EXPECT_TRUE(at::equal(batch.vector_rows_K, at::tensor({0, 1, 4}, at::kLong)));
  EXPECT_EQ(batch.vectors_KP.size(1), 4);
  RaggedBatch none = MakeRaggedBatch({{5}}, at::kCPU);
  PutVectors({}, none);
  EXPECT_FALSE(none.vectors_KP.defined());
  PutVectors({at::ones({0, 4}), {0}}, none);
  EXPECT_FALSE(none.vectors_KP.defined());
}

}  // namespace
}  // namespace bench::models

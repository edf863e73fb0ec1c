#include "harness/stages/clm/row_batch.h"

#include <gmock/gmock.h>

#include "tests/harness/stages/clm/tiny_rows.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

std::vector<int64_t> ValuesOf(const at::Tensor& tensor) {
  const at::Tensor values = tensor.contiguous();
  return {values.const_data_ptr<int64_t>(), values.const_data_ptr<int64_t>() + values.numel()};
}

TEST(RowBatch, TargetSpansAreTheRunsThatAreNotGiven) {
  using M = TokenMark;
  EXPECT_EQ(TargetSpans({M::kGiven, M::kTarget, M::kAnswer, M::kGiven, M::kTarget}),
            (std::vector<TokenSpan>{{1, 3}, {4, 5}}));
  EXPECT_TRUE(TargetSpans({M::kGiven, M::kGiven}).empty());
}

// The rows 4 5 [6 7] and 8 [9] 4 [5], targets in brackets: inputs 4 5 6 and 8 9 4; 6 is predicted
// behind the second input, 7 behind the third, 9 behind the fourth, 5 behind the sixth.
TEST(RowBatch, EachTargetIsPredictedByTheTokenBeforeIt) {
  DatasetRow gap = TinyRow({8}, {9, 4, 5}, {}, 0);
  gap.marks[2] = TokenMark::kGiven;
  const std::vector<DatasetRow> rows = {TinyRow({4, 5}, {6}, {7}, 0), gap};
  const CausalBatch batch = MakeRowBatch(rows, at::kCPU);
  EXPECT_EQ(ValuesOf(batch.inputs.tokens_N), (std::vector<int64_t>{4, 5, 6, 8, 9, 4}));
  EXPECT_EQ(ValuesOf(batch.target_rows_M), (std::vector<int64_t>{1, 2, 3, 5}));
  EXPECT_EQ(ValuesOf(batch.targets_M), (std::vector<int64_t>{6, 7, 9, 5}));
}

TEST(RowBatch, RowsOfABatchDoNotSeeEachOther) {
  const TinyRows tiny;
  const DatasetRow row = TinyRow({4, 5}, {6, 7}, {8, 2}, 0);
  const std::vector<DatasetRow> alone = {row};
  const std::vector<DatasetRow> behind = {TinyRow({9, 9, 9}, {}, {9}, 0), row};
  const at::Tensor first =
      TargetStates(tiny.decoder(), MakeRowBatch(alone, at::kCPU), models::Activations::kKept);
  const at::Tensor second =
      TargetStates(tiny.decoder(), MakeRowBatch(behind, at::kCPU), models::Activations::kKept);
  // Sums of 8 products in another blocking: some units in the last place.
  EXPECT_TRUE(at::allclose(first, second.slice(0, 1), 1e-5, 1e-6));
}

TEST(RowBatch, LongerRowsThanTheLimitAreRefused) {
  const TinyRows tiny;
  EXPECT_TRUE(CheckRows(tiny.dataset(), 6).ok());
  EXPECT_THAT(std::string(CheckRows(tiny.dataset(), 5).message()),
              HasSubstr("row 0 of part \"train\": has 6 tokens, more than training.max_tokens 5"));
}

TEST(RowBatch, RowsThatCannotBeTrainedOnAreRefused) {
  const auto check = [](const DatasetRow& row) {
    const TempFolder folder;
    RowDatasetWriter writer(folder.path(), {10, "digest", {"all"}});
    for (const char* part : {"train", "validation"}) EXPECT_TRUE(writer.Add(part, row).ok());
    EXPECT_TRUE(writer.Finish().ok());
    return std::string(CheckRows(*RowDataset::Open(folder.path()), 8).message());
  };
  EXPECT_THAT(check(TinyRow({4, 5}, {}, {}, 0)), HasSubstr("has no target"));
  EXPECT_THAT(check(TinyRow({4}, {11}, {}, 0)), HasSubstr("token 11 outside the vocabulary of 10"));
}

}  // namespace
}  // namespace bench::harness

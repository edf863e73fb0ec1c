#include "harness/stages/token_data.h"

#include <gtest/gtest.h>

#include "tests/harness/run_fixture.h"

namespace bench::harness {
namespace {

TEST(TokenData, IsCountedByPartAndLanguage) {
  const TempFolder folder;
  TokenDatasetWriter writer(folder.path(), {100, "digest", {"en", "zh"}, /*max_shard_tokens=*/4});
  ASSERT_TRUE(writer.Add("train", std::vector<int64_t>{1, 2, 3}, 10, 0).ok());
  ASSERT_TRUE(writer.Add("train", std::vector<int64_t>{4, 5}, 7, 0).ok());  // a second shard
  ASSERT_TRUE(writer.Add("train", std::vector<int64_t>{6}, 3, 1).ok());
  ASSERT_TRUE(writer.Add("validation", std::vector<int64_t>{7}, 4, 1).ok());
  ASSERT_TRUE(writer.Finish().ok());
  const auto dataset = TokenDataset::Open(folder.path());
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(NumTokens(*dataset, "train"), 6);
  EXPECT_EQ(NumTokens(*dataset, "validation"), 1);

  RunFixture fixture;
  RunContext context = fixture.Start("run");
  ASSERT_TRUE(RecordTokenData(*dataset, context.writer).ok());
  using results::Cell;
  EXPECT_EQ(
      fixture.Record("run").tables.at("data").rows,
      (std::vector<std::vector<Cell>>{{"en", "train", int64_t{2}, int64_t{5}, int64_t{17}},
                                      {"zh", "train", int64_t{1}, int64_t{1}, int64_t{3}},
                                      {"en", "validation", int64_t{0}, int64_t{0}, int64_t{0}},
                                      {"zh", "validation", int64_t{1}, int64_t{1}, int64_t{4}}}));
}

}  // namespace
}  // namespace bench::harness

#include "harness/data/row_alternatives.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;
using Tokens = std::vector<int64_t>;

constexpr int64_t kEnd = 2;

// A row of this group and key that answers so.
DatasetRow Answer(uint64_t key, int64_t group, const Tokens& answer) {
  DatasetRow row;
  row.key = key;
  row.group = group;
  row.tokens = {1};
  row.tokens.insert(row.tokens.end(), answer.begin(), answer.end());
  row.marks.assign(row.tokens.size(), TokenMark::kAnswer);
  row.marks.front() = TokenMark::kGiven;
  return row;
}

RowDatasetOptions Options() { return {20, "digest", {"be", "uk", "de"}}; }

class RowAlternativesTest : public ::testing::Test {
 protected:
  TempFolder folder_;
};

TEST_F(RowAlternativesTest, ADataSetWithoutThemHasNone) {
  const auto none = RowAlternatives::Open(folder_.path(), Options().groups);
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_TRUE(none->empty());
  EXPECT_FALSE(none->IsOfAnotherGroup(Answer(7, 0, {10, kEnd}), Tokens{10, kEnd}));
}

TEST_F(RowAlternativesTest, TellAnAnswerOfAnotherGroupFromTheRowsOwn) {
  // Key 7 is 10 in "be", 11 12 in "uk", 10 in "de"; key 8 is 13 in "uk".
  ASSERT_TRUE(WriteAlternatives(folder_.path(), Options(),
                                {Answer(7, 0, {10, kEnd}), Answer(7, 1, {11, 12, kEnd}),
                                 Answer(7, 2, {10, kEnd}), Answer(8, 1, {13, kEnd})})
                  .ok());
  const auto read = RowAlternatives::Open(folder_.path(), Options().groups);
  ASSERT_TRUE(read.ok()) << read.status();
  const RowAlternatives& alternatives = *read;
  EXPECT_FALSE(alternatives.empty());
  const DatasetRow of_be = Answer(7, 0, {10, kEnd});
  EXPECT_TRUE(alternatives.IsOfAnotherGroup(of_be, Tokens{11, 12, kEnd}));
  EXPECT_FALSE(alternatives.IsOfAnotherGroup(of_be, Tokens{11, 12}));    // it has no end
  EXPECT_FALSE(alternatives.IsOfAnotherGroup(of_be, Tokens{11, kEnd}));  // of no language
  EXPECT_FALSE(alternatives.IsOfAnotherGroup(of_be, Tokens{10, kEnd}));  // right, in "de" too
  EXPECT_FALSE(alternatives.IsOfAnotherGroup(of_be, Tokens{13, kEnd}));  // of another key
  EXPECT_TRUE(alternatives.IsOfAnotherGroup(Answer(7, 1, {11, 12, kEnd}), Tokens{10, kEnd}));
  EXPECT_TRUE(alternatives.IsOfAnotherGroup(Answer(8, 0, {14, kEnd}), Tokens{13, kEnd}));
}

TEST_F(RowAlternativesTest, OtherGroupsThanTheDataSetsAreRefused) {
  ASSERT_TRUE(WriteAlternatives(folder_.path(), Options(), {Answer(7, 0, {10, kEnd})}).ok());
  const auto read = RowAlternatives::Open(folder_.path(), {"be", "uk"});
  EXPECT_EQ(ExitCodeFor(read.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(read.status().message()), HasSubstr("alternatives: other groups"));
}

}  // namespace
}  // namespace bench::harness

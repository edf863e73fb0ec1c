#include "harness/data/row_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kGiven = TokenMark::kGiven;
constexpr auto kTarget = TokenMark::kTarget;
constexpr auto kAnswer = TokenMark::kAnswer;

DatasetRow Row(int64_t first, int64_t length, int64_t group) {
  DatasetRow row;
  for (int64_t i = 0; i < length; ++i) {
    row.tokens.push_back(first + i);
    row.marks.push_back(i == 0 ? kGiven : i + 1 == length ? kAnswer : kTarget);
    row.reference_nll.push_back(static_cast<float>(i) / 4);
  }
  row.group = group;
  row.key = (uint64_t{1} << 63) + static_cast<uint64_t>(first);
  return row;
}

void Write(const std::string& folder, bool with_references, int64_t max_shard_tokens = 1000) {
  RowDatasetWriter writer(folder,
                          {100, "digest", {"short", "long"}, with_references, max_shard_tokens});
  const std::pair<const char*, DatasetRow> rows[] = {{"train", Row(4, 3, 0)},
                                                     {"validation", Row(20, 2, 0)},
                                                     {"train", Row(40, 6, 1)},
                                                     {"train", Row(60, 2, 0)}};
  for (const auto& [part, row] : rows) {
    DatasetRow stored = row;
    if (!with_references) stored.reference_nll.clear();
    ASSERT_TRUE(writer.Add(part, stored).ok());
  }
  ASSERT_TRUE(writer.Finish().ok());
}

std::string OpeningFails(const std::string& folder) {
  return std::string(RowDataset::Open(folder).status().message());
}

// Puts `byte` at `offset` of a file.
void Damage(const std::string& path, std::streamoff offset, char byte) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(offset);
  file.put(byte);
}

TEST(RowDataset, GivesBackTheRowsInTheirOrder) {
  const TempFolder folder;
  Write(folder.path(), true);
  const auto dataset = RowDataset::Open(folder.path());
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(dataset->num_rows("train"), 3);
  EXPECT_EQ(dataset->num_rows("validation"), 1);
  EXPECT_THAT(dataset->groups(), ElementsAre("short", "long"));
  EXPECT_TRUE(dataset->has_references());
  EXPECT_EQ(dataset->tokens().vocab_size(), 100);
  const DatasetRow row = dataset->row("train", 1);
  EXPECT_THAT(row.tokens, ElementsAre(40, 41, 42, 43, 44, 45));
  EXPECT_THAT(row.marks, ElementsAre(kGiven, kTarget, kTarget, kTarget, kTarget, kAnswer));
  EXPECT_THAT(row.reference_nll, ElementsAre(0, 0.25, 0.5, 0.75, 1, 1.25));
  EXPECT_EQ(row.group, 1);
  EXPECT_EQ(row.key, (uint64_t{1} << 63) + 40);
  EXPECT_THAT(dataset->row("train", 2).tokens, ElementsAre(60, 61));
  EXPECT_THAT(dataset->row("validation", 0).marks, ElementsAre(kGiven, kAnswer));
}

TEST(RowDataset, ShardsOfTokensChangeNothing) {
  const TempFolder one;
  const TempFolder several;
  Write(one.path(), true);
  Write(several.path(), true, /*max_shard_tokens=*/3);
  const auto expected = RowDataset::Open(one.path());
  const auto dataset = RowDataset::Open(several.path());
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(dataset->tokens().part("train").size(), 3U);
  for (int64_t i = 0; i < 3; ++i) {
    const DatasetRow row = dataset->row("train", i);
    const DatasetRow same = expected->row("train", i);
    EXPECT_EQ(row.tokens, same.tokens);
    EXPECT_EQ(row.marks, same.marks);
    EXPECT_EQ(row.key, same.key);
    EXPECT_EQ(row.reference_nll, same.reference_nll);
  }
}

TEST(RowDataset, ReferencesAreAbsentWhereThereAreNone) {
  const TempFolder folder;
  Write(folder.path(), false);
  const auto dataset = RowDataset::Open(folder.path());
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_FALSE(dataset->has_references());
  EXPECT_TRUE(dataset->row("train", 0).reference_nll.empty());
  EXPECT_FALSE(std::filesystem::exists(folder / "train.references"));
}

// Different held-out keys that training has too: 5 and 7, whichever rows have them.
TEST(RowDataset, CountsTheHeldOutKeysThatTrainingHas) {
  const TempFolder folder;
  RowDatasetWriter writer(folder.path(), {100, "digest", {"all"}});
  const std::pair<const char*, uint64_t> keys[] = {
      {"train", 7},      {"train", 5},      {"train", 6},      {"train", 5},
      {"validation", 5}, {"validation", 5}, {"validation", 7}, {"validation", 8}};
  int64_t first = 4;
  for (const auto& [part, key] : keys) {
    // No two rows have the same tokens.
    DatasetRow row = Row(first++, 2, 0);
    row.reference_nll.clear();
    row.key = key;
    ASSERT_TRUE(writer.Add(part, row).ok());
  }
  ASSERT_TRUE(writer.Finish().ok());
  EXPECT_EQ(RowDataset::Open(folder.path())->NumHeldOutKeysInTraining(), 2);
}

TEST(RowDataset, CountsNothingWhereRowsHaveNoKeys) {
  const TempFolder folder;
  RowDatasetWriter writer(folder.path(), {100, "digest", {"all"}});
  for (const char* part : {"train", "validation"}) {
    DatasetRow row = Row(4, 2, 0);
    row.reference_nll.clear();
    row.key = 0;
    ASSERT_TRUE(writer.Add(part, row).ok());
  }
  ASSERT_TRUE(writer.Finish().ok());
  EXPECT_EQ(RowDataset::Open(folder.path())->NumHeldOutKeysInTraining(), std::nullopt);
  const TempFolder other;
  Write(other.path(), true);
  EXPECT_EQ(RowDataset::Open(other.path())->NumHeldOutKeysInTraining(), 0);
}

TEST(RowDataset, RefusesRowsWhoseColumnsDiffer) {
  const TempFolder folder;
  RowDatasetWriter writer(folder.path(), {100, "digest", {"all"}, true});
  DatasetRow row = Row(4, 3, 0);
  row.marks.pop_back();
  EXPECT_THAT(std::string(writer.Add("train", row).message()), HasSubstr("has 2 marks"));
  row = Row(4, 3, 0);
  row.reference_nll.clear();
  EXPECT_THAT(std::string(writer.Add("train", row).message()), HasSubstr("0 references"));
  row = Row(4, 3, 0);
  row.marks[0] = kTarget;
  EXPECT_THAT(std::string(writer.Add("train", row).message()), HasSubstr("begins with a target"));
}

TEST(RowDataset, NamesTheFileThatIsDamaged) {
  const TempFolder folder;
  Write(folder.path(), true);
  const std::string marks = folder / "train.marks";
  Damage(marks, 4, 3);
  EXPECT_THAT(OpeningFails(folder.path()), HasSubstr("train.marks: byte 4 is no mark"));
  Damage(marks, 4, 1);
  Damage(marks, 3, 1);  // the first token of the second row
  EXPECT_THAT(OpeningFails(folder.path()), HasSubstr("train.marks: row 1 begins with a target"));
  Damage(marks, 3, 0);
  EXPECT_TRUE(RowDataset::Open(folder.path()).ok());
  std::filesystem::resize_file(folder / "train.keys", 23);
  EXPECT_THAT(OpeningFails(folder.path()), HasSubstr("train.keys: 23 bytes instead of 3 x 8"));
  std::filesystem::remove(folder / "train.keys");
  EXPECT_THAT(OpeningFails(folder.path()), HasSubstr("train.keys: missing"));
}

TEST(RowDataset, RefusesAManifestOfSomethingElse) {
  const TempFolder folder;
  Write(folder.path(), true);
  std::ofstream(folder / "rows.json") << R"({"format": "bench-row-dataset", "format_version": 3})";
  EXPECT_THAT(OpeningFails(folder.path()),
              HasSubstr("rows.json: not a data set of rows of format version 1 or 2"));
  std::ofstream(folder / "rows.json")
      << R"({"format": "bench-row-dataset", "format_version": 1, "references": 1})";
  EXPECT_THAT(OpeningFails(folder.path()), HasSubstr("\"references\" is no boolean"));
}

}  // namespace
}  // namespace bench::harness

#include "harness/data/row_vectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "harness/data/row_dataset.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr VectorForm kForm = {3, 16};

// `count` vectors of values from `first` on.
RowVectors Vectors(int64_t count, uint8_t first) {
  RowVectors vectors{kForm, {}};
  for (int64_t i = 0; i < count * kForm.size; ++i) vectors.values.push_back(first++);
  return vectors;
}

void Write(const std::string& folder) {
  auto writer = VectorColumnsWriter::Create(folder, "train", kForm);
  ASSERT_TRUE(writer.ok()) << writer.status();
  ASSERT_TRUE(writer->Add(Vectors(2, 10), 4).ok());
  ASSERT_TRUE(writer->Add(Vectors(0, 0), 1).ok());
  ASSERT_TRUE(writer->Add(Vectors(1, 200), 2).ok());
  ASSERT_TRUE(writer->Close().ok());
}

const std::vector<int64_t>& NumTokens() {
  static const std::vector<int64_t> num_tokens = {4, 1, 2};
  return num_tokens;
}

std::string Refusal(const std::string& folder,
                    const std::vector<int64_t>& num_tokens = NumTokens()) {
  return std::string(VectorColumns::Open(folder, "train", kForm, num_tokens).status().message());
}

TEST(RowVectors, ComeBackRowByRow) {
  const TempFolder folder;
  Write(folder.path());
  const auto columns = VectorColumns::Open(folder.path(), "train", kForm, NumTokens());
  ASSERT_TRUE(columns.ok()) << columns.status();
  EXPECT_THAT(columns->Of(0).values, ElementsAre(10, 11, 12, 13, 14, 15));
  EXPECT_EQ(columns->Of(0).count(), 2);
  EXPECT_EQ(columns->Of(0).form, kForm);
  EXPECT_TRUE(columns->Of(1).values.empty());
  EXPECT_EQ(columns->CountOf(1), 0);
  EXPECT_THAT(columns->Of(2).values, ElementsAre(200, 201, 202));
}

// Ends of vectors, 8 bytes a row, and the values as they are.
TEST(RowVectors, TheFilesAreTheBytesOfTheFormat) {
  const TempFolder folder;
  Write(folder.path());
  EXPECT_EQ(std::filesystem::file_size(folder / "train.vectors"), 9U);
  const std::string ends = *ReadFile(folder / "train.vector_ends");
  const std::string expected("\2\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0", 24);
  EXPECT_EQ(ends, expected);
}

TEST(RowVectors, RowsThatDoNotFitAreNotWritten) {
  const TempFolder folder;
  auto writer = VectorColumnsWriter::Create(folder.path(), "train", kForm);
  ASSERT_TRUE(writer.ok());
  EXPECT_THAT(std::string(writer->Add(Vectors(2, 0), 2).message()),
              HasSubstr("a row of 2 tokens begins with 2 vectors"));
  RowVectors broken = Vectors(2, 0);
  broken.values.pop_back();
  EXPECT_THAT(std::string(writer->Add(broken, 4).message()), HasSubstr("5 values"));
  EXPECT_FALSE(writer->Add({{3, 255}, {1, 2, 3}}, 4).ok());
}

TEST(RowVectors, DamagedFilesAreNamed) {
  const TempFolder folder;
  Write(folder.path());
  EXPECT_THAT(Refusal(folder.path(), {4, 1}), HasSubstr("train.vector_ends: 24 bytes instead of"));
  EXPECT_THAT(Refusal(folder.path(), {2, 1, 2}),
              HasSubstr("train.vector_ends: row 0 of 2 tokens has vectors 0 to 2"));
  const auto set_end = [&](size_t row, int64_t end) {
    std::string bytes = *ReadFile(folder / "train.vector_ends");
    std::memcpy(bytes.data() + row * sizeof(end), &end, sizeof(end));
    std::ofstream(folder / "train.vector_ends", std::ios::binary) << bytes;
  };
  set_end(1, 1);
  EXPECT_THAT(Refusal(folder.path()), HasSubstr("row 1 of 1 tokens has vectors 2 to 1"));
  set_end(1, -5);
  EXPECT_THAT(Refusal(folder.path()), HasSubstr("row 1 of 1 tokens has vectors 2 to -5"));
  set_end(1, 2);
  EXPECT_EQ(Refusal(folder.path()), "");
  std::filesystem::resize_file(folder / "train.vectors", 8);
  EXPECT_THAT(Refusal(folder.path()), HasSubstr("train.vectors: 8 bytes instead of 3 x 3"));
  std::filesystem::remove(folder / "train.vectors");
  EXPECT_THAT(Refusal(folder.path()), HasSubstr("train.vectors: missing"));
}

// Through the data set that they belong to.
DatasetRow Row(int64_t num_vectors, const std::vector<int64_t>& answer) {
  DatasetRow row;
  row.vectors = Vectors(num_vectors, 50);
  row.tokens.assign(static_cast<size_t>(num_vectors), 3);
  row.tokens.push_back(1);
  row.marks.assign(row.tokens.size(), TokenMark::kGiven);
  row.tokens.insert(row.tokens.end(), answer.begin(), answer.end());
  row.marks.resize(row.tokens.size(), TokenMark::kAnswer);
  return row;
}

RowDatasetOptions Options() {
  RowDatasetOptions options{100, "digest", {"all"}};
  options.vectors = kForm;
  options.max_shard_tokens = 6;
  return options;
}

TEST(RowDatasetWithVectors, GivesThemBackWithTheRowsOfEveryShard) {
  const TempFolder folder;
  RowDatasetWriter writer(folder.path(), Options());
  for (const int64_t num_vectors : {2, 1, 3}) {
    for (const char* part : {"train", "validation"}) {
      ASSERT_TRUE(writer.Add(part, Row(num_vectors, {7, 2})).ok());
    }
  }
  ASSERT_TRUE(writer.Finish().ok());
  const auto dataset = RowDataset::Open(folder.path());
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(dataset->vectors(), kForm);
  EXPECT_GT(dataset->tokens().part("train").size(), 1U);
  EXPECT_EQ(dataset->row("train", 0).vectors.count(), 2);
  EXPECT_THAT(dataset->row("train", 1).vectors.values, ElementsAre(50, 51, 52));
  EXPECT_EQ(dataset->row("validation", 2).vectors.count(), 3);
  EXPECT_THAT(dataset->row("validation", 2).tokens, ElementsAre(3, 3, 3, 1, 7, 2));
}

// Earlier readers take version 1 alone, and rows without vectors are still written as it.
TEST(RowDatasetWithVectors, HasAFormatVersionOfItsOwn) {
  const auto manifest = [](const RowDatasetOptions& options, const DatasetRow& row) {
    const TempFolder folder;
    RowDatasetWriter writer(folder.path(), options);
    EXPECT_TRUE(writer.Add("train", row).ok());
    EXPECT_TRUE(writer.Finish().ok());
    return *ReadFile(folder / "rows.json");
  };
  EXPECT_THAT(manifest(Options(), Row(1, {2})), HasSubstr("\"format_version\": 2"));
  DatasetRow plain = Row(1, {2});
  plain.vectors = {};
  EXPECT_EQ(manifest({100, "digest", {"all"}}, plain),
            "{\n \"format\": \"bench-row-dataset\",\n \"format_version\": 1,\n"
            " \"references\": false\n}\n");
}

TEST(RowDatasetWithVectors, RefusesWhatDoesNotBelongTogether) {
  const TempFolder folder;
  RowDatasetWriter writer(folder.path(), Options());
  DatasetRow row = Row(2, {7});
  row.marks[1] = TokenMark::kTarget;
  EXPECT_THAT(std::string(writer.Add("train", row).message()),
              HasSubstr("has a target among its 2 vectors"));
  row = Row(2, {7});
  row.vectors = {};
  EXPECT_THAT(std::string(writer.Add("train", row).message()),
              HasSubstr("vectors of 0 values, the data set of 3"));
  ASSERT_TRUE(writer.Add("train", Row(2, {7})).ok());
  ASSERT_TRUE(writer.Finish().ok());
  std::fstream marks(folder / "train.marks", std::ios::in | std::ios::out | std::ios::binary);
  marks.seekp(1);
  marks.put(1);
  marks.close();
  EXPECT_THAT(std::string(RowDataset::Open(folder.path()).status().message()),
              HasSubstr("train.marks: row 0 begins with a target"));
  std::ofstream(folder / "rows.json")
      << R"({"format": "bench-row-dataset", "format_version": 2, "references": false})";
  EXPECT_THAT(std::string(RowDataset::Open(folder.path()).status().message()),
              HasSubstr("rows.json: no key \"vectors\""));
  std::ofstream(folder / "rows.json")
      << R"({"format": "bench-row-dataset", "format_version": 2, "references": false,)"
      << R"( "vectors": {"size": 0, "white": 1}})";
  EXPECT_THAT(std::string(RowDataset::Open(folder.path()).status().message()),
              HasSubstr("vectors of 0 values up to 1 are none"));
}

}  // namespace
}  // namespace bench::harness

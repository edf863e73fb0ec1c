#include "harness/data/delimited_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "harness/data/record_reader.h"
#include "tests/harness/data/table_files.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr FieldRule kRules[] = {{"a", FieldPresence::kRequiredNotEmpty},
                                {"b", FieldPresence::kOptional}};

class DelimitedRows : public ::testing::Test {
 protected:
  absl::StatusOr<RecordReport> Read(std::string_view bytes,
                                    OnInvalid on_invalid = OnInvalid::kError) {
    EXPECT_TRUE(PublishFile(path_, bytes).ok());
    RecordOptions options;
    options.on_invalid = on_invalid;
    options.format = format;
    options.max_record_bytes = 1 << 10;
    seen.clear();
    places.clear();
    return VisitRecords(path_, kRules, options, [this](StringRecord record) {
      seen.push_back(record.fields);
      places.push_back(record.where);
      return absl::OkStatus();
    });
  }
  std::string Refusal(std::string_view bytes) {
    const absl::Status status = Read(bytes).status();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << status;
    return std::string(status.message());
  }

  DataFormat format = DataFormat::kCsv;
  std::vector<std::vector<std::string>> seen;
  std::vector<std::string> places;

 private:
  TempFolder folder_;
  const std::string path_ = folder_ / "rows";
};

// Written by pandas and by Python's csv module, in their default dialects and with all quoted.
TEST(DelimitedFiles, OfOtherProgramsAreReadAsTheyReadThem) {
  const auto expected = ReadExamples(TableFile("rows.jsonl"));
  ASSERT_TRUE(expected.ok()) << expected.status();
  ASSERT_EQ(expected->size(), 5u);
  for (const char* name :
       {"pandas.csv", "pandas.tsv", "pandas_index.csv", "spreadsheet.csv", "quoted.csv"}) {
    const auto read = ReadExamples(TableFile(name));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, *expected) << name;
  }
}

TEST_F(DelimitedRows, FieldsAreFoundByTheHeaderAndPlacesAreLines) {
  ASSERT_TRUE(Read("b,x,a\n\"two\nlines\",,1\r\n\n2,3,4").ok());
  EXPECT_THAT(seen, ElementsAre(ElementsAre("1", "two\nlines"), ElementsAre("4", "2")));
  EXPECT_THAT(places, ElementsAre(EndsWith("rows:2: "), EndsWith("rows:5: ")));
}

TEST_F(DelimitedRows, OfOneColumnABlankLineIsAnEmptyCell) {
  EXPECT_THAT(Refusal("a\n1\n\n"), EndsWith("rows:3: field \"a\" is empty"));
}

TEST_F(DelimitedRows, TabsSeparateTsvAndCommasAreText) {
  format = DataFormat::kTsv;
  ASSERT_TRUE(Read("a\tb\n1,5\t\"x\ty\"\n").ok());
  EXPECT_THAT(seen, ElementsAre(ElementsAre("1,5", "x\ty")));
}

// A lone CR and a quote within a cell that is not quoted are text, as Python's reader takes them.
TEST_F(DelimitedRows, WhatDoesNotBeginACellIsText) {
  ASSERT_TRUE(Read("a,b\n5\" wide,x\ry\n").ok());
  EXPECT_THAT(seen, ElementsAre(ElementsAre("5\" wide", "x\ry")));
}

TEST_F(DelimitedRows, RefusesWhatIsNoTable) {
  EXPECT_THAT(Refusal(""), EndsWith("rows:1: no header"));
  EXPECT_THAT(Refusal("\n1,2\n"), EndsWith("rows:1: no header"));
  EXPECT_THAT(Refusal("a,b\n"), EndsWith("rows: no record in it: a header without rows"));
  EXPECT_THAT(Refusal("a,b,a\n1,2,3\n"), EndsWith("rows:1: two columns \"a\""));
  EXPECT_THAT(Refusal("b,A\n1,2\n"), EndsWith("rows:1: no column \"a\" (nearest key: \"A\")"));
  EXPECT_THAT(Refusal("a,b\n1\n"), EndsWith("rows:2: 1 cells, but the header has 2"));
  EXPECT_THAT(Refusal("a,b\n1,2\n1,2,3\n"), EndsWith("rows:3: 3 cells, but the header has 2"));
  EXPECT_THAT(Refusal("a,b\n\"1\"x,2\n"), EndsWith("rows:2: text behind a quoted cell"));
  EXPECT_THAT(Refusal("a,b\n1,\"2\n"), EndsWith("rows:2: a quote that does not end"));
  EXPECT_THAT(Refusal("a,b\n1,\xFF\n"), EndsWith("field \"b\" is not valid UTF-8 at byte 0"));
  EXPECT_THAT(Refusal(std::string_view("a,b\n1\0,2\n", 9)), EndsWith("field \"a\" contains NUL"));
  EXPECT_THAT(Refusal("\xFF\xFE"
                      "a,b\n1,2\n"),
              HasSubstr("save it as UTF-8"));
  EXPECT_THAT(Refusal("a,b\n" + std::string(2000, 'x') + ",2\n"),
              EndsWith("rows:2: record over 1024 bytes"));
  EXPECT_THAT(Refusal("a,b\n\"" + std::string(2000, 'x')), EndsWith("record over 1024 bytes"));
}

TEST_F(DelimitedRows, SkippedRowsAreCountedByReasonAndTheNextIsFound) {
  const auto report =
      Read("a,b\n1,2\n\"x\"y,2\n3\n,2\n" + std::string(2000, 'x') + "\n4,5\n", OnInvalid::kSkip);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(seen, ElementsAre(ElementsAre("1", "2"), ElementsAre("4", "5")));
  EXPECT_EQ(report->skipped.count(), 4);
  EXPECT_EQ(report->skipped.reasons().count("another number of cells than the header"), 1u);
}

TEST(FindColumns, AreTheHeaders) {
  const auto columns = FindColumns(TableFile("pandas_index.csv"), Separator::kComma, 1 << 10);
  ASSERT_TRUE(columns.ok());
  EXPECT_EQ(columns->size(), 5u);  // that of the index has no name
  EXPECT_TRUE(columns->contains("instruction"));
}

}  // namespace
}  // namespace bench::harness

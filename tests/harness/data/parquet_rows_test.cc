#include "harness/data/parquet_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "harness/data/instruction_records.h"
#include "harness/data/parquet_module.h"
#include "harness/data/preferences.h"
#include "tests/harness/data/table_files.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

// The module is found beside the program.
class ParquetRows : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto columns = FindParquetColumns(TableFile("pandas.parquet"));
    if (ExitCodeFor(columns.status()) == ExitCode::kEnvironment) {
      GTEST_SKIP() << columns.status().message();
    }
  }
  static std::string Refusal(const std::string& path, const ExampleOptions& options = {}) {
    const absl::Status status = ReadExamples(path, options).status();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData) << status;
    return std::string(status.message());
  }
};

// Written by pandas (a dictionary among the columns) and by pyarrow (large strings, three row
// groups, Zstandard).
TEST_F(ParquetRows, FilesOfOtherProgramsAreReadAsTheyWereWritten) {
  const auto expected = ReadExamples(TableFile("rows.jsonl"));
  for (const char* name : {"pandas.parquet", "groups.parquet"}) {
    const auto read = ReadExamples(TableFile(name));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, *expected) << name;
  }
}

TEST_F(ParquetRows, ListsOfMessagesAreConversations) {
  const auto expected = ReadExamples(TableFile("messages.jsonl"));
  const auto read = ReadExamples(TableFile("messages.parquet"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, *expected);
}

TEST_F(ParquetRows, PreferencesMayBeLists) {
  std::vector<Preference> read;
  const auto report = VisitPreferences(TableFile("preferences.parquet"), {},
                                       [&](Preference preference, const std::string&) {
                                         read.push_back(std::move(preference));
                                         return absl::OkStatus();
                                       });
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(read, (std::vector<Preference>{{"Hello?", "Hi.", "No.", ""}}));
}

TEST_F(ParquetRows, AnOptionalFieldThatIsNullIsAbsent) {
  const auto read = ReadExamples(TableFile("nulls.parquet"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, (std::vector<SftExample>{{"a", "", "b", ""}, {"c", "e", "d", ""}}));
}

TEST_F(ParquetRows, RefusesColumnsThatAreMissingOrOfAnotherType) {
  EXPECT_THAT(Refusal(TableFile("numbers.parquet")),
              EndsWith("numbers.parquet: column \"instruction\" is not of texts"));
  EXPECT_THAT(Refusal(TableFile("documents.parquet")),
              EndsWith("no column \"instruction\" (the record has \"id\", \"text\")"));
  ExampleOptions options;
  options.layout = RecordLayout::kMessages;
  EXPECT_THAT(Refusal(TableFile("pandas.parquet"), options), HasSubstr("no column \"messages\""));
}

TEST_F(ParquetRows, RefusesATableWithoutRows) {
  constexpr FieldRule kText[] = {{"text", FieldPresence::kRequired}};
  const auto report = VisitRecords(TableFile("no_rows.parquet"), kText, RecordOptions{},
                                   [](const StringRecord&) { return absl::OkStatus(); });
  EXPECT_EQ(ExitCodeFor(report.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(report.status().message()),
              EndsWith("no_rows.parquet: no record in it: the table has no rows"));
}

TEST_F(ParquetRows, RefusesWhatIsNoParquetFileOrIsCut) {
  TempFolder folder;
  const std::string path = folder / "rows.parquet";
  const std::string whole = ReadFile(TableFile("groups.parquet")).value();
  for (const std::string& bytes : {std::string("PAR1"), whole.substr(0, whole.size() / 2),
                                   std::string("instruction,output\n"), std::string()}) {
    ASSERT_TRUE(PublishFile(path, bytes).ok());
    EXPECT_THAT(Refusal(path), HasSubstr("rows.parquet: no valid Parquet file: "));
  }
  const auto missing = FindParquetColumns(folder / "none.parquet");
  EXPECT_EQ(ExitCodeFor(missing.status()), ExitCode::kEnvironment);
}

TEST_F(ParquetRows, RecordsOverTheLimitAreRefusedWithTheirNumber) {
  ExampleOptions options;
  options.records.max_record_bytes = 20;
  EXPECT_THAT(Refusal(TableFile("groups.parquet"), options),
              EndsWith("groups.parquet: record 1: record over 20 bytes"));
}

}  // namespace
}  // namespace bench::harness

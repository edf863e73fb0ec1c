#include "harness/data/row_shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "tests/harness/data/table_files.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int64_t kRecordBytes = 1 << 20;

std::string FormatOf(const std::string& path, DataFormat declared = DataFormat::kAuto) {
  const auto shape = FindRowShape(path, declared, kRecordBytes);
  EXPECT_TRUE(shape.ok()) << shape.status();
  return shape.ok() ? FormatText(*shape) : "";
}

TEST(FindRowShape, FilesOfOtherProgramsAreKnown) {
  EXPECT_EQ(FormatOf(TableFile("rows.jsonl")), "JSON lines");
  EXPECT_EQ(FormatOf(TableFile("records.json")), "a JSON array");
  EXPECT_EQ(FormatOf(TableFile("wrapped.json")), "a JSON array in \"data\"");
  EXPECT_EQ(FormatOf(TableFile("sharegpt.json")), "a JSON array");
  EXPECT_EQ(FormatOf(TableFile("messages.jsonl")), "JSON lines");
  EXPECT_EQ(FormatOf(TableFile("pandas.csv")), "CSV");
  EXPECT_EQ(FormatOf(TableFile("pandas.tsv")), "TSV");
}

TEST(FindRowShape, WhatIsDeclaredCountsAndEndingsAreReadInAnyCase) {
  TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "A.CSV", "instruction,output\na,b\n").ok());
  ASSERT_TRUE(PublishFile(folder / "table", "instruction\toutput\na\tb\n").ok());
  EXPECT_EQ(FormatOf(folder / "A.CSV"), "CSV");
  EXPECT_EQ(FormatOf(folder / "A.CSV", DataFormat::kTsv), "TSV");
  EXPECT_EQ(FormatOf(folder / "table"), "JSON lines");  // which reading it refuses
  EXPECT_EQ(FormatOf(folder / "table", DataFormat::kTsv), "TSV");
}

TEST(FindRowShape, ACompressedFileIsRefusedWithTheWayToUnpackIt) {
  TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "a.csv", "\x1F\x8B\x08").ok());
  const auto shape = FindRowShape(folder / "a.csv", DataFormat::kAuto, kRecordBytes);
  EXPECT_EQ(ExitCodeFor(shape.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(shape.status().message()),
              AllOf(HasSubstr("compressed by gzip"), HasSubstr("as by gzip -dk")));
}

TEST(FindRowShape, AFolderIsRefused) {
  TempFolder folder;
  const auto shape = FindRowShape(folder.path(), DataFormat::kAuto, kRecordBytes);
  EXPECT_EQ(ExitCodeFor(shape.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(shape.status().message()), HasSubstr("a folder, but rows are read from"));
}

TEST(IsRecord, HasAFieldThatRecordsHave) {
  EXPECT_TRUE(IsRecord({{"id", FieldKind::kOther}, {"messages", FieldKind::kList}}));
  EXPECT_TRUE(IsRecord({{"text", FieldKind::kText}}));
  EXPECT_FALSE(IsRecord({{"model_type", FieldKind::kText}, {"architectures", FieldKind::kList}}));
  EXPECT_FALSE(IsRecord({}));
}

TEST(FindRowShape, SaysWhichFileCannotBeRead) {
  const auto missing = FindRowShape("/nowhere/a.jsonl", DataFormat::kAuto, kRecordBytes);
  EXPECT_EQ(ExitCodeFor(missing.status()), ExitCode::kEnvironment);
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("/nowhere/a.jsonl"));
  TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "two.json", R"({"a":[{}],"b":[{}]})").ok());
  const auto two = FindRowShape(folder / "two.json", DataFormat::kAuto, kRecordBytes);
  EXPECT_EQ(ExitCodeFor(two.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(two.status().message()), HasSubstr("two.json: an object with several"));
}

}  // namespace
}  // namespace bench::harness

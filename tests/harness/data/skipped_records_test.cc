#include "harness/data/skipped_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/status.h"

namespace bench::harness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(SkippedRecords, AreCountedByReasonWithThePlaceOfTheFirst) {
  SkippedRecords skipped, later;
  skipped.Add("no field \"output\"", "rows.jsonl:3: ");
  skipped.Add("no valid JSON", "rows.jsonl:4: ");
  skipped.Add("no valid JSON", "rows.jsonl:9: ");
  later.Add("no valid JSON", "more.json: record 1: ");
  later.Add("duplicate key", "more.json: record 2: ");
  skipped.Merge(later);
  EXPECT_EQ(skipped.count(), 5);
  EXPECT_THAT(skipped.Lines(), ElementsAre("3 no valid JSON (first: rows.jsonl:4)",
                                           "1 duplicate key (first: more.json: record 2)",
                                           "1 no field \"output\" (first: rows.jsonl:3)"));
}

TEST(SkippedRecords, KeepWhatIsSaidOfTheFirst) {
  SkippedRecords skipped, later;
  skipped.Add("no field \"a\"", "rows.jsonl:1: ", 1, "no field \"a\"");
  later.Add("no valid JSON", "more.json: record 1: ", 1, "no valid JSON at column 3: a NUL byte");
  later.Add("no valid JSON", "more.json: record 2: ", 1, "no valid JSON at column 9: a NUL byte");
  skipped.Merge(later);
  EXPECT_THAT(skipped.DetailedLines(),
              ElementsAre("2 no valid JSON (first: more.json: record 1: no valid JSON at column 3: "
                          "a NUL byte)",
                          "1 no field \"a\" (first: rows.jsonl:1)"));
  EXPECT_THAT(skipped.Lines(), ElementsAre("2 no valid JSON (first: more.json: record 1)",
                                           "1 no field \"a\" (first: rows.jsonl:1)"));
}

TEST(CheckSkippedShare, RefusesMoreThanTheShareAndNamesTheReasons) {
  SkippedRecords skipped;
  for (int line = 1; line <= 3; ++line) {
    skipped.Add("no field \"output\"", "rows.jsonl:" + std::to_string(line) + ": ");
  }
  EXPECT_TRUE(CheckSkippedShare("rows.jsonl", skipped, 27, 0.1).ok());  // 3 of 30
  const absl::Status status = CheckSkippedShare("rows.jsonl", skipped, 26, 0.1);
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_THAT(std::string(status.message()),
              AllOf(StartsWith("rows.jsonl: 3 of 29 records are invalid"), HasSubstr("0.1"),
                    HasSubstr("max_skipped_share"),
                    HasSubstr("3 no field \"output\" (first: rows.jsonl:1)")));
  EXPECT_TRUE(CheckSkippedShare("rows.jsonl", skipped, 0, 1).ok());
  EXPECT_TRUE(CheckSkippedShare("rows.jsonl", SkippedRecords(), 0, 0).ok());
}

}  // namespace
}  // namespace bench::harness

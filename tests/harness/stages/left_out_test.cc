#include "harness/stages/left_out.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/harness/run_fixture.h"

namespace bench::harness {
namespace {

using Rows = std::vector<std::vector<results::Cell>>;
using ::testing::HasSubstr;

TEST(RecordLeftOut, ShowsReasonsAndKeepsThemInATableWhoseCountsAreTheMetric) {
  RunFixture fixture;
  RunContext context = fixture.Start("run");
  LeftOutRecords left_out;
  left_out.invalid.Add("no field \"output\"", "/data/me/rows.jsonl:3: ");
  left_out.invalid.Add("no field \"output\"", "/data/me/rows.jsonl:5: ");
  left_out.dropped.Add("no target within training.max_tokens", "/data/me/rows.jsonl:4: ");
  ::testing::internal::CaptureStderr();
  const absl::Status status = RecordLeftOut(left_out, context);
  const std::string shown = ::testing::internal::GetCapturedStderr();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(shown, HasSubstr("2 no field \"output\" (first: /data/me/rows.jsonl:3)\n"));
  EXPECT_THAT(shown, HasSubstr("1 no target within training.max_tokens"));
  const results::RunRecord record = fixture.Record("run");
  EXPECT_EQ(
      record.tables.at("left_out").rows,
      (Rows{{"invalid", "no field \"output\"", int64_t{2}, "rows.jsonl:3"},
            {"dropped", "no target within training.max_tokens", int64_t{1}, "rows.jsonl:4"}}));
  EXPECT_EQ(record.summary.at("dropped_examples").value, 3);
}

TEST(RecordLeftOut, OfNoneThereIsNoTableAndNothingIsShown) {
  RunFixture fixture;
  RunContext context = fixture.Start("run");
  ::testing::internal::CaptureStderr();
  ASSERT_TRUE(RecordLeftOut({}, context).ok());
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_FALSE(fixture.Record("run").tables.contains("left_out"));
}

}  // namespace
}  // namespace bench::harness

#include "harness/run/show_report.h"

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/control/terminal.h"
#include "tests/results/sample_record.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

TEST(ShowReport, SaysWhatWasRunItsFiguresCurvesRangesSamplesAndOrigin) {
  const std::string text = ShowReport(results::SampleRecord(), 80);
  EXPECT_THAT(text,
              StartsWith("sft_small@3  complete  stage sft  replicate 2  on cpu  12 ranks\n"));
  EXPECT_THAT(text, HasSubstr("\n  loss                           4.125 nats/token\n"));
  // 5.25, 5 and 4.125 as heights: 8 x (5 - 4.125) / (5.25 - 4.125) = 6.2.
  EXPECT_THAT(text, HasSubstr("\n  steps/loss                     █▇▁"));
  EXPECT_THAT(text, HasSubstr("5.25 -> 4.125\n"));
  // 0.25 + 0.125 + 0.5 s in 12 calls.
  EXPECT_THAT(text, HasSubstr("     0.875 s        12 x      72.92 ms\n"));
  EXPECT_THAT(text, HasSubstr("\n  input tokenizer                222222222222\n"));
  EXPECT_THAT(text, HasSubstr("\n  definition                     dddddddddddd\n"));
}

TEST(ShowReport, NoLineIsWiderThanTheTerminal) {
  results::RunRecord record = results::SampleRecord();
  record.header.provenance["argv"] = std::string(300, 'x');
  record.header.provenance["host"] =
      "主机主机主机主机主机主机主机主机主机主机主机主机主机主机主机主机";
  for (const int columns : {40, 80, 200}) {
    for (const std::string& line : Lines(ShowReport(record, columns))) {
      EXPECT_THAT(DisplayWidth(line), Le(columns)) << line;
    }
  }
}

TEST(ShowReport, NamesOfOthersCannotMoveTheCursor) {
  results::RunRecord record = results::SampleRecord();
  record.header.experiment = "a\x1b[2Jb";
  record.header.inputs["x\ny"] = "\x1b[1m";
  const std::string text = ShowReport(record, 80);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("a\\x1b[2Jb"));
  EXPECT_THAT(text, HasSubstr("input x\\x0ay"));
}

TEST(ShowReport, OfARunWithoutAnythingIsItsHeading) {
  results::RunRecord record;
  record.header.experiment = "mine";
  record.header.stage = "sft";
  record.header.device = "cpu";
  const std::string text = ShowReport(record, 80);
  EXPECT_THAT(text, StartsWith("mine  interrupted  stage sft  replicate 0  on cpu\n"));
  EXPECT_THAT(text, Not(HasSubstr("curves")));
}

TEST(ShowJson, HasWholeSeriesAndNullForWhatIsNotFinite) {
  results::RunRecord record = results::SampleRecord();
  record.steps["loss"].value[1] = std::numeric_limits<double>::quiet_NaN();
  const nlohmann::json json = ShowJson(record);
  EXPECT_EQ(json["steps"]["loss"]["value"].dump(), "[5.25,null,4.125]");
  EXPECT_EQ(json["steps"]["loss"]["step"].dump(), "[1,2,3]");
  EXPECT_EQ(json["summary"]["loss"].dump(),
            R"({"better":"lower","units":"nats/token","value":4.125})");
  EXPECT_EQ(json["ranges"]["forward"]["total_count"], 12);
  EXPECT_EQ(json["provenance"]["memory_gib"], 23.5);
  EXPECT_EQ(json["provenance"]["dirty"], true);
}

TEST(RunsTable, ALineARunWithWhatFitsOfItsFigures) {
  results::RunRecord record = results::SampleRecord();
  record.header.provenance["start_time_utc"] = "2026-11-29T10:20:30.123Z";
  record.header.provenance["source_commit"] = "0123456789abcdef";
  const std::vector<ListedRun> runs = {{"sft_small@3/1", record, ""},
                                       {"sft_small@3/2", std::nullopt, "no results yet"}};
  const std::vector<std::string> wide = Lines(RunsTable(runs, 160));
  ASSERT_EQ(wide.size(), 3);
  EXPECT_EQ(wide[1],
            "sft_small@3/1              complete    2026-11-29T10:20 0123456  "
            "exact_match/zh_hant/50% 0.5  loss 4.125");
  EXPECT_EQ(wide[2], "sft_small@3/2              no results yet");
  for (const std::string& line : Lines(RunsTable(runs, 80)))
    EXPECT_THAT(DisplayWidth(line), Le(80));
  // No number is cut: the figure that does not fit is left out.
  EXPECT_THAT(Lines(RunsTable(runs, 92))[1], Not(HasSubstr("loss")));
}

TEST(RunsTable, OfNoRunsSaysSo) { EXPECT_EQ(RunsTable({}, 80), "no runs\n"); }

}  // namespace
}  // namespace bench::harness

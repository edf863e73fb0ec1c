#include "results/compare_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "nlohmann/json.hpp"
#include "tests/results/sample_record.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

ComparedPair PairOf(const RunRecord& base, const RunRecord& head) {
  return {"base.h5", "head.h5", Compare(base, head)};
}

ComparedPair Regressed() {
  RunRecord head = SampleRecord();
  head.summary["loss"].value = 8.25;  // twice 4.125
  return PairOf(SampleRecord(), head);
}

ComparedPair Incomparable() {
  RunRecord head = SampleRecord();
  head.header.device = "cuda";
  return PairOf(SampleRecord(), head);
}

TEST(WorstExitCode, ARegressionOutweighsWhatCannotBeCompared) {
  const ComparedPair ok = PairOf(SampleRecord(), SampleRecord());
  EXPECT_EQ(WorstExitCode({ok, ok}), ExitCode::kOk);
  EXPECT_EQ(WorstExitCode({ok, Incomparable()}), ExitCode::kIncomparable);
  EXPECT_EQ(WorstExitCode({Incomparable(), Regressed(), ok}), ExitCode::kRegressed);
  EXPECT_EQ(WorstExitCode({Regressed(), Incomparable()}), ExitCode::kRegressed);
  EXPECT_EQ(WorstExitCode({}), ExitCode::kIncomparable);
}

TEST(RenderText, ShowsRatioChangeAndVerdict) {
  const std::string text = RenderText({Regressed()});
  EXPECT_THAT(text, HasSubstr("base base.h5\nhead head.h5\n"));
  EXPECT_THAT(text, HasSubstr("nats/token"));
  EXPECT_THAT(text, HasSubstr("2.0000  +100.00%  REGRESSED"));
  EXPECT_THAT(text, HasSubstr("first differing value: summary/loss: 4.125 in the base, 8.25"));
  EXPECT_THAT(text, HasSubstr("\nREGRESSED: "));
}

TEST(RenderText, SaysWhyRunsAreNotComparable) {
  const std::string text = RenderText({Incomparable()});
  EXPECT_THAT(text, HasSubstr("not comparable: the device differs: cpu in the base, cuda in the "
                              "head\n"));
  EXPECT_THAT(text, HasSubstr("\nNOT COMPARABLE\n"));
  EXPECT_THAT(text, Not(HasSubstr("verdict")));
}

TEST(RenderText, SaysThatRunsAreIdentical) {
  EXPECT_THAT(RenderText(Compare(SampleRecord(), SampleRecord())),
              HasSubstr("bitwise: identical (3 digests, 12 deterministic values)\n"));
}

// Fault 17.
TEST(RenderText, TerminalEscapesInNamesAreShownAndNotSent) {
  const std::string evil = "\x1B]0;owned\x07\x1B[2J\xC2\x9B";
  RunRecord base = SampleRecord();
  base.summary["evil"] = {Info(kExactMatch, evil), 0.5};
  base.summary["evil"].metric.units = evil;
  base.digests[evil] = {{1}, {evil}};
  base.header.inputs[evil] = evil;
  RunRecord head = base;
  head.digests[evil].sha256[0] = "other";
  RunRecord other_input = head;
  other_input.header.inputs[evil] = evil + "2";
  other_input.header.stage = evil;
  for (const RunRecord& compared : {head, other_input}) {
    ComparedPair pair = PairOf(base, compared);
    pair.base_path = evil;
    const std::string text = RenderText({pair});
    EXPECT_THAT(text, HasSubstr("\\x1b"));
    EXPECT_EQ(text.find_first_of("\x1B\x07"), std::string::npos);
    EXPECT_EQ(text.find("\xC2\x9B"), std::string::npos);
    EXPECT_EQ(RenderJson({pair}).find_first_of("\x1B\x07"), std::string::npos);
  }
}

TEST(RenderJson, SaysTheSameAsTheText) {
  const Json json = Json::parse(RenderJson({Regressed(), Incomparable()}));
  EXPECT_EQ(json["exit_code"], 1);
  ASSERT_EQ(json["pairs"].size(), 2u);
  const Json& pair = json["pairs"][0];
  EXPECT_EQ(pair["base"], "base.h5");
  EXPECT_EQ(pair["exit_code"], 1);
  EXPECT_EQ(pair["bitwise"]["identical"], false);
  EXPECT_EQ(pair["bitwise"]["first_digest"], nullptr);
  EXPECT_EQ(pair["bitwise"]["first_value"]["path"], "summary/loss");
  const Json& row = pair["summary"][1];
  EXPECT_EQ(row["metric"], "loss");
  EXPECT_EQ(row["base"], 4.125);
  EXPECT_EQ(row["ratio"], 2.0);
  EXPECT_EQ(row["verdict"], "REGRESSED");
  EXPECT_EQ(json["pairs"][1]["exit_code"], 3);
  EXPECT_EQ(json["pairs"][1]["incomparable"].size(), 1u);
}

// Fault 14: JSON has null and a flag.
TEST(RenderJson, NonFiniteNumbersAreNullWithAFlag) {
  RunRecord head = SampleRecord();
  head.summary["loss"].value = std::nan("");
  const Json json = Json::parse(RenderJson({PairOf(SampleRecord(), head)}));
  const Json& row = json["pairs"][0]["summary"][1];
  EXPECT_EQ(row["head"], nullptr);
  EXPECT_EQ(row["non_finite"], true);
  EXPECT_EQ(json["pairs"][0]["first_non_finite"]["path"], "summary/loss");
  EXPECT_EQ(json["exit_code"], 1);
}

}  // namespace
}  // namespace bench::results

// What all reports say of one comparison.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "nlohmann/json.hpp"
#include "results/comparison/report_json.h"
#include "results/comparison/report_junit.h"
#include "results/comparison/report_markdown.h"
#include "results/comparison/report_text.h"
#include "tests/results/comparison/groups.h"
#include "tests/results/comparison/suites.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

Comparison Compared(const Group& base, const Group& head, const CompareOptions& options = {}) {
  auto comparison = Compare(base, head, options);
  EXPECT_TRUE(comparison.ok()) << comparison.status();
  return *std::move(comparison);
}

// Seven processes an arm, the head's twice as slow.
Comparison Regressed() {
  const MetricInfo time = Info(kStepTime);
  return Compared(ValuesOf("base", time, {1, 1.01, 0.99, 1.02, 0.98, 1.03, 0.97}),
                  ValuesOf("head", time, {2, 2.01, 1.99, 2.02, 1.98, 2.03, 1.97}));
}

Comparison Unclear() {
  return Compared(OneRun("base", SampleRecord()), OneRun("head", SampleRecord()));
}

Comparison NotComparable() {
  RunRecord head = SampleRecord();
  head.header.device = "cuda";
  return Compared(OneRun("base", SampleRecord()), OneRun("head", head));
}

// Of different stages, as was asked for: each value of the head is twice one of the base.
Comparison Beside() {
  const MetricInfo time = Info(kStepTime);
  const std::vector<double> seconds = {1, 1.01, 0.99, 1.02, 0.98, 1.03, 0.97};
  std::vector<double> twice;
  for (const double second : seconds) twice.push_back(2 * second);
  Group head = ValuesOf("head", time, twice);
  for (ResultsInput& run : head.runs) run.record.header.stage = "program";
  CompareOptions options;
  options.asked.whole_definition = true;
  auto comparison = Compare(ValuesOf("base", time, seconds), head, options);
  EXPECT_TRUE(comparison.ok()) << comparison.status();
  return *std::move(comparison);
}

TEST(Reports, ShowRatiosSideBySideAndNoVerdict) {
  const std::string text = RenderText(Beside(), 80);
  EXPECT_THAT(text, HasSubstr("2x  side by side\n  90% interval 1.9"));
  EXPECT_THAT(text, HasSubstr("NOT COMPARABLE: side by side, not judged\n"));
  EXPECT_THAT(RenderMarkdown(Beside()), HasSubstr("| 2x | 90% interval 1.9"));
  const Json json = Json::parse(RenderJson(Beside()));
  EXPECT_EQ(json["exit_code"], 3);
  EXPECT_EQ(json["side_by_side"], true);
  EXPECT_EQ(json["metrics"][0]["verdict"], "not judged");
  EXPECT_NEAR(json["metrics"][0]["ratio_estimate"]["ratio"].get<double>(), 2, 1e-9);
  EXPECT_THAT(RenderJunit(Beside()), HasSubstr("failures=\"0\" errors=\"2\""));
}

// Differences are 1 + (i - j) / 100, i and j of -3 to 3: of 49 the 12th is the first that one end
// may be at, since P(U <= 11) <= 0.05 of 7 against 7.
TEST(RenderText, ShowsChangeIntervalAndVerdict) {
  const std::string text = RenderText(Regressed(), 80);
  EXPECT_THAT(text, HasSubstr("base base, 7 runs\nhead head, 7 runs\n"));
  EXPECT_THAT(text, HasSubstr("step_time"));
  EXPECT_THAT(text, HasSubstr("+100.00%  REGRESSED\n  90% interval +98.00% .. +102.00%\n"));
  EXPECT_THAT(text, HasSubstr("\nREGRESSED: step_time\n"));
}

TEST(RenderText, SaysWhatAnUnclearRowTakes) {
  const std::string text = RenderText(Unclear(), 80);
  EXPECT_THAT(text,
              HasSubstr("unclear\n  sameness takes about 3 replicates an arm; one replicate"));
  EXPECT_THAT(text, HasSubstr("UNCLEAR: not shown to be not worse: "));
}

// Medians have no power to state: the arms overlap, or one replicate lies far above the others.
TEST(RenderText, SaysWhatIsUnclearOfMedians) {
  const MetricInfo memory = MetricOf(MetricKind::kMemory, Better::kLower);
  const auto text = [&](const std::vector<double>& head) {
    return RenderText(
        Compared(ValuesOf("base", memory, {8, 10, 12}), ValuesOf("head", memory, head)), 200);
  };
  EXPECT_THAT(text({11, 15, 16}), HasSubstr("unclear\n  the replicates of the arms overlap; "
                                            "changes of 60.00% would have shown\n"));
  EXPECT_THAT(text({9, 10, 30}), HasSubstr("unclear\n  the largest replicates differ by +180.00%; "
                                           "changes of 220.00% would have shown\n"));
}

TEST(RenderText, SaysThatATargetIsNotReached) {
  const auto arm = [](const std::string& path, double last) {
    std::vector<RunRecord> runs;
    for (int64_t i = 0; i < 3; ++i) {
      RunRecord run = SampleRecord();
      run.header.replicate = i;
      run.evals["loss"] = {Info(kLoss), {3}, {300}, {1.75}, {i == 0 ? last : 2.0}};
      runs.push_back(std::move(run));
    }
    return GroupOf(path, std::move(runs));
  };
  CompareOptions options;
  options.targets = {{"loss", 2.5}};
  options.metrics = MetricSelection({"tokens_to_target"});
  EXPECT_THAT(RenderText(Compared(arm("base", 2), arm("head", 3), options), 80),
              HasSubstr("NON-FINITE\n  the target is not reached in 1 of 3 runs of the head\n"));
  EXPECT_THAT(
      RenderText(Compared(arm("base", 3), arm("head", 2), options), 80),
      HasSubstr("not comparable\n  the target is not reached in 1 of 3 runs of the base\n"));
}

TEST(RenderText, NamesAPhaseThatOnlyOneArmHas) {
  RunRecord head = SampleRecord();
  head.ranges["copy"] = {{1, 2, 3}, {1, 1, 1}, {0.25, 0.25, 0.25}, {}};
  EXPECT_THAT(RenderText(Compared(OneRun("base", SampleRecord()), OneRun("head", head)), 80),
              HasSubstr("copy: 0 ms -> 250 ms (+250 ms; only in head)\n"));
}

TEST(RenderText, SaysWhyRunsAreNotComparable) {
  const std::string text = RenderText(NotComparable(), 80);
  EXPECT_THAT(text, HasSubstr("not comparable: the device differs: cpu in the base, cuda in the "
                              "head\n"));
  EXPECT_THAT(text, HasSubstr("\nNOT COMPARABLE\n"));
  EXPECT_THAT(text, Not(HasSubstr("verdict")));
}

TEST(RenderText, SaysThatRunsAreIdentical) {
  EXPECT_THAT(RenderText(Unclear(), 80),
              HasSubstr("bitwise: identical (3 digests, 12 deterministic values)\n"));
}

TEST(RenderText, FitsTheWindow) {
  RunRecord slower = SampleRecord();
  slower.ranges["forward"].host_s = {1, 2, 3};
  const Comparison phases = Compared(OneRun("base", SampleRecord()), OneRun("head", slower));
  EXPECT_THAT(RenderText(phases, 80), HasSubstr("\nphases, the largest changes first\n"));
  for (const int columns : {30, 40, 60, 79, 80, 200}) {
    for (const Comparison& comparison : {Regressed(), Unclear(), NotComparable(), phases}) {
      const std::string text = RenderText(comparison, columns);
      size_t begin = 0;
      while (begin < text.size()) {
        const size_t end = text.find('\n', begin);
        EXPECT_LE(end - begin, static_cast<size_t>(columns)) << text.substr(begin, end - begin);
        begin = end + 1;
      }
    }
  }
}

TEST(Reports, TheSameVerdictIsInEachOfThem) {
  const Comparison comparison = Regressed();
  for (const std::string& report : {RenderText(comparison, 80), RenderJson(comparison),
                                    RenderJunit(comparison), RenderMarkdown(comparison)}) {
    EXPECT_THAT(report, HasSubstr("REGRESSED"));
  }
}

// Fault 17.
TEST(Reports, TerminalEscapesInNamesAreShownAndNotSent) {
  const std::string evil = "\x1B]0;owned\x07\x1B[2J\xC2\x9B";
  RunRecord base = SampleRecord();
  base.summary["evil"] = {Info(kExactMatch, evil), 0.5};
  base.summary["evil"].metric.units = evil;
  base.digests[evil] = {{1}, {evil}};
  base.ranges[evil] = {{1}, {1}, {0.5}, {std::nullopt}};
  base.header.inputs[evil] = evil;
  RunRecord head = base;
  head.digests[evil].sha256[0] = "other";
  RunRecord other_input = head;
  other_input.header.inputs[evil] = evil + "2";
  other_input.header.stage = evil;
  for (const RunRecord& compared : {head, other_input}) {
    const Comparison comparison = Compared(OneRun(evil, base), OneRun("head", compared));
    EXPECT_THAT(RenderText(comparison, 80), HasSubstr("\\x1b"));
    for (const std::string& report : {RenderText(comparison, 80), RenderJson(comparison),
                                      RenderJunit(comparison), RenderMarkdown(comparison)}) {
      EXPECT_EQ(report.find_first_of("\x1B\x07"), std::string::npos);
    }
    EXPECT_EQ(RenderText(comparison, 80).find("\xC2\x9B"), std::string::npos);
  }
}

TEST(RenderJson, HasWhatTheTextSays) {
  const Json json = Json::parse(RenderJson(Regressed()));
  EXPECT_EQ(json["format"], "bench-comparison");
  EXPECT_EQ(json["exit_code"], 1);
  EXPECT_EQ(json["outcome"], "fail");
  EXPECT_EQ(json["base"]["num_runs"], 7);
  const Json& row = json["metrics"][0];
  EXPECT_EQ(row["metric"], "step_time");
  EXPECT_EQ(row["design"], "ranks");
  EXPECT_EQ(row["base"].size(), 7U);
  EXPECT_EQ(row["base_centre"], 1);
  EXPECT_EQ(row["ratio"], 2.0);
  EXPECT_EQ(row["verdict"], "REGRESSED");
  EXPECT_EQ(row["outcome"], "fail");
  EXPECT_EQ(Json::parse(RenderJson(NotComparable()))["not_comparable"].size(), 1U);
}

// Fault 14: JSON has no NaN.
TEST(RenderJson, NumbersThatAreNotFiniteAreNull) {
  RunRecord head = SampleRecord();
  head.summary["loss"].value = std::nan("");
  const Json json =
      Json::parse(RenderJson(Compared(OneRun("b", SampleRecord()), OneRun("h", head))));
  EXPECT_EQ(json["first_non_finite"]["path"], "summary/loss");
  EXPECT_EQ(json["exit_code"], 1);
  for (const Json& row : json["metrics"]) {
    if (row["metric"] == "loss") {
      EXPECT_EQ(row["head"], Json::parse("[null]"));
      EXPECT_EQ(row["interval"], Json::parse("[null, null]"));
    }
  }
}

TEST(RenderMarkdown, IsCutAtARowWithTheImportantOnesFirst) {
  RunRecord head = SampleRecord();
  head.summary["loss"].value = std::nan("");
  const Comparison comparison = Compared(OneRun("b", SampleRecord()), OneRun("h", head));
  const std::string whole = RenderMarkdown(comparison);
  const size_t first_row = whole.find("| loss |");
  ASSERT_NE(first_row, std::string::npos);
  EXPECT_LT(first_row, whole.find("| exact\\_match"));
  const std::string cut = RenderMarkdown(comparison, whole.size() - 1);
  EXPECT_LT(cut.size(), whole.size());
  EXPECT_THAT(cut, HasSubstr("more rows are left out"));
  EXPECT_THAT(cut, HasSubstr("| loss |"));
}

// A page of GitHub that is too long is not shown at all, whatever else stands on it.
TEST(RenderMarkdown, HasNoMoreBytesThanItMayHave) {
  RunRecord head = SampleRecord();
  head.digests["weights"].sha256[1] = std::string(64, '0');
  head.ranges["forward"].host_s = {1, 2, 3};
  const Comparison comparison = Compared(OneRun("b", SampleRecord()), OneRun("h", head));
  const std::string whole = RenderMarkdown(comparison);
  EXPECT_THAT(whole, HasSubstr("- phase forward"));
  for (size_t room = 0; room < whole.size(); ++room) {
    const std::string cut = RenderMarkdown(comparison, room);
    ASSERT_LE(cut.size(), room);
    if (cut.empty()) continue;
    EXPECT_THAT(cut, HasSubstr(" are left out; "));
    EXPECT_EQ(cut.back(), '\n');
  }
  EXPECT_THAT(RenderMarkdown(comparison, 300), HasSubstr("more findings and rows are left out"));
  EXPECT_EQ(RenderMarkdown(comparison, whole.size()), whole);
}

TEST(RenderMarkdown, NothingOfAFileIsMarkup) {
  RunRecord record = SampleRecord();
  record.summary["evil"] = {Info(kExactMatch, "<img src=x>|`*"), 0.5};
  const std::string text = RenderMarkdown(Compared(OneRun("b", record), OneRun("h", record)));
  EXPECT_THAT(text, Not(HasSubstr("<img")));
  EXPECT_THAT(text, HasSubstr("&lt;img src=x&gt;\\|\\`\\*"));
}

TEST(RenderJunit, CountsFailuresAndWhatIsNotShown) {
  EXPECT_THAT(RenderJunit(Regressed()), HasSubstr("tests=\"2\" failures=\"2\" errors=\"0\""));
  EXPECT_THAT(RenderJunit(NotComparable()), HasSubstr("tests=\"1\" failures=\"0\" errors=\"1\""));
  EXPECT_THAT(RenderJunit(NotComparable()), HasSubstr("<error message=\"NOT COMPARABLE\"/>"));
}

// Each experiment's own document is in it, as it is printed of one alone.
TEST(RenderJson, SeveralExperimentsAreOneDocument) {
  const Json json = Json::parse(RenderJson(SuiteOf({Passing(), Failing(), NotShown()})));
  EXPECT_EQ(json["format"], "bench-comparisons");
  EXPECT_EQ(json["format_version"], 1);
  EXPECT_EQ(json["exit_code"], 1);
  EXPECT_EQ(json["outcome"], "fail");
  EXPECT_EQ(json["conclusion"], "FAILED: 1 of 3 experiments: e1");
  ASSERT_EQ(json["comparisons"].size(), 3U);
  EXPECT_EQ(json["comparisons"][0]["experiment"], "e0");
  EXPECT_EQ(json["comparisons"][0]["comparison"], Json::parse(RenderJson(Passing())));
  EXPECT_EQ(json["comparisons"][1]["comparison"], Json::parse(RenderJson(Failing())));
  EXPECT_EQ(json["comparisons"][2]["comparison"], Json::parse(RenderJson(NotShown())));
}

// A conclusion and a row each, of what is not comparable the conclusion alone.
TEST(RenderJunit, SeveralExperimentsAreSuitesOfOneDocument) {
  const std::string xml = RenderJunit(SuiteOf({Passing(), Failing(), NotShown()}));
  EXPECT_THAT(xml, ::testing::StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "
                                         "name=\"FAILED: 1 of 3 experiments: e1\" tests=\"5\" "
                                         "failures=\"2\" errors=\"1\">\n<testsuite "));
  EXPECT_THAT(xml, ::testing::EndsWith("</testsuite>\n</testsuites>\n"));
  EXPECT_EQ(xml.find("<?xml", 1), std::string::npos);
  EXPECT_THAT(xml, HasSubstr("<testcase classname=\"e0\" name=\"m\">"));
  EXPECT_THAT(xml, HasSubstr("<testcase classname=\"e1\" name=\"m\"><failure"));
  EXPECT_THAT(RenderJunit(Passing()), HasSubstr("<testcase classname=\"bench-compare\""));
}

TEST(RenderMarkdown, SeveralExperimentsAreSectionsOfOneText) {
  const std::string text = RenderMarkdown(SuiteOf({Passing(), Failing()}));
  EXPECT_THAT(text, ::testing::StartsWith("## FAILED: 1 of 2 experiments: e1\n\n### e0: ok"));
  EXPECT_THAT(text, HasSubstr("\n\n### e1: REGRESSED: m\n"));
  EXPECT_THAT(text, HasSubstr("| m | 8 | 80 |"));
}

TEST(RenderMarkdown, SeveralExperimentsFitTheRoomThatTheyAreGiven) {
  const ComparisonSuite suite = SuiteOf({Passing(), Failing(), NotShown()});
  const std::string whole = RenderMarkdown(suite);
  for (size_t room = 200; room < whole.size(); ++room) {
    const std::string cut = RenderMarkdown(suite, room);
    EXPECT_LE(cut.size(), room);
    EXPECT_THAT(cut, HasSubstr("left out"));
  }
}

}  // namespace
}  // namespace bench::results

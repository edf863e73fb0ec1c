#include "harness/stages/corpus/tables.h"

#include <gtest/gtest.h>

#include "tests/harness/run_fixture.h"

namespace bench::harness {
namespace {

using results::Cell;
using Rows = std::vector<std::vector<Cell>>;

TEST(CorpusTables, HaveARowForEachCount) {
  const CorpusSpec spec;
  corpus::EvaluationTexts texts({"validation", "test"}, {.ngram_words = 2, .ngram_characters = 2});
  texts.Add(1, "one two three");
  const corpus::CorpusPlan plan{.spec = spec, .evaluation_texts = &texts};
  corpus::PipelineResult result;
  corpus::CorpusReport& report = result.report;
  report.read[{"s", "en"}].Add(7);
  report.kept[{"s", "en"}].Add(5);
  report.removed.Add("c4", "curly_bracket", {"a#1", "{text}", "s", "en"});
  report.shortened["pii"].Add(2);
  report.rejected.Add("s", {"b#1", "no text"});
  report.dropped_lines[static_cast<size_t>(corpus::C4LineRule::kPolicy)] = 3;
  report.masked["email"] = 4;
  report.contaminated = {{0, 0}, {1, 9}};
  result.duplicate_samples = {
      {"near_duplicates", {"c#1", "x", "s", "en"}, {"d#1", "y", "t", "en"}}};

  RunFixture fixture;
  RunContext context = fixture.Start("run");
  ASSERT_TRUE(RecordCorpus(plan, result, context.writer).ok());
  const auto tables = fixture.Record("run").tables;
  EXPECT_EQ(tables.at("read").rows, (Rows{{"s", "en", int64_t{1}, int64_t{7}}}));
  EXPECT_EQ(tables.at("kept").rows, (Rows{{"s", "en", int64_t{1}, int64_t{5}}}));
  EXPECT_EQ(tables.at("rejected").rows, (Rows{{"s", "b#1", "no text"}}));
  EXPECT_EQ(tables.at("removed").rows, (Rows{{"c4", "curly_bracket", int64_t{1}, int64_t{6}}}));
  EXPECT_EQ(tables.at("removed_samples").rows,
            (Rows{{"c4", "curly_bracket", "s", "a#1", "en", "{text}"}}));
  EXPECT_EQ(tables.at("shortened").rows, (Rows{{"pii", int64_t{1}, int64_t{2}}}));
  EXPECT_EQ(tables.at("masked").rows, (Rows{{"email", int64_t{4}}}));
  EXPECT_EQ(tables.at("dropped_lines").rows.size(), 5u);
  EXPECT_EQ(tables.at("dropped_lines").rows.back(), (std::vector<Cell>{"policy", int64_t{3}}));
  EXPECT_EQ(tables.at("duplicates").rows,
            (Rows{{"near_duplicates", "s", "c#1", "x", "t", "d#1", "y"}}));
  // By hand: "one two", "two three".
  EXPECT_EQ(
      tables.at("decontamination").rows,
      (Rows{{"validation", int64_t{0}, int64_t{0}, int64_t{0}, int64_t{0}, int64_t{0}, "remove"},
            {"test", int64_t{1}, int64_t{2}, int64_t{0}, int64_t{1}, int64_t{9}, "remove"}}));
}

TEST(CorpusTables, APhaseIsARowOfWhatItTookAndMoved) {
  RunFixture fixture;
  RunContext context = fixture.Start("run");
  ASSERT_TRUE(RecordPhases({{"clean", 8, 3, 12.5, 2.5, 1000, 700}}, context.writer).ok());
  EXPECT_EQ(fixture.Record("run").tables.at("phases").rows,
            (Rows{{"clean", int64_t{8}, int64_t{3}, 12.5, 2.5, int64_t{1000}, int64_t{700}}}));
}

TEST(CorpusTables, WithoutEvaluationTextsThereIsNoDecontamination) {
  const CorpusSpec spec;
  RunFixture fixture;
  RunContext context = fixture.Start("run");
  ASSERT_TRUE(RecordCorpus({.spec = spec}, corpus::PipelineResult(), context.writer).ok());
  EXPECT_FALSE(fixture.Record("run").tables.contains("decontamination"));
}

}  // namespace
}  // namespace bench::harness

// What is said of a history, in text and JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "results/history/history_json.h"
#include "results/history/history_text.h"
#include "tests/results/history/runs.h"

namespace bench::results {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// 20 runs of 20 commits; the step time doubles with the eleventh, and one file cannot be read.
History Doubled() {
  std::vector<double> values(20, 0.5);
  std::fill(values.begin() + 10, values.end(), 1);
  const MetricInfo time = Info(kStepTime);
  std::vector<RunRecord> records;
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string commit = std::string(38, 'c') + std::to_string(10 + i);
    records.push_back(RunOf(commit, static_cast<int64_t>(i), values[i], time));
  }
  records.back().status = RunStatus::kInterrupted;
  History history = *BuildHistory("sft_small", records, {});
  history.unreadable = {"x.h5: damaged"};
  history.sections[0].commits[10].subject = "A slower step";
  return history;
}

TEST(RenderHistoryText, SaysWhatChangedWhereAndByHowMuch) {
  const std::string text = RenderHistoryText(Doubled(), 200);
  EXPECT_THAT(text, HasSubstr("sft_small@3: 19 runs of 19 commits, 2026-01-01\n"));
  EXPECT_THAT(text, HasSubstr("machine class 0123456789abcdef, cpu, 2 threads, 12 processes"));
  EXPECT_THAT(text, HasSubstr("▁▁▁▁▁▁▁▁▁▁█████████"));
  EXPECT_THAT(text, HasSubstr("0.5 s -> 1 s\n"));
  EXPECT_THAT(text, HasSubstr("REGRESSED +100.00% with cccccccccccc (2026-01-01) A slower step: "
                              "0.5 s -> 1 s, p = 0.0005, adjusted 0.0005\n"));
  EXPECT_THAT(text, HasSubstr("left out: 1 interrupted, 1 that cannot be read\n"));
  EXPECT_THAT(text, HasSubstr("1 change, 1 regressed\n"));
}

TEST(RenderHistoryText, SaysWhichInputsAndWhatWasLeftOut) {
  History history = Doubled();
  history.num_by_several_commits = 2;
  const std::string text = RenderHistoryText(history, 200);
  EXPECT_THAT(text, HasSubstr("definition dddddddddddd, inputs eeeeeeeeeeee\n"));
  EXPECT_THAT(text, HasSubstr("1 interrupted, 2 by several commits, 1 that cannot be read"));
}

// The metric's adjusted p-value is that of another change.
TEST(RenderHistoryText, NoAdjustedPValueIsLessThanThePValue) {
  History history = Doubled();
  MetricHistory& metric = history.sections[0].metrics[0];
  metric.changes[0].p_value = 0.0008;
  metric.adjusted_p_value = 0.0005;
  EXPECT_THAT(RenderHistoryText(history, 200), HasSubstr("p = 0.0008, adjusted 0.0008\n"));
}

TEST(RenderHistoryText, NoLineIsWiderThanTheWindow) {
  for (const int columns : {40, 60, 80, 120}) {
    std::istringstream text(RenderHistoryText(Doubled(), columns));
    for (std::string line; std::getline(text, line);) {
      int width = 0;
      for (const char c : line) width += (c & 0xC0) != 0x80 ? 1 : 0;  // UTF-8: code points
      EXPECT_LE(width, columns) << line;
    }
  }
}

TEST(RenderHistoryText, ADirtyTreeHasAPlus) {
  HistoryCommit commit;
  EXPECT_EQ(CommitName(commit), "unknown source");
  commit.commit = "0123456789abcdef";
  EXPECT_EQ(CommitName(commit), "0123456789ab");
  commit.dirty = true;
  EXPECT_EQ(CommitName(commit), "0123456789ab+");
}

TEST(RenderHistoryText, NamesAreEscaped) {
  History history = Doubled();
  history.sections[0].commits[10].subject = "\x1B[2J";
  EXPECT_THAT(RenderHistoryText(history, 80), Not(HasSubstr("\x1B")));
}

TEST(RenderHistoryJson, HasTheSame) {
  const auto json = nlohmann::json::parse(RenderHistoryJson(Doubled()));
  EXPECT_EQ(json["format"], "bench-history");
  EXPECT_EQ(json["num_runs"], 19);
  EXPECT_EQ(json["incomplete"]["interrupted"], 1);
  EXPECT_EQ(json["unreadable"][0], "x.h5: damaged");
  EXPECT_EQ(json["by_several_commits"], 0);
  const auto& series = json["series"][0];
  EXPECT_EQ(series["experiment"], "sft_small@3");
  EXPECT_EQ(series["recipe_key"], std::string(64, 'e'));
  EXPECT_EQ(series["commits"].size(), 19u);
  EXPECT_EQ(series["commits"][0]["subject"], nullptr);
  const auto& metric = series["metrics"][0];
  EXPECT_EQ(metric["metric"], "step_time");
  EXPECT_EQ(metric["values"].size(), 19u);
  EXPECT_EQ(metric["values"][9], 0.5);
  const auto& change = metric["changes"][0];
  EXPECT_EQ(change["commit"], 10);
  EXPECT_EQ(change["before"], 0.5);
  EXPECT_EQ(change["after"], 1.0);
  EXPECT_EQ(change["direction"], "regressed");
  EXPECT_EQ(series["commits"][10]["subject"], "A slower step");
}

}  // namespace
}  // namespace bench::results

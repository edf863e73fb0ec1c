#include "results/comparison/profile_changes.h"

#include <gtest/gtest.h>

#include "results/comparison/comparison.h"
#include "results/comparison/report_json.h"
#include "results/comparison/report_text.h"
#include "results/notes.h"
#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

struct Row {
  std::string range;
  std::string name;
  int64_t count;
  double self_s;
};

// A complete run, `steps` of whose steps Kineto looked at.
RunRecord Profiled(int64_t replicate, int64_t steps, const std::vector<Row>& rows) {
  RunRecord record = RunWith(MetricOf(MetricKind::kLearning, Better::kLower, true), 1, replicate);
  record.notes[std::string(kProfilerNote)] = "kineto";
  record.notes[std::string(kProfileStepsNote)] = steps;
  Table& table = record.tables["profile_operators"];
  table.columns = {"range", "operator", "count", "total_s", "self_s"};
  for (const Row& row : rows) {
    table.rows.push_back({row.range, row.name, row.count, row.self_s * 2, row.self_s});
  }
  return record;
}

TEST(ProfileChanges, NameTheOperatorAndRangeThatGotSlowerAStep) {
  const Group base = OneRun("base", Profiled(0, 2,
                                             {{"forward", "aten::mm", 8, 0.5},
                                              {"backward", "aten::mm", 16, 1.0},
                                              {"forward", "aten::add", 4, 0.125}}));
  const Group head = OneRun("head", Profiled(0, 4,
                                             {{"forward", "aten::mm", 16, 1.0},
                                              {"backward", "aten::mm", 32, 4.0},
                                              {"forward", "aten::silu", 4, 0.5}}));
  const std::vector<ProfileChange> changes = CompareProfiles(base, head);
  ASSERT_EQ(changes.size(), 4u);
  // 0.5 s a step of the base, 1.0 s a step of the head; both 8 calls a step.
  EXPECT_EQ(changes[0].what, "operator");
  EXPECT_EQ(changes[0].range, "backward");
  EXPECT_EQ(changes[0].name, "aten::mm");
  EXPECT_EQ(changes[0].base_s, 0.5);
  EXPECT_EQ(changes[0].head_s, 1.0);
  EXPECT_EQ(changes[0].base_count, 8);
  EXPECT_EQ(changes[0].head_count, 8);
  // What an arm lacks took nothing there.
  EXPECT_EQ(changes[1].name, "aten::silu");
  EXPECT_EQ(changes[1].base_s, 0);
  EXPECT_EQ(changes[1].head_s, 0.125);
  EXPECT_EQ(changes[2].name, "aten::add");
  EXPECT_EQ(changes[2].head_s, 0);
  EXPECT_EQ(changes[3].base_s, changes[3].head_s);  // of aten::mm in forward
}

TEST(ProfileChanges, AnArmsTimeIsTheMedianOfItsRuns) {
  const Group base = GroupOf("base", {Profiled(0, 1, {{"forward", "aten::mm", 1, 1.0}}),
                                      Profiled(1, 1, {{"forward", "aten::mm", 1, 2.0}}),
                                      Profiled(2, 1, {{"forward", "aten::mm", 1, 9.0}})});
  const Group head = OneRun("head", Profiled(0, 1, {{"forward", "aten::mm", 1, 3.0}}));
  const std::vector<ProfileChange> changes = CompareProfiles(base, head);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].base_s, 2.0);
}

TEST(ProfileChanges, NeedProfiledRunsInBothArms) {
  const Group profiled = OneRun("base", Profiled(0, 1, {{"forward", "aten::mm", 1, 1.0}}));
  const Group plain = OneRun("head", RunWith(MetricOf(MetricKind::kTime, Better::kLower), 1, 0));
  EXPECT_TRUE(CompareProfiles(profiled, plain).empty());
  RunRecord foreign = Profiled(0, 1, {{"forward", "aten::mm", 1, 1.0}});
  foreign.tables["profile_operators"].columns[4] = "other";
  EXPECT_TRUE(CompareProfiles(profiled, OneRun("head", foreign)).empty());
}

TEST(ProfileChanges, AreBetweenProfilesOfTheSameTool) {
  RunRecord by_nsys = Profiled(0, 1, {{"forward", "aten::mm", 1, 8.0}});
  by_nsys.notes[std::string(kProfilerNote)] = std::string("nsys");
  const Group kineto = OneRun("base", Profiled(0, 1, {{"forward", "aten::mm", 1, 1.0}}));
  EXPECT_TRUE(CompareProfiles(kineto, OneRun("head", by_nsys)).empty());
  // Of an arm with both, those of the tool that the other arm has.
  const Group both = GroupOf("head", {by_nsys, Profiled(1, 1, {{"forward", "aten::mm", 1, 2.0}})});
  const std::vector<ProfileChange> changes = CompareProfiles(kineto, both);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].base_s, 1.0);
  EXPECT_EQ(changes[0].head_s, 2.0);
}

TEST(ProfileChanges, ReportsNameThemAndJudgeNoTime) {
  const Group base = OneRun("base", Profiled(0, 1, {{"backward", "aten::mm", 2, 0.25}}));
  const Group head = OneRun("head", Profiled(0, 1, {{"backward", "aten::mm", 2, 0.375}}));
  const Comparison comparison = *Compare(base, head);
  const std::string text = RenderText(comparison, 120);
  EXPECT_NE(text.find("times of 2 profiled runs are not judged"), std::string::npos) << text;
  EXPECT_NE(text.find("operator aten::mm of backward: 250 ms -> 375 ms (+125 ms)"),
            std::string::npos)
      << text;
  const std::string json = RenderJson(comparison);
  EXPECT_NE(json.find("\"name\": \"aten::mm\""), std::string::npos) << json;
}

}  // namespace
}  // namespace bench::results

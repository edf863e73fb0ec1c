#include "results/comparison/comparability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "results/comparison/usable_times.h"
#include "results/notes.h"
#include "tests/results/comparison/groups.h"

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Comparability With(const std::function<void(RunRecord&)>& change) {
  RunRecord head = SampleRecord();
  change(head);
  return CheckComparable(OneRun("base", SampleRecord()), OneRun("head", head));
}

TEST(CheckComparable, EachDifferenceThatForbidsComparingIsNamed) {
  const std::pair<std::string, std::function<void(RunRecord&)>> cases[] = {
      {"definition hash", [](RunRecord& r) { r.header.definition_sha256[0] = '0'; }},
      {"stage", [](RunRecord& r) { r.header.stage = "ppo"; }},
      {"--set", [](RunRecord& r) { r.header.ad_hoc = true; }},
      {"replicate", [](RunRecord& r) { r.header.replicate = 0; }},
      {"machine class", [](RunRecord& r) { r.header.machine_class = "other"; }},
      {"device", [](RunRecord& r) { r.header.device = "cuda"; }},
      {"threads", [](RunRecord& r) { r.header.threads = 4; }},
      {"processes", [](RunRecord& r) { r.header.world_size = 16; }},
      {"strict", [](RunRecord& r) { r.header.strict = false; }},
      {"input data", [](RunRecord& r) { r.header.inputs["data"] = "other"; }},
      {"input initial_weights", [](RunRecord& r) { r.header.inputs["initial_weights"] = "w"; }},
      {"input tokenizer", [](RunRecord& r) { r.header.inputs.erase("tokenizer"); }},
      {"interrupted", [](RunRecord& r) { r.status = RunStatus::kInterrupted; }},
      {"failed", [](RunRecord& r) { r.status = RunStatus::kFailed; }},
  };
  for (const auto& [reason, change] : cases) {
    EXPECT_THAT(With(change).reasons, ElementsAre(HasSubstr(reason)));
  }
}

TEST(CheckComparable, OnlyAHeadMayHaveDiverged) {
  RunRecord diverged = SampleRecord();
  diverged.status = RunStatus::kDiverged;
  EXPECT_THAT(With([](RunRecord& r) { r.status = RunStatus::kDiverged; }).reasons, IsEmpty());
  EXPECT_THAT(CheckComparable(OneRun("b", diverged), OneRun("h", SampleRecord())).reasons,
              ElementsAre(HasSubstr("in the base is diverged")));
}

TEST(CheckComparable, WhatIsNoPartOfTheRecipeDoesNotForbidIt) {
  const Comparability comparability = With([](RunRecord& head) {
    head.header.run_id = "other";
    head.header.provenance["commit"] = "def";
    head.header.experiment = "renamed";
  });
  EXPECT_THAT(comparability.reasons, IsEmpty());
  EXPECT_THAT(comparability.notes, ElementsAre(HasSubstr("different names")));
}

TEST(CheckComparable, EveryRunOfAGroupIsChecked) {
  const MetricInfo metric = MetricOf(MetricKind::kLearning, Better::kLower);
  Group base = ValuesOf("b", metric, {1, 2});
  base.runs[1].record.header.threads = 4;
  const Group head = ValuesOf("h", metric, {1, 2});
  EXPECT_THAT(CheckComparable(base, head).reasons,
              ElementsAre("the number of threads differs: 2 in the base, 4 in the base's b/r1"));
}

TEST(CheckComparable, ACopyOfARunIsNoReplicate) {
  const MetricInfo metric = MetricOf(MetricKind::kTime, Better::kLower);
  Group base = ValuesOf("b", metric, {1, 1});
  for (ResultsInput& run : base.runs) {
    run.record.header.replicate = 0;
    run.record.header.provenance["start_time_utc"] = "2026-11-29T18:00:00Z";
  }
  EXPECT_THAT(CheckComparable(base, ValuesOf("h", metric, {1})).reasons,
              ElementsAre("b/r0 and b/r1, both in the base, are one run"));
  base.runs[1].record.header.provenance["start_time_utc"] = "2026-11-29T18:00:01Z";
  EXPECT_THAT(CheckComparable(base, ValuesOf("h", metric, {1})).reasons, IsEmpty());
}

TEST(CheckComparable, OtherNumbersOfReplicatesAreNoted) {
  const MetricInfo metric = MetricOf(MetricKind::kLearning, Better::kLower);
  const Comparability comparability =
      CheckComparable(ValuesOf("b", metric, {1, 2, 3}), ValuesOf("h", metric, {1, 2}));
  EXPECT_THAT(comparability.reasons, IsEmpty());
  EXPECT_THAT(comparability.notes, ElementsAre(HasSubstr("different replicate numbers")));
}

// A head that was run with other settings than the base.
Comparability Asked(const AskedDifferences& asked, const std::string& base_json,
                    const std::function<void(RunRecord&)>& change) {
  RunRecord base = SampleRecord();
  base.header.definition_json = base_json;
  RunRecord head = SampleRecord();
  head.header.definition_sha256 = std::string(64, '0');
  head.header.ad_hoc = true;
  change(head);
  return CheckComparable(OneRun("b", base), OneRun("h", head), asked);
}

TEST(CheckComparable, WhatWasAskedForIsNotedAndAnythingElseForbids) {
  AskedDifferences asked;
  asked.keys = {"training.precision", "data"};
  const auto change = [](RunRecord& head) {
    head.header.definition_json =
        R"({"training": {"precision": "mixed", "steps": 4}, "data": {"mix": [{"weight": 2}]}})";
  };
  const Comparability fine = Asked(
      asked, R"({"training": {"precision": "fp32", "steps": 4}, "data": {"mix": [{"weight": 1}]}})",
      change);
  EXPECT_THAT(fine.reasons, IsEmpty());
  EXPECT_THAT(
      fine.notes,
      ElementsAre(
          "asked for: field data.mix.0.weight: 1 in the base, 2 in the head",
          R"(asked for: field training.precision: "fp32" in the base, "mixed" in the head)"));
  const Comparability other = Asked(
      asked, R"({"training": {"precision": "fp32", "steps": 5}, "data": {"mix": [{"weight": 1}]}})",
      change);
  EXPECT_THAT(other.reasons,
              ElementsAre("the field training.steps differs: 5 in the base, 4 in the head"));
}

TEST(CheckComparable, RunsOfAHeadAreAlikeWhateverWasAsked) {
  const MetricInfo metric = MetricOf(MetricKind::kTime, Better::kLower);
  AskedDifferences asked;
  asked.ranks = true;
  Group head = ValuesOf("h", metric, {1, 2});
  for (ResultsInput& run : head.runs) run.record.header.threads = 7;
  EXPECT_THAT(CheckComparable(ValuesOf("b", metric, {1, 2}), head, asked).reasons, IsEmpty());
  head.runs[1].record.header.threads = 8;
  EXPECT_THAT(CheckComparable(ValuesOf("b", metric, {1, 2}), head, asked).reasons,
              ElementsAre(HasSubstr("7 in the base, 8 in the head's h/r1")));
}

// ATEN_CPU_CAPABILITY and its like choose the instruction set, which the machine class names.
TEST(CheckComparable, TheMachineClassFollowsVariablesThatWereAskedFor) {
  AskedDifferences asked;
  asked.environment = true;
  asked.others = {
      "environment variable ATEN_CPU_CAPABILITY: not set in the base, avx2 in the head"};
  RunRecord head = SampleRecord();
  head.header.machine_class = "other";
  const Comparability comparability =
      CheckComparable(OneRun("b", SampleRecord()), OneRun("h", head), asked);
  EXPECT_THAT(comparability.reasons, IsEmpty());
  EXPECT_THAT(comparability.notes,
              ElementsAre(HasSubstr("asked for: machine class: 0123456789abcdef in the base, other "
                                    "in the head"),
                          HasSubstr("ATEN_CPU_CAPABILITY")));
  head.header.threads = 7;
  EXPECT_THAT(CheckComparable(OneRun("b", SampleRecord()), OneRun("h", head), asked).reasons,
              ElementsAre(HasSubstr("number of threads")));
}

// Two cold runs more than the base has: no time of the head is judged, and why is said.
TEST(CheckComparable, AHeadThatIsDisturbedMoreOftenHasNoTimesAndTheReasonIsSaid) {
  const Group base = ValuesOf("b", MetricOf(MetricKind::kTime, Better::kLower), {1, 1, 1});
  Group head = ValuesOf("h", MetricOf(MetricKind::kTime, Better::kLower), {1, 1, 1});
  head.runs[0].record.notes[std::string(kDiskPageFaultsNote)] = kColdPageFaults;
  EXPECT_THAT(CheckComparable(base, head).notes, ElementsAre("times of 1 cold run are not judged"));
  head.runs[1].record.notes[std::string(kThrottleNote)] = int64_t{1};
  EXPECT_THAT(CheckComparable(base, head).notes,
              ElementsAre("times of 1 cold and 1 throttled runs are not judged",
                          "no time is judged: 2 runs of the head were throttled or cold, 0 of the "
                          "base, and the head may be what heats or swaps"));
}

TEST(CheckComparable, InputsAndThreadsFollowWhatWasAsked) {
  AskedDifferences asked;
  asked.keys = {"run.threads", "init.folder"};
  const auto change = [](RunRecord& head) {
    head.header.threads = 7;
    head.header.inputs["initial_weights"] = "w";
  };
  EXPECT_THAT(Asked(asked, SampleHeader().definition_json, change).reasons, IsEmpty());
  asked.keys = {"optimizer.learning_rate"};
  EXPECT_THAT(Asked(asked, SampleHeader().definition_json, change).reasons,
              ElementsAre(HasSubstr("number of threads"), HasSubstr("initial_weights")));
}

}  // namespace
}  // namespace bench::results

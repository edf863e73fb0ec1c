#include "results/comparison/comparability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

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

TEST(CheckComparable, OtherNumbersOfReplicatesAreNoted) {
  const MetricInfo metric = MetricOf(MetricKind::kLearning, Better::kLower);
  const Comparability comparability =
      CheckComparable(ValuesOf("b", metric, {1, 2, 3}), ValuesOf("h", metric, {1, 2}));
  EXPECT_THAT(comparability.reasons, IsEmpty());
  EXPECT_THAT(comparability.notes, ElementsAre(HasSubstr("different replicate numbers")));
}

}  // namespace
}  // namespace bench::results

#include "harness/stages/program/program_setup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/status.h"

namespace bench::harness {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Key;
using testing::Not;

Definition Example() {
  Definition definition = DefaultDefinition(StageKind::kProgram);
  definition.folder = "/experiments/mine";
  definition.run.threads = 3;
  auto& spec = std::get<ProgramSpec>(definition.stage);
  spec.command = {"{python}", "train.py", "--seed={seed}", "--data", "{input.my-data}"};
  spec.environment = {"DATA={input.my-data}", "OMP_NUM_THREADS=1"};
  spec.timeout_s = 7;
  return definition;
}

ProgramOccasion Occasion() {
  ProgramOccasion occasion;
  occasion.folder = "/run/program";
  occasion.artifact = "/run/artifact";
  occasion.log_path = "/run/log";
  occasion.metrics_path = "/run/metrics";
  occasion.inputs = {{"my-data", "/data"}};
  occasion.seeds = {5, 2};
  occasion.python = "/py";
  return occasion;
}

TEST(ProgramSetup, FillsInTheCommandAndTheEnvironment) {
  const Definition definition = Example();
  const auto plan = PlanOf(definition, Occasion());
  ASSERT_TRUE(plan.ok()) << plan.status();
  const std::string seed = std::to_string(ProgramSeed({5, 2}));
  EXPECT_THAT(plan->command.argv,
              ElementsAre("/py", "train.py", "--seed=" + seed, "--data", "/data"));
  EXPECT_EQ(plan->command.folder, "/experiments/mine/");
  const std::map<std::string, std::string> expected = {{"BENCH_ARTIFACT", "/run/artifact"},
                                                       {"BENCH_DEVICE", "cpu"},
                                                       {"BENCH_INPUT_MY_DATA", "/data"},
                                                       {"BENCH_METRICS", "/run/metrics"},
                                                       {"BENCH_REPLICATE", "2"},
                                                       {"BENCH_RUN", "/run/program"},
                                                       {"BENCH_SEED", seed},
                                                       {"BENCH_THREADS", "3"},
                                                       {"CUDA_VISIBLE_DEVICES", ""},
                                                       {"DATA", "/data"},
                                                       {"OMP_NUM_THREADS", "1"},
                                                       {"PYTHONUNBUFFERED", "1"}};
  EXPECT_EQ(plan->command.environment, expected);
  EXPECT_EQ(plan->timeout, std::chrono::seconds(7));
}

TEST(ProgramSetup, AProgramBesideBenchRunIsNamedByItsFolder) {
  Definition definition = Example();
  std::get<ProgramSpec>(definition.stage).command = {"{programs}/kernel-bench"};
  ProgramOccasion occasion = Occasion();
  occasion.programs = "/build/bin";
  const auto plan = PlanOf(definition, occasion);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->command.argv, ElementsAre("/build/bin/kernel-bench"));
}

TEST(ProgramSetup, AProgramOfARunOnTheGpuSeesTheGpus) {
  const Definition definition = Example();
  ProgramOccasion occasion = Occasion();
  occasion.device = DeviceKind::kCuda;
  const auto plan = PlanOf(definition, occasion);
  EXPECT_THAT(plan->command.environment, Not(Contains(Key("CUDA_VISIBLE_DEVICES"))));
  EXPECT_EQ(plan->command.environment.at("BENCH_DEVICE"), "cuda");
}

TEST(ProgramSetup, PathsAreFromWhereTheySay) {
  Definition definition = Example();
  auto& spec = std::get<ProgramSpec>(definition.stage);
  EXPECT_EQ(PlacesOf(definition).source, std::nullopt);
  spec.source = "../../trainer";
  spec.folder = "scripts";
  const ProgramPlaces places = PlacesOf(definition);
  EXPECT_EQ(places.definition, "/experiments/mine");
  EXPECT_EQ(places.source, "/trainer");
  EXPECT_EQ(places.working, "/trainer/scripts");
  spec.source = "/other";
  EXPECT_EQ(PlacesOf(definition).working, "/other/scripts");
  definition.folder = "";  // of a definition that is no file
  EXPECT_EQ(PlacesOf(definition).definition, std::filesystem::absolute(".").string());
}

TEST(ProgramSetup, ReportsAreReadFromTheWorkingFolderOrTheRuns) {
  Definition definition = Example();
  auto& spec = std::get<ProgramSpec>(definition.stage);
  spec.reports.resize(4);
  spec.reports[1].path = "{run}/out.jsonl";
  spec.reports[2] = {ReportFormat::kTrainerState, "out/trainer_state.json", ""};
  spec.reports[3] = {ReportFormat::kPattern, "", "x"};
  const auto plan = PlanOf(definition, Occasion());
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->reports[0].path, "/run/metrics");
  EXPECT_EQ(plan->reports[1].path, "/run/program/out.jsonl");
  EXPECT_EQ(plan->reports[2].path, "/experiments/mine/out/trainer_state.json");
  EXPECT_EQ(plan->reports[3].path, "");
}

TEST(ProgramSetup, SeedsDifferByReplicateAndFitThirtyOneBits) {
  EXPECT_NE(ProgramSeed({5, 0}), ProgramSeed({5, 1}));
  EXPECT_NE(ProgramSeed({5, 0}), ProgramSeed({6, 0}));
  for (int64_t replicate = 0; replicate < 100; ++replicate) {
    EXPECT_LT(ProgramSeed({5, replicate}), uint32_t{1} << 31);
  }
}

TEST(ProgramSetup, AWordThatStandsForNothingIsTheUsersError) {
  Definition definition = Example();
  std::get<ProgramSpec>(definition.stage).command = {"{input.other}"};
  EXPECT_EQ(ExitCodeFor(PlanOf(definition, Occasion()).status()), ExitCode::kUsage);
}

}  // namespace
}  // namespace bench::harness

#include "harness/plan/memory_report.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

LoadedDefinition SmallSft(Precision precision) {
  SftSpec spec;
  spec.training.precision = precision;
  spec.training.batch_size = 48;
  LoadedDefinition loaded;
  loaded.name = "small";
  loaded.version = 3;
  loaded.sha256 = "abc";
  loaded.definition.stage = std::move(spec);
  return loaded;
}

// 7.5 B parameters in mixed precision on 64 devices: 120, 31.4, 16.6 and 1.88 GB in the paper.
MemoryPlan PaperPlan() {
  MemoryPlan plan;
  plan.models = {{{.role = "decoder"}, 7'500'000'000}};
  plan.trained_parameters = 7'500'000'000;
  RanksPlan ranks;
  ranks.num_ranks = 64;
  ranks.micro_batch = {48, 4800, 4000};
  ranks.activations = {1e9, 2e9, 3e9};
  for (const ZeroStage zero_stage : kZeroStages) {
    StagePlan stage;
    stage.sharding = {zero_stage, 64};
    stage.states = ModelStateBytes(7'500'000'000, Precision::kMixed, stage.sharding);
    stage.total_bytes = stage.states.total() + ranks.activations.peak();
    stage.largest_parameters = 14'422'535'211;
    stage.largest_layers = zero_stage == ZeroStage::kBaseline ? 0 : 1234;
    ranks.stages.push_back(stage);
  }
  plan.ranks = {ranks};
  return plan;
}

std::string Text(const MemoryPlan& plan) {
  const LoadedDefinition loaded = SmallSft(Precision::kMixed);
  return PlanText({loaded, 32000, "given", 32'000'000'000, DeviceKind::kCuda}, plan);
}

TEST(MemoryReport, ShowsThePapersNumbersWithOneDigitMore) {
  const std::string text = Text(PaperPlan());
  EXPECT_THAT(text, HasSubstr("small@3, stage sft"));
  EXPECT_THAT(text, HasSubstr("7,500,000,000 parameters"));
  EXPECT_THAT(text, HasSubstr("     64         120.0 / 123.0         31.41 / 34.41         16.64 "
                              "/ 19.64         1.875 / 4.875\n"));
  EXPECT_THAT(text, HasSubstr("largest on 32.00 GB"));
  EXPECT_THAT(text, HasSubstr("        14.42 B / none       14.42 B / 1,234"));
  EXPECT_THAT(text, Not(HasSubstr("frozen models")));
}

TEST(MemoryReport, LinesAreAtMostAHundredColumns) {
  const std::string text = Text(PaperPlan());
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    EXPECT_LE(line.size(), 100u) << line;
  }
}

TEST(MemoryReport, SmallModelsAreShownInMegabytes) {
  MemoryPlan plan = PaperPlan();
  for (StagePlan& stage : plan.ranks[0].stages) {
    stage.states = ModelStateBytes(1'000'000, Precision::kFp32, stage.sharding);
  }
  EXPECT_THAT(Text(plan), HasSubstr("MB a device"));
  EXPECT_THAT(Text(plan), HasSubstr("16.00 / "));
}

TEST(MemoryReport, TheUpdateIsNamedWhereThereIsOne) {
  EXPECT_THAT(Text(PaperPlan()), Not(HasSubstr("update")));
  MemoryPlan plan = PaperPlan();
  plan.ranks[0].stages[0].update_bytes = 16e6;
  EXPECT_THAT(Text(plan), HasSubstr("activations are gone, at most 16.00 MB at once"));
  EXPECT_THAT(Text(plan), HasSubstr("with activations or the update\n"));
}

TEST(MemoryReport, NamesOfOthersCannotControlTheTerminal) {
  LoadedDefinition loaded = SmallSft(Precision::kFp32);
  loaded.name = "a\x1b[31m";
  const std::string text =
      PlanText({loaded, 10, "of x\x1b]0;", 1000, DeviceKind::kCpu}, PaperPlan());
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(MemoryReport, JsonHasEveryNumberExactly) {
  const LoadedDefinition loaded = SmallSft(Precision::kMixed);
  const auto json = nlohmann::json::parse(
      PlanJson({loaded, 32000, "given", 32'000'000'000, DeviceKind::kCuda}, PaperPlan()));
  EXPECT_EQ(json["format"], "bench-plan");
  EXPECT_EQ(json["experiment"], "small");
  EXPECT_EQ(json["version"], 3);
  EXPECT_EQ(json["precision"], "mixed");
  EXPECT_EQ(json["kernels"], "cuda");
  EXPECT_EQ(json["vocabulary"]["size"], 32000);
  EXPECT_EQ(json["models"][0]["use"], "trained");
  const auto& plan = json["plans"][0];
  EXPECT_EQ(plan["ranks"], 64);
  EXPECT_EQ(plan["activation_bytes"]["peak"], 3e9);
  const auto& pos_g = plan["stages"][2];
  EXPECT_EQ(pos_g["stage"], "pos_g");
  EXPECT_EQ(pos_g["parameter_bytes"], 15e9);
  EXPECT_EQ(pos_g["gradient_bytes"], 234375000.0);
  EXPECT_EQ(pos_g["optimizer_state_bytes"], 1406250000.0);
  EXPECT_EQ(pos_g["state_bytes"], 16640625000.0);
  EXPECT_EQ(pos_g["largest_parameters"], 14'422'535'211);
}

}  // namespace
}  // namespace bench::harness

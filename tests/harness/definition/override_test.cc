#include "harness/definition/override.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

SftSpec Sft(std::vector<std::string> overrides) {
  const auto definition = Decode(kSmallSft, std::move(overrides));
  EXPECT_TRUE(definition.ok()) << definition.status();
  return definition.ok() ? std::get<SftSpec>(definition->stage) : SftSpec();
}

TEST(Override, ReplacesAValueAndAddsOneInATableThatIsAbsent) {
  const SftSpec spec = Sft({"training.steps=10", "schedule.warmup_steps=3"});
  EXPECT_EQ(spec.training.steps, 10);
  EXPECT_EQ(spec.schedule.warmup_steps, 3);
}

TEST(Override, OfOneKeyTheLastCounts) {
  EXPECT_EQ(Sft({"training.steps=10", "training.steps=20"}).training.steps, 20);
}

TEST(Override, TakesTomlValues) {
  EXPECT_EQ(Sft({"training.steps=1_000"}).training.steps, 1000);
  EXPECT_EQ(Sft({"optimizer.learning_rate=1"}).optimizer.learning_rate, 1.0);
  EXPECT_FALSE(Sft({"model.tie_embeddings=false"}).model.tie_embeddings);
  EXPECT_EQ(Sft({"init.weights=\"artifact\"", "init.artifact='a@1'"}).init.artifact,
            (ArtifactRef{"a", 1}));
}

TEST(Override, TakesBareWordsAsStrings) {
  EXPECT_EQ(Sft({"data.path=/tmp/my file=1.jsonl"}).data.path, "/tmp/my file=1.jsonl");
  EXPECT_EQ(Sft({"schedule.kind=linear"}).schedule.kind, ScheduleKind::kLinear);
  // What would be a number or a boolean stays text where text is expected.
  EXPECT_EQ(Decode(kSmallSft, {"title=2024"})->title, "2024");
  EXPECT_EQ(Decode(kSmallSft, {"title=a\\b\"\x7f\n"})->title, "a\\b\"\x7f\n");
}

TEST(Override, ReplacesAListOfTables) {
  const SftSpec spec = Sft({"data.mix=[{task=\"a\",weight=2}]"});
  ASSERT_EQ(spec.data.mix.size(), 1u);
  EXPECT_EQ(spec.data.mix[0].weight, 2);
}

TEST(Override, OfAnAlternativeReplacesTheOther) {
  const SftSpec spec =
      Sft({"data.mix=[{task=\"a\",weight=2}]", "data.path=own.jsonl", "tokenizer.path=x.model"});
  EXPECT_EQ(spec.data.dataset, std::nullopt);
  EXPECT_EQ(spec.data.path, "own.jsonl");
  EXPECT_TRUE(spec.data.mix.empty());  // weights of the data set's tasks
  EXPECT_EQ(spec.tokenizer.artifact, std::nullopt);
}

TEST(Override, SuppliesARequiredKey) {
  EXPECT_TRUE(Decode(With("steps = 1600\n", ""), {"training.steps=5"}).ok());
}

TEST(Override, ErrorsAreThoseOfTheFileWithTheOverrideAsTheirPlace) {
  EXPECT_EQ(Refusal(kSmallSft, {"training.setps=1"}),
            "--set training.setps=1: unknown key \"setps\" in [training]; did you mean \"steps\"?");
  EXPECT_EQ(Refusal(kSmallSft, {"training.steps=many"}),
            "--set training.steps=many: training.steps: expected an integer (in steps), got string "
            "\"many\"");
  EXPECT_EQ(Refusal(kSmallSft, {"training.steps=1.5"}),
            "--set training.steps=1.5: training.steps: expected an integer, got float 1.5");
  EXPECT_EQ(Refusal(kSmallSft, {"training.steps=-1"}),
            "--set training.steps=-1: training.steps: -1 steps is out of range: 1 to 1e+09");
  EXPECT_EQ(Refusal(kSmallSft, {"run.flush_interval_ms=1"}),
            "--set run.flush_interval_ms=1: wrong unit: \"flush_interval_ms\" is written "
            "\"flush_interval_s\" here, in s");
  EXPECT_EQ(Refusal(kSmallSft, {"training.batch_size=50", "training.micro_batch_size=7"}),
            "--set training.batch_size=50: training.batch_size: 50 is not a multiple of "
            "micro_batch_size 7");
  EXPECT_THAT(Refusal(kSmallSft, {"data.mix=[{tsk=\"a\",weight=1}]"}),
              HasSubstr("unknown key \"tsk\" in [data.mix]; did you mean \"task\"?"));
}

TEST(Override, RefusesWhatIsNoKeyAndValue) {
  EXPECT_EQ(Refusal(kSmallSft, {"training.steps"}), "--set training.steps: write --set key=value");
  EXPECT_EQ(Refusal(kSmallSft, {"training=1"}),
            "--set training=1: training is a table: set one of its keys");
  EXPECT_EQ(Refusal(kSmallSft, {"title.x=1"}),
            "--set title.x=1: title is no table, it has no keys");
  EXPECT_THAT(Refusal(kSmallSft, {"=1"}), StartsWith("--set =1: unknown key \"\" at the top"));
  EXPECT_EQ(Refusal(kSmallSft, {"stage=tokenizer"}),
            "--set stage=tokenizer: another stage is another experiment");
}

TEST(Override, CannotSmuggleASecondKey) {
  EXPECT_EQ(Refusal(kSmallSft, {"training.steps=1\nx = 2"}),
            "--set training.steps=1\\x0ax = 2: the value has more than one line");
}

TEST(Override, MalformedTomlIsRefusedAndDepthBombsDoNotCrash) {
  EXPECT_THAT(Refusal(kSmallSft, {"data.mix=[{"}), StartsWith("--set data.mix=[{: Error while"));
  EXPECT_THAT(Refusal(kSmallSft, {"data.mix=" + std::string(100000, '[')}),
              HasSubstr("nested deeper than"));
  EXPECT_EQ(Refusal(kSmallSft, {"data.mix=\n" + std::string(100, '[')}).find('\n'),
            std::string::npos);
}

}  // namespace
}  // namespace bench::harness

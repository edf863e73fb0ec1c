#include "harness/definition/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "base/status.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Experiments : public testing::Test {
 protected:
  void SetUp() override {
    folder_.Write("experiments/translations/v1.toml", kSmallTranslations);
    folder_.Write("experiments/tokenizer_small/v1.toml", kSmallTokenizer);
    folder_.Write("experiments/sft_small/v1.toml", kSmallSft);
    root_ = folder_.path() + "/experiments";
    ASSERT_EQ(*UpdateLock(root_), 3);
  }

  absl::StatusOr<LoadedDefinition> Load(std::string_view spec,
                                        std::vector<std::string> overrides = {}) {
    return LoadDefinition(spec, {root_, std::move(overrides)});
  }
  std::string Lock() { return *ReadFile(root_ + "/versions.lock"); }

  TemporaryFolder folder_;
  std::string root_;
};

TEST_F(Experiments, LoadsACommittedVersion) {
  const auto loaded = Load("experiments/sft_small");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->name, "sft_small");
  EXPECT_EQ(loaded->version, 1);
  EXPECT_EQ(loaded->toml, kSmallSft);
  EXPECT_EQ(loaded->sha256, Sha256Hex(loaded->canonical_json));
  EXPECT_THAT(Lock(), HasSubstr("sft_small@1 " + loaded->sha256 + "\n"));
  EXPECT_FALSE(loaded->ad_hoc);
}

TEST_F(Experiments, AnEditedVersionIsRefusedNamingBothHashes) {
  const std::string locked = Load("sft_small")->sha256;
  const std::string lock_before = Lock();
  folder_.Write("experiments/sft_small/v1.toml", With("1600", "1601"));
  const absl::Status status = Load("sft_small@1").status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  const std::string edited = Sha256Hex(
      R"({"data":{"dataset":"translations@1"},"model":{"hidden_size":128,"intermediate_size":352,)"
      R"("num_heads":4,"num_layers":4},"optimizer":{"learning_rate":0.001},"schema":1,)"
      R"("stage":"sft","tokenizer":{"artifact":"tokenizer_small@1"},)"
      R"("training":{"batch_size":48,"steps":1601}})");
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr(locked), HasSubstr(edited), HasSubstr("new version")));
  EXPECT_FALSE(UpdateLock(root_).ok());
  EXPECT_FALSE(CheckAll(root_).ok());
  EXPECT_EQ(Lock(), lock_before);
}

TEST_F(Experiments, AnEditedCommentIsNoChange) {
  folder_.Write("experiments/sft_small/v1.toml", "# why\n" + std::string(kSmallSft));
  EXPECT_TRUE(Load("sft_small").ok());
  EXPECT_TRUE(CheckAll(root_).ok());
}

TEST_F(Experiments, AnOverrideDoesNotHideAnEdit) {
  folder_.Write("experiments/sft_small/v1.toml", With("1600", "1601"));
  EXPECT_THAT(std::string(Load("sft_small", {"training.steps=1600"}).status().message()),
              HasSubstr("was edited"));
}

TEST_F(Experiments, ANewVersionNeedsALockEntryAndIsThenTheNewest) {
  folder_.Write("experiments/sft_small/v2.toml", With("1600", "10"));
  const absl::Status status = Load("sft_small").status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("sft_small@2 has no entry"), HasSubstr("bench-run --lock")));
  EXPECT_THAT(std::string(CheckAll(root_).message()), HasSubstr("sft_small@2 has no entry"));
  EXPECT_EQ(*UpdateLock(root_), 1);
  EXPECT_EQ(*UpdateLock(root_), 0);
  EXPECT_EQ(Load("sft_small")->version, 2);
  EXPECT_TRUE(CheckAll(root_).ok());
}

TEST_F(Experiments, ALockedVersionWhoseFileIsGoneIsReported) {
  std::filesystem::remove_all(root_ + "/sft_small");
  EXPECT_THAT(std::string(CheckAll(root_).message()), HasSubstr("sft_small@1 is locked"));
  EXPECT_FALSE(UpdateLock(root_).ok());
}

TEST_F(Experiments, OverridesChangeTheHashAndMarkTheRunAdHoc) {
  const auto plain = Load("sft_small");
  const auto changed = Load("sft_small", {"training.steps=7"});
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_TRUE(changed->ad_hoc);
  EXPECT_EQ(changed->version, 1);
  EXPECT_EQ(std::get<SftSpec>(changed->definition.stage).training.steps, 7);
  EXPECT_NE(changed->sha256, plain->sha256);
  EXPECT_EQ(changed->toml, kSmallSft);
  EXPECT_THAT(changed->overrides, ElementsAre("training.steps=7"));
}

TEST_F(Experiments, AFileOfOnesOwnNeedsNoLock) {
  const std::string path = folder_.Write(
      "My run.toml", With("dataset = \"translations@1\"", "path = \"../mine.jsonl\""));
  const auto loaded = Load(path);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->version, std::nullopt);
  EXPECT_EQ(loaded->path, path);
  EXPECT_FALSE(loaded->ad_hoc);
  EXPECT_TRUE(IsExperimentName(loaded->name)) << loaded->name;
}

TEST_F(Experiments, AReferenceToNoExperimentIsRefusedWithTheNearest) {
  folder_.Write("experiments/sft_small/v2.toml", With("tokenizer_small@1", "tokeniser_small@1"));
  EXPECT_THAT(std::string(CheckAll(root_).message()),
              AllOf(HasSubstr("/sft_small/v2.toml:8:12: tokenizer.artifact"),
                    HasSubstr("did you mean \"tokenizer_small\"?")));
  EXPECT_THAT(std::string(Load("sft_small@1", {"data.dataset=translations@4"}).status().message()),
              HasSubstr("translations has no version 4"));
}

TEST_F(Experiments, CheckAllReportsEveryError) {
  folder_.Write("experiments/a/v1.toml", "stage = \"sft\"");
  folder_.Write("experiments/b/v1.toml", "stage = \"none\"");
  const absl::Status status = CheckAll(root_);
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("/a/v1.toml:1:1: missing key"), HasSubstr("\n"),
                    HasSubstr("/b/v1.toml:1:9: stage: \"none\"")));
}

TEST_F(Experiments, ADefinitionThatNeedsItselfIsReported) {
  const auto needing = [](const std::string& other) {
    return std::string(kSmallSft) + "[init]\nweights = \"artifact\"\nartifact = \"" + other +
           "\"\n";
  };
  folder_.Write("experiments/a/v1.toml", needing("b@1"));
  folder_.Write("experiments/b/v1.toml", needing("a@1"));
  ASSERT_EQ(*UpdateLock(root_), 2);
  EXPECT_EQ(CheckAll(root_).message(), "a@1 needs itself: a@1 -> b@1 -> a@1");
}

constexpr std::string_view kSweep = R"(stage = "sweep"
[sweep]
experiment = "sft_small@1"
metrics = ["loss"]
[[sweep.arms]]
name = "short"
set = ["training.steps=16"]
[[sweep.axes]]
key = "model.num_layers"
values = ["1", "2"]
)";

std::string SweepWith(std::string_view from, std::string_view to) {
  std::string text(kSweep);
  return text.replace(text.find(from), from.size(), to);
}

TEST_F(Experiments, TheSettingsOfASweepsArmsAreCheckedWithIt) {
  EXPECT_TRUE(Load(folder_.Write("own.toml", kSweep)).ok());
  const auto refusal = [&](std::string_view from, std::string_view to) {
    const absl::Status status = Load(folder_.Write("own.toml", SweepWith(from, to))).status();
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
    return std::string(status.message());
  };
  EXPECT_THAT(refusal("training.steps", "training.stops"),
              AllOf(HasSubstr("own.toml: arm short,num_layers=1"), HasSubstr("steps")));
  EXPECT_THAT(refusal("\"2\"", "\"-2\""), HasSubstr("arm short,num_layers=-2"));
  EXPECT_THAT(refusal("sft_small@1", "sft_small@4"), HasSubstr("sft_small has no version 4"));
}

TEST_F(Experiments, ASweepOfASweepIsRefused) {
  folder_.Write("experiments/inner/v1.toml", kSweep);
  ASSERT_EQ(*UpdateLock(root_), 1);
  const std::string outer =
      folder_.Write("outer.toml",
                    "stage = \"sweep\"\n[sweep]\nexperiment = \"inner@1\"\nmetrics = "
                    "[\"loss\"]\n[[sweep.arms]]\nname = \"a\"\n");
  EXPECT_THAT(std::string(Load(outer).status().message()), HasSubstr("inner@1 is a sweep itself"));
}

TEST_F(Experiments, AHugeFileIsAUsageError) {
  const std::string path = folder_.Write("own.toml", std::string((1 << 20) + 1, '\n'));
  EXPECT_EQ(ExitCodeFor(Load(path).status()), ExitCode::kUsage);
}

TEST_F(Experiments, AreListed) {
  EXPECT_THAT(*ListExperiments(root_), ElementsAre("sft_small", "tokenizer_small", "translations"));
}

TEST_F(Experiments, AFailedLockUpdateLeavesTheLock) {
  const std::string before = Lock();
  folder_.Write("experiments/a/v1.toml", kSmallTranslations);
  folder_.Write("experiments/b/v1.toml", "stage = \"none\"");
  EXPECT_FALSE(UpdateLock(root_).ok());
  EXPECT_EQ(Lock(), before);
}

// The definitions of this source tree, as `bench-run --check` sees them.
TEST(CommittedDefinitions, AreValidAndLocked) {
  const std::string root = std::string(BENCH_SOURCE_DIR) + "/experiments";
  EXPECT_TRUE(CheckAll(root).ok()) << CheckAll(root);
}

}  // namespace
}  // namespace bench::harness

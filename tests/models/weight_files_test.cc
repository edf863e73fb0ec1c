#include "models/weight_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/file.h"
#include "tests/support/temp_folder.h"

namespace bench::models {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kShards[] = R"({"weight_map": {"a": "one.safetensors", "b": "two.safetensors",
                                              "c": "one.safetensors"}})";

class WeightFilesTest : public testing::Test {
 protected:
  // Only names matter, but for the index and config.json.
  absl::StatusOr<WeightFiles> Find(const std::map<std::string, std::string>& files) {
    for (const auto& [name, bytes] : files) {
      EXPECT_TRUE(PublishFile(folder_ / name, bytes).ok());
    }
    return FindWeightFiles(folder_.path());
  }
  std::string Refusal(const std::map<std::string, std::string>& files) {
    const absl::Status status = Find(files).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    return std::string(status.message());
  }

  TempFolder folder_;
};

TEST_F(WeightFilesTest, AFileAloneIsUsedAndNothingIsUnused) {
  const auto files = Find({{"model.safetensors", ""}, {"config.json", "{}"}, {"merges.txt", ""}});
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(files->tensors, ElementsAre("model.safetensors"));
  EXPECT_THAT(files->index, IsEmpty());
  EXPECT_THAT(files->unused, IsEmpty());
}

TEST_F(WeightFilesTest, AnIndexAloneGivesEachShardOnce) {
  const auto files = Find({{"model.safetensors.index.json", kShards},
                           {"one.safetensors", ""},
                           {"two.safetensors", ""},
                           {"three.safetensors", ""}});
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(files->tensors, ElementsAre("one.safetensors", "two.safetensors"));
  EXPECT_THAT(files->used(),
              ElementsAre("model.safetensors.index.json", "one.safetensors", "two.safetensors"));
  EXPECT_THAT(files->unused, ElementsAre("three.safetensors"));
}

TEST_F(WeightFilesTest, TheFileWinsOverTheIndexWhichIsNotEvenRead) {
  for (const char* index : {kShards, "no JSON"}) {
    const auto files = Find({{"model.safetensors", ""},
                             {"model.safetensors.index.json", index},
                             {"one.safetensors", ""},
                             {"pytorch_model.bin", ""},
                             {"model.fp16.safetensors", ""}});
    ASSERT_TRUE(files.ok()) << files.status();
    EXPECT_THAT(files->used(), ElementsAre("model.safetensors"));
    EXPECT_THAT(files->unused, ElementsAre("model.fp16.safetensors", "model.safetensors.index.json",
                                           "one.safetensors", "pytorch_model.bin"));
  }
}

TEST_F(WeightFilesTest, WhatATrainerKeepsBesideThemIsNoWeights) {
  const auto files = Find({{"model.safetensors", ""},
                           {"training_args.bin", ""},
                           {"optimizer.pt", ""},
                           {"scheduler.pt", ""},
                           {"rng_state_0.pth", ""},
                           {"consolidated.00.pth", ""},
                           {"model.gguf", ""}});
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(files->unused, ElementsAre("consolidated.00.pth", "model.gguf"));
}

TEST_F(WeightFilesTest, WhatTheConfigurationNamesWinsOverBoth) {
  const auto files = Find({{"config.json", R"({"transformers_weights": "other.safetensors"})"},
                           {"other.safetensors", ""},
                           {"model.safetensors", ""}});
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(files->used(), ElementsAre("other.safetensors"));
  EXPECT_THAT(files->unused, ElementsAre("model.safetensors"));
  EXPECT_THAT(
      Refusal({{"config.json", R"({"transformers_weights": "../o.safetensors"})"}}),
      HasSubstr("config.json: transformers_weights \"../o.safetensors\" is not a file name"));
  EXPECT_THAT(Refusal({{"config.json", R"({"transformers_weights": "w.bin"})"}}),
              HasSubstr("\"w.bin\" is neither"));
  EXPECT_THAT(Refusal({{"config.json", R"({"transformers_weights": "absent.safetensors"})"}}),
              HasSubstr("absent.safetensors is missing"));
}

TEST_F(WeightFilesTest, PicklesAloneAreRefusedWithTheWayToConvertThem) {
  EXPECT_THAT(Refusal({{"config.json", "{}"}, {"pytorch_model.bin", ""}}),
              AllOf(HasSubstr("no model.safetensors and no model.safetensors.index.json"),
                    HasSubstr("pytorch_model.bin is of a format that is not read (a pickle, "),
                    HasSubstr("save_pretrained"), Not(HasSubstr("\n"))));
  const TempFolder other;
  EXPECT_TRUE(PublishFile(other / "model.gguf", "").ok());
  EXPECT_THAT(std::string(FindWeightFiles(other.path()).status().message()),
              HasSubstr("model.gguf is of a format that is not read: load"));
}

TEST_F(WeightFilesTest, AFolderWithoutWeightsSaysWhatIsMissing) {
  EXPECT_EQ(
      Refusal({{"config.json", "{}"}}),
      folder_.path() + ": no model.safetensors and no model.safetensors.index.json in this folder");
}

TEST_F(WeightFilesTest, NamesThatLeaveTheFolderAreRefused) {
  for (const char* name : {"../x", "/x", "..", ".", "", "a\\u0000b"}) {
    EXPECT_THAT(Refusal({{"model.safetensors.index.json",
                          std::string(R"({"weight_map": {"a": ")") + name + "\"}}"}}),
                HasSubstr("is not a file name"))
        << name;
  }
  EXPECT_THAT(Refusal({{"model.safetensors.index.json", R"({"weight_map": {"a": "absent"}})"}}),
              HasSubstr("the shard \"absent\" of \"a\" is missing"));
}

}  // namespace
}  // namespace bench::models

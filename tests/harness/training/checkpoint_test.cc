#include "harness/training/checkpoint.h"

#include <fstream>
#include <random>

#include "base/file.h"
#include "base/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

Checkpoint Make(int64_t step) {
  Checkpoint checkpoint;
  checkpoint.step = step;
  checkpoint.tokens = 10 * step;
  checkpoint.elapsed_s = 1.5;
  checkpoint.task_state = {{"position", step}};
  checkpoint.tensors = {{"model/w", at::full({2, 3}, static_cast<double>(step))},
                        {"optimizer/exp_avg/w", at::zeros({2, 3})}};
  return checkpoint;
}

Checkpoint Loaded(const std::string& folder) {
  auto loaded = LoadLatestCheckpoint(folder);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_TRUE(loaded->checkpoint.has_value());
  return *loaded->checkpoint;
}

void FlipLastByte(const std::string& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(-1, std::ios::end);
  const char byte = static_cast<char>(file.get());
  file.seekp(-1, std::ios::end);
  file.put(static_cast<char>(byte ^ 1));
}

TEST(Checkpoint, RoundTripsEverything) {
  TempFolder folder;
  ASSERT_TRUE(SaveCheckpoint(folder.path(), Make(7)).ok());
  const Checkpoint loaded = Loaded(folder.path());
  EXPECT_EQ(loaded.step, 7);
  EXPECT_EQ(loaded.tokens, 70);
  EXPECT_EQ(loaded.elapsed_s, 1.5);
  EXPECT_EQ(loaded.task_state["position"], 7);
  ASSERT_THAT(loaded.tensors, SizeIs(2));
  EXPECT_EQ(loaded.tensors[0].name, "model/w");
  EXPECT_TRUE(loaded.tensors[0].tensor.equal(at::full({2, 3}, 7.0)));
}

TEST(Checkpoint, KeepsTheLastTwo) {
  TempFolder folder;
  for (int64_t step : {1, 2, 3}) ASSERT_TRUE(SaveCheckpoint(folder.path(), Make(step)).ok());
  EXPECT_FALSE(std::filesystem::exists(folder / "checkpoints/step-000000001"));
  EXPECT_TRUE(std::filesystem::exists(folder / "checkpoints/step-000000002"));
  EXPECT_EQ(Loaded(folder.path()).step, 3);
}

// Both of a later step are damaged; what the run continued from, and what it saves, must stay.
TEST(Checkpoint, DamagedOnesOfLaterStepsPushOutNoIntactOne) {
  TempFolder folder;
  for (const int64_t step : {6, 9}) {
    ASSERT_TRUE(SaveCheckpoint(folder.path(), Make(step)).ok());
    const std::string name = step == 6 ? "step-000000006" : "step-000000009";
    std::ofstream(folder / ("checkpoints/" + name + "/state.json")) << "damaged";
  }
  ASSERT_TRUE(SaveCheckpoint(folder.path(), Make(3)).ok());
  EXPECT_EQ(Loaded(folder.path()).step, 3);
  ASSERT_TRUE(SaveCheckpoint(folder.path(), Make(4)).ok());
  EXPECT_EQ(Loaded(folder.path()).step, 4);
  for (const int64_t step : {6, 7}) ASSERT_TRUE(SaveCheckpoint(folder.path(), Make(step)).ok());
  EXPECT_EQ(Loaded(folder.path()).step, 7);
  EXPECT_FALSE(Exists(folder / "checkpoints/step-000000004"));
}

TEST(Checkpoint, NoneIsNotAnError) {
  TempFolder folder;
  const auto loaded = LoadLatestCheckpoint(folder.path());
  ASSERT_TRUE(loaded.ok());
  EXPECT_FALSE(loaded->checkpoint.has_value());
}

TEST(Checkpoint, UnfinishedOneIsIgnoredAndReplaced) {
  TempFolder folder;
  ASSERT_TRUE(SaveCheckpoint(folder.path(), Make(1)).ok());
  std::filesystem::create_directories(folder / "checkpoints/.making-step-000000002");
  std::ofstream(folder / "checkpoints/.making-step-000000002/tensors.safetensors") << "half";
  EXPECT_EQ(Loaded(folder.path()).step, 1);
  ASSERT_TRUE(SaveCheckpoint(folder.path(), Make(2)).ok());
  EXPECT_EQ(Loaded(folder.path()).step, 2);
  EXPECT_FALSE(std::filesystem::exists(folder / "checkpoints/.making-step-000000002"));
}

class DamagedCheckpoint : public ::testing::TestWithParam<std::string> {};

TEST_P(DamagedCheckpoint, IsPassedOverForTheOneBeforeAndSaid) {
  TempFolder folder;
  ASSERT_TRUE(SaveCheckpoint(folder.path(), Make(1)).ok());
  ASSERT_TRUE(SaveCheckpoint(folder.path(), Make(2)).ok());
  FlipLastByte(folder / "checkpoints/step-000000002/" + GetParam());
  const auto loaded = LoadLatestCheckpoint(folder.path());
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->checkpoint->step, 1);
  ASSERT_THAT(loaded->passed_over, SizeIs(1));
  EXPECT_THAT(loaded->passed_over[0], HasSubstr(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(EachFile, DamagedCheckpoint,
                         ::testing::Values("tensors.safetensors", "state.json"));

// Fault 5: one bit anywhere in either file.
TEST(Checkpoint, TwoHundredFlippedBitsAreAllDetectedAndSaid) {
  TempFolder folder;
  for (const int64_t step : {1, 2}) ASSERT_TRUE(SaveCheckpoint(folder.path(), Make(step)).ok());
  std::mt19937_64 random(1);
  for (int flip = 0; flip < 200; ++flip) {
    const std::string name = flip % 2 == 0 ? "tensors.safetensors" : "state.json";
    const std::string path = folder / ("checkpoints/step-000000002/" + name);
    const std::string whole = *ReadFile(path);
    // The digest in state.json covers what the text says: white space between is free.
    std::string flipped = whole;
    size_t at = 0;
    do {
      at = random() % whole.size();
    } while (name == "state.json" && (whole[at] == ' ' || whole[at] == '\n'));
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
    std::ofstream(path, std::ios::binary) << flipped;
    const auto loaded = LoadLatestCheckpoint(folder.path());
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    ASSERT_TRUE(loaded->checkpoint.has_value());
    EXPECT_EQ(loaded->checkpoint->step, 1) << name << " byte " << at;
    ASSERT_THAT(loaded->passed_over, SizeIs(1)) << name << " byte " << at;
    EXPECT_THAT(loaded->passed_over[0], HasSubstr(name));
    std::ofstream(path, std::ios::binary) << whole;
  }
  EXPECT_EQ(Loaded(folder.path()).step, 2);
}

// Behind a digest that is right, what is missing or of another type is still refused in order.
TEST(Checkpoint, SignedStateOfAnotherShapeIsPassedOver) {
  for (const std::string& state :
       {std::string("{}"), std::string("[]"), std::string("3"),
        std::string(R"({"format_version":1,"step":"two"})"), std::string(R"({"format_version":2})"),
        std::string(100'000, '[')}) {
    TempFolder folder;
    for (const int64_t step : {1, 2}) ASSERT_TRUE(SaveCheckpoint(folder.path(), Make(step)).ok());
    std::ofstream(folder / "checkpoints/step-000000002/state.json")
        << "{\"state\":" << state << ",\"sha256\":\"" << Sha256Hex(state) << "\"}";
    EXPECT_EQ(Loaded(folder.path()).step, 1) << state.substr(0, 40);
  }
}

TEST(CopyByName, RefusesMissingSuperfluousAndMisshapenTensors) {
  const at::Tensor live = at::zeros({2});
  EXPECT_TRUE(CopyByName({{"a", at::ones({2})}}, {{"a", live}}).ok());
  EXPECT_TRUE(live.equal(at::ones({2})));
  EXPECT_THAT(CopyByName({}, {{"a", live}}).message(), HasSubstr("a is missing"));
  EXPECT_THAT(CopyByName({{"a", at::ones({3})}}, {{"a", live}}).message(), HasSubstr("shape"));
  EXPECT_THAT(CopyByName({{"a", at::ones({2})}, {"b", at::ones({2})}}, {{"a", live}}).message(),
              HasSubstr("b does not belong"));
}

}  // namespace
}  // namespace bench::harness

#include "tests/support/power_loss.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/support/temp_folder.h"

namespace bench {
namespace {

// Every content of `name` that is found after a failure at the end, "(absent)" for none.
std::set<std::string> Outcomes(const PowerLossRecorder& recorder, const std::string& name) {
  std::set<std::string> outcomes;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const TempFolder after;
    std::mt19937_64 random(seed);
    recorder.Crash(recorder.num_calls(), random, after.path());
    outcomes.insert(ReadFile(after / name).value_or("(absent)"));
  }
  return outcomes;
}

class PowerLoss : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    auto file = AppendFile::Open(folder_ / name);
    ASSERT_TRUE(file.ok() && file->Append(text).ok());
  }
  TempFolder folder_;
  PowerLossRecorder recorder_{folder_.path()};
};

TEST_F(PowerLoss, WhatWasPublishedIsThere) {
  ASSERT_TRUE(PublishFile(folder_ / "f", "text").ok());
  EXPECT_EQ(Outcomes(recorder_, "f"), std::set<std::string>{"text"});
}

TEST_F(PowerLoss, DataWithoutFsyncMayBeAnyPrefixOrZeros) {
  ASSERT_TRUE(FsyncFolder(folder_.path()).ok());
  Write("f", "ab");
  ASSERT_TRUE(FsyncFolder(folder_.path()).ok());
  const std::set<std::string> expected = {"", "a", "ab", std::string(1, '\0'),
                                          std::string(2, '\0')};
  EXPECT_EQ(Outcomes(recorder_, "f"), expected);
}

TEST_F(PowerLoss, ANameWithoutFsyncOfItsFolderMayBeAbsent) {
  {
    auto file = AppendFile::Open(folder_ / "f");
    ASSERT_TRUE(file.ok() && file->Append("text").ok() && file->Sync().ok());
  }
  EXPECT_EQ(Outcomes(recorder_, "f"), (std::set<std::string>{"text", "(absent)"}));
}

TEST_F(PowerLoss, ARenameWithoutFsyncOfTheDataCanLoseIt) {
  ASSERT_TRUE(PublishFile(folder_ / "f", "old").ok());
  Write("g", "new");
  ASSERT_EQ(recorder_.Rename((folder_ / "g").c_str(), (folder_ / "f").c_str()), 0);
  const std::set<std::string> outcomes = Outcomes(recorder_, "f");
  EXPECT_TRUE(outcomes.contains("old"));
  EXPECT_TRUE(outcomes.contains(""));
  EXPECT_TRUE(outcomes.contains("new"));
  EXPECT_FALSE(outcomes.contains("(absent)"));  // a rename is one change
}

TEST_F(PowerLoss, AFolderWhoseNameIsLostTakesItsFilesWithIt) {
  ASSERT_EQ(recorder_.Mkdir((folder_ / "d").c_str(), 0755), 0);
  ASSERT_TRUE(PublishFile(folder_ / "d/f", "text").ok());
  EXPECT_EQ(Outcomes(recorder_, "d/f"), (std::set<std::string>{"text", "(absent)"}));
  ASSERT_TRUE(FsyncFolder(folder_.path()).ok());
  EXPECT_EQ(Outcomes(recorder_, "d/f"), std::set<std::string>{"text"});
}

TEST_F(PowerLoss, OneSectorMayBeNewWhileAnotherIsOld) {
  const std::string old(1024, 'o');
  ASSERT_TRUE(PublishFile(folder_ / "f", old).ok());
  {
    auto file = AppendFile::Open(folder_ / "f");
    ASSERT_TRUE(file.ok() && file->Truncate(0).ok() && file->Append(std::string(1024, 'n')).ok());
  }
  const std::set<std::string> outcomes = Outcomes(recorder_, "f");
  EXPECT_TRUE(outcomes.contains(std::string(512, 'o') + std::string(512, 'n')));
  EXPECT_TRUE(outcomes.contains(std::string(512, 'n') + std::string(512, 'o')));
}

TEST_F(PowerLoss, ARemovalWithoutFsyncMayBeUndone) {
  ASSERT_TRUE(PublishFile(folder_ / "f", "text").ok());
  ASSERT_TRUE(RemoveTree(folder_ / "f").ok());
  EXPECT_EQ(Outcomes(recorder_, "f"), (std::set<std::string>{"text", "(absent)"}));
}

}  // namespace
}  // namespace bench

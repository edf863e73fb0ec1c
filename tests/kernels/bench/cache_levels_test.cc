#include "kernels/bench/cache_levels.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/file.h"
#include "tests/support/temp_folder.h"

namespace bench::kernels {
namespace {

using Files = std::map<std::string, std::string>;

class CacheLevels : public testing::Test {
 protected:
  void Write(int index, const Files& files) {
    const std::string folder = path() + "/index" + std::to_string(index);
    std::filesystem::create_directory(folder);
    for (const auto& [name, text] : files) {
      ASSERT_TRUE(PublishFile(folder + "/" + name, text + "\n").ok());
    }
  }
  std::string path() const { return folder_.path(); }

 private:
  TempFolder folder_;
};

Files Cache(const std::string& level, const std::string& type, const std::string& size,
            const std::string& sharing) {
  return {{"level", level}, {"type", type}, {"size", size}, {"shared_cpu_list", sharing}};
}

TEST_F(CacheLevels, AreReadWithoutThatOfInstructionsNearestFirst) {
  Write(0, Cache("3", "Unified", "48M", "0-15,32-47"));
  Write(1, Cache("1", "Instruction", "32K", "0"));
  Write(2, Cache("1", "Data", "48K", "0"));
  Write(3, Cache("2", "Unified", "1280K", "0,32"));
  const std::vector<CacheLevel> levels = ReadCacheLevels(path());
  ASSERT_EQ(levels.size(), 3u);
  EXPECT_EQ(levels[0].level, 1);
  EXPECT_EQ(levels[0].bytes, 48 * 1024);
  EXPECT_EQ(levels[0].num_sharing, 1);
  EXPECT_EQ(levels[1].bytes, 1280 * 1024);
  EXPECT_EQ(levels[1].num_sharing, 2);
  EXPECT_EQ(levels[2].bytes, 48 * 1024 * 1024);
  EXPECT_EQ(levels[2].num_sharing, 32);
}

TEST_F(CacheLevels, ThreadsHaveAsManyCachesAsTheyReach) {
  const CacheLevel own = {1, 100, 1}, of_pairs = {2, 1000, 2}, of_all = {3, 5000, 16};
  EXPECT_EQ(own.CapacityOf(3), 300);
  EXPECT_EQ(of_pairs.CapacityOf(3), 2000);
  EXPECT_EQ(of_all.CapacityOf(16), 5000);
  EXPECT_EQ(of_all.CapacityOf(17), 10000);
}

TEST_F(CacheLevels, WhatIsNotDescribedIsLeftOut) {
  EXPECT_TRUE(ReadCacheLevels(path() + "/missing").empty());
  Write(0, Cache("1", "Data", "many", "0"));
  Write(1, Cache("2", "Unified", "1M", "3-1"));
  Write(2, {{"level", "3"}, {"type", "Unified"}});
  Write(3, Cache("4", "Unified", "65536", "0-1"));
  const std::vector<CacheLevel> levels = ReadCacheLevels(path());
  ASSERT_EQ(levels.size(), 1u);
  EXPECT_EQ(levels[0].level, 4);
  EXPECT_EQ(levels[0].bytes, 65536);
}

}  // namespace
}  // namespace bench::kernels

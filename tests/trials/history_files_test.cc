#include "trials/history_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::trials {
namespace {

using Files = std::vector<std::string>;

class HistoryFiles : public ::testing::Test {
 protected:
  void Write(const std::string& name) {
    const std::filesystem::path path(folder_ / name);
    ASSERT_TRUE(MakeFolders(path.parent_path().string()).ok());
    ASSERT_TRUE(PublishFile(path.string(), "x").ok());
  }
  TempFolder folder_;
};

TEST_F(HistoryFiles, TheStoreHasThemBelowTheExperimentsVersions) {
  for (const char* name : {"runs/a@1/1/results.h5", "runs/a@2/1/r0/results.h5",
                           "runs/a@2/1/run.journal", "runs/ab@1/1/results.h5"}) {
    Write(name);
  }
  const auto find = [&](const std::string& wanted) {
    return *FilesInStore(folder_ / ".", *results::WantedExperiment::Parse(wanted));
  };
  EXPECT_EQ(find("a"),
            (Files{folder_ / "./runs/a@1/1/results.h5", folder_ / "./runs/a@2/1/r0/results.h5"}));
  EXPECT_EQ(find("experiments/a@2"), Files{folder_ / "./runs/a@2/1/r0/results.h5"});
  EXPECT_EQ(find("b"), Files{});
  EXPECT_EQ(*FilesInStore(folder_ / "gone", {"a", 1}), Files{});
}

TEST_F(HistoryFiles, FoldersAreSearchedWhollyAndAFileComesOnce) {
  for (const char* name : {"x/one.h5", "x/deep/er/two.h5", "y/three.h5", "x/notes.txt"}) {
    Write(name);
  }
  std::filesystem::create_directory_symlink(folder_ / "x", folder_ / "y/again");
  const Files expected = {folder_ / "x/deep/er/two.h5", folder_ / "x/one.h5",
                          folder_ / "y/three.h5"};
  EXPECT_EQ(*FilesBelow({folder_ / "x", folder_ / "y"}), expected);
  EXPECT_EQ(*FilesBelow({folder_ / "x", folder_ / "x/one.h5", folder_ / "y/three.h5"}), expected);
}

TEST_F(HistoryFiles, AFolderThatIsNotThereIsAnError) {
  EXPECT_EQ(ExitCodeFor(FilesBelow({folder_ / "gone"}).status()), ExitCode::kEnvironment);
}

}  // namespace
}  // namespace bench::trials

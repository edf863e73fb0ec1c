#include "base/file_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(CheckFileOrFolder, TakesFilesFoldersLinksToThemAndWhatIsNotThere) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "file", "x").ok());
  std::filesystem::create_symlink("file", folder / "link");
  for (const std::string& path :
       {folder.path(), folder / "file", folder / "link", folder / "absent"}) {
    EXPECT_TRUE(CheckFileOrFolder(path).ok()) << path;
  }
}

// A test that opened the pipe would wait for ever.
TEST(CheckFileOrFolder, RefusesPipesAndDevicesAlsoBehindLinks) {
  const TempFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("pipe", folder / "link");
  for (const char* name : {"pipe", "link"}) {
    const absl::Status status = CheckFileOrFolder(folder / name);
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage);
    EXPECT_THAT(std::string(status.message()),
                AllOf(StartsWith((folder / name) + ": a named pipe (FIFO)"), HasSubstr("write")));
  }
  EXPECT_THAT(std::string(CheckFileOrFolder("/dev/null").message()), HasSubstr("a device"));
}

}  // namespace
}  // namespace bench

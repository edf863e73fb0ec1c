#include "base/hard_link.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench {
namespace {

TEST(PublishLink, IsTheSameFileAndOutlivesItsFirstName) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "from", "bytes").ok());
  ASSERT_TRUE(PublishLink(folder / "from", folder / "to").ok());
  EXPECT_EQ(std::filesystem::hard_link_count(folder / "to"), 2u);
  ASSERT_TRUE(RemoveTree(folder / "from").ok());
  EXPECT_EQ(*ReadFile(folder / "to"), "bytes");
}

TEST(PublishLink, ReplacesWhatIsThereByACopy) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "from", "new").ok());
  ASSERT_TRUE(PublishFile(folder / "to", "old").ok());
  ASSERT_TRUE(PublishLink(folder / "from", folder / "to").ok());
  EXPECT_EQ(*ReadFile(folder / "to"), "new");
  EXPECT_EQ(*ReadFile(folder / "from"), "new");
}

TEST(PublishLink, OfNoFileIsAnError) {
  const TempFolder folder;
  EXPECT_EQ(ExitCodeFor(PublishLink(folder / "absent", folder / "to")), ExitCode::kEnvironment);
}

}  // namespace
}  // namespace bench

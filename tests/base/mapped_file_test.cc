#include "base/mapped_file.h"

#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace bench {
namespace {

TEST(MappedFile, HoldsTheBytesOfTheFile) {
  const TempFolder folder;
  const std::string bytes = std::string(100000, 'x') + std::string("\0end", 4);
  ASSERT_TRUE(PublishFile(folder / "f", bytes).ok());
  auto file = MappedFile::Open(folder / "f");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->bytes(), bytes);
  const MappedFile moved = *std::move(file);
  EXPECT_EQ(moved.bytes(), bytes);
}

TEST(MappedFile, EmptyFileIsEmpty) {
  const TempFolder folder;
  ASSERT_TRUE(PublishFile(folder / "f", "").ok());
  EXPECT_TRUE(MappedFile::Open(folder / "f")->bytes().empty());
}

TEST(MappedFile, AbsentFileIsNamed) {
  const TempFolder folder;
  const absl::Status status = MappedFile::Open(folder / "absent").status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
  EXPECT_NE(status.message().find("absent"), std::string::npos) << status;
}

}  // namespace
}  // namespace bench

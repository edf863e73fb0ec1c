#include "base/mapped_file.h"

#include <unistd.h>

#include <fstream>
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

// Resident memory of this process that files back, in bytes (proc(5), statm: its third number).
int64_t ResidentFileBytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t size = 0, resident = 0, shared = 0;
  statm >> size >> resident >> shared;
  return shared * ::sysconf(_SC_PAGESIZE);
}

TEST(MappedFile, ReleasedPagesLeaveTheResidentMemoryAndComeBack) {
  constexpr int64_t kBytes = int64_t{32} << 20;
  const TempFolder folder;
  const std::string bytes(kBytes, 'x');
  ASSERT_TRUE(PublishFile(folder / "f", bytes).ok());
  const auto file = MappedFile::Open(folder / "f");
  ASSERT_TRUE(file.ok());
  const int64_t before = ResidentFileBytes();
  EXPECT_TRUE(file->bytes() == bytes);  // touches all
  EXPECT_GT(ResidentFileBytes(), before + kBytes / 2);
  file->ReleasePages();
  EXPECT_LT(ResidentFileBytes(), before + kBytes / 2);
  EXPECT_TRUE(file->bytes() == bytes);
  MappedFile::Open(folder / "f")->ReleasePages();
}

}  // namespace
}  // namespace bench

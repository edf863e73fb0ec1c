#include "harness/run/disk_preflight.h"

#include "base/file.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/store/store_report.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

// More than any disk has, far from overflow.
constexpr int64_t kTooMuch = int64_t{1} << 60;

TEST(DiskPreflight, RefusesWhatDoesNotFitAndNamesBothFigures) {
  const TempFolder folder;
  for (const DiskNeed& need : {DiskNeed{kTooMuch, 0}, DiskNeed{0, kTooMuch}}) {
    const absl::Status status = CheckDisk(need, folder.path(), folder.path());
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
    EXPECT_THAT(std::string(status.message()), HasSubstr(BytesText(kTooMuch + kDiskReserveBytes)));
    EXPECT_THAT(std::string(status.message()), HasSubstr("are free"));
  }
}

// Each half of what is free fits alone with room to spare; both and the reserve do not.
TEST(DiskPreflight, NeedsOnOneFileSystemAddUp) {
  const TempFolder folder;
  const int64_t free = *FreeDiskBytes(folder.path());
  ASSERT_GT(free, 4 * kDiskReserveBytes);
  const int64_t half = free / 2;
  EXPECT_TRUE(CheckDisk({half, 0}, folder.path(), folder.path()).ok());
  EXPECT_TRUE(CheckDisk({0, half}, folder.path(), folder.path()).ok());
  EXPECT_FALSE(CheckDisk({half, half}, folder.path(), folder.path()).ok());
}

}  // namespace
}  // namespace bench::harness

#include "base/reported.h"

#include "base/status.h"
#include "gtest/gtest.h"

namespace bench {
namespace {

TEST(Reported, MarksAnErrorAndKeepsItsMessageAndExitCode) {
  const absl::Status error = DataError("line 3 is bad");
  EXPECT_FALSE(IsReported(error));
  EXPECT_FALSE(IsReported(absl::OkStatus()));
  const absl::Status reported = Reported(error);
  EXPECT_TRUE(IsReported(reported));
  EXPECT_EQ(reported.message(), "line 3 is bad");
  EXPECT_EQ(ExitCodeFor(reported), ExitCode::kBadData);
}

}  // namespace
}  // namespace bench

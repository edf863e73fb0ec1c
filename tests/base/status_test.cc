#include "base/status.h"

#include <gtest/gtest.h>

namespace bench {
namespace {

TEST(ExitCode, FactoriesGiveTheCodesOfTheReadme) {
  EXPECT_EQ(static_cast<int>(ExitCodeFor(absl::OkStatus())), 0);
  EXPECT_EQ(static_cast<int>(ExitCodeFor(UsageError("m"))), 2);
  EXPECT_EQ(static_cast<int>(ExitCodeFor(IncomparableError("m"))), 3);
  EXPECT_EQ(static_cast<int>(ExitCodeFor(DataError("m"))), 4);
  EXPECT_EQ(static_cast<int>(ExitCodeFor(EnvironmentError("m"))), 5);
}

TEST(ExitCode, CodesThatNoFactoryMakesAreEnvironment) {
  for (const absl::Status& status : {absl::UnknownError("m"), absl::InternalError("m"),
                                     absl::NotFoundError("m"), absl::CancelledError("m")}) {
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
  }
}

TEST(Annotate, PrefixesTheMessageAndKeepsTheCode) {
  const absl::Status status = Annotate(DataError("line 3"), "corpus.json");
  EXPECT_EQ(status.message(), "corpus.json: line 3");
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
}

TEST(Annotate, OkStaysOk) { EXPECT_TRUE(Annotate(absl::OkStatus(), "corpus.json").ok()); }

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return DataError("odd");
  return value / 2;
}

absl::StatusOr<int> Quarter(int value) {
  BENCH_ASSIGN_OR_RETURN(const int half, Half(value));
  return Half(half);
}

absl::Status CheckDivisible(int value) {
  BENCH_RETURN_IF_ERROR(Quarter(value).status());
  return absl::OkStatus();
}

TEST(Macros, PassValuesOnAndErrorsOut) {
  EXPECT_EQ(*Quarter(12), 3);
  EXPECT_EQ(Quarter(3).status().message(), "odd");
  EXPECT_EQ(Quarter(6).status().message(), "odd");
  EXPECT_TRUE(CheckDivisible(4).ok());
  EXPECT_EQ(ExitCodeFor(CheckDivisible(6)), ExitCode::kBadData);
}

}  // namespace
}  // namespace bench

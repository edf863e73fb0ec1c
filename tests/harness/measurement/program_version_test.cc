#include "harness/measurement/program_version.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

TEST(ProgramVersion, HasTheVersionsOfTheProjectAndOfLibTorch) {
  EXPECT_THAT(ProgramVersion("bench-run"),
              ::testing::MatchesRegex("bench-run " BENCH_VERSION " \\(LibTorch [0-9]+\\..*\\)"));
}

}  // namespace
}  // namespace bench::harness

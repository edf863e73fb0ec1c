#include "harness/run/profile_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "harness/run/replicates.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(const std::vector<std::string>& arguments) {
  const auto options = ParseOptions(arguments);
  return options.ok() ? "" : std::string(options.status().message());
}

TEST(ProfileOptions, NameAToolAndSteps) {
  const auto options = ParseOptions({"clm_tiny", "--profile", "perf", "--profile-steps=10:20"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->profile, ProfileTool::kPerf);
  EXPECT_EQ(options->profile_steps, (ProfiledSteps{10, 20}));
  EXPECT_EQ(
      ParseOptions({"clm_tiny", "--profile", "kineto", "--profile-steps", "7"})->profile_steps,
      (ProfiledSteps{7, 7}));
  EXPECT_FALSE(ParseOptions({"clm_tiny"})->profile);
}

TEST(ProfileOptions, WhatIsNoToolOrNoRangeOfStepsIsRefused) {
  EXPECT_THAT(ErrorOf({"a", "--profile", "vtune"}), HasSubstr("kineto, perf, nsys, ncu"));
  for (const char* steps : {"0", "0:3", "4:3", "2:", ":3", "a", "1:2:3", "-1"}) {
    EXPECT_THAT(ErrorOf({"a", "--profile", "kineto", absl::StrCat("--profile-steps=", steps)}),
                HasSubstr("--profile-steps"))
        << steps;
  }
}

TEST(ProfileOptions, StepsGoWithAToolAndARunThatIsMade) {
  EXPECT_THAT(ErrorOf({"a", "--profile-steps", "2:3"}), HasSubstr("goes with --profile"));
  EXPECT_THAT(ErrorOf({"a", "--dry-run", "--profile", "kineto"}), HasSubstr("--profile"));
  EXPECT_THAT(ErrorOf({"--list", "--profile", "kineto"}), HasSubstr("--profile"));
}

TEST(ProfileOptions, AProgramAroundTheRunLooksAtOneProcess) {
  for (const char* tool : {"nsys", "ncu"}) {
    EXPECT_THAT(ErrorOf({"a", "--profile", tool, "--nproc", "2"}), HasSubstr("one process"));
  }
  EXPECT_EQ(ErrorOf({"a", "--profile", "kineto", "--nproc", "2"}), "");
}

TEST(ProfileOptions, ReachEveryProcessOfARun) {
  const auto options =
      ParseOptions({"clm_tiny", "--profile", "kineto", "--profile-steps", "3:5", "--repeat", "2"});
  const auto again = ParseOptions(RunArguments(*options));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->profile, options->profile);
  EXPECT_EQ(again->profile_steps, options->profile_steps);
}

}  // namespace
}  // namespace bench::harness

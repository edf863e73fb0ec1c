#include "harness/run/profile_options.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"

namespace bench::harness {
namespace {

absl::Status ParseTool(Options& options, const OptionValues& values) {
  options.profile = FromName<ProfileTool>(values[0]);
  if (options.profile) return absl::OkStatus();
  const auto append = [](std::string* out, std::string_view name) {
    absl::StrAppend(out, internal::View(name));
  };
  return UsageError(absl::StrCat("--profile ", values[0], ": must be one of ",
                                 absl::StrJoin(EnumNames(ProfileTool{}), ", ", append)));
}

// "N:M", or "N" for one step.
absl::Status ParseSteps(Options& options, const OptionValues& values) {
  const std::pair<absl::string_view, absl::string_view> ends =
      absl::StrSplit(values[0], absl::MaxSplits(':', 1));
  ProfiledSteps steps;
  const bool is_range = absl::StrContains(values[0], ":");
  if (absl::SimpleAtoi(ends.first, &steps.first) &&
      absl::SimpleAtoi(is_range ? ends.second : ends.first, &steps.last) && steps.first >= 1 &&
      steps.last >= steps.first) {
    options.profile_steps = steps;
    return absl::OkStatus();
  }
  return UsageError(absl::StrCat("--profile-steps ", values[0],
                                 ": must be a step, or the first and the last: 2:4"));
}

}  // namespace

std::vector<OptionRow> ProfileRows() {
  const std::vector<Command> run = {Command::kRun};
  return {
      {"profile", "TOOL",
       "profile the run by kineto (LibTorch), perf, nsys or ncu; its times are never used", run,
       ParseTool},
      {"profile-steps", "N:M",
       "the steps to profile, from the first to the last; default 2:4, a stage without steps as a "
       "whole",
       run, ParseSteps},
  };
}

}  // namespace bench::harness

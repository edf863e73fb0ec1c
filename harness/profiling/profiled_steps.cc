#include "harness/profiling/profiled_steps.h"

#include <algorithm>
#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness {
namespace {

// Of a stage that trains.
std::optional<int64_t> NumSteps(const Definition& definition) {
  return std::visit(
      [](const auto& spec) -> std::optional<int64_t> {
        if constexpr (requires { spec.training.steps; }) {
          return spec.training.steps;
        } else {
          return std::nullopt;
        }
      },
      definition.stage);
}

}  // namespace

absl::StatusOr<std::optional<ProfiledSteps>> StepsToProfile(
    const Definition& definition, const std::optional<ProfiledSteps>& asked) {
  const std::optional<int64_t> num_steps = NumSteps(definition);
  if (!num_steps) {
    if (!asked) return std::optional<ProfiledSteps>();
    return UsageError(absl::StrCat("--profile-steps: stage ", std::string(Name(definition.kind())),
                                   " trains no steps, it is profiled as a whole; leave it out"));
  }
  if (!asked) {
    const ProfiledSteps usual;
    return std::optional(
        ProfiledSteps{std::min(usual.first, *num_steps), std::min(usual.last, *num_steps)});
  }
  if (asked->last <= *num_steps) return asked;
  return UsageError(absl::StrCat("--profile-steps ", asked->first, ":", asked->last,
                                 ": the experiment has ", *num_steps, " steps"));
}

}  // namespace bench::harness

// What `--profile` asks for: a profiler, and the steps that it looks at.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bench::harness {

// kKineto is LibTorch's own; the others are programs (profile_tool.h).
enum class ProfileTool : uint8_t { kKineto, kPerf, kNsys, kNcu };
// As in --profile and in the results.
constexpr std::array<std::string_view, 4> EnumNames(ProfileTool) {
  return {"kineto", "perf", "nsys", "ncu"};
}

// Optimizer steps, from 1, both included.
struct ProfiledSteps {
  int64_t first = 2;  // the first step also meets fresh memory and caches
  int64_t last = 4;

  bool operator==(const ProfiledSteps&) const = default;
};

struct ProfileRequest {
  ProfileTool tool = ProfileTool::kKineto;
  // Absent: the default ones, or those of them that the run has.
  std::optional<ProfiledSteps> steps;

  bool operator==(const ProfileRequest&) const = default;
};

}  // namespace bench::harness

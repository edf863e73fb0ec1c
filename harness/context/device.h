// What computes: the processors, or a GPU.
#pragma once

#include <array>
#include <string_view>

namespace bench::harness {

enum class DeviceKind { kCpu, kCuda };
// As in --device and in the results.
constexpr std::array<std::string_view, 2> EnumNames(DeviceKind) { return {"cpu", "cuda"}; }

}  // namespace bench::harness

// What reading does where a record or document is invalid.
#pragma once

#include <array>
#include <string_view>

namespace bench::harness {

enum class OnInvalid { kError, kSkip };
constexpr std::array<std::string_view, 2> EnumNames(OnInvalid) { return {"error", "skip"}; }

}  // namespace bench::harness

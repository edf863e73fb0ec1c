// The families of decoders that are known, under the names that definitions use.
#pragma once

#include <array>
#include <string_view>

namespace bench::models {

enum class Family { kLlama };
constexpr std::array<std::string_view, 1> EnumNames(Family) { return {"llama"}; }

}  // namespace bench::models

// What all JSON that results are written as has in common.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "nlohmann/json.hpp"

namespace bench::results {

// Null for a number that is absent or not finite: JSON has none of these.
inline nlohmann::ordered_json NumberJson(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? nlohmann::ordered_json(*value)
                                        : nlohmann::ordered_json(nullptr);
}

inline std::string TextOf(std::string_view view) { return std::string(view); }

// A document for people and programs: two spaces a level, a line end behind it. Bytes that are not
// UTF-8 are replaced.
template <typename Json>
std::string DocumentText(const Json& json) {
  return json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bench::results

// Numbers as reports have them.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace bench::harness {

// A JSON number, or one of the texts "NaN", "Infinity" and "-Infinity", since JSON has no such
// numbers. Absent for anything else, also for a boolean.
std::optional<double> NumberOf(const nlohmann::json& value);

// What programs print: "2.5", "1e-3", "nan", "-inf", "+1"; nothing before or behind it. A
// hexadecimal number and one with separators are none.
std::optional<double> PrintedNumber(std::string_view text);

// An integer, also one printed with a fraction of zeros ("10.0").
std::optional<int64_t> PrintedInteger(std::string_view text);

}  // namespace bench::harness

#include "harness/stages/program/reported_number.h"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"

namespace bench::harness {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::array<std::pair<std::string_view, double>, 3> kNotFinite = {{
    {"NaN", std::numeric_limits<double>::quiet_NaN()},
    {"Infinity", kInfinity},
    {"-Infinity", -kInfinity},
}};

}  // namespace

std::optional<double> NumberOf(const nlohmann::json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  for (const auto& [text, number] : kNotFinite) {
    if (value.get_ref<const std::string&>() == text) return number;
  }
  return std::nullopt;
}

std::optional<double> PrintedNumber(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  if (text.empty() || kBlank.find(text.front()) != std::string_view::npos ||
      kBlank.find(text.back()) != std::string_view::npos) {
    return std::nullopt;
  }
  if (text.find_first_of("xX") != std::string_view::npos) return std::nullopt;
  double value = 0;
  if (!absl::SimpleAtod(absl::string_view(text.data(), text.size()), &value)) return std::nullopt;
  return value;
}

std::optional<int64_t> PrintedInteger(std::string_view text) {
  const auto value = PrintedNumber(text);
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (!value || std::floor(*value) != *value || std::abs(*value) > kExact) return std::nullopt;
  return static_cast<int64_t>(*value);
}

}  // namespace bench::harness

#include "results/metric.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

namespace bench::results {
namespace {

template <typename Enum, size_t kSize>
using NameTable = std::array<std::pair<Enum, std::string_view>, kSize>;

constexpr NameTable<Better, 3> kBetterNames = {{
    {Better::kLower, "lower"},
    {Better::kHigher, "higher"},
    {Better::kNone, "none"},
}};
constexpr NameTable<MetricKind, 4> kKindNames = {{
    {MetricKind::kLearning, "learning"},
    {MetricKind::kTime, "time"},
    {MetricKind::kMemory, "memory"},
    {MetricKind::kCount, "count"},
}};

template <typename Table, typename Enum>
std::string_view NameIn(const Table& table, Enum value) {
  for (const auto& [entry, name] : table) {
    if (entry == value) return name;
  }
  return "";
}

template <typename Enum, size_t kSize>
std::optional<Enum> ParseIn(const NameTable<Enum, kSize>& table, std::string_view name) {
  for (const auto& [entry, entry_name] : table) {
    if (entry_name == name) return entry;
  }
  return std::nullopt;
}

}  // namespace

std::string MetricKey::Path() const {
  std::string path(descriptor->name);
  if (!label.empty()) absl::StrAppend(&path, "/", label);
  return path;
}

std::string_view Name(Better better) { return NameIn(kBetterNames, better); }
std::string_view Name(MetricKind kind) { return NameIn(kKindNames, kind); }
std::optional<Better> ParseBetter(std::string_view name) { return ParseIn(kBetterNames, name); }
std::optional<MetricKind> ParseMetricKind(std::string_view name) {
  return ParseIn(kKindNames, name);
}

}  // namespace bench::results

#include "kernels/bench/cache_levels.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"

namespace bench::kernels {
namespace {

constexpr int64_t kMaxFileBytes = 1 << 16;
constexpr int64_t kMaxCaches = 32;

std::optional<std::string> Line(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path, kMaxFileBytes);
  if (!text.ok()) return std::nullopt;
  return std::string(absl::StripAsciiWhitespace(*text));
}

std::optional<int64_t> Number(absl::string_view text) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value) || value < 0) return std::nullopt;
  return value;
}

// "48K", "2M", or bytes.
std::optional<int64_t> Bytes(absl::string_view text) {
  int64_t unit = 1;
  if (absl::ConsumeSuffix(&text, "K")) {
    unit = int64_t{1} << 10;
  } else if (absl::ConsumeSuffix(&text, "M")) {
    unit = int64_t{1} << 20;
  }
  const std::optional<int64_t> value = Number(text);
  if (!value || *value == 0) return std::nullopt;
  return *value * unit;
}

// "0-1,4" is three.
std::optional<int64_t> NumProcessors(absl::string_view list) {
  int64_t count = 0;
  for (const absl::string_view part : absl::StrSplit(list, ',')) {
    const std::vector<absl::string_view> ends = absl::StrSplit(part, '-');
    const std::optional<int64_t> first = Number(ends.front()), last = Number(ends.back());
    if (!first || !last || ends.size() > 2 || *last < *first) return std::nullopt;
    count += *last - *first + 1;
  }
  return count;
}

// Of one folder; none for a cache of instructions, and where something is missing.
std::optional<CacheLevel> ReadCache(const std::string& folder) {
  const auto type = Line(absl::StrCat(folder, "/type"));
  const auto level = Line(absl::StrCat(folder, "/level"));
  const auto size = Line(absl::StrCat(folder, "/size"));
  const auto sharing = Line(absl::StrCat(folder, "/shared_cpu_list"));
  if (!type || !level || !size || !sharing || *type == "Instruction") return std::nullopt;
  const std::optional<int64_t> number = Number(*level), bytes = Bytes(*size);
  const std::optional<int64_t> num_sharing = NumProcessors(*sharing);
  if (!number || !bytes || !num_sharing) return std::nullopt;
  return CacheLevel{*number, *bytes, *num_sharing};
}

}  // namespace

int64_t CacheLevel::CapacityOf(int64_t num_threads) const {
  return bytes * ((num_threads + num_sharing - 1) / num_sharing);
}

std::vector<CacheLevel> ReadCacheLevels(const std::string& folder) {
  std::vector<CacheLevel> levels;
  for (int64_t i = 0; i < kMaxCaches; ++i) {
    const std::string cache = absl::StrCat(folder, "/index", i);
    if (!Line(absl::StrCat(cache, "/level"))) break;
    if (const auto level = ReadCache(cache)) levels.push_back(*level);
  }
  std::sort(levels.begin(), levels.end(),
            [](const CacheLevel& a, const CacheLevel& b) { return a.level < b.level; });
  return levels;
}

}  // namespace bench::kernels

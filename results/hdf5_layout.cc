#include "results/hdf5_layout.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "results/text.h"

namespace bench::results::layout {

MetricInfo InfoOf(const Axis& axis) {
  MetricInfo info;
  info.name = axis.scale;
  info.units = axis.units;
  info.deterministic = axis.deterministic;
  info.description = axis.description;
  info.kind = std::string_view(axis.units) == "s" ? MetricKind::kTime : MetricKind::kCount;
  return info;
}

std::optional<uint64_t> EndOfFile(std::string_view bytes) {
  constexpr size_t kVersionAt = 8;
  constexpr size_t kOffsetSizeAt = 9;
  constexpr size_t kEndAt = 28;
  constexpr size_t kOffsetBytes = 8;
  if (bytes.size() < kEndAt + kOffsetBytes) return std::nullopt;
  const bool known = bytes[kVersionAt] == 2 || bytes[kVersionAt] == 3;
  if (!known || bytes[kOffsetSizeAt] != kOffsetBytes) return std::nullopt;
  uint64_t end = 0;
  for (size_t i = kOffsetBytes; i-- > 0;) {
    end = end << 8 | static_cast<unsigned char>(bytes[kEndAt + i]);
  }
  return end;
}

bool IsMarkedAsOpenForWriting(std::string_view bytes) {
  constexpr size_t kVersionAt = 8;
  constexpr size_t kFlagsAt = 11;
  constexpr unsigned char kWriteAccess = 1;
  return bytes.size() > kFlagsAt && bytes[kVersionAt] == 3 &&
         (static_cast<unsigned char>(bytes[kFlagsAt]) & kWriteAccess) != 0;
}

std::string LinkName(std::string_view name) {
  if (name.empty()) return "%";
  if (name == ".") return "%2E";
  std::string link;
  for (const char c : ValidUtf8(name)) {
    if (c == '%') {
      link += "%25";
    } else if (c == '/') {
      link += "%2F";
    } else {
      link += c;
    }
  }
  return link;
}

std::string FromLinkName(std::string_view link) {
  if (link == "%") return "";
  std::string name;
  for (size_t i = 0; i < link.size(); ++i) {
    const bool escape = link[i] == '%' && i + 2 < link.size() &&
                        absl::ascii_isxdigit(link[i + 1]) && absl::ascii_isxdigit(link[i + 2]);
    if (escape) {
      name += absl::HexStringToBytes({link.data() + i + 1, 2});
      i += 2;
    } else {
      name += link[i];
    }
  }
  return name;
}

std::string MetricLinkName(const MetricInfo& metric) {
  std::string link = LinkName(metric.name);
  if (!metric.label.empty()) absl::StrAppend(&link, ":", LinkName(metric.label));
  return link;
}

}  // namespace bench::results::layout

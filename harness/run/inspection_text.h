// What --inspect says, as lines "label: text".
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"

namespace bench::harness {

using InspectionLines = std::vector<std::string>;

inline std::string Labelled(std::string_view label, std::string_view text) {
  return absl::StrFormat("%-14s %s", absl::StrCat(internal::View(label), ":"),
                         internal::View(text));
}

inline void Append(InspectionLines more, InspectionLines& lines) {
  for (std::string& line : more) lines.push_back(std::move(line));
}

// Lengths of many things: "12 to 340, 57.3 on average".
class Spread {
 public:
  void Add(int64_t value) {
    least_ = count_ == 0 ? value : std::min(least_, value);
    most_ = std::max(most_, value);
    sum_ += value;
    ++count_;
  }
  int64_t count() const { return count_; }
  std::string Text() const {
    if (count_ == 0) return "none";
    if (least_ == most_) return absl::StrCat(least_);
    return absl::StrFormat("%d to %d, %.1f on average", least_, most_,
                           static_cast<double>(sum_) / static_cast<double>(count_));
  }

 private:
  int64_t least_ = 0, most_ = 0, sum_ = 0, count_ = 0;
};

}  // namespace bench::harness

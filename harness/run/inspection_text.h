// What --inspect says, as lines "label: text".
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/data/skipped_records.h"

namespace bench::harness {

using InspectionLines = std::vector<std::string>;

// What is said of a file or folder.
struct Inspection {
  InspectionLines lines;
  std::string unusable = "";  // why nothing of it can be used; "": something can
};

std::string Labelled(std::string_view label, std::string_view text);

void Append(InspectionLines more, InspectionLines& lines);

// In double quotes on one line, with a line break as \n, a tab as \t, a carriage return as \r, and
// quotes and backslashes behind a backslash. Of a longer text the first `most_bytes` / 2 and the
// last are shown, at characters, and how many bytes are between them.
std::string Escaped(std::string_view text, size_t most_bytes = 1600);

// A line for each reason, and the first that is refused for it.
InspectionLines RefusedLines(const SkippedRecords& refused);

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
  std::string Text() const;

 private:
  int64_t least_ = 0, most_ = 0, sum_ = 0, count_ = 0;
};

}  // namespace bench::harness

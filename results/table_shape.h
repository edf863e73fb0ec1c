// The columns that all rows of a table share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "results/record.h"

namespace bench::results {

// The column that a row's step becomes.
inline constexpr std::string_view kStepColumn = "step";

struct TableShape {
  bool has_step = false;
  std::vector<std::string> columns;  // without the step
  std::vector<bool> is_text;

  // UsageError for a row without columns, with two of one name or with one called "step".
  static absl::StatusOr<TableShape> Of(std::optional<int64_t> step,
                                       const std::vector<std::pair<std::string, Cell>>& row);
  bool operator==(const TableShape&) const = default;
};

// Turns the integers of every column that also has doubles into doubles.
void UnifyNumbers(Table* table);

}  // namespace bench::results

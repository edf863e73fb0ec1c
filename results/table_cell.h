// A cell of a row by the name of its column.
#pragma once

#include <algorithm>
#include <string_view>
#include <variant>
#include <vector>

#include "results/record.h"

namespace bench::results {

// Null where the table has no such column, or another type in it.
template <typename T>
const T* CellOf(const Table& table, const std::vector<Cell>& row, std::string_view column) {
  const auto at = std::find(table.columns.begin(), table.columns.end(), column);
  if (at == table.columns.end()) return nullptr;
  return std::get_if<T>(&row[static_cast<size_t>(at - table.columns.begin())]);
}

}  // namespace bench::results

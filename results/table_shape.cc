#include "results/table_shape.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::results {

absl::StatusOr<TableShape> TableShape::Of(std::optional<int64_t> step,
                                          const std::vector<std::pair<std::string, Cell>>& row) {
  if (row.empty()) return UsageError("a table row without columns");
  TableShape shape;
  shape.has_step = step.has_value();
  for (const auto& [column, cell] : row) {
    const auto& known = shape.columns;
    if (column == kStepColumn || std::find(known.begin(), known.end(), column) != known.end()) {
      return UsageError(absl::StrCat("a table row has the column \"", column, "\" twice"));
    }
    shape.columns.push_back(column);
    shape.is_text.push_back(std::holds_alternative<std::string>(cell));
  }
  return shape;
}

void UnifyNumbers(Table* table) {
  for (size_t c = 0; c < table->columns.size(); ++c) {
    const bool any_double =
        std::any_of(table->rows.begin(), table->rows.end(),
                    [c](const auto& row) { return std::holds_alternative<double>(row[c]); });
    if (!any_double) continue;
    for (std::vector<Cell>& row : table->rows) {
      if (const auto* integer = std::get_if<int64_t>(&row[c])) {
        row[c] = static_cast<double>(*integer);
      }
    }
  }
}

}  // namespace bench::results

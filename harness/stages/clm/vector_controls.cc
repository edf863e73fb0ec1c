#include "harness/stages/clm/vector_controls.h"

#include <algorithm>
#include <cstdint>
#include <map>

namespace bench::harness {
namespace {

std::vector<DatasetRow> WithZeros(std::span<const DatasetRow> rows) {
  std::vector<DatasetRow> changed(rows.begin(), rows.end());
  for (DatasetRow& row : changed) {
    std::fill(row.vectors.values.begin(), row.vectors.values.end(), uint8_t{0});
  }
  return changed;
}

std::vector<DatasetRow> WithThoseOfOthers(std::span<const DatasetRow> rows) {
  std::map<int64_t, std::vector<size_t>> by_count;
  for (size_t i = 0; i < rows.size(); ++i) by_count[rows[i].vectors.count()].push_back(i);
  std::vector<DatasetRow> changed;
  std::map<int64_t, size_t> places;  // of the next row with so many vectors
  for (const DatasetRow& row : rows) {
    const std::vector<size_t>& same = by_count.at(row.vectors.count());
    const size_t place = places[row.vectors.count()]++;
    if (same.size() == 1) continue;
    changed.push_back(row);
    changed.back().vectors = rows[same[(place + same.size() / 2) % same.size()]].vectors;
  }
  return changed;
}

}  // namespace

std::vector<DatasetRow> ControlRows(VectorControl control, std::span<const DatasetRow> rows) {
  return control == VectorControl::kZero ? WithZeros(rows) : WithThoseOfOthers(rows);
}

}  // namespace bench::harness

#include "harness/data/row_alternatives.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"

namespace bench::harness {
namespace {

constexpr char kPart[] = "validation";

std::string FolderOf(const std::string& folder) { return absl::StrCat(folder, "/alternatives"); }

bool IsOwnAnswer(const DatasetRow& row, std::span<const int64_t> written) {
  const auto target = std::find_if(row.marks.begin(), row.marks.end(),
                                   [](TokenMark mark) { return mark != TokenMark::kGiven; });
  const auto own = row.tokens.begin() + (target - row.marks.begin());
  return std::equal(written.begin(), written.end(), own, row.tokens.end());
}

}  // namespace

absl::Status WriteAlternatives(const std::string& folder, const RowDatasetOptions& options,
                               const std::vector<DatasetRow>& answers) {
  const std::string path = FolderOf(folder);
  BENCH_RETURN_IF_ERROR(MakeFolders(path));
  RowDatasetOptions own = options;
  own.has_references = false;
  RowDatasetWriter writer(path, std::move(own));
  for (const DatasetRow& answer : answers) {
    BENCH_RETURN_IF_ERROR(writer.Add(kPart, answer));
  }
  return writer.Finish();
}

absl::StatusOr<RowAlternatives> RowAlternatives::Open(const std::string& folder,
                                                      const std::vector<std::string>& groups) {
  RowAlternatives alternatives;
  const std::string path = FolderOf(folder);
  if (!Exists(path)) return alternatives;
  BENCH_ASSIGN_OR_RETURN(const RowDataset dataset, RowDataset::Open(path));
  if (dataset.groups() != groups) {
    return DataError(absl::StrCat(path, ": other groups than those of the rows beside it"));
  }
  for (int64_t i = 0; i < dataset.num_rows(kPart); ++i) {
    const DatasetRow row = dataset.row(kPart, i);
    alternatives.answers_[row.key].push_back(
        {row.group, {row.tokens.begin() + 1, row.tokens.end()}});
  }
  return alternatives;
}

bool RowAlternatives::IsOfAnotherGroup(const DatasetRow& row,
                                       std::span<const int64_t> written) const {
  const auto found = answers_.find(row.key);
  if (found == answers_.end() || IsOwnAnswer(row, written)) return false;
  bool of_another = false;
  for (const Answer& answer : found->second) {
    if (!std::equal(written.begin(), written.end(), answer.tokens.begin(), answer.tokens.end())) {
      continue;
    }
    if (answer.group == row.group) return false;
    of_another = true;
  }
  return of_another;
}

}  // namespace bench::harness

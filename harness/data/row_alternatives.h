// Answers of a data set of rows (row_dataset.h) that have the key of a held-out row: what is asked
// there, as the other groups say it, such as the name of a country in other languages.
//
// They lie in the folder "alternatives" of the data set, itself a data set of rows: part
// "validation", a row an answer, whose first token is given and whose others are the answer with
// its end; key and group as of the rows. A data set without the folder has none.
// Errors: as of row_dataset.h; DataError where the groups are others than the data set's.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/row_dataset.h"

namespace bench::harness {

// Of the data set in `folder`; `options` are its own.
absl::Status WriteAlternatives(const std::string& folder, const RowDatasetOptions& options,
                               const std::vector<DatasetRow>& answers);

class RowAlternatives {
 public:
  // Of the data set in `folder`, which has these groups.
  static absl::StatusOr<RowAlternatives> Open(const std::string& folder,
                                              const std::vector<std::string>& groups);

  bool empty() const { return answers_.empty(); }
  // Whether `written`, with its end, is an answer of this row's key in another group, and neither
  // the row's nor another one of its group.
  bool IsOfAnotherGroup(const DatasetRow& row, std::span<const int64_t> written) const;

 private:
  struct Answer {
    int64_t group = 0;
    std::vector<int64_t> tokens;
  };
  std::map<uint64_t, std::vector<Answer>> answers_;  // by key
};

}  // namespace bench::harness

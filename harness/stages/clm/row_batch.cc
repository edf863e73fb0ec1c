#include "harness/stages/clm/row_batch.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/stages/clm/vector_batch.h"

namespace bench::harness {
namespace {

absl::Status CheckRow(const DatasetRow& row, int64_t vocab_size, int64_t max_tokens) {
  if (std::ssize(row.tokens) > max_tokens) {
    return UsageError(absl::StrCat("has ", row.tokens.size(),
                                   " tokens, more than training.max_tokens ", max_tokens));
  }
  if (std::all_of(row.marks.begin(), row.marks.end(),
                  [](TokenMark mark) { return mark == TokenMark::kGiven; })) {
    return DataError("has no target");
  }
  BENCH_RETURN_IF_ERROR(CheckVectors(row));
  const int64_t largest = *std::max_element(row.tokens.begin(), row.tokens.end());
  if (largest < vocab_size) return absl::OkStatus();
  return DataError(
      absl::StrCat("has the token ", largest, " outside the vocabulary of ", vocab_size));
}

}  // namespace

std::vector<TokenSpan> TargetSpans(const std::vector<TokenMark>& marks) {
  std::vector<TokenSpan> spans;
  for (int64_t i = 0; i < std::ssize(marks); ++i) {
    if (marks[static_cast<size_t>(i)] == TokenMark::kGiven) continue;
    if (spans.empty() || spans.back().end != i) spans.push_back({i, i});
    spans.back().end = i + 1;
  }
  return spans;
}

CausalBatch MakeRowBatch(std::span<const DatasetRow> rows, at::Device device) {
  std::vector<std::vector<TokenSpan>> targets;
  for (const DatasetRow& row : rows) targets.push_back(TargetSpans(row.marks));
  std::vector<PromptedRow> prompted;
  for (size_t i = 0; i < rows.size(); ++i) {
    // All of it is a prompt with targets within.
    prompted.push_back({.tokens = &rows[i].tokens,
                        .num_prompt_tokens = std::ssize(rows[i].tokens),
                        .earlier_targets = targets[i]});
  }
  CausalBatch batch = MakeCausalBatch(prompted, Packing::kPacked, device);
  models::PutVectors(VectorsOf(rows), batch.inputs);
  return batch;
}

absl::Status CheckRows(const RowDataset& dataset, int64_t max_tokens) {
  for (const std::string part : {"train", "validation"}) {
    if (dataset.num_rows(part) == 0) {
      return DataError(absl::StrCat("the data set has no rows in part \"", part, "\""));
    }
    for (int64_t i = 0; i < dataset.num_rows(part); ++i) {
      BENCH_RETURN_IF_ERROR(CheckNotStopped());
      BENCH_RETURN_IF_ERROR(
          Annotate(CheckRow(dataset.row(part, i), dataset.tokens().vocab_size(), max_tokens),
                   absl::StrCat("row ", i, " of part \"", part, "\"")));
    }
  }
  return absl::OkStatus();
}

}  // namespace bench::harness

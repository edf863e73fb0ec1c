// Removal of lines that occur in more than one place of a corpus: CCNet's paragraph deduplication.
//
// A paragraph is a line; two are equal when their normal forms are (lower case, digits to 0, no
// punctuation or symbols, as CCNet), by XXH3-64 of it. Of equal ones the first is kept, in the
// order of (content digest of the document, line): no order of input decides. A line without
// letters or digits is no paragraph and stays.
//
//   1. shard i of n:  ParagraphRecord of each line, into P partitions         32 bytes a line
//   2. partition p:   sort; what repeats, to the partitions of the documents
//   3. partition q:   the removed lines by document              <folder>/removed_lines/found-q
// Run exact deduplication first: documents of one text are one document here. Memory: the budget.
// Source: Wenzek et al. 2019, "CCNet" (arXiv 1911.00359), section 3.1.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/corpus/document.h"
#include "harness/corpus/partitioned_records.h"
#include "harness/corpus/shuffle.h"

namespace bench::corpus {

struct ParagraphRecord {
  static constexpr uint32_t kKind = 4;
  uint64_t hash = 0;
  Digest128 document;
  uint64_t line = 0;  // from 0
  uint64_t PartitionHash() const { return hash; }
  friend auto operator<=>(const ParagraphRecord&, const ParagraphRecord&) = default;
};

struct RemovedLine {
  static constexpr uint32_t kKind = 5;
  Digest128 document;
  uint64_t line = 0;
  uint64_t PartitionHash() const { return document.high; }
  friend auto operator<=>(const RemovedLine&, const RemovedLine&) = default;
};

// Of every line that is a paragraph.
std::vector<ParagraphRecord> ParagraphRecords(const Document& document);

ShuffleFiles ParagraphFiles(const std::string& folder, int num_shards, int num_partitions);
ShuffleFiles RemovedLineFiles(const ShuffleFiles& paragraphs);
// Phases 2 and 3 of one partition of the lines, of the documents.
absl::Status MatchParagraphs(const ShuffleFiles& files, int partition, int64_t budget_bytes);
absl::Status CollectRemovedLines(const ShuffleFiles& removed, int partition, int64_t budget_bytes);

class ParagraphRemovals {
 public:
  static absl::StatusOr<ParagraphRemovals> Open(const ShuffleFiles& removed);
  // The document's text without its removed lines.
  std::string KeptText(const Document& document) const;

 private:
  explicit ParagraphRemovals(PartitionedRecords<RemovedLine> removed)
      : removed_(std::move(removed)) {}
  PartitionedRecords<RemovedLine> removed_;
};

}  // namespace bench::corpus

// Removal of long exact repeats, within and between documents, by suffix arrays.
//
// A window is `min_bytes` bytes of one document that begin at a character. Windows with the same
// bytes are one group; its first, in the order of (content digest, offset), is kept and the others
// are removed. What is cut from a document is the union of its removed windows less the union of
// its kept ones, narrowed to whole characters: so every window's bytes stay whole in at least one
// place. A function of the set of documents: not of order, shards, blocks or budget.
//
//   1. shard i of n:  blocks of text, each with its suffix array (libdivsufsort)
//                     5 bytes a byte of text on disk; memory 5 x block_bytes
//   2. once:          merge of all suffix arrays; comparisons stop at min_bytes
//                     <folder>/substrings/found; texts and suffixes are mapped, sorts keep to the
//                     budget
// Run exact deduplication first: documents of one text are one document here.
// Source: Lee et al. 2021, "Deduplicating Training Data Makes Language Models Better" (2107.06499),
// which removes every occurrence; 200 bytes are about its 50 tokens.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/corpus/document.h"
#include "harness/corpus/mapped_records.h"

namespace bench::corpus {

struct SubstringFiles {
  std::string folder;
  int num_shards = 1;
  std::string Path(const std::string& name) const { return folder + "/substrings/" + name; }
  std::string FoundPath() const { return Path("found"); }
  std::string ShardFolder(int shard) const;
  std::string BlockPath(int shard, int64_t block) const;
  // All files that a finished shard has left. DataError where its number of blocks is none.
  absl::StatusOr<std::vector<std::string>> OfShard(int shard) const;
};

// A document's place in a block.
struct BlockDocument {
  static constexpr uint32_t kKind = 6;
  Digest128 document;
  uint64_t begin = 0;
  uint64_t end = 0;
};

struct RemovedRange {
  static constexpr uint32_t kKind = 7;
  Digest128 document;
  uint64_t begin = 0;
  uint64_t end = 0;
  friend auto operator<=>(const RemovedRange&, const RemovedRange&) = default;
};

// Phase 1 of one shard. A document longer than `block_bytes` is a block of its own (below 2 GiB).
class SuffixBlockWriter {
 public:
  SuffixBlockWriter(SubstringFiles files, int shard, int64_t min_bytes, int64_t block_bytes)
      : files_(std::move(files)), shard_(shard), min_bytes_(min_bytes), block_bytes_(block_bytes) {}
  absl::Status Add(const Document& document);
  absl::Status Finish();

 private:
  absl::Status WriteBlock();

  const SubstringFiles files_;
  const int shard_;
  const int64_t min_bytes_;
  const int64_t block_bytes_;
  std::string text_;
  std::vector<BlockDocument> documents_;
  int64_t num_blocks_ = 0;
};

// Phase 2.
absl::Status RemoveSubstrings(const SubstringFiles& files, int64_t min_bytes, int64_t budget_bytes);

class SubstringRemovals {
 public:
  static absl::StatusOr<SubstringRemovals> Open(const SubstringFiles& files);
  // The document's text without its removed ranges.
  std::string KeptText(const Document& document) const;

 private:
  explicit SubstringRemovals(MappedRecords<RemovedRange> removed) : removed_(std::move(removed)) {}
  MappedRecords<RemovedRange> removed_;
};

}  // namespace bench::corpus

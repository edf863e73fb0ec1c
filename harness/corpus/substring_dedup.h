// Removal of long exact repeats, within and between documents, in phases that a job array can run.
//
// A window is `min_bytes` bytes of one document that begin at a character. Windows with the same
// bytes are one group; of a group with several places the first, in the order of (content digest,
// offset), is kept and the others are removed. What is cut from a document is the union of its
// removed windows less the union of its kept ones, narrowed to whole characters: so the bytes of
// every window that repeats stay whole in at least one place. A function of the set of documents:
// not of order, shards, partitions or budget.
//
// Most text does not repeat and is not compared with any other: what all shards hand to each other
// are the anchors of windows (window_anchors.h), of which equal windows have equal ones, and then
// the text around those that are in several places.
//
//   1. shard i of n:   AnchorRecord of each anchor, into P partitions     24 bytes an anchor
//   2. partition p:    sort; the numbers of the anchors that are in several places, for each shard
//                                                                          8 bytes each
//   3. shard i:        PassagePieces of these, into P partitions (passage.h)
//                                       192 bytes a piece, some 2.4 pieces an anchor at 200 bytes
//   4. partition p:    sort; runs of windows that are kept or removed (repeated_windows.h), for
//                      each shard                                         40 bytes a run
//   5. shard i:        sort; the ranges that are cut from its documents <folder>/substrings/found-i
//   then FinishShard asks SubstringRemovals of its shard about its documents.
//
// A shard gives the same documents in the same order in 1 and 3. Memory: the budget of each call,
// and a document; in 4, with exact deduplication off, what repeated_windows.h says of copies. Run
// exact deduplication first: documents of one text are one document here, so that a window that
// stands in copies of one document alone neither repeats nor keeps what overlaps it from being cut.
// Errors: those of the exchange; EnvironmentError, which says what to remove, for records that are
// not what the phases before have left.
// Source: Lee et al. 2021, "Deduplicating Training Data Makes Language Models Better" (2107.06499),
// which sorts all suffixes and removes every occurrence; 200 bytes are about its 50 tokens.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/corpus/document.h"
#include "harness/corpus/mapped_records.h"
#include "harness/corpus/passage.h"
#include "harness/corpus/record_file.h"
#include "harness/corpus/shuffle.h"

namespace bench::corpus {

// The exchanges, and what is found at last.
struct SubstringFiles {
  std::string folder;
  int num_shards = 1;
  int num_partitions = 1;

  std::string Folder() const { return folder + "/substrings"; }
  ShuffleFiles anchors() const { return {Folder(), "anchors", num_shards, num_partitions}; }
  ShuffleFiles passages() const { return {Folder(), "passages", num_shards, num_partitions}; }
  // From partitions to shards.
  ShuffleFiles repeated() const { return {Folder(), "repeated", num_partitions, num_shards}; }
  ShuffleFiles runs() const { return {Folder(), "runs", num_partitions, num_shards}; }
  std::string FoundPath(int shard) const;
};

struct AnchorRecord {
  static constexpr uint32_t kKind = 12;
  uint64_t hash = 0;
  uint64_t shard = 0;
  uint64_t number = 0;  // of the shard's anchors
  uint64_t PartitionHash() const { return hash; }
  friend auto operator<=>(const AnchorRecord&, const AnchorRecord&) = default;
};

struct RepeatedAnchor {
  static constexpr uint32_t kKind = 13;
  uint64_t number = 0;
  friend auto operator<=>(const RepeatedAnchor&, const RepeatedAnchor&) = default;
};

struct RemovedRange {
  static constexpr uint32_t kKind = 7;
  Digest128 document;
  uint64_t begin = 0;
  uint64_t end = 0;
  friend auto operator<=>(const RemovedRange&, const RemovedRange&) = default;
};

// Bytes of anchors and passages for a byte of text, of which `repeated_share` stands in several
// places, with what their sorts spill, which is as much. As of random text, with an anchor for
// every s = (min_bytes - k + 2) / 2 bytes (window_anchors.h):
//   2 (24 + repeated_share x 192 x pieces) / s,  pieces = max(1, (min_bytes + s) / 128 + 1/2)
// as a passage has min_bytes + s bytes in the mean, and its last piece is half empty.
double SubstringBytesOfTextByte(int64_t min_bytes, double repeated_share);

// Phase 1 of one shard.
class AnchorWriter {
 public:
  static absl::StatusOr<AnchorWriter> Create(const SubstringFiles& files, int shard,
                                             int64_t min_bytes, int64_t budget_bytes);
  absl::Status Add(const Document& document);
  absl::Status Finish() { return writer_.Finish(); }

 private:
  AnchorWriter(int shard, int64_t min_bytes, ShuffleWriter<AnchorRecord> writer)
      : shard_(static_cast<uint64_t>(shard)), min_bytes_(min_bytes), writer_(std::move(writer)) {}

  uint64_t shard_;
  int64_t min_bytes_;
  uint64_t num_anchors_ = 0;
  ShuffleWriter<AnchorRecord> writer_;
};

// Phase 2 of one partition.
absl::Status MatchAnchors(const SubstringFiles& files, int partition, int64_t budget_bytes);

// Phase 3 of one shard.
class PassageWriter {
 public:
  static absl::StatusOr<PassageWriter> Create(const SubstringFiles& files, int shard,
                                              int64_t min_bytes, int64_t budget_bytes);
  absl::Status Add(const Document& document);
  absl::Status Finish();

 private:
  PassageWriter(int shard, int64_t min_bytes, PassageSource source,
                RecordReader<RepeatedAnchor> repeated, ShuffleWriter<PassagePiece> writer)
      : shard_(static_cast<uint32_t>(shard)),
        min_bytes_(static_cast<uint64_t>(min_bytes)),
        source_(std::move(source)),
        repeated_(std::move(repeated)),
        writer_(std::move(writer)) {}
  absl::Status FindNext();
  absl::Status Take(Passage passage);
  absl::Status WritePassage();

  uint32_t shard_;
  uint64_t min_bytes_;
  PassageSource source_;  // of repeated_
  RecordReader<RepeatedAnchor> repeated_;
  ShuffleWriter<PassagePiece> writer_;
  uint64_t num_anchors_ = 0;
  std::optional<uint64_t> next_;    // number of the next anchor that is in several places
  std::optional<Passage> passage_;  // not written yet, since text may repeat itself
  uint64_t last_begin_ = 0;         // of its repeats
};

// Phase 4 of one partition.
absl::Status MatchPassages(const SubstringFiles& files, int partition, int64_t min_bytes,
                           int64_t budget_bytes);

// Phase 5 of one shard.
absl::Status CollectRemovedRanges(const SubstringFiles& files, int shard, int64_t budget_bytes);

// Of the documents of one shard.
class SubstringRemovals {
 public:
  static absl::StatusOr<SubstringRemovals> Open(const SubstringFiles& files, int shard);
  // The document's text without its removed ranges.
  std::string KeptText(const Document& document) const;

 private:
  explicit SubstringRemovals(MappedRecords<RemovedRange> removed) : removed_(std::move(removed)) {}
  MappedRecords<RemovedRange> removed_;
};

}  // namespace bench::corpus

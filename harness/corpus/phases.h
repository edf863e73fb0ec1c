// The phases that make documents of files, and of these a deduplicated corpus. Each is a function
// of (shard i of n) or (partition p of P); files in the plan's folder, published whole, are what
// passes between them, so a job array can run them:
//
//   0 SplitLargeFiles i    lines of large files are counted         (source_pieces.h)
//   1 PrepareShard i       read, language, filters                 -> documents, exact records
//   2 MatchExact p         equal documents
//   3 WriteBands i         of what 2 kept                          (near)
//   4 MatchNear p, SpreadMatches p, then LargeStar p and SmallStar p until nothing moves
//   5 WriteLines i, MatchLines p, CollectLines p                   (paragraphs)
//   6 WriteAnchors i, MatchAnchors p, WritePassages i, MatchPassages p, CollectSubstrings i
//                                                                  (substrings)
//   7 FinishShard i        cuts, decontamination, masks, length    -> final documents, their order
//
//   8 TokenisePartition p  the documents of a range of digests     -> tokens (tokenise.h)
//
// Phases 1, 3, 5, 7 and the shards of 6 look at each document for itself. Equal texts, equal bands,
// equal lines, equal windows and the final order are met by an exchange: each shard writes its
// records by ranges of their hash (shuffle.h), and a partition reads its range of every shard; of
// windows a partition answers each shard by the same way. Clusters are joined in rounds of such
// exchanges (star_components.h). No phase is one part of all.
//
// A shard has pieces of files (source_pieces.h), as equal in bytes as whole pieces allow. The
// result (document_order.h) is a function of the set of files and the specification: not of n, P,
// threads, ranks, budget or the order of files. Memory of a call: ShardBudget for its buffers and
// sorts, and PreparationBytes (text_limits.h) for the document at hand.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/corpus/corpus_report.h"
#include "harness/corpus/duplicate_samples.h"
#include "harness/corpus/evaluation_texts.h"
#include "harness/corpus/exact_dedup.h"
#include "harness/corpus/near_dedup.h"
#include "harness/corpus/paragraph_dedup.h"
#include "harness/corpus/source_pieces.h"
#include "harness/corpus/substring_dedup.h"
#include "harness/definition/corpus_spec.h"

namespace bench::corpus {

using harness::CorpusSpec;

struct CorpusPlan {
  const CorpusSpec& spec;
  std::string folder;  // of the work
  std::vector<SourceFile> files;
  int64_t num_threads = 1;                            // calls at a time
  const EvaluationTexts* evaluation_texts = nullptr;  // none: nothing is excluded
  int64_t least_shards = 1;                           // for so many processes and their threads

  int num_shards() const { return static_cast<int>(std::max(spec.num_shards, least_shards)); }
  int num_partitions() const;
  // One for each thread of each rank, and some for the threads and the sorts of one process: the
  // rounds of clusters write a file of each for each.
  int num_cluster_partitions() const;
  int64_t budget_bytes() const { return spec.budget_mib << 20; }
  int64_t split_bytes() const { return spec.split_mib << 20; }
  // Of one call: half of its thread's part; the other half is for documents.
  int64_t ShardBudget() const { return budget_bytes() / num_threads / 2; }

  ShuffleFiles exact_files() const { return ExactFiles(folder, num_shards(), num_partitions()); }
  ShuffleFiles near_files() const { return NearFiles(folder, num_shards(), num_partitions()); }
  ShuffleFiles line_files() const { return ParagraphFiles(folder, num_shards(), num_partitions()); }
  StarFiles cluster_files() const { return {near_files().Folder(), num_cluster_partitions()}; }
  // What partitions of bands have found, of which a partition of clusters has every so many.
  std::vector<std::string> MatchesOf(int cluster_partition) const;
  ShuffleFiles removed_line_files() const { return RemovedLineFiles(line_files()); }
  ShuffleFiles order_files() const { return {folder, "order", num_shards(), num_partitions()}; }
  SubstringFiles substring_files() const { return {folder, num_shards(), num_partitions()}; }
  std::string PreparedPath(int shard) const;
  std::string FinalPath(int shard) const;
};

// Several for each thread of each rank, so that the ranks have nearly as much to do. One process
// has what the specification says.
constexpr int64_t LeastShards(int64_t num_ranks, int64_t num_threads) {
  return num_ranks == 1 ? 1 : 4 * num_ranks * num_threads;
}

// How many threads the budget has room for, by the documents at hand; 0: not even one.
int64_t ThreadsWithinBudget(const CorpusPlan& plan);
// UsageError for a budget that does not hold the documents at hand.
absl::Status CheckBudget(const CorpusPlan& plan);

// What phases before have found; each is opened when its phases are over.
struct Removals {
  std::optional<ExactRemovals> exact;
  std::optional<NearRemovals> near;
  std::optional<ParagraphRemovals> lines;
  std::optional<SubstringFiles> substrings;  // each shard has its own; they are opened with it
};

// A part of a file that is read in several (by path and number of the part), to be judged when all
// have been read.
struct PartTally {
  int64_t num_documents = 0;
  harness::SkippedRecords skipped;

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(num_documents, skipped);
  }
};
using PartTallies = std::map<std::pair<std::string, int64_t>, PartTally>;
// DataError for a file with more invalid records than the specification allows.
absl::Status CheckTallies(const CorpusPlan& plan, const PartTallies& tallies);

struct PreparedShard {
  CorpusReport report;
  PartTallies tallies;

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(report, tallies);
  }
};
// Of the `pieces` with the numbers `own`.
absl::StatusOr<PreparedShard> PrepareShard(const CorpusPlan& plan,
                                           const std::vector<SourcePiece>& pieces,
                                           const std::vector<size_t>& own, int shard);
absl::Status MatchExact(const CorpusPlan& plan, int partition);
absl::Status WriteBands(const CorpusPlan& plan, int shard, const Removals& removals);
absl::Status MatchNear(const CorpusPlan& plan, int partition);
absl::Status SpreadMatches(const CorpusPlan& plan, int partition);
absl::StatusOr<bool> LargeStar(const CorpusPlan& plan, int round, int partition);
absl::StatusOr<bool> SmallStar(const CorpusPlan& plan, int round, int partition);
absl::Status WriteLines(const CorpusPlan& plan, int shard, const Removals& removals);
absl::Status MatchLines(const CorpusPlan& plan, int partition);
absl::Status CollectLines(const CorpusPlan& plan, int partition);
absl::Status WriteAnchors(const CorpusPlan& plan, int shard, const Removals& removals);
absl::Status MatchAnchors(const CorpusPlan& plan, int partition);
// Of the documents that WriteAnchors was given: by the same removals.
absl::Status WritePassages(const CorpusPlan& plan, int shard, const Removals& removals);
absl::Status MatchPassages(const CorpusPlan& plan, int partition);
absl::Status CollectSubstrings(const CorpusPlan& plan, int shard);

struct FinishedShard {
  CorpusReport report;
  DuplicateSamples samples;

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(report, samples);
  }
};
// `samples`: what was chosen, to be found.
absl::StatusOr<FinishedShard> FinishShard(const CorpusPlan& plan, int shard,
                                          const Removals& removals, DuplicateSamples samples);

}  // namespace bench::corpus

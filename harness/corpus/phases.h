// The phases that make documents of files, and of these a deduplicated corpus. Each is a function
// of (shard i of n) or (partition p of P); files in the plan's folder, published whole, are what
// passes between them, so a job array can run them:
//
//   1 PrepareShard i       read, language, filters                 -> documents, exact records
//   2 MatchExact p         equal documents
//   3 WriteBands i         of what 2 kept                          (near)
//   4 MatchNear p, ClusterNear once
//   5 WriteLines i, MatchLines p, CollectLines once                (paragraphs)
//   6 WriteSuffixes i, MatchSubstrings once                        (substrings)
//   7 FinishShard i        cuts, decontamination, masks, length    -> final documents, their order
//
// A file belongs to shard (its index mod n). The result (document_order.h) is a function of the set
// of files and the specification: not of n, P, threads, budget or the order of files.
// Memory of a call: ShardBudget for its buffers and sorts, and PreparationBytes (text_limits.h) for
// the document at hand.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/corpus/corpus_report.h"
#include "harness/corpus/duplicate_samples.h"
#include "harness/corpus/evaluation_texts.h"
#include "harness/corpus/exact_dedup.h"
#include "harness/corpus/near_dedup.h"
#include "harness/corpus/paragraph_dedup.h"
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

  int num_shards() const { return static_cast<int>(spec.num_shards); }
  int num_partitions() const;
  int64_t budget_bytes() const { return spec.budget_mib << 20; }
  // Of one call: half of its thread's part; the other half is for documents.
  int64_t ShardBudget() const { return budget_bytes() / num_threads / 2; }

  ShuffleFiles exact_files() const { return ExactFiles(folder, num_shards(), num_partitions()); }
  ShuffleFiles near_files() const { return NearFiles(folder, num_shards(), num_partitions()); }
  ShuffleFiles line_files() const { return ParagraphFiles(folder, num_shards(), num_partitions()); }
  SubstringFiles substring_files() const { return {folder, num_shards()}; }
  std::string PreparedPath(int shard) const;
  std::string FinalPath(int shard) const;
  std::string OrderPath(int shard) const;
};

// UsageError for a budget that does not hold the documents at hand.
absl::Status CheckBudget(const CorpusPlan& plan);

// What phases before have found; each is opened when its phases are over.
struct Removals {
  std::optional<ExactRemovals> exact;
  std::optional<NearRemovals> near;
  std::optional<ParagraphRemovals> lines;
  std::optional<SubstringRemovals> substrings;
};

absl::StatusOr<CorpusReport> PrepareShard(const CorpusPlan& plan, int shard);
absl::Status MatchExact(const CorpusPlan& plan, int partition);
absl::Status WriteBands(const CorpusPlan& plan, int shard, const Removals& removals);
absl::Status MatchNear(const CorpusPlan& plan, int partition);
absl::Status ClusterNear(const CorpusPlan& plan);
absl::Status WriteLines(const CorpusPlan& plan, int shard, const Removals& removals);
absl::Status MatchLines(const CorpusPlan& plan, int partition);
absl::Status CollectLines(const CorpusPlan& plan);
absl::Status WriteSuffixes(const CorpusPlan& plan, int shard, const Removals& removals);
absl::Status MatchSubstrings(const CorpusPlan& plan);

struct FinishedShard {
  CorpusReport report;
  DuplicateSamples samples;
};
// `samples`: what was chosen, to be found.
absl::StatusOr<FinishedShard> FinishShard(const CorpusPlan& plan, int shard,
                                          const Removals& removals, DuplicateSamples samples);

}  // namespace bench::corpus

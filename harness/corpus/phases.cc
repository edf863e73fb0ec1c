#include "harness/corpus/phases.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/corpus/document_file.h"
#include "harness/corpus/filter_chain.h"
#include "harness/corpus/prepared_documents.h"
#include "harness/corpus/text_limits.h"

namespace bench::corpus {
namespace {

using harness::CheckNotStopped;
using harness::FilterPreset;

// Partitions are files that a shard has open at a time: as many as one process has use for, and
// more where there are more shards to share.
constexpr int kUsualPartitions = 32, kMaxPartitions = 1024, kShardsPerPartition = 4;
constexpr int kUsualClusterPartitions = 8;
constexpr int64_t kMinShardBudget = int64_t{1} << 20;

FilterChainParameters ChainOf(const CorpusSpec& spec) {
  return {.languages = spec.languages,
          .gopher_repetition = spec.gopher_repetition,
          .gopher_quality = spec.gopher_quality,
          .c4 = spec.c4,
          .fineweb = spec.fineweb};
}

// The documents of a shard on their way through the filters.
class Preparation {
 public:
  Preparation(const CorpusPlan& plan, DocumentWriter documents, ShuffleWriter<ExactRecord> exact)
      : plan_(plan),
        chain_(ChainOf(plan.spec)),
        documents_(std::move(documents)),
        exact_(std::move(exact)) {}

  absl::Status Read(const SourcePiece& piece) {
    const SourceFile& file = piece.file;
    ReaderOptions options;
    options.part = piece.part;
    options.on_invalid = plan_.spec.on_invalid;
    options.max_skipped_share = plan_.spec.max_skipped_share;
    options.max_document_bytes = plan_.spec.max_document_bytes;
    options.min_joined_characters = plan_.spec.min_joined_characters;
    if (plan_.evaluation_texts != nullptr) {
      options.exclude_message = [this](std::string_view text) {
        return plan_.evaluation_texts->Contains(text);
      };
    }
    BENCH_ASSIGN_OR_RETURN(
        const ReaderReport read,
        VisitDocuments(
            file, options, [&](Document document) { return Take(std::move(document)); },
            [&](const Rejection& rejection) {
              report().rejected.Add(file.source, rejection);
              return absl::OkStatus();
            }));
    if (piece.part) {
      prepared_.tallies[{absl::StrCat(file.root, "/", file.relative_path), piece.part->number}] = {
          read.num_documents, read.skipped};
    }
    return absl::OkStatus();
  }

  absl::StatusOr<PreparedShard> Finish() {
    BENCH_RETURN_IF_ERROR(documents_.Finish());
    BENCH_RETURN_IF_ERROR(exact_.Finish());
    report().dropped_lines = chain_.dropped_lines();
    return std::move(prepared_);
  }

 private:
  CorpusReport& report() { return prepared_.report; }

  absl::Status Take(Document document) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    const auto num_bytes = std::ssize(document.text);
    report().read[{document.source, document.language}].Add(num_bytes);
    const std::optional<Removal> removal = chain_.Apply(document);
    if (const auto cut = num_bytes - std::ssize(document.text); cut != 0) {
      report().shortened[std::string(Name(FilterId::kC4))].Add(cut);
    }
    if (removal) {
      report().removed.Add(Name(removal->filter), removal->rule, document);
      return absl::OkStatus();
    }
    BENCH_RETURN_IF_ERROR(documents_.Add(document).status());
    return exact_.Add(ExactRecordOf(document));
  }

  const CorpusPlan& plan_;
  FilterChain chain_;
  DocumentWriter documents_;
  ShuffleWriter<ExactRecord> exact_;
  PreparedShard prepared_;
};

// The least ShardBudget that holds a document at hand.
int64_t NeededShardBudget(const CorpusPlan& plan) {
  const int64_t bytes_per_span =
      ChainOf(plan.spec).Uses(FilterPreset::kDatatrove) ? kDatatroveBytesPerSpan : kBytesPerSpan;
  return std::max(kMinShardBudget, PreparationBytes(plan.spec.max_document_bytes, bytes_per_span));
}

std::string ShardPath(const CorpusPlan& plan, const char* kind, int shard) {
  return absl::StrCat(plan.folder, "/", kind, "/shard-", shard, "-of-", plan.num_shards());
}

}  // namespace

int CorpusPlan::num_partitions() const {
  const auto for_ranks = static_cast<int>(least_shards / kShardsPerPartition);
  return std::min(num_shards(), std::clamp(for_ranks, kUsualPartitions, kMaxPartitions));
}

int CorpusPlan::num_cluster_partitions() const {
  const auto for_ranks = static_cast<int>(least_shards / kShardsPerPartition);
  return std::min(std::max(for_ranks, kUsualClusterPartitions), num_partitions());
}

std::vector<std::string> CorpusPlan::MatchesOf(int cluster_partition) const {
  std::vector<std::string> paths;
  const ShuffleFiles matches = near_files();
  for (int p = cluster_partition; p < matches.num_partitions; p += num_cluster_partitions()) {
    paths.push_back(matches.FoundPath(p));
  }
  return paths;
}

std::string CorpusPlan::PreparedPath(int shard) const {
  return ShardPath(*this, "prepared", shard);
}
std::string CorpusPlan::FinalPath(int shard) const { return ShardPath(*this, "final", shard); }

int64_t ThreadsWithinBudget(const CorpusPlan& plan) {
  return plan.budget_bytes() / 2 / NeededShardBudget(plan);
}

absl::Status CheckBudget(const CorpusPlan& plan) {
  const int64_t needed = NeededShardBudget(plan);
  if (plan.ShardBudget() >= needed) return absl::OkStatus();
  const int64_t needed_mib = (2 * plan.num_threads * needed + (1 << 20) - 1) >> 20;
  return UsageError(absl::StrCat("corpus.budget_mib: ", plan.spec.budget_mib, " MiB are too few; ",
                                 plan.num_threads, " threads with documents of up to ",
                                 plan.spec.max_document_bytes, " bytes (max_document_bytes) need ",
                                 needed_mib, " MiB"));
}

absl::Status CheckTallies(const CorpusPlan& plan, const PartTallies& tallies) {
  for (auto part = tallies.begin(); part != tallies.end();) {
    const std::string& path = part->first.first;
    PartTally file;
    for (; part != tallies.end() && part->first.first == path; ++part) {
      file.num_documents += part->second.num_documents;
      file.skipped.Merge(part->second.skipped);
    }
    BENCH_RETURN_IF_ERROR(harness::CheckSkippedShare(path, file.skipped, file.num_documents,
                                                     plan.spec.max_skipped_share));
  }
  return absl::OkStatus();
}

absl::StatusOr<PreparedShard> PrepareShard(const CorpusPlan& plan,
                                           const std::vector<SourcePiece>& pieces,
                                           const std::vector<size_t>& own, int shard) {
  BENCH_RETURN_IF_ERROR(MakeFolders(absl::StrCat(plan.folder, "/prepared")));
  BENCH_ASSIGN_OR_RETURN(auto documents, DocumentWriter::Create(plan.PreparedPath(shard)));
  BENCH_ASSIGN_OR_RETURN(auto exact, ShuffleWriter<ExactRecord>::Create(plan.exact_files(), shard,
                                                                        plan.ShardBudget()));
  Preparation preparation(plan, std::move(documents), std::move(exact));
  for (const size_t piece : own) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    BENCH_RETURN_IF_ERROR(preparation.Read(pieces[piece]));
  }
  return preparation.Finish();
}

absl::Status MatchExact(const CorpusPlan& plan, int partition) {
  return RemoveExactDuplicates(plan.exact_files(), partition, plan.ShardBudget()).status();
}

absl::Status WriteBands(const CorpusPlan& plan, int shard, const Removals& removals) {
  BENCH_ASSIGN_OR_RETURN(
      BandWriter bands,
      BandWriter::Create(plan.near_files(), shard, plan.spec.near.minhash, plan.ShardBudget()));
  BENCH_RETURN_IF_ERROR(VisitPrepared(plan, shard, removals, [&](const PreparedDocument& prepared) {
    return prepared.removed_by.empty() ? bands.Add(prepared.document) : absl::OkStatus();
  }));
  return bands.Finish();
}

absl::Status MatchNear(const CorpusPlan& plan, int partition) {
  return MatchBands(plan.near_files(), partition, plan.ShardBudget());
}

absl::Status SpreadMatches(const CorpusPlan& plan, int partition) {
  return SpreadEdges(plan.cluster_files(), partition, plan.MatchesOf(partition),
                     plan.ShardBudget());
}

absl::StatusOr<bool> LargeStar(const CorpusPlan& plan, int round, int partition) {
  return LargeStar(plan.cluster_files(), round, partition, plan.ShardBudget());
}

absl::StatusOr<bool> SmallStar(const CorpusPlan& plan, int round, int partition) {
  return SmallStar(plan.cluster_files(), round, partition, plan.ShardBudget());
}

absl::Status WriteLines(const CorpusPlan& plan, int shard, const Removals& removals) {
  BENCH_ASSIGN_OR_RETURN(auto lines, ShuffleWriter<ParagraphRecord>::Create(
                                         plan.line_files(), shard, plan.ShardBudget()));
  const auto add = [&lines](const PreparedDocument& prepared) -> absl::Status {
    if (!prepared.removed_by.empty()) return absl::OkStatus();
    for (const ParagraphRecord& record : ParagraphRecords(prepared.document)) {
      BENCH_RETURN_IF_ERROR(lines.Add(record));
    }
    return absl::OkStatus();
  };
  BENCH_RETURN_IF_ERROR(VisitPrepared(plan, shard, removals, add));
  return lines.Finish();
}

absl::Status MatchLines(const CorpusPlan& plan, int partition) {
  return MatchParagraphs(plan.line_files(), partition, plan.ShardBudget());
}

absl::Status CollectLines(const CorpusPlan& plan, int partition) {
  return CollectRemovedLines(plan.removed_line_files(), partition, plan.ShardBudget());
}

absl::Status WriteAnchors(const CorpusPlan& plan, int shard, const Removals& removals) {
  BENCH_ASSIGN_OR_RETURN(AnchorWriter anchors,
                         AnchorWriter::Create(plan.substring_files(), shard,
                                              plan.spec.substrings.min_bytes, plan.ShardBudget()));
  BENCH_RETURN_IF_ERROR(VisitPrepared(plan, shard, removals, [&](const PreparedDocument& prepared) {
    return prepared.removed_by.empty() ? anchors.Add(prepared.document) : absl::OkStatus();
  }));
  return anchors.Finish();
}

absl::Status MatchAnchors(const CorpusPlan& plan, int partition) {
  return MatchAnchors(plan.substring_files(), partition, plan.ShardBudget());
}

absl::Status WritePassages(const CorpusPlan& plan, int shard, const Removals& removals) {
  BENCH_ASSIGN_OR_RETURN(PassageWriter passages,
                         PassageWriter::Create(plan.substring_files(), shard,
                                               plan.spec.substrings.min_bytes, plan.ShardBudget()));
  BENCH_RETURN_IF_ERROR(VisitPrepared(plan, shard, removals, [&](const PreparedDocument& prepared) {
    return prepared.removed_by.empty() ? passages.Add(prepared.document) : absl::OkStatus();
  }));
  return passages.Finish();
}

absl::Status MatchPassages(const CorpusPlan& plan, int partition) {
  return MatchPassages(plan.substring_files(), partition, plan.spec.substrings.min_bytes,
                       plan.ShardBudget());
}

absl::Status CollectSubstrings(const CorpusPlan& plan, int shard) {
  return CollectRemovedRanges(plan.substring_files(), shard, plan.ShardBudget());
}

}  // namespace bench::corpus

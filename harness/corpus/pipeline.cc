#include "harness/corpus/pipeline.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/corpus/open_files.h"
#include "harness/corpus/packed_bytes.h"

namespace bench::corpus {
namespace {

constexpr size_t kMaxDuplicateSamples = 10;
constexpr char kSplit[] = "split files";
constexpr char kRead[] = "read and filter";
constexpr char kClean[] = "clean";

using Clock = std::chrono::steady_clock;
using Outcome = absl::StatusOr<PartOutcome>;

// At a time, of each thread: partitions or shards that are written, or shards that are read here
// and there (document_order.h), and runs that are merged (external_sort.h): of two sorts in the
// phase that finds repeated substrings.
int64_t OpenFiles(const CorpusPlan& plan) {
  constexpr int64_t kMergedRuns = 256, kOthers = 64;
  const int64_t most = std::max(plan.num_partitions(), plan.num_shards());
  const int64_t num_sorts = plan.spec.substrings.enabled ? 2 : 1;
  return plan.num_threads * (most + num_sorts * kMergedRuns) + kOthers;
}

// Of a part that has read `read` and made `made`.
Outcome Made(std::vector<std::string> made, const std::vector<std::string>& read) {
  PartOutcome outcome;
  outcome.made = std::move(made);
  BENCH_ASSIGN_OR_RETURN(outcome.read_bytes, FileBytes(read));
  return outcome;
}

class Pipeline {
 public:
  Pipeline(const CorpusPlan& plan, PhaseRunner& runner) : plan_(plan), runner_(runner) {}

  absl::StatusOr<PipelineResult> Run() {
    const auto begin = Clock::now();
    BENCH_RETURN_IF_ERROR(CheckBudget(plan_));
    BENCH_RETURN_IF_ERROR(AllowOpenFiles(OpenFiles(plan_)));
    BENCH_RETURN_IF_ERROR(Split());
    BENCH_RETURN_IF_ERROR(Prepare());
    const auto filtered = Clock::now();
    if (plan_.spec.exact.enabled) BENCH_RETURN_IF_ERROR(Exact());
    if (plan_.spec.near.enabled) BENCH_RETURN_IF_ERROR(Near());
    if (plan_.spec.paragraphs.enabled) BENCH_RETURN_IF_ERROR(Lines());
    if (plan_.spec.substrings.enabled) BENCH_RETURN_IF_ERROR(Substrings());
    BENCH_RETURN_IF_ERROR(FinishAll());
    result_.filter_s = std::chrono::duration<double>(filtered - begin).count();
    result_.deduplicate_s = std::chrono::duration<double>(Clock::now() - filtered).count();
    return std::move(result_);
  }

 private:
  absl::Status Shards(std::string_view phase, const PhaseRunner::PartWork& work) {
    return runner_.Run(phase, plan_.num_shards(), work);
  }
  absl::Status Partitions(std::string_view phase, const PhaseRunner::PartWork& work) {
    return runner_.Run(phase, plan_.num_partitions(), work);
  }
  absl::Status ClusterPartitions(std::string_view phase, const PhaseRunner::PartWork& work) {
    return runner_.Run(phase, plan_.num_cluster_partitions(), work);
  }

  // Records of every shard by hash, and what a partition of them all finds.
  absl::Status Exchange(std::string_view phase, const ShuffleFiles& files,
                        const std::function<absl::Status(int)>& match) {
    return Partitions(phase, [&](int partition) -> Outcome {
      BENCH_RETURN_IF_ERROR(match(partition));
      return Made({files.FoundPath(partition)}, files.OfPartition(partition));
    });
  }
  // What a partition finds in the records of all writers, for the parts of the next phase.
  absl::Status Answer(std::string_view phase, const ShuffleFiles& asked,
                      const ShuffleFiles& answered, const std::function<absl::Status(int)>& match) {
    const auto answer = [&](int partition) -> Outcome {
      BENCH_RETURN_IF_ERROR(match(partition));
      return Made(answered.OfShard(partition), asked.OfPartition(partition));
    };
    BENCH_RETURN_IF_ERROR(Partitions(phase, answer));
    return RemoveShuffled(asked);
  }

  absl::Status Split() {
    BENCH_ASSIGN_OR_RETURN(const std::vector<LargePart> large,
                           LargeParts(plan_.files, plan_.split_bytes()));
    PartCounts counts;
    if (!large.empty()) {
      const SplitWork work = {plan_.files, large, plan_.folder, plan_.split_bytes()};
      BENCH_RETURN_IF_ERROR(Shards(kSplit, [&](int part) -> Outcome {
        BENCH_ASSIGN_OR_RETURN(SplitFiles split, SplitLargeFiles(work, part, plan_.num_shards()));
        return PartOutcome{std::move(split.made), Packed(split.counts), split.read_bytes, {}};
      }));
      BENCH_RETURN_IF_ERROR(MergeResults<PartCounts>(
          runner_, kSplit, [&](PartCounts of_part) { counts.merge(of_part); }));
    }
    pieces_ = PiecesOf(plan_.files, large, counts, plan_.folder);
    shards_ = ShardsOf(pieces_, plan_.num_shards());
    return absl::OkStatus();
  }

  absl::Status Prepare() {
    BENCH_RETURN_IF_ERROR(Shards(kRead, [this](int shard) -> Outcome {
      const std::vector<size_t>& own = shards_[static_cast<size_t>(shard)];
      BENCH_ASSIGN_OR_RETURN(PreparedShard prepared, PrepareShard(plan_, pieces_, own, shard));
      PartOutcome outcome;
      outcome.made = plan_.exact_files().OfShard(shard);
      outcome.made.push_back(plan_.PreparedPath(shard));
      outcome.result = Packed(std::move(prepared));
      for (const size_t piece : own) outcome.read_bytes += pieces_[piece].num_bytes;
      return outcome;
    }));
    if (!runner_.leads()) return absl::OkStatus();
    PartTallies tallies;
    BENCH_RETURN_IF_ERROR(MergeResults<PreparedShard>(runner_, kRead, [&](PreparedShard prepared) {
      result_.report.Merge(prepared.report);
      tallies.merge(prepared.tallies);
    }));
    BENCH_RETURN_IF_ERROR(CheckTallies(plan_, tallies));
    return RemoveTree(absl::StrCat(plan_.folder, "/unpacked"));
  }

  absl::Status Exact() {
    const ShuffleFiles files = plan_.exact_files();
    BENCH_RETURN_IF_ERROR(Exchange("equal documents", files,
                                   [this](int partition) { return MatchExact(plan_, partition); }));
    BENCH_ASSIGN_OR_RETURN(removals_.exact, ExactRemovals::Open(files));
    return RemoveShuffled(files);
  }

  absl::Status Near() {
    const ShuffleFiles files = plan_.near_files();
    const auto sign = [&](int shard) -> Outcome {
      BENCH_RETURN_IF_ERROR(WriteBands(plan_, shard, removals_));
      return Made(files.OfShard(shard), {plan_.PreparedPath(shard)});
    };
    BENCH_RETURN_IF_ERROR(Shards("signatures", sign));
    BENCH_RETURN_IF_ERROR(Exchange("similar documents", files,
                                   [this](int partition) { return MatchNear(plan_, partition); }));
    BENCH_RETURN_IF_ERROR(RemoveShuffled(files));
    const auto spread = [&](int partition) -> Outcome {
      BENCH_RETURN_IF_ERROR(SpreadMatches(plan_, partition));
      return Made(plan_.cluster_files().edges(0).OfShard(partition), plan_.MatchesOf(partition));
    };
    BENCH_RETURN_IF_ERROR(ClusterPartitions("clusters", spread));
    for (int round = 1;; ++round) {
      BENCH_ASSIGN_OR_RETURN(const bool has_moved, Cluster(round));
      if (has_moved) continue;
      const ShuffleFiles found = plan_.cluster_files().edges(round);
      BENCH_ASSIGN_OR_RETURN(removals_.near, NearRemovals::Open(found));
      return RemoveShuffled(found);
    }
  }

  // A round, of two phases: whether an edge has moved in one of them.
  absl::StatusOr<bool> Cluster(int round) {
    const StarFiles files = plan_.cluster_files();
    const std::string large = absl::StrCat("clusters ", round, " large");
    const std::string small = absl::StrCat("clusters ", round, " small");
    BENCH_RETURN_IF_ERROR(ClusterPartitions(large, [&](int partition) -> Outcome {
      BENCH_ASSIGN_OR_RETURN(const bool has_moved, LargeStar(plan_, round, partition));
      return Moved(has_moved, Made(files.moved(round).OfShard(partition),
                                   files.edges(round - 1).OfPartition(partition)));
    }));
    BENCH_RETURN_IF_ERROR(RemoveRound(files.edges(round - 1)));
    BENCH_RETURN_IF_ERROR(ClusterPartitions(small, [&](int partition) -> Outcome {
      BENCH_ASSIGN_OR_RETURN(const bool has_moved, SmallStar(plan_, round, partition));
      std::vector<std::string> made = files.edges(round).OfShard(partition);
      made.push_back(files.edges(round).FoundPath(partition));
      return Moved(has_moved, Made(std::move(made), files.moved(round).OfPartition(partition)));
    }));
    BENCH_RETURN_IF_ERROR(RemoveRound(files.moved(round)));
    int64_t num_moved = 0;
    for (const std::string& phase : {large, small}) {
      BENCH_RETURN_IF_ERROR(MergeResults<int64_t>(
          runner_, phase, [&num_moved](int64_t of_part) { num_moved += of_part; }));
    }
    return num_moved > 0;
  }

  static Outcome Moved(bool has_moved, Outcome outcome) {
    if (outcome.ok()) outcome->result = Packed(int64_t{has_moved});
    return outcome;
  }

  absl::Status Lines() {
    const ShuffleFiles files = plan_.line_files();
    const auto write = [&](int shard) -> Outcome {
      BENCH_RETURN_IF_ERROR(WriteLines(plan_, shard, removals_));
      return Made(files.OfShard(shard), {plan_.PreparedPath(shard)});
    };
    BENCH_RETURN_IF_ERROR(Shards("lines", write));
    const ShuffleFiles removed = plan_.removed_line_files();
    BENCH_RETURN_IF_ERROR(Answer("repeated lines", files, removed,
                                 [this](int partition) { return MatchLines(plan_, partition); }));
    BENCH_RETURN_IF_ERROR(Exchange("removed lines", removed, [this](int partition) {
      return CollectLines(plan_, partition);
    }));
    BENCH_ASSIGN_OR_RETURN(removals_.lines, ParagraphRemovals::Open(removed));
    return RemoveShuffled(removed);
  }

  absl::Status Substrings() {
    const SubstringFiles files = plan_.substring_files();
    const auto anchor = [&](int shard) -> Outcome {
      BENCH_RETURN_IF_ERROR(WriteAnchors(plan_, shard, removals_));
      return Made(files.anchors().OfShard(shard), {plan_.PreparedPath(shard)});
    };
    const auto write = [&](int shard) -> Outcome {
      std::vector<std::string> read = files.repeated().OfPartition(shard);
      read.push_back(plan_.PreparedPath(shard));
      BENCH_RETURN_IF_ERROR(WritePassages(plan_, shard, removals_));
      return Made(files.passages().OfShard(shard), read);
    };
    const auto collect = [&](int shard) -> Outcome {
      BENCH_RETURN_IF_ERROR(CollectSubstrings(plan_, shard));
      return Made({files.FoundPath(shard)}, files.runs().OfPartition(shard));
    };
    BENCH_RETURN_IF_ERROR(Shards("anchors", anchor));
    BENCH_RETURN_IF_ERROR(Answer("repeated anchors", files.anchors(), files.repeated(),
                                 [this](int partition) { return MatchAnchors(plan_, partition); }));
    BENCH_RETURN_IF_ERROR(Shards("passages", write));
    BENCH_RETURN_IF_ERROR(RemoveShuffled(files.repeated()));
    BENCH_RETURN_IF_ERROR(
        Answer("repeated substrings", files.passages(), files.runs(),
               [this](int partition) { return MatchPassages(plan_, partition); }));
    BENCH_RETURN_IF_ERROR(Shards("removed substrings", collect));
    removals_.substrings = files;
    return RemoveShuffled(files.runs());
  }

  absl::Status FinishAll() {
    DuplicateSamples samples;
    samples.Choose(removals_.exact ? &*removals_.exact : nullptr,
                   removals_.near ? &*removals_.near : nullptr, kMaxDuplicateSamples);
    BENCH_RETURN_IF_ERROR(Shards(kClean, [&](int shard) -> Outcome {
      BENCH_ASSIGN_OR_RETURN(FinishedShard finished, FinishShard(plan_, shard, removals_, samples));
      PartOutcome outcome;
      outcome.made = plan_.order_files().OfShard(shard);
      outcome.made.push_back(plan_.FinalPath(shard));
      outcome.result = Packed(std::move(finished));
      // Nothing reads what was prepared any more.
      outcome.consumed = {plan_.PreparedPath(shard)};
      BENCH_ASSIGN_OR_RETURN(outcome.read_bytes, FileBytes(outcome.consumed));
      return outcome;
    }));
    BENCH_RETURN_IF_ERROR(
        MergeResults<FinishedShard>(runner_, kClean, [&](const FinishedShard& finished) {
          result_.report.Merge(finished.report);
          samples.Merge(finished.samples);
        }));
    result_.duplicate_samples = samples.Samples();
    return absl::OkStatus();
  }

  // The records that shards left for partitions, which all have read: of many ranks millions of
  // files, of which each rank removes those of its shards.
  absl::Status RemoveShuffled(const ShuffleFiles& files) const {
    for (auto shard = static_cast<int>(runner_.rank()); shard < files.num_shards;
         shard += static_cast<int>(runner_.num_ranks())) {
      BENCH_RETURN_IF_ERROR(RemoveTree(files.ShardFolder(shard)));
    }
    return absl::OkStatus();
  }
  // With what was found in it. The folder stays, empty, as ranks do not wait for each other here.
  absl::Status RemoveRound(const ShuffleFiles& files) const {
    for (auto partition = static_cast<int>(runner_.rank()); partition < files.num_partitions;
         partition += static_cast<int>(runner_.num_ranks())) {
      BENCH_RETURN_IF_ERROR(RemoveTree(files.FoundPath(partition)));
    }
    return RemoveShuffled(files);
  }

  const CorpusPlan& plan_;
  PhaseRunner& runner_;
  std::vector<SourcePiece> pieces_;
  std::vector<std::vector<size_t>> shards_;  // numbers of pieces
  Removals removals_;
  PipelineResult result_;
};

}  // namespace

absl::StatusOr<PipelineResult> RunPipeline(const CorpusPlan& plan, PhaseRunner& runner) {
  return Pipeline(plan, runner).Run();
}

}  // namespace bench::corpus

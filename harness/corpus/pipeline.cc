#include "harness/corpus/pipeline.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/parallel.h"
#include "harness/corpus/open_files.h"

namespace bench::corpus {
namespace {

constexpr size_t kMaxDuplicateSamples = 10;

// At a time: runs that are merged (external_sort.h) or partitions that are written, of each thread.
int64_t OpenFiles(const CorpusPlan& plan) {
  constexpr int64_t kMergedRuns = 256, kOthers = 64;
  return plan.num_threads * std::max<int64_t>(kMergedRuns, plan.num_partitions()) + kOthers;
}

class Pipeline {
 public:
  Pipeline(const CorpusPlan& plan, const PhaseProgress& progress)
      : plan_(plan), progress_(progress) {}

  absl::StatusOr<PipelineResult> Run() {
    BENCH_RETURN_IF_ERROR(CheckBudget(plan_));
    BENCH_RETURN_IF_ERROR(AllowOpenFiles(OpenFiles(plan_)));
    BENCH_RETURN_IF_ERROR(Prepare());
    if (plan_.spec.exact.enabled) BENCH_RETURN_IF_ERROR(Exact());
    if (plan_.spec.near.enabled) BENCH_RETURN_IF_ERROR(Near());
    if (plan_.spec.paragraphs.enabled) BENCH_RETURN_IF_ERROR(Lines());
    if (plan_.spec.substrings.enabled) BENCH_RETURN_IF_ERROR(Substrings());
    BENCH_RETURN_IF_ERROR(FinishAll());
    return std::move(result_);
  }

 private:
  absl::Status InParallel(std::string_view phase, int64_t count,
                          const std::function<absl::Status(int)>& work) {
    return harness::ForEachInParallel(
        count, plan_.num_threads, [&](int64_t i) { return work(static_cast<int>(i)); },
        [&](int64_t done) {
          if (progress_) progress_(phase, done, count);
        });
  }
  absl::Status Shards(std::string_view phase, const std::function<absl::Status(int)>& work) {
    return InParallel(phase, plan_.num_shards(), work);
  }
  absl::Status Partitions(std::string_view phase, const std::function<absl::Status(int)>& work) {
    return InParallel(phase, plan_.num_partitions(), work);
  }

  void Merge(const CorpusReport& report) {
    const std::lock_guard lock(mutex_);
    result_.report.Merge(report);
  }

  absl::Status Prepare() {
    return Shards("read and filter", [this](int shard) -> absl::Status {
      BENCH_ASSIGN_OR_RETURN(const CorpusReport report, PrepareShard(plan_, shard));
      Merge(report);
      return absl::OkStatus();
    });
  }

  absl::Status Exact() {
    BENCH_RETURN_IF_ERROR(Partitions(
        "equal documents", [this](int partition) { return MatchExact(plan_, partition); }));
    BENCH_ASSIGN_OR_RETURN(removals_.exact, ExactRemovals::Open(plan_.exact_files()));
    return RemoveShuffled(plan_.exact_files());
  }

  absl::Status Near() {
    BENCH_RETURN_IF_ERROR(
        Shards("signatures", [this](int shard) { return WriteBands(plan_, shard, removals_); }));
    BENCH_RETURN_IF_ERROR(Partitions(
        "similar documents", [this](int partition) { return MatchNear(plan_, partition); }));
    BENCH_RETURN_IF_ERROR(ClusterNear(plan_));
    BENCH_ASSIGN_OR_RETURN(removals_.near, NearRemovals::Open(plan_.near_files()));
    return RemoveShuffled(plan_.near_files());
  }

  absl::Status Lines() {
    BENCH_RETURN_IF_ERROR(
        Shards("lines", [this](int shard) { return WriteLines(plan_, shard, removals_); }));
    BENCH_RETURN_IF_ERROR(Partitions(
        "repeated lines", [this](int partition) { return MatchLines(plan_, partition); }));
    BENCH_RETURN_IF_ERROR(CollectLines(plan_));
    BENCH_ASSIGN_OR_RETURN(removals_.lines, ParagraphRemovals::Open(plan_.line_files()));
    return RemoveShuffled(plan_.line_files());
  }

  absl::Status Substrings() {
    BENCH_RETURN_IF_ERROR(
        Shards("suffixes", [this](int shard) { return WriteSuffixes(plan_, shard, removals_); }));
    BENCH_RETURN_IF_ERROR(MatchSubstrings(plan_));
    BENCH_ASSIGN_OR_RETURN(removals_.substrings, SubstringRemovals::Open(plan_.substring_files()));
    for (int shard = 0; shard < plan_.num_shards(); ++shard) {
      BENCH_RETURN_IF_ERROR(RemoveTree(plan_.substring_files().ShardFolder(shard)));
    }
    return absl::OkStatus();
  }

  absl::Status FinishAll() {
    DuplicateSamples samples;
    samples.Choose(removals_.exact ? &*removals_.exact : nullptr,
                   removals_.near ? &*removals_.near : nullptr, kMaxDuplicateSamples);
    DuplicateSamples found = samples;
    const auto finish = [&](int shard) -> absl::Status {
      BENCH_ASSIGN_OR_RETURN(const FinishedShard finished,
                             FinishShard(plan_, shard, removals_, samples));
      Merge(finished.report);
      const std::lock_guard lock(mutex_);
      found.Merge(finished.samples);
      // Nothing reads what was prepared any more.
      return RemoveTree(plan_.PreparedPath(shard));
    };
    BENCH_RETURN_IF_ERROR(Shards("clean", finish));
    result_.duplicate_samples = found.Samples();
    return absl::OkStatus();
  }

  // The records that shards left for partitions.
  absl::Status RemoveShuffled(const ShuffleFiles& files) {
    for (int shard = 0; shard < files.num_shards; ++shard) {
      BENCH_RETURN_IF_ERROR(RemoveTree(files.ShardFolder(shard)));
    }
    return absl::OkStatus();
  }

  const CorpusPlan& plan_;
  const PhaseProgress& progress_;
  Removals removals_;
  std::mutex mutex_;
  PipelineResult result_;
};

}  // namespace

absl::StatusOr<PipelineResult> RunPipeline(const CorpusPlan& plan, const PhaseProgress& progress) {
  return Pipeline(plan, progress).Run();
}

}  // namespace bench::corpus

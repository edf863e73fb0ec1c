// A corpus of files of a test's own, with the filters off unless a test turns them on.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "gtest/gtest.h"
#include "harness/corpus/document_order.h"
#include "harness/corpus/pipeline.h"
#include "harness/corpus/source_files.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {

class CorpusFixture {
 public:
  CorpusFixture() {
    spec_.gopher_repetition.preset = harness::FilterPreset::kNone;
    spec_.gopher_quality.preset = harness::FilterPreset::kNone;
    spec_.c4.preset = harness::FilterPreset::kNone;
    spec_.fineweb.preset = harness::FilterPreset::kNone;
    spec_.num_shards = 3;
    spec_.budget_mib = 64;
    spec_.max_document_bytes = 1 << 13;  // 8 MiB are enough for four threads
    EXPECT_TRUE(MakeFolders(folder_ / "in").ok());
  }

  CorpusSpec& spec() { return spec_; }
  std::string folder() const { return folder_.path(); }

  void Write(const std::string& name, std::string_view text) {
    EXPECT_TRUE(PublishFile(folder_ / ("in/" + name), text).ok());
  }

  // A plan with an empty folder of its own.
  CorpusPlan Plan(int64_t num_threads = 1) {
    const std::string folder = folder_ / ("work-" + std::to_string(num_plans_++));
    EXPECT_TRUE(MakeFolders(folder).ok());
    return {.spec = spec_,
            .folder = folder,
            .files = FilesOf({"source", folder_ / "in", std::nullopt})->files,
            .num_threads = num_threads};
  }

 private:
  TempFolder folder_;
  CorpusSpec spec_;
  int num_plans_ = 0;
};

// The first phase of a shard; no file is split.
inline absl::StatusOr<CorpusReport> Prepare(const CorpusPlan& plan, int shard) {
  const std::vector<SourcePiece> pieces = PiecesOf(plan.files, {}, {}, plan.folder);
  const auto own = ShardsOf(pieces, plan.num_shards());
  auto prepared = PrepareShard(plan, pieces, own[static_cast<size_t>(shard)], shard);
  if (!prepared.ok()) return prepared.status();
  return std::move(prepared->report);
}

// By one process.
inline absl::StatusOr<PipelineResult> RunAlone(const CorpusPlan& plan,
                                               const PhaseProgress& progress = nullptr) {
  PhaseRunner runner(plan, progress);
  return RunPipeline(plan, runner);
}

inline PipelineResult RunOk(const CorpusPlan& plan) {
  auto result = RunAlone(plan);
  EXPECT_TRUE(result.ok()) << result.status();
  return *std::move(result);
}

// The documents of all partitions, one after the other.
inline absl::Status VisitInOrder(const CorpusPlan& plan, const OrderedVisitor& visit) {
  for (int partition = 0; partition < plan.num_partitions(); ++partition) {
    BENCH_RETURN_IF_ERROR(VisitPartitionInOrder(plan, partition, visit));
  }
  return absl::OkStatus();
}

// In the order of the corpus.
inline std::vector<Document> FinalDocuments(const CorpusPlan& plan) {
  std::vector<Document> documents;
  const absl::Status status = VisitInOrder(plan, [&](OrderedDocument ordered) {
    if (!ordered.repeats) documents.push_back(std::move(ordered.document));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return documents;
}

inline std::vector<std::string> FinalTexts(const CorpusPlan& plan) {
  std::vector<std::string> texts;
  for (Document& document : FinalDocuments(plan)) texts.push_back(std::move(document.text));
  return texts;
}

inline std::vector<std::string> Sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace bench::corpus

// The pipeline over several ranks, and over parts that an attempt before has finished.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/subprocess.h"
#include "harness/corpus/pipeline.h"
#include "tests/harness/corpus/corpus_fixture.h"
#include "tests/harness/corpus/dedup_texts.h"
#include "tests/harness/corpus/pipeline_texts.h"

namespace bench::corpus {
namespace {

// The barrier of ranks that are threads.
class Meeting {
 public:
  explicit Meeting(int num_ranks) : num_ranks_(num_ranks) {}
  RankGroup Group(int rank) {
    return {rank, num_ranks_, [this](const absl::Status& own) { return Wait(own); }};
  }

 private:
  absl::Status Wait(const absl::Status& own) {
    std::unique_lock lock(mutex_);
    if (!own.ok()) failure_ = own;
    const int64_t round = round_;
    if (++num_waiting_ == num_ranks_) {
      num_waiting_ = 0;
      ++round_;
      all_.notify_all();
    }
    all_.wait(lock, [&] { return round_ != round; });
    return failure_;
  }

  const int num_ranks_;
  std::mutex mutex_;
  std::condition_variable all_;
  int num_waiting_ = 0;
  int64_t round_ = 0;
  absl::Status failure_;
};

// As processes do, but on threads.
std::vector<absl::StatusOr<PipelineResult>> RunRanks(const CorpusPlan& plan, int num_ranks,
                                                     const WorkState& state = {}) {
  Meeting meeting(num_ranks);
  std::vector<std::optional<absl::StatusOr<PipelineResult>>> found(static_cast<size_t>(num_ranks));
  {
    std::vector<std::jthread> ranks;
    for (int rank = 0; rank < num_ranks; ++rank) {
      ranks.emplace_back([&, rank] {
        PhaseRunner runner(plan, nullptr, meeting.Group(rank), state);
        found[static_cast<size_t>(rank)].emplace(RunPipeline(plan, runner));
      });
    }
  }
  std::vector<absl::StatusOr<PipelineResult>> results;
  for (auto& result : found) results.push_back(*std::move(result));
  return results;
}

// Above a split of 1 MiB: a plain file and a compressed one, whose records repeat each other's.
void WriteLarge(CorpusFixture& corpus) {
  harness::Random random(21);
  std::string lines;
  while (lines.size() < size_t{5} << 19) {
    absl::StrAppend(&lines, "{\"text\":\"", Joined(RandomWords(random, 400)), "\"}\r\n");
    if (lines.size() % 7 == 0) absl::StrAppend(&lines, "\n", "{\"no\":1}\n");
  }
  corpus.Write("large.jsonl", lines);
  corpus.Write("plain.tmp", absl::StrCat(lines, "{\"text\":\"the end\"}"));
  const std::string plain = absl::StrCat(corpus.folder(), "/in/plain.tmp");
  const auto packed = RunProgram({"gzip", "-c", plain});
  ASSERT_TRUE(packed.ok() && packed->exit_code == 0);
  ASSERT_GT(packed->out.size(), size_t{1} << 20);
  corpus.Write("packed.jsonl.gz", packed->out);
  ASSERT_TRUE(RemoveTree(plain).ok());
  corpus.Write("small.jsonl", lines.substr(0, lines.find('\n', lines.size() / 3) + 1));
}

// Each rank removes those of its shards.
void ExpectNoExchangeIsLeft(const CorpusPlan& plan) {
  const SubstringFiles substrings = plan.substring_files();
  for (const ShuffleFiles& files :
       {plan.exact_files(), plan.near_files(), plan.cluster_files().edges(0),
        plan.cluster_files().moved(1), plan.cluster_files().edges(1), plan.line_files(),
        plan.removed_line_files(), substrings.anchors(), substrings.repeated(),
        substrings.passages(), substrings.runs()}) {
    for (int shard = 0; shard < files.num_shards; ++shard) {
      EXPECT_FALSE(Exists(files.ShardFolder(shard))) << files.ShardFolder(shard);
    }
  }
}

TEST(PipelineRanks, NothingDependsOnTheNumberOfRanksOrOnHowFilesAreSplit) {
  CorpusFixture corpus;
  WriteMixed(corpus);
  WriteLarge(corpus);
  EnableAll(corpus.spec());
  corpus.spec().max_document_bytes = 1 << 14;
  corpus.spec().max_skipped_share = 0.5;
  const CorpusPlan whole = corpus.Plan();
  const PipelineResult by_one = RunOk(whole);
  const std::string expected = Content(whole, by_one);
  corpus.spec().split_mib = 1;
  for (const int num_ranks : {1, 2, 3, 5}) {
    CorpusPlan plan = corpus.Plan();
    plan.least_shards = LeastShards(num_ranks, plan.num_threads);
    const auto results = RunRanks(plan, num_ranks);
    for (const auto& result : results) ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(Content(plan, *results[0]), expected) << num_ranks;
    EXPECT_EQ(results[0]->report.rejected.num_rejected(), by_one.report.rejected.num_rejected());
    EXPECT_EQ(results.back()->report.kept, results[0]->report.kept);
    ExpectNoExchangeIsLeft(plan);
  }
}

TEST(PipelineRanks, PartsThatAreFinishedAreNotMadeAgain) {
  CorpusFixture corpus;
  WriteMixed(corpus);
  EnableAll(corpus.spec());
  const CorpusPlan whole = corpus.Plan();
  const std::string expected = Content(whole, RunOk(whole));
  // An error in the midst of the phases, as a full disk would be: a folder is where a file must be.
  const CorpusPlan plan = corpus.Plan();
  const ShuffleFiles edges = plan.cluster_files().edges(0);
  for (int part = 0; part < plan.num_cluster_partitions(); ++part) {
    ASSERT_TRUE(MakeFolders(edges.Path(part, 0) + "/in the way").ok());
  }
  ASSERT_FALSE(RunAlone(plan).ok());
  ASSERT_TRUE(Exists(PartRecordPath(plan.folder, "signatures", 0)));
  ASSERT_TRUE(RemoveTree(edges.Folder()).ok());
  // Preparing a shard again would fail now.
  for (const SourceFile& file : plan.files) {
    ASSERT_TRUE(RemoveTree(absl::StrCat(file.root, "/", file.relative_path)).ok());
  }
  PhaseRunner runner(plan, nullptr, {}, {{}, 1, 2});
  const auto result = RunPipeline(plan, runner);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(Content(plan, *result), expected);
  for (const PhaseFigures& phase : runner.figures()) {
    const bool before = phase.name == "read and filter" || phase.name == "equal documents" ||
                        phase.name == "signatures" || phase.name == "similar documents";
    EXPECT_EQ(phase.num_kept, before ? phase.num_parts : 0) << phase.name;
  }
}

TEST(PipelineRanks, TooManyInvalidRecordsOfASplitFileEndTheRun) {
  CorpusFixture corpus;
  corpus.spec().split_mib = 1;
  corpus.spec().max_skipped_share = 0.4;
  std::string lines;
  while (lines.size() < size_t{3} << 20) lines += "{\"no\":1}\n{\"text\":\"some words\"}\n";
  corpus.Write("large.jsonl", lines);
  const absl::Status status = RunAlone(corpus.Plan()).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  const int64_t num_pairs = std::ssize(lines) / 31;
  EXPECT_NE(status.message().find(absl::StrCat("large.jsonl: ", num_pairs, " of ", 2 * num_pairs,
                                               " records are invalid")),
            std::string::npos)
      << status;
  EXPECT_NE(status.message().find("large.jsonl:1)"), std::string::npos) << status;
}

}  // namespace
}  // namespace bench::corpus

// The whole pipeline on planted duplicates, by whatever number of shards and threads.
#include "harness/corpus/pipeline.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/subprocess.h"
#include "tests/harness/corpus/corpus_fixture.h"
#include "tests/harness/corpus/dedup_texts.h"
#include "tests/harness/stop_request.h"

namespace bench::corpus {
namespace {

constexpr size_t kNumClusters = 8;

// Of 200 words, twice, and with the first or the last replaced, which is in one of the 196 5-grams:
// J = 195 / 197 = 0.99 to the original, 194 / 198 = 0.98 between the two. A pair is missed with
// probability (1 - 0.98^8)^14 = 10^-12.
std::vector<std::vector<std::string>> PlantedClusters() {
  harness::Random random(3);
  std::vector<std::vector<std::string>> clusters;
  for (size_t i = 0; i < kNumClusters; ++i) {
    const std::vector<std::string> words = RandomWords(random, 200);
    std::vector<std::string> cluster = {Joined(words), Joined(words)};
    for (const size_t replaced : {0, 199}) {
      std::vector<std::string> near = words;
      near[replaced] = RandomWords(random, 1)[0];
      cluster.push_back(Joined(near));
    }
    clusters.push_back(cluster);
  }
  return clusters;
}

void WriteClusters(const std::vector<std::vector<std::string>>& clusters, CorpusFixture& corpus) {
  for (size_t i = 0; i < clusters.size(); ++i) {
    for (size_t k = 0; k < clusters[i].size(); ++k) {
      corpus.Write(absl::StrCat("c", i, "-", k, ".txt"), clusters[i][k]);
    }
  }
}

TEST(Pipeline, OfEachPlantedClusterTheSmallestDigestSurvives) {
  const auto clusters = PlantedClusters();
  CorpusFixture corpus;
  WriteClusters(clusters, corpus);
  const CorpusPlan plan = corpus.Plan();
  const PipelineResult result = RunOk(plan);
  std::vector<std::string> expected;
  for (const auto& cluster : clusters) {
    expected.push_back(*std::min_element(
        cluster.begin(), cluster.end(),
        [](const std::string& a, const std::string& b) { return DigestOf(a) < DigestOf(b); }));
  }
  EXPECT_EQ(Sorted(FinalTexts(plan)), Sorted(expected));
  const auto& rules = result.report.removed.rules();
  EXPECT_EQ(rules.at({"exact_duplicates", "duplicate"}).num_documents,
            static_cast<int64_t>(kNumClusters));
  EXPECT_EQ(rules.at({"near_duplicates", "duplicate"}).num_documents,
            2 * static_cast<int64_t>(kNumClusters));
}

TEST(Pipeline, EachDuplicateThatIsShownHasASurvivorOfItsCluster) {
  const auto clusters = PlantedClusters();
  CorpusFixture corpus;
  WriteClusters(clusters, corpus);
  const CorpusPlan plan = corpus.Plan();
  const PipelineResult result = RunOk(plan);
  std::set<std::string> final_ids;
  for (const Document& document : FinalDocuments(plan)) final_ids.insert(document.id);
  std::map<std::string_view, int> steps;
  for (const auto& sample : result.duplicate_samples) {
    ++steps[sample.step];
    const size_t dash = sample.removed.id.find('-');
    EXPECT_EQ(sample.removed.id.substr(0, dash), sample.survivor.id.substr(0, dash));
    EXPECT_NE(sample.removed.id, sample.survivor.id);
    EXPECT_FALSE(final_ids.contains(sample.removed.id)) << sample.removed.id;
    const bool is_near = sample.step == "near_duplicates";
    EXPECT_TRUE(!is_near || final_ids.contains(sample.survivor.id));
  }
  EXPECT_EQ(steps["exact_duplicates"], 8);
  EXPECT_EQ(steps["near_duplicates"], 10);  // of 16
}

// Pairs at the similarity that 14 bands of 8 rows are chosen for: J = 160 / 200 = 0.8 is found with
// probability 1 - (1 - 0.8^8)^14 = 0.9236. Of 300 pairs 277.1, standard deviation 4.6; four of them
// on both sides.
TEST(Pipeline, FindsPairsNearTheThresholdAsOftenAsTheBandsSay) {
  constexpr int kNumPairs = 300;
  harness::Random random(11);
  CorpusFixture corpus;
  for (int i = 0; i < kNumPairs; ++i) {
    const auto [a, b] = PairWithJaccard(random, 160);
    corpus.Write(absl::StrCat(i, "-a.txt"), a);
    corpus.Write(absl::StrCat(i, "-b.txt"), b);
  }
  const PipelineResult result = RunOk(corpus.Plan());
  const int64_t found =
      result.report.removed.rules().at({"near_duplicates", "duplicate"}).num_documents;
  EXPECT_GE(found, 259);
  EXPECT_LE(found, 295);
}

// Everything that a run leaves, as text.
std::string Content(const CorpusPlan& plan, const PipelineResult& result) {
  std::string content;
  for (const Document& document : FinalDocuments(plan)) {
    absl::StrAppend(&content, document.id, "|", document.language, "|", document.text, "\n");
  }
  for (const auto& [rule, removals] : result.report.removed.rules()) {
    absl::StrAppend(&content, rule.first, ":", rule.second, " ", removals.num_documents, " ",
                    removals.num_bytes, "\n");
    for (const auto& [digest, sample] : removals.samples) absl::StrAppend(&content, sample.id, " ");
  }
  for (const auto& [step, count] : result.report.shortened) {
    absl::StrAppend(&content, step, " ", count.num_documents, " ", count.num_bytes, "\n");
  }
  for (const auto& sample : result.duplicate_samples) {
    absl::StrAppend(&content, sample.removed.id, " -> ", sample.survivor.id, "\n");
  }
  return content;
}

void EnableAll(CorpusSpec& spec) {
  spec.paragraphs.enabled = true;
  spec.substrings.enabled = true;
  spec.substrings.min_bytes = 50;
}

void WriteMixed(CorpusFixture& corpus) {
  WriteClusters(PlantedClusters(), corpus);
  harness::Random random(8);
  const std::string line = Joined(RandomWords(random, 8));
  const std::string passage = Joined(RandomWords(random, 30));
  for (int i = 0; i < 12; ++i) {
    corpus.Write(absl::StrCat("l", i, ".txt"),
                 absl::StrCat(Joined(RandomWords(random, 30)), "\n", line, "\nwrite to a", i,
                              "@b.example.org ", passage, Joined(RandomWords(random, 10)), "\n"));
  }
}

TEST(Pipeline, NothingDependsOnShardsThreadsBudgetOrTheOrderOfFiles) {
  CorpusFixture corpus;
  WriteMixed(corpus);
  EnableAll(corpus.spec());
  const CorpusPlan first = corpus.Plan();
  const std::string expected = Content(first, RunOk(first));
  // What is compared is there: all four deduplications, and the masks.
  for (const char* step : {"exact_duplicates:", "near_duplicates:", "repeated_lines ",
                           "repeated_substrings ", "pii "}) {
    EXPECT_NE(expected.find(step), std::string::npos) << step;
  }
  struct Shape {
    int64_t num_shards, num_threads, budget_mib;
    bool reversed;
  };
  for (const Shape& shape :
       {Shape{1, 1, 64, false}, Shape{5, 3, 64, true}, Shape{8, 4, 8, false}}) {
    corpus.spec().num_shards = shape.num_shards;
    corpus.spec().budget_mib = shape.budget_mib;
    CorpusPlan plan = corpus.Plan(shape.num_threads);
    if (shape.reversed) std::reverse(plan.files.begin(), plan.files.end());
    EXPECT_EQ(Content(plan, RunOk(plan)), expected) << shape.num_shards;
  }
}

TEST(Pipeline, SortsThatSpillAndShardsOfSeveralBlocksGiveTheSame) {
  CorpusFixture corpus;
  WriteMixed(corpus);
  EnableAll(corpus.spec());
  corpus.spec().num_shards = 1;
  corpus.spec().max_document_bytes = 4096;
  harness::Random random(12);
  std::string lines;
  for (int i = 0; i < 3300; ++i) {
    absl::StrAppend(&lines, "{\"text\":\"", Joined(RandomWords(random, 12)), "\"}\n");
  }
  corpus.Write("many.jsonl", lines);
  const CorpusPlan ample = corpus.Plan();
  const std::string expected = Content(ample, RunOk(ample));
  corpus.spec().budget_mib = 2;
  const CorpusPlan plan = corpus.Plan();
  uintmax_t num_band_bytes = 0;
  std::string num_blocks;
  const auto result = RunAlone(plan, [&](std::string_view phase, int64_t, int64_t) {
    // A sort that holds less than its records spills (external_sort.h).
    if (phase == "signatures") {
      num_band_bytes = std::filesystem::file_size(plan.near_files().Path(0, 0));
    }
    if (phase == "suffixes") num_blocks = *ReadFile(plan.substring_files().BlockPath(0, -1));
  });
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_GT(num_band_bytes, static_cast<uintmax_t>(plan.ShardBudget()));
  EXPECT_GE(std::stoi(num_blocks), 2);
  EXPECT_EQ(Content(plan, *result), expected);
}

TEST(Pipeline, DocumentsAndBytesAddUp) {
  CorpusFixture corpus;
  WriteMixed(corpus);
  EnableAll(corpus.spec());
  corpus.spec().min_characters = 300;
  corpus.spec().gopher_quality.preset = harness::FilterPreset::kPublished;
  corpus.spec().gopher_quality.parameters.spaced.min_stop_words = 0;
  corpus.spec().gopher_quality.parameters.spaced.min_words = 75;
  corpus.spec().c4.preset = harness::FilterPreset::kPublished;
  corpus.spec().c4.parameters.spaced.min_sentences = 0;
  const CorpusPlan plan = corpus.Plan();
  const PipelineResult result = RunOk(plan);
  TextCount removed, shortened;
  for (const auto& [rule, removals] : result.report.removed.rules()) {
    removed.num_documents += removals.num_documents;
    removed.num_bytes += removals.num_bytes;
  }
  for (const auto& [step, count] : result.report.shortened) shortened.num_bytes += count.num_bytes;
  const TextCount read = Total(result.report.read), kept = Total(result.report.kept);
  EXPECT_EQ(read.num_documents, static_cast<int64_t>(4 * kNumClusters) + 12);
  EXPECT_EQ(read.num_documents, removed.num_documents + kept.num_documents);
  EXPECT_EQ(read.num_bytes, removed.num_bytes + kept.num_bytes + shortened.num_bytes);
  int64_t num_final_bytes = 0;
  for (const std::string& text : FinalTexts(plan)) num_final_bytes += std::ssize(text);
  EXPECT_EQ(kept.num_bytes, num_final_bytes);
  EXPECT_GT(shortened.num_bytes, 0);
}

TEST(Pipeline, LeavesOnlyTheFinalDocuments) {
  CorpusFixture corpus;
  WriteMixed(corpus);
  EnableAll(corpus.spec());
  const CorpusPlan plan = corpus.Plan();
  RunOk(plan);
  for (int shard = 0; shard < plan.num_shards(); ++shard) {
    EXPECT_FALSE(Exists(plan.PreparedPath(shard)));
    EXPECT_TRUE(Exists(plan.FinalPath(shard)));
    EXPECT_FALSE(Exists(plan.near_files().ShardFolder(shard)));
    EXPECT_FALSE(Exists(plan.substring_files().ShardFolder(shard)));
  }
}

TEST(Pipeline, ReportsThePhasesAsTheyGo) {
  CorpusFixture corpus;
  corpus.Write("a.txt", "text");
  std::vector<std::string> phases;
  const CorpusPlan plan = corpus.Plan();
  ASSERT_TRUE(RunAlone(plan, [&](std::string_view phase, int64_t done, int64_t total) {
                if (done == total) phases.emplace_back(phase);
              }).ok());
  EXPECT_EQ(phases, (std::vector<std::string>{"read and filter", "equal documents", "signatures",
                                              "similar documents", "clusters", "clean"}));
}

// Ranks one after the other: each finds what those before it have left, and waits for nobody.
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
  std::vector<absl::StatusOr<PipelineResult>> results(
      static_cast<size_t>(num_ranks), absl::StatusOr<PipelineResult>(absl::UnknownError("")));
  {
    std::vector<std::jthread> ranks;
    for (int rank = 0; rank < num_ranks; ++rank) {
      ranks.emplace_back([&, rank] {
        PhaseRunner runner(plan, nullptr, meeting.Group(rank), state);
        results[static_cast<size_t>(rank)] = RunPipeline(plan, runner);
      });
    }
  }
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

TEST(Pipeline, NothingDependsOnTheNumberOfRanksOrOnHowFilesAreSplit) {
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
  }
}

TEST(Pipeline, PartsThatAreFinishedAreNotMadeAgain) {
  CorpusFixture corpus;
  WriteMixed(corpus);
  EnableAll(corpus.spec());
  const CorpusPlan whole = corpus.Plan();
  const std::string expected = Content(whole, RunOk(whole));
  // An error in the midst of the phases, as a full disk would be: a folder is where a file must be.
  const CorpusPlan plan = corpus.Plan();
  const std::string obstacle = plan.near_files().FoundPath();
  ASSERT_TRUE(MakeFolders(obstacle + "/in the way").ok());
  ASSERT_FALSE(RunAlone(plan).ok());
  ASSERT_TRUE(Exists(PartRecordPath(plan.folder, "signatures", 0)));
  ASSERT_TRUE(RemoveTree(obstacle).ok());
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

TEST(Pipeline, TooManyInvalidRecordsOfASplitFileEndTheRun) {
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

TEST(Pipeline, ObeysAStopSignal) {
  CorpusFixture corpus;
  corpus.Write("a.txt", "text");
  const CorpusPlan plan = corpus.Plan();
  const harness::StopRequest stop;
  EXPECT_TRUE(IsStopped(RunAlone(plan).status()));
}

}  // namespace
}  // namespace bench::corpus

// The whole pipeline on planted duplicates, by whatever number of shards and threads.
#include "harness/corpus/pipeline.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/harness/corpus/corpus_fixture.h"
#include "tests/harness/corpus/dedup_texts.h"
#include "tests/harness/corpus/pipeline_texts.h"
#include "tests/harness/stop_request.h"

namespace bench::corpus {
namespace {

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

TEST(Pipeline, SortsThatSpillGiveTheSame) {
  CorpusFixture corpus;
  WriteMixed(corpus);
  EnableAll(corpus.spec());
  corpus.spec().num_shards = 1;
  corpus.spec().max_document_bytes = 4096;
  harness::Random random(12);
  std::string lines;
  for (int i = 0; i < 3300; ++i) {
    absl::StrAppend(&lines, "{\"text\":\"", Joined(RandomWords(random, 40)), "\"}\n");
  }
  corpus.Write("many.jsonl", lines);
  const CorpusPlan ample = corpus.Plan();
  const std::string expected = Content(ample, RunOk(ample));
  corpus.spec().budget_mib = 2;
  const CorpusPlan plan = corpus.Plan();
  uintmax_t num_band_bytes = 0, num_anchor_bytes = 0;
  const auto result = RunAlone(plan, [&](std::string_view phase, int64_t, int64_t) {
    // A sort that holds less than its records spills (external_sort.h).
    if (phase == "signatures") {
      num_band_bytes = std::filesystem::file_size(plan.near_files().Path(0, 0));
    }
    if (phase == "anchors") {
      num_anchor_bytes = std::filesystem::file_size(plan.substring_files().anchors().Path(0, 0));
    }
  });
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_GT(num_band_bytes, static_cast<uintmax_t>(plan.ShardBudget()));
  EXPECT_GT(num_anchor_bytes, static_cast<uintmax_t>(plan.ShardBudget()));
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
    EXPECT_FALSE(Exists(plan.substring_files().anchors().ShardFolder(shard)));
    EXPECT_FALSE(Exists(plan.substring_files().passages().ShardFolder(shard)));
  }
  for (int partition = 0; partition < plan.num_partitions(); ++partition) {
    EXPECT_FALSE(Exists(plan.substring_files().repeated().ShardFolder(partition)));
    EXPECT_FALSE(Exists(plan.substring_files().runs().ShardFolder(partition)));
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
                                              "similar documents", "clusters", "clusters 1 large",
                                              "clusters 1 small", "clean"}));
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
